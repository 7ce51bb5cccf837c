"""The memory adapter keeps every promise of the ports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from attrs import frozen

from automate_store.adapters.memory import (
    MemoryCatalogFile,
    MemoryClock,
    MemoryGateway,
    MemoryIds,
    MemoryLimits,
    MemoryMailer,
    MemoryMedia,
    MemoryNotices,
    MemoryPictures,
    MemorySavingGateway,
    MemoryShop,
    MemoryTexts,
)
from automate_store.application.ports import Ports
from automate_store.application.ports.catalog_files import CatalogReader, CatalogWriter
from automate_store.application.ports.limits import Limits
from automate_store.application.ports.messages import Mail
from automate_store.application.ports.payments import SavingGateway
from automate_store.domain.payments import SetupReport
from automate_store.entrypoints.properties.contracts import (
    AccountsContract,
    AddressBooksContract,
    AuditorContract,
    Books,
    CaptureInPartsContract,
    CartsContract,
    CatalogFilesContract,
    CatalogQueriesContract,
    ClockContract,
    CouponsContract,
    DisputesContract,
    IdsContract,
    KeepingGatewayContract,
    KeysContract,
    LimitsContract,
    LinksContract,
    MailerContract,
    MediaStoreContract,
    NoticesContract,
    OrderHistoryContract,
    OrderListsContract,
    OrdersContract,
    PaymentGatewayContract,
    PaymentsContract,
    PaymentsToSettleContract,
    PicturesContract,
    ProductsContract,
    RefundsContract,
    RefundsToSettleContract,
    ReturnsContract,
    RulesContract,
    SavedMethodsContract,
    SavingGatewayContract,
    SessionsContract,
    ShelfContract,
    SigningKeysContract,
    StockContract,
    TextsContract,
    ToldEventsContract,
    TrailContract,
    UnitOfWorkContract,
)
from automate_store.entrypoints.properties.contracts.limits import POLICY
from automate_store.entrypoints.properties.moments import NOON


class InMemory:
    @pytest.fixture
    def store(self, memory_shop: MemoryShop) -> Ports:
        return memory_shop.ports


class TestMemoryAccounts(InMemory, AccountsContract):
    pass


class TestMemoryAddressBooks(InMemory, AddressBooksContract):
    pass


class TestMemoryLinks(InMemory, LinksContract):
    pass


class TestMemorySessions(InMemory, SessionsContract):
    pass


class TestMemorySigningKeys(InMemory, SigningKeysContract):
    pass


class TestMemoryTrail(InMemory, TrailContract):
    pass


class TestMemoryCarts(InMemory, CartsContract):
    pass


class TestMemoryCatalogQueries(InMemory, CatalogQueriesContract):
    pass


class TestMemoryCoupons(InMemory, CouponsContract):
    pass


class TestMemoryKeys(InMemory, KeysContract):
    pass


class TestMemoryOrderHistory(InMemory, OrderHistoryContract):
    pass


class TestMemoryOrderLists(InMemory, OrderListsContract):
    pass


class TestMemoryOrders(InMemory, OrdersContract):
    pass


class TestMemoryRefunds(InMemory, RefundsContract):
    """Refunds in memory."""


class TestMemorySavedMethods(InMemory, SavedMethodsContract):
    pass


class TestMemoryReturns(InMemory, ReturnsContract):
    pass


class TestMemoryPayments(InMemory, PaymentsContract):
    pass


class TestMemoryProducts(InMemory, ProductsContract):
    pass


class TestMemoryRules(InMemory, RulesContract):
    pass


class TestMemoryShelf(InMemory, ShelfContract):
    pass


class TestMemoryStock(InMemory, StockContract):
    pass


class TestMemoryUnitOfWork(InMemory, UnitOfWorkContract):
    pass


class TestMemoryAuditor(AuditorContract):
    @pytest.fixture
    def books(self, memory_books: Books) -> Books:
        return memory_books


@frozen
class OneFile:
    kept: MemoryCatalogFile

    def writer(self) -> CatalogWriter:
        return self.kept

    def reader(self) -> CatalogReader:
        return self.kept


class TestMemoryCatalogFiles(CatalogFilesContract):
    @pytest.fixture
    def file(self) -> OneFile:
        return OneFile(MemoryCatalogFile())


class TestMemorySavingGateway(SavingGatewayContract):
    @pytest.fixture
    def gateway(self) -> MemorySavingGateway:
        return MemorySavingGateway()

    async def hand_over(self, gateway: SavingGateway, setup: SetupReport) -> str:
        assert isinstance(gateway, MemorySavingGateway)
        return gateway.hand_over(setup)


class TestMemoryGateway(PaymentGatewayContract, KeepingGatewayContract, CaptureInPartsContract):
    @pytest.fixture
    def gateway(self) -> MemoryGateway:
        return MemoryGateway()


class TestMemoryClock(ClockContract):
    @pytest.fixture
    def clock(self) -> MemoryClock:
        return MemoryClock(NOON)


class TestMemoryIds(IdsContract):
    @pytest.fixture
    def ids(self) -> MemoryIds:
        return MemoryIds(seed=7)


@frozen
class MemoryPost:
    mailer: MemoryMailer

    async def delivered(self) -> Sequence[Mail]:
        return self.mailer.sent


class TestMemoryPictures(PicturesContract):
    @pytest.fixture
    def pictures(self) -> MemoryPictures:
        return MemoryPictures()


class TestMemoryMedia(MediaStoreContract):
    @pytest.fixture
    def media(self) -> MemoryMedia:
        return MemoryMedia(MemoryClock(NOON))


class TestMemoryNotices(NoticesContract):
    @pytest.fixture
    def notices(self) -> MemoryNotices:
        return MemoryNotices()


class TestMemoryTexts(TextsContract):
    @pytest.fixture
    def texts(self) -> MemoryTexts:
        return MemoryTexts()


class TestMemoryMailer(MailerContract):
    @pytest.fixture
    def post(self) -> MemoryPost:
        return MemoryPost(MemoryMailer())


@frozen
class MemoryGate:
    clock: MemoryClock
    limits: Limits

    async def wait(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds))


class TestMemoryLimits(LimitsContract):
    @pytest.fixture
    def gate(self) -> MemoryGate:
        clock = MemoryClock(NOON)
        return MemoryGate(clock, MemoryLimits(POLICY, clock=clock))


class TestMemoryPaymentsToSettle(InMemory, PaymentsToSettleContract):
    pass


class TestMemoryRefundsToSettle(InMemory, RefundsToSettleContract):
    pass


class TestMemoryDisputes(InMemory, DisputesContract):
    pass


class TestMemoryToldEvents(InMemory, ToldEventsContract):
    pass
