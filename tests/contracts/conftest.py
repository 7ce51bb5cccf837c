"""The stores that every suite is run on: in memory, and on a real PostgreSQL."""

from __future__ import annotations

import pytest
from attrs import frozen

from automate_store.adapters.memory import MemoryShop
from automate_store.adapters.postgres.audit import PostgresAuditor
from automate_store.adapters.postgres.engine import Pool
from automate_store.application.ports import Ports
from automate_store.application.ports.audit import Auditor
from tests.contracts.shops import open_shop, ports_on


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
    return ports_on(pool)
