"""Shops for the suites: in memory, whole or with a part changed, and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable

from automate_store.adapters.manual import ManualGateway
from automate_store.adapters.memory import (
    MemoryHasher,
    MemoryMailer,
    MemoryMedia,
    MemoryNotices,
    MemoryPasswords,
    MemoryPictures,
    MemorySecondFactor,
    MemoryShop,
    MemoryStore,
    MemoryTokens,
    MemoryWork,
    Session,
)
from automate_store.adapters.postgres.engine import Pool
from automate_store.adapters.postgres.pricing import ShopCache
from automate_store.adapters.postgres.store import PostgresStore
from automate_store.adapters.postgres.unit_of_work import JobWriter
from automate_store.adapters.system import SystemClock, SystemIds
from automate_store.adapters.texts import WrittenTexts
from automate_store.application.identity import StoreGate
from automate_store.application.ports import Ports
from automate_store.application.reactions import REACTIONS
from automate_store.entrypoints.properties.moments import NOON
from automate_store.entrypoints.properties.orders import PRICING
from automate_store.entrypoints.properties.policies import POLICY


def open_shop(
    *,
    repositories: Callable[[Session], MemoryWork] = MemoryWork,
    store: type[MemoryStore] = MemoryStore,
) -> MemoryShop:
    """An empty shop at noon."""
    return MemoryShop.open(POLICY, PRICING, at=NOON, repositories=repositories, store=store)


def ports_on(pool: Pool) -> Ports:
    """The ports of a store on PostgreSQL, by the machine's own clock and ids."""
    clock, ids = SystemClock(), SystemIds()
    store = PostgresStore(
        pool=pool,
        jobs=JobWriter(ids=ids, reacting=REACTIONS.keys(), request_id=lambda: None),
        cache=ShopCache(PRICING),
        clock=clock,
        ids=ids,
        guest_cart_lifetime=POLICY.guest_cart_lifetime,
    )
    tokens = MemoryTokens(audience=POLICY.store_name)
    gate = StoreGate(
        unit_of_work=store.unit_of_work,
        reading=store.reading,
        clock=clock,
        ids=ids,
        tokens=tokens,
        cache=None,
        derive=lambda stored: stored,
        policy=POLICY.accounts,
    )
    return Ports(
        unit_of_work=store.unit_of_work,
        reading=store.reading,
        clock=clock,
        ids=ids,
        gateways={"manual": ManualGateway()},
        notices=MemoryNotices(),
        mailer=MemoryMailer(),
        texts=WrittenTexts(),
        pictures=MemoryPictures(),
        media=MemoryMedia(SystemClock()),
        hasher=MemoryHasher(),
        passwords=MemoryPasswords(words=(POLICY.store_name,)),
        tokens=tokens,
        second_factor=MemorySecondFactor(),
        gate=gate,
        policy=POLICY,
    )
