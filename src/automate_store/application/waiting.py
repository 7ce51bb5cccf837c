"""One wait: however often a request or a job asks providers, it has one deadline for them all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class _Wait:
    """What is waited for together; it begins with the first that is asked."""

    began_s: float | None = None


_wait: ContextVar[_Wait | None] = ContextVar("wait", default=None)


@contextmanager
def one_wait() -> Iterator[None]:
    """
    Whatever providers are asked inside is waited for together, by tasks begun inside as well.

    For whoever answers one request or does one job. What works through many payments opens
    none, or one for each: it would else have time for the first few alone.
    """
    token = _wait.set(_Wait())
    try:
        yield
    finally:
        _wait.reset(token)


def waiting_since(now_s: float) -> float:
    """When this wait began, by the caller's stopwatch: now, for who asks first or in no wait."""
    wait = _wait.get()
    if wait is None:
        return now_s
    if wait.began_s is None:
        wait.began_s = now_s
    return wait.began_s
