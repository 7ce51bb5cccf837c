"""Each suite fails on an adapter with one method changed: what stays green proves nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from attrs import evolve, frozen

from automate_store.adapters.memory import (
    MemoryAuditor,
    MemoryCatalogFile,
    MemoryClock,
    MemoryIds,
    MemoryMailer,
    MemoryNotices,
    MemoryStore,
    MemoryWork,
    Session,
)
from automate_store.adapters.memory.audit import CHECKS
from automate_store.adapters.memory.rows import Tables
from automate_store.application.ports import Ports
from automate_store.application.ports.audit import Auditor, AuditReport
from automate_store.application.ports.carts import Carts
from automate_store.application.ports.catalog import (
    CatalogQueries,
    Products,
    Shelf,
)
from automate_store.application.ports.coupons import Coupons
from automate_store.application.ports.history import OrderHistory
from automate_store.application.ports.identity import (
    Accounts,
    AddressBooks,
    Links,
    Sessions,
    SigningKeys,
    Trail,
)
from automate_store.application.ports.inventory import Stock
from automate_store.application.ports.keys import Keys
from automate_store.application.ports.messages import Mail
from automate_store.application.ports.methods import SavedMethods
from automate_store.application.ports.order_lists import OrderLists
from automate_store.application.ports.orders import Orders, Payments, Refunds
from automate_store.application.ports.pricing import Rules
from automate_store.application.ports.returns import Returns
from automate_store.application.ports.sources import Ids
from automate_store.application.ports.told import Disputes, ToldEvents
from automate_store.domain.notifications import Letter, Notice
from automate_store.entrypoints.properties.contracts import (
    AuditorContract,
    CatalogFilesContract,
    ClockContract,
    IdsContract,
    MailerContract,
    NoticesContract,
    UnitOfWorkContract,
)
from automate_store.entrypoints.properties.moments import NOON
from tests.contracts.running import failures
from tests.contracts.sabotages import SABOTAGES, Sabotage
from tests.contracts.shops import open_shop

PORTS = (
    Stock,
    Carts,
    Shelf,
    Products,
    CatalogQueries,
    OrderHistory,
    OrderLists,
    Orders,
    Payments,
    Refunds,
    ToldEvents,
    Disputes,
    SavedMethods,
    Returns,
    Keys,
    Rules,
    Coupons,
    Accounts,
    Sessions,
    Links,
    AddressBooks,
    SigningKeys,
    Trail,
)


@pytest.mark.slow
@pytest.mark.parametrize("sabotage", SABOTAGES, ids=str)
def test_a_suite_fails_on_a_repository_with_one_method_changed(sabotage: Sabotage) -> None:
    shop = partial(open_shop, repositories=sabotage.work)
    assert failures(sabotage.suite, store=lambda: shop().ports)


@pytest.mark.parametrize("port", PORTS, ids=lambda port: port.__name__)
def test_every_method_of_a_port_has_its_sabotage(port: type) -> None:
    promised = {name for name in vars(port) if not name.startswith("_")}
    broken = {sabotage.method for sabotage in SABOTAGES if sabotage.port is port}
    assert broken == promised


def test_the_suites_pass_when_nothing_is_changed() -> None:
    suites = {sabotage.suite for sabotage in SABOTAGES} | {UnitOfWorkContract}
    failed = {suite: failures(suite, store=lambda: open_shop().ports) for suite in suites}
    assert failed == {suite: [] for suite in suites}


class KeepsWhatFailed(MemoryStore):
    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[MemoryWork]:
        failed: BaseException | None = None
        async with super().unit_of_work() as work:
            try:
                yield work
            except BaseException as error:  # noqa: BLE001 - the sabotage is to swallow it
                failed = error
        if failed is not None:
            raise failed


class Shared(Tables):
    def settle(self) -> None:
        pass


class ShowsWhatIsUncommitted(MemoryStore):
    def _session(self, locks: Any) -> Session:
        return evolve(super()._session(locks), tables=Shared(**self._committed._all()))


class NeverCommits(MemoryStore):
    def _session(self, locks: Any) -> Session:
        return evolve(super()._session(locks), tables=self._committed.over().over())


class Snapshot(Tables):
    @property
    def changed(self) -> bool:
        return False


class ReadsOneMoment(MemoryStore):
    def _session(self, locks: Any) -> Session:
        session = super()._session(locks)
        if locks is not None:
            return session
        snapshot = Snapshot(**session.tables._all())
        for name, rows in snapshot._all().items():
            for key, row in getattr(self._committed, name).items():
                rows.put(key, row)
        return evolve(session, tables=snapshot)


@pytest.mark.parametrize(
    "store", [KeepsWhatFailed, ShowsWhatIsUncommitted, NeverCommits, ReadsOneMoment]
)
def test_the_suite_of_works_fails_on_a_broken_transaction(store: type[MemoryStore]) -> None:
    assert failures(UnitOfWorkContract, store=lambda: open_shop(store=store).ports)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: str(check.name))
def test_the_suite_of_audits_fails_where_a_check_finds_nothing(check: Any) -> None:
    class Blind(MemoryAuditor):
        async def audit(self, *, shown: int) -> AuditReport:
            report = await super().audit(shown=shown)
            blinded = [
                evolve(each, differences=0, shown=(), looked_at=0)
                if each.check == check.name
                else each
                for each in report.checks
            ]
            return evolve(report, checks=tuple(blinded))

    @frozen
    class Books:
        ports: Ports
        auditor: Auditor

    def books() -> Books:
        shop = open_shop()
        return Books(shop.ports, Blind(shop.store.auditor().tables))

    assert failures(AuditorContract, books=books)


class Reverses(MemoryCatalogFile):
    def listings(self) -> Any:
        return reversed(list(super().listings()))


class WritesTwice(MemoryCatalogFile):
    def write(self, listing: Any) -> None:
        super().write(listing)
        super().write(listing)


@pytest.mark.parametrize("file", [Reverses, WritesTwice])
def test_the_suite_of_catalogue_files_fails_on_a_broken_one(file: type[MemoryCatalogFile]) -> None:
    class File:
        def __init__(self) -> None:
            self.kept = file()

        def writer(self) -> MemoryCatalogFile:
            return self.kept

        def reader(self) -> MemoryCatalogFile:
            return self.kept

    assert failures(CatalogFilesContract, file=File)


class SendsTwice(MemoryMailer):
    def __init__(self) -> None:
        super().__init__()
        self.left: list[Mail] = []

    @property
    def sent(self) -> tuple[Mail, ...]:
        return tuple(self.left)

    async def send(self, mail: Mail) -> None:
        self.left.append(mail)


class LosesMail(MemoryMailer):
    async def send(self, mail: Mail) -> None:
        pass


@pytest.mark.parametrize("mailer", [SendsTwice, LosesMail])
def test_the_suite_of_mailers_fails_on_a_broken_one(mailer: type[MemoryMailer]) -> None:
    @frozen
    class Post:
        mailer: MemoryMailer

        async def delivered(self) -> tuple[Mail, ...]:
            return self.mailer.sent

    assert failures(MailerContract, post=lambda: Post(mailer()))


class LeavesOut(MemoryNotices):
    def write(self, letter: Letter) -> Notice:
        return super().write(Letter(letter.name, {"store": letter.facts["store"]}))


class BelievesFacts(MemoryNotices):
    def write(self, letter: Letter) -> Notice:
        notice = super().write(letter)
        return Notice(notice.subject, notice.text, f"<p>{notice.text}</p>")


class BreaksLines(MemoryNotices):
    def write(self, letter: Letter) -> Notice:
        notice = super().write(letter)
        return Notice(f"{notice.subject}\nBcc: eve@example.com", notice.text, notice.html)


@pytest.mark.parametrize("notices", [LeavesOut, BelievesFacts, BreaksLines])
def test_the_suite_of_notices_fails_on_a_broken_one(notices: type[MemoryNotices]) -> None:
    assert failures(NoticesContract, notices=notices)


class CountsSales(MemoryIds):
    def order_number(self) -> str:
        return f"0000-{self._next():04}"


class RepeatsTokens(MemoryIds):
    def token(self) -> str:
        return "A" * 43


class RepeatsIds(MemoryIds):
    def uuid(self) -> UUID:
        return UUID("01900000-0000-7000-8000-000000000001")


@pytest.mark.parametrize("ids", [CountsSales, RepeatsTokens, RepeatsIds])
def test_the_suite_of_ids_fails_on_a_broken_source(ids: Callable[[], Ids]) -> None:
    assert failures(IdsContract, ids=ids)


class GoesBack(MemoryClock):
    def __call__(self) -> Any:
        self._at -= timedelta(microseconds=1)
        return self._at


class IsNaive(MemoryClock):
    def __call__(self) -> Any:
        return self._at.replace(tzinfo=None)


@pytest.mark.parametrize("clock", [GoesBack, IsNaive])
def test_the_suite_of_clocks_fails_on_a_broken_one(clock: type[MemoryClock]) -> None:
    assert failures(ClockContract, clock=lambda: clock(NOON))
