"""The stores that every suite is run on: in memory, and on a real PostgreSQL."""

from __future__ import annotations

import pytest
from attrs import frozen

from automate_store.adapters.manual import ManualGateway
from automate_store.adapters.memory import MemoryMailer, MemoryShop
from automate_store.adapters.postgres.audit import PostgresAuditor
from automate_store.adapters.postgres.engine import Pool
from automate_store.adapters.postgres.pricing import ShopCache
from automate_store.adapters.postgres.store import PostgresStore
from automate_store.adapters.postgres.unit_of_work import JobWriter
from automate_store.adapters.system import SystemClock, SystemIds
from automate_store.application.ports import Ports
from automate_store.application.ports.audit import Auditor
from automate_store.application.reactions import REACTIONS
from automate_store.entrypoints.properties.orders import PRICING
from tests.contracts.shops import POLICY, open_shop


@frozen
class BooksOf:
    ports: Ports
    auditor: Auditor


@pytest.fixture
def memory_shop() -> MemoryShop:
    return open_shop()


@pytest.fixture
def memory_books(memory_shop: MemoryShop) -> BooksOf:
    return BooksOf(memory_shop.ports, memory_shop.store.auditor())


@pytest.fixture
def postgres_books(postgres_ports: Ports, pool: Pool) -> BooksOf:
    return BooksOf(postgres_ports, PostgresAuditor(pool))


@pytest.fixture
def postgres_ports(pool: Pool) -> Ports:
    clock, ids = SystemClock(), SystemIds()
    store = PostgresStore(
        pool=pool,
        jobs=JobWriter(ids=ids, reacting=REACTIONS.keys(), request_id=lambda: None),
        cache=ShopCache(PRICING),
        clock=clock,
        ids=ids,
        guest_cart_lifetime=POLICY.guest_cart_lifetime,
    )
    return Ports(
        unit_of_work=store.unit_of_work,
        reading=store.reading,
        clock=clock,
        ids=ids,
        gateways={"manual": ManualGateway()},
        mailer=MemoryMailer(),
        policy=POLICY,
    )
