"""The Postgres adapter keeps every promise of the ports that memory keeps."""

from __future__ import annotations

import pytest

from automate_store.application.ports import Ports
from automate_store.entrypoints.properties.contracts import (
    AuditorContract,
    Books,
    CartsContract,
    CatalogQueriesContract,
    KeysContract,
    OrdersContract,
    PaymentsContract,
    ProductsContract,
    RulesContract,
    ShelfContract,
    StockContract,
    UnitOfWorkContract,
)


class OnPostgres:
    @pytest.fixture
    def store(self, postgres_ports: Ports) -> Ports:
        return postgres_ports


class TestPostgresAuditor(AuditorContract):
    @pytest.fixture
    def books(self, postgres_books: Books) -> Books:
        return postgres_books


class TestPostgresCarts(OnPostgres, CartsContract):
    pass


class TestPostgresCatalogQueries(OnPostgres, CatalogQueriesContract):
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
