"""
Idempotency: a request that moves stock or money has its effect once per key.

The key belongs to its caller, so that nobody is ever handed another one's answer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from hashlib import sha256
from typing import TypeVar

from automate_store.application.errors import BadKey, KeyInProgress, KeyMissing
from automate_store.application.ports import Ports
from automate_store.application.ports.keys import KEY_LENGTH, Begun, Keyed
from automate_store.application.ports.unit_of_work import Work

PURGE_BATCH = 1_000
T = TypeVar("T")


def keyed(caller: str, key: str | None, inputs: object) -> Keyed:
    """
    The request's identity: who, which key, and a hash of the decoded inputs.

    Raises KeyMissing, or BadKey for what is not 1 to 255 visible ASCII characters.
    """
    if key is None:
        raise KeyMissing
    if not 1 <= len(key) <= KEY_LENGTH or not all("!" <= letter <= "~" for letter in key):
        raise BadKey(KEY_LENGTH)
    return Keyed(caller, key, sha256(repr(inputs).encode()).digest())


async def once(
    work: Work, request: Keyed, answer: type[T], use_case: Callable[[], Awaitable[T]], at: datetime
) -> T:
    """
    The stored answer, or what the use case gives, stored in its own transaction.

    Raises OtherInputs or KeyInProgress; an error of the use case stores nothing.
    """
    stored = await work.keys.claim(request, answer)
    if isinstance(stored, Begun):
        raise KeyInProgress
    if stored is not None:
        return stored
    fresh = await use_case()
    await work.keys.keep(request, fresh, at)
    return fresh


async def purge_keys(*, ports: Ports) -> int:
    """Forget idempotency keys past their lifetime; how many."""
    before = ports.clock() - ports.policy.key_lifetime
    purged = 0
    while True:
        async with ports.unit_of_work() as work:
            batch = await work.keys.purge(before=before, limit=PURGE_BATCH)
        purged += batch
        if batch < PURGE_BATCH:
            return purged
