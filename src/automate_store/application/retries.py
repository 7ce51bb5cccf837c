"""Retries: the one place that decides how often work lost to somebody else is tried again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from automate_store.domain.kernel.errors import Stale

TRIES = 3
T = TypeVar("T")


async def retrying(attempt: Callable[[], Awaitable[T]], *, tries: int = TRIES) -> T:
    """What the attempt gives; one that was Stale is made anew, ``tries`` times in all."""
    for _ in range(tries - 1):
        try:
            return await attempt()
        except Stale:
            continue
    return await attempt()
