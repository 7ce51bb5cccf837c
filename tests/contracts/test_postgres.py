"""The Postgres adapter keeps every promise of the ports that memory keeps."""

from __future__ import annotations

import pytest

from automate_store.application.ports import Ports
from automate_store.entrypoints.properties.contracts import (
    AccountsContract,
    AddressBooksContract,
    AuditorContract,
    Books,
    CartsContract,
    CatalogQueriesContract,
    CouponsContract,
    DisputesContract,
    KeysContract,
    LinksContract,
    OrderHistoryContract,
    OrderListsContract,
    OrdersContract,
    PaymentsContract,
    PaymentsToSettleContract,
    ProductsContract,
    RefundsContract,
    RefundsToSettleContract,
    ReturnsContract,
    RulesContract,
    SavedMethodsContract,
    SessionsContract,
    ShelfContract,
    SigningKeysContract,
    StockContract,
    ToldEventsContract,
    TrailContract,
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


class TestPostgresAccounts(OnPostgres, AccountsContract):
    pass


class TestPostgresAddressBooks(OnPostgres, AddressBooksContract):
    pass


class TestPostgresLinks(OnPostgres, LinksContract):
    pass


class TestPostgresSessions(OnPostgres, SessionsContract):
    pass


class TestPostgresSigningKeys(OnPostgres, SigningKeysContract):
    pass


class TestPostgresTrail(OnPostgres, TrailContract):
    pass


class TestPostgresCarts(OnPostgres, CartsContract):
    pass


class TestPostgresCatalogQueries(OnPostgres, CatalogQueriesContract):
    pass


class TestPostgresCoupons(OnPostgres, CouponsContract):
    pass


class TestPostgresKeys(OnPostgres, KeysContract):
    pass


class TestPostgresOrderHistory(OnPostgres, OrderHistoryContract):
    pass


class TestPostgresOrderLists(OnPostgres, OrderListsContract):
    pass


class TestPostgresOrders(OnPostgres, OrdersContract):
    pass


class TestPostgresRefunds(OnPostgres, RefundsContract):
    """Refunds in Postgres."""


class TestPostgresSavedMethods(OnPostgres, SavedMethodsContract):
    pass


class TestPostgresReturns(OnPostgres, ReturnsContract):
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


class TestPostgresPaymentsToSettle(OnPostgres, PaymentsToSettleContract):
    pass


class TestPostgresRefundsToSettle(OnPostgres, RefundsToSettleContract):
    pass


class TestPostgresDisputes(OnPostgres, DisputesContract):
    pass


class TestPostgresToldEvents(OnPostgres, ToldEventsContract):
    pass
