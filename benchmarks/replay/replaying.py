"""A replay from the empty database to the verdict."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import psycopg
from attrs import frozen

from automate_store.application.ports.audit import AuditReport
from automate_store.domain.taxes import TaxMode
from automate_store.entrypoints.bootstrap import open_store
from automate_store.entrypoints.settings import Settings
from benchmarks.replay.books import CURRENCY, Books, Credit
from benchmarks.replay.judging import Day, days, differences
from benchmarks.replay.matching import Matching, Unmatched, match_credits
from benchmarks.replay.shelf import fill_shelf
from benchmarks.replay.trading import POLICY, Trading, clock

SHOWN = 20


@frozen(kw_only=True)
class Replayed:
    """What came of it."""

    trading: Trading
    matching: Matching
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

    @property
    def cpu_ms(self) -> float:
        """CPU of the store and its database by order, write-offs and returns included."""
        return self.trading.cpu_s / self.trading.orders * 1e3 if self.trading.orders else 0.0

    @property
    def credit_lines(self) -> dict[str, int]:
        """How many lines of credit invoices found sales for all, for some, or for none of them."""
        matched = {_line(each.credit) for each in self.matching.matches}
        left = {_line(each.credit) for each in self.matching.unmatched}
        return {
            "matched": len(matched - left),
            "matched_in_part": len(matched & left),
            "unmatched": len(left - matched),
        }

    def result(self) -> dict[str, Any]:
        """For programs."""
        trading = self.trading
        faults = [f"{fault.invoice}: {fault.reason}" for fault in trading.faults]
        unmatched = self.matching.unmatched
        return {
            "orders": trading.orders,
            "lines": trading.lines,
            "pieces": trading.pieces,
            "written_off": trading.written_off,
            "returns": trading.returns,
            "pieces_back": trading.pieces_back,
            "credit_lines": self.credit_lines,
            "unmatched": dict(Counter(each.why.value for each in unmatched)),
            "unmatched_lines": [_unmatched(each) for each in unmatched],
            "articles": self.articles,
            "seconds": round(trading.seconds, 2),
            "orders_per_s": round(self.orders_per_s, 1),
            "lines_per_s": round(self.lines_per_s, 1),
            "cpu_ms": round(self.cpu_ms, 1),
            "shelf_seconds": round(self.shelf_seconds, 2),
            "aside": dict(self.aside),
            "days": [_day(day) for day in self.days],
            "audit_differences": self.audit.differences,
            "faults": [*faults, *self.differences][:SHOWN],
            "true_to_the_file": self.true_to_the_file,
        }


async def replay(books: Books, url: str, *, clients: int, spent: Callable[[], float]) -> Replayed:
    """Fill the shelf, trade, and judge, in a migrated database that is empty."""
    matching = match_credits(books.invoices, books.credits)
    settings = Settings(currency=CURRENCY, tax_mode=TaxMode.INCLUSIVE, pool_size=clients + 1)
    async with open_store(settings, url, clock=clock, policy=POLICY, patient=True) as store:
        began = time.perf_counter()
        variants = await fill_shelf(books, ports=store.ports)
        shelf_seconds = time.perf_counter() - began
    async with open_store(settings, url, clock=clock, policy=POLICY) as store:
        trading = Trading(store.ports, variants, spent)
        await trading.replay(books, matching, clients=clients)
    async with open_store(settings, url, patient=True) as store:
        audit = await store.auditor().audit(shown=SHOWN)
    with psycopg.connect(url) as connection:
        by_day = days(books, matching, connection)
        wrong = list(differences(books, matching, connection))
    return Replayed(
        trading=trading,
        matching=matching,
        days=by_day,
        differences=wrong,
        audit=audit,
        aside=Counter(each.reason for each in books.aside),
        articles=len(variants),
        shelf_seconds=shelf_seconds,
    )


def _line(credit: Credit) -> tuple[str, int]:
    return credit.invoice, credit.line


def _day(day: Day) -> dict[str, Any]:
    return {
        "day": str(day.day),
        "orders": day.orders,
        "sales": str(day.taken),
        "returned": str(day.refunded),
        "net": str(day.net),
        "file_net": str(day.booked_net),
        "unmatched": str(day.unmatched),
        "agrees": day.agrees,
    }


def _unmatched(each: Unmatched) -> dict[str, Any]:
    credit = each.credit
    return {
        "invoice": credit.invoice,
        "line": credit.line,
        "customer": credit.customer,
        "sku": credit.article.sku,
        "pieces": each.pieces,
        "total": str(each.total),
        "reason": each.why.value,
    }
