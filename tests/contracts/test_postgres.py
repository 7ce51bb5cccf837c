"""The Postgres adapter keeps every promise of the ports that memory keeps."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from automate_store.adapters.postgres.engine import Pool
from automate_store.adapters.postgres.session import Session
from automate_store.application.ports import Ports
from automate_store.domain.kernel.ids import UserId
from automate_store.entrypoints.properties.contracts import (
    AuditorContract,
    Books,
    CartsContract,
    CatalogQueriesContract,
    CouponsContract,
    KeysContract,
    OrdersContract,
    PaymentsContract,
    ProductsContract,
    RulesContract,
    ShelfContract,
    StockContract,
    UnitOfWorkContract,
)

ADD_USER = text("""
    INSERT INTO users (id, email, password_hash, first_name, last_name)
    VALUES (:id, :email, '', 'Ann', 'Example')
""")


class OnPostgres:
    @pytest.fixture
    def store(self, postgres_ports: Ports, pool: Pool) -> Ports:
        self.pool = pool
        return postgres_ports

    async def account(self, store: Ports) -> UserId:
        user_id = UserId(store.ids.uuid())
        async with Session(self.pool) as session:
            await session.execute(ADD_USER, {"id": user_id, "email": f"{user_id}@example.com"})
        return user_id


class TestPostgresAuditor(AuditorContract):
    @pytest.fixture
    def books(self, postgres_books: Books) -> Books:
        return postgres_books


class TestPostgresCarts(OnPostgres, CartsContract):
    pass


class TestPostgresCatalogQueries(OnPostgres, CatalogQueriesContract):
    pass


class TestPostgresCoupons(OnPostgres, CouponsContract):
    pass


class TestPostgresKeys(OnPostgres, KeysContract):
    pass


class TestPostgresOrders(OnPostgres, OrdersContract):
    pass


class TestPostgresPayments(OnPostgres, PaymentsContract):
    pass


class TestPostgresProducts(OnPostgres, ProductsContract):
    pass


class TestPostgresRules(OnPostgres, RulesContract):
    pass


class TestPostgresShelf(OnPostgres, ShelfContract):
    pass


class TestPostgresStock(OnPostgres, StockContract):
    pass


class TestPostgresUnitOfWork(OnPostgres, UnitOfWorkContract):
    pass
