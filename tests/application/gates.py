"""Processes of one shop in memory: each with a gate and a way to the cache of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from attrs import define, evolve, frozen

from automate_store.adapters.memory import MemorySessionCache, MemoryShop, MemoryTokens
from automate_store.adapters.memory.store import MemoryReads
from automate_store.application.access import Actor, Role
from automate_store.application.errors import DatabaseUnavailable
from automate_store.application.identity import StoreGate
from automate_store.application.ports import Ports
from automate_store.application.ports.credentials import TokenRefused
from automate_store.application.ports.identity import Leave, SignedIn
from automate_store.domain.identity import AccountRole, SessionOver
from automate_store.domain.kernel.ids import SessionId, UserId
from automate_store.entrypoints.properties.accounts import POLICY
from automate_store.entrypoints.properties.contracts.accounts import put_account
from automate_store.entrypoints.properties.contracts.identity.scene import put_session
from tests.contracts.shops import open_shop

PATIENCE_S = 5.0


@define
class Reading:
    """Reads of one process, counted; ``away`` is the database's, ``slow`` holds them up."""

    shop: MemoryShop
    count: int = 0
    away: bool = False
    slow: asyncio.Event | None = None

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[MemoryReads]:
        self.count += 1
        if self.slow is not None:
            await self.slow.wait()
        if self.away:
            raise DatabaseUnavailable
        async with self.shop.store.reading() as reads:
            yield reads


@frozen
class Process:
    """One of the shop's servers."""

    ports: Ports
    gate: StoreGate
    cache: MemorySessionCache
    reading: Reading

    async def lets_in(self, token: str) -> bool:
        """Whether the token opens anything."""
        try:
            await self.gate.admit(token)
        except (SessionOver, TokenRefused):
            return False
        return True

    async def role(self, token: str) -> AccountRole:
        """What its owner is to the shop."""
        return (await self.gate.admit(token)).role


def open_processes(
    count: int, *, kind: type[MemorySessionCache] = MemorySessionCache, cached: bool = True
) -> tuple[MemoryShop, list[Process]]:
    """A shop at noon, whose clock stands still, and so many processes with or without a cache."""
    shop, first = open_shop(), None
    found: list[Process] = []
    for _ in range(count):
        cache = kind(shop.ports.ids, beside=first)
        first = first or cache
        found.append(_process(shop, cache, cached=cached))
    return shop, found


def _process(shop: MemoryShop, cache: MemorySessionCache, *, cached: bool) -> Process:
    reading = Reading(shop)
    gate = StoreGate(
        unit_of_work=shop.store.unit_of_work,
        reading=reading,
        clock=shop.clock,
        ids=shop.ports.ids,
        tokens=MemoryTokens(audience="the shop"),
        cache=cache if cached else None,
        derive=lambda secret: secret,
        policy=POLICY,
    )
    return Process(evolve(shop.ports, gate=gate), gate, cache, reading)


@frozen
class Customer:
    """Somebody who is signed in."""

    account_id: UserId
    session_id: SessionId
    token: str

    @property
    def actor(self) -> Actor:
        """Who asks."""
        return Actor(Role.CUSTOMER, "customer", self.account_id, self.session_id)


async def sign_in(process: Process, name: str = "ann") -> Customer:
    """Somebody new."""
    account = await put_account(process.ports, name)
    session, _ = await put_session(process.ports, account)
    async with process.ports.reading() as reads:
        signed_in = await reads.sessions.signed_in(session.id, at=process.ports.clock())
    assert signed_in is not None
    issued = await process.gate.issue(signed_in)
    return Customer(account.id, session.id, issued.token)


class HeldUp(MemorySessionCache):
    """A cache that some questions can be held up at, before they arrive or after the answer."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # whatever the cache takes
        self.keep_waits: asyncio.Event | None = None
        self.forgotten_waits: asyncio.Event | None = None
        self._held_up = asyncio.Event()

    async def is_held_up(self) -> None:
        """Return once somebody waits."""
        await asyncio.wait_for(self._held_up.wait(), PATIENCE_S)

    async def keep(self, signed_in: SignedIn, leave: Leave) -> None:
        await self._hold(self.keep_waits)
        await super().keep(signed_in, leave)

    async def forget(self, session_ids: Collection[SessionId]) -> bool:
        certain = await super().forget(session_ids)
        await self._hold(self.forgotten_waits)
        return certain

    async def _hold(self, until: asyncio.Event | None) -> None:
        if until is not None:
            self._held_up.set()
            await until.wait()


def kept_roles(process: Process) -> list[AccountRole]:
    """What the cache remembers of those it keeps."""
    return [each.role for each in process.cache.kept.values() if isinstance(each, SignedIn)]
