"""
Password hashes: Argon2id (RFC 9106), and bcrypt of an older shop, read and upgraded.

A hash costs tens of milliseconds of a core and megabytes of memory by design. Hashing
happens in threads of its own that give way to the shop, few at once, and with a bound on
those that wait.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from pwdlib.hashers.argon2 import Argon2Hasher
from pwdlib.hashers.bcrypt import BcryptHasher

from automate_store.application.ports.credentials import HashingBusy, Verified
from automate_store.domain.identity.passwords import LONGEST_PASSWORD, normal_password

RETRY_AFTER_S = 2
NICENESS = 15
"""Of the threads: where every core is busy, a tenth of what others get; 0 is everybody's."""
MOST_MEMORY_KIB = 1_048_576
"""Of a stored hash that is checked; an imported one may ask for any."""
COSTLIEST_ARGON2 = 4_194_304
"""KiB times passes of such a hash: some five seconds."""
BCRYPT_BYTES = 72
"""All that bcrypt ever looked at."""
T = TypeVar("T")

_ARGON2 = re.compile(
    r"\$argon2(?:id|i|d)\$(?:v=(?:16|19)\$)?m=(?P<memory>\d{1,7}),t=(?P<passes>\d{1,4}),p=\d{1,2}"
    r"\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{6,86}",
    re.ASCII,
)
_BCRYPT = re.compile(
    r"\$2[aby]\$(?:0[4-9]|1[0-6])\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{31}", re.ASCII
)
"""Up to 16 rounds, some five seconds; a salt has 128 bits, which its last letter may not pass."""


class Argon2Passwords:
    """
    Implements ``ports.credentials.PasswordHasher``; whoever made it closes it.

    ``at_once`` hashes run side by side and ``waiting`` more may wait for their turn.
    """

    def __init__(
        self, *, memory_kib: int, time_cost: int, parallelism: int, at_once: int, waiting: int
    ) -> None:
        self._argon2 = Argon2Hasher(
            memory_cost=memory_kib, time_cost=time_cost, parallelism=parallelism
        )
        # Nobody's: no password is known to lead to 32 zero bytes. As costly as a real one.
        self._nobodys = (
            f"$argon2id$v=19$m={memory_kib},t={time_cost},p={parallelism}${'A' * 22}${'A' * 43}"
        )
        self._bcrypt = BcryptHasher()
        self._threads = ThreadPoolExecutor(
            at_once, thread_name_prefix="passwords", initializer=_give_way
        )
        self._places = threading.BoundedSemaphore(at_once + waiting)

    async def hash(self, password: str) -> str:
        """The Argon2id hash in PHC format, of a password that the policy took."""
        assert len(password) <= LONGEST_PASSWORD, "the policy takes no longer ones"
        return await self._beside(lambda: self._argon2.hash(_kept(password)))

    async def verify(self, password: str, stored: str | None) -> Verified:
        """Whether it is right, and the hash to store instead of an older one."""
        return await self._beside(lambda: self._verified(password, stored or ""))

    def close(self) -> None:
        """Hash no more; who waits is turned away."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _beside(self, job: Callable[[], T]) -> T:
        if not self._places.acquire(blocking=False):
            raise HashingBusy(RETRY_AFTER_S)
        running = self._threads.submit(job)
        # However it ends: done, failed, or given up by who waited before it began.
        running.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(running)

    def _verified(self, password: str, stored: str) -> Verified:
        if len(password) <= LONGEST_PASSWORD:
            if _BCRYPT.fullmatch(stored):
                ok = self._bcrypt.verify(_bytes(password)[:BCRYPT_BYTES], stored)
                return Verified(ok, self._argon2.hash(_kept(password)) if ok else None)
            if _is_bearable(stored):
                ok = self._argon2.verify(_kept(password), stored)
                old = ok and self._argon2.check_needs_rehash(stored)
                return Verified(ok, self._argon2.hash(_kept(password)) if old else None)
        self._argon2.verify(_kept(password[:LONGEST_PASSWORD]), self._nobodys)
        return Verified(ok=False, upgraded=None)


def _is_bearable(stored: str) -> bool:
    found = _ARGON2.fullmatch(stored)
    if found is None:
        return False
    memory_kib, passes = int(found["memory"]), int(found["passes"])
    return memory_kib <= MOST_MEMORY_KIB and memory_kib * passes <= COSTLIEST_ARGON2


def _kept(password: str) -> bytes:
    return _bytes(normal_password(password))


def _bytes(password: str) -> bytes:
    # Half a surrogate pair can be sent and not encoded; it is as good a secret as any.
    return password.encode("utf-8", "surrogatepass")


def _give_way() -> None:
    """Let all others go before this thread; only Linux knows threads by number."""
    if sys.platform == "linux":
        with suppress(OSError):  # where the system forbids it, hashing is merely less polite
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
