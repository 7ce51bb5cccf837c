"""A replay from the empty database to the verdict."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

import psycopg
from attrs import frozen

from automate_store.application.ports.audit import AuditReport
from automate_store.domain.taxes import TaxMode
from automate_store.entrypoints.bootstrap import open_store
from automate_store.entrypoints.settings import Settings
from benchmarks.replay.books import CURRENCY, Books
from benchmarks.replay.judging import Day, days, differences
from benchmarks.replay.shelf import fill_shelf
from benchmarks.replay.trading import POLICY, Trading, clock

SHOWN = 20


@frozen(kw_only=True)
class Replayed:
    """What came of it."""

    trading: Trading
    days: list[Day]
    differences: list[str]
    audit: AuditReport
    aside: Counter[str]
    """How many invoices were left aside, by reason."""
    articles: int
    shelf_seconds: float

    @property
    def true_to_the_file(self) -> bool:
        """Whether nothing at all is otherwise than the file has it."""
        agree = all(day.agrees for day in self.days)
        return agree and not self.differences and not self.trading.faults and self.audit.clean

    @property
    def orders_per_s(self) -> float:
        """Placed, paid and shipped."""
        return self.trading.orders / self.trading.seconds if self.trading.seconds else 0.0

    @property
    def lines_per_s(self) -> float:
        """Lines of the file."""
        return self.trading.lines / self.trading.seconds if self.trading.seconds else 0.0

    def result(self) -> dict[str, Any]:
        """For programs."""
        trading = self.trading
        faults = [f"{fault.invoice}: {fault.reason}" for fault in trading.faults]
        return {
            "orders": trading.orders,
            "lines": trading.lines,
            "pieces": trading.pieces,
            "written_off": trading.written_off,
            "articles": self.articles,
            "seconds": round(trading.seconds, 2),
            "orders_per_s": round(self.orders_per_s, 1),
            "lines_per_s": round(self.lines_per_s, 1),
            "shelf_seconds": round(self.shelf_seconds, 2),
            "aside": dict(self.aside),
            "days": [
                {"day": str(day.day), "orders": day.orders, "total": str(day.taken)}
                for day in self.days
            ],
            "audit_differences": self.audit.differences,
            "faults": [*faults, *self.differences][:SHOWN],
            "true_to_the_file": self.true_to_the_file,
        }


async def replay(books: Books, url: str, *, clients: int) -> Replayed:
    """Fill the shelf, trade, and judge, in a migrated database that is empty."""
    settings = Settings(currency=CURRENCY, tax_mode=TaxMode.INCLUSIVE, pool_size=clients + 1)
    async with open_store(settings, url, clock=clock, policy=POLICY, patient=True) as store:
        began = time.perf_counter()
        variants = await fill_shelf(books, ports=store.ports)
        shelf_seconds = time.perf_counter() - began
    async with open_store(settings, url, clock=clock, policy=POLICY) as store:
        trading = Trading(store.ports, variants)
        await trading.replay(books, clients=clients)
    async with open_store(settings, url, patient=True) as store:
        audit = await store.auditor().audit(shown=SHOWN)
    with psycopg.connect(url) as connection:
        by_day, wrong = days(books, connection), list(differences(books, connection))
    return Replayed(
        trading=trading,
        days=by_day,
        differences=wrong,
        audit=audit,
        aside=Counter(each.reason for each in books.aside),
        articles=len(variants),
        shelf_seconds=shelf_seconds,
    )
