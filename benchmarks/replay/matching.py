"""
Which sale each credit belongs to: the file has the credits, and never says of what.

A credit is for an earlier sale of the same article, at the same price, to the same customer.
The latest sale is taken first: many credits put right what was booked just before, and what
came last is the longest within a return window. How many pieces find a sale does not depend
on it, for every later credit can reach every sale that an earlier one could.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum

from attrs import define, frozen

from automate_store.domain.kernel.money import Money
from benchmarks.replay.books import CURRENCY, Article, Credit, Invoice, added_up


class Why(StrEnum):
    """What keeps pieces of a credit from being those of a sale."""

    NO_CUSTOMER = "no customer"
    NO_EARLIER_SALE = "no earlier sale"
    ANOTHER_PRICE = "another price"
    MORE_THAN_BOUGHT = "more than was bought"


@frozen(kw_only=True)
class Match:
    """Pieces of a credit that were bought with that sale."""

    credit: Credit
    sale: str
    pieces: int

    @property
    def total(self) -> Money:
        """What the file says was credited for them."""
        return _worth(self.credit, self.pieces)


@frozen(kw_only=True)
class Unmatched:
    """Pieces of a credit that no sale is known for, and why."""

    credit: Credit
    pieces: int
    why: Why

    @property
    def total(self) -> Money:
        """What the file says was credited for them."""
        return _worth(self.credit, self.pieces)


@frozen(kw_only=True)
class Parcel:
    """All that one credit invoice takes back of one sale."""

    credit: str
    sale: str
    at: datetime
    pieces: Mapping[Article, int]

    @property
    def total(self) -> Money:
        """What the file says was credited for it."""
        return Money(sum(one.price * many for one, many in self.pieces.items()), CURRENCY)


@frozen(kw_only=True)
class Matching:
    """Every piece of every credit: with its sale, or without."""

    matches: tuple[Match, ...]
    unmatched: tuple[Unmatched, ...]

    @property
    def parcels(self) -> list[Parcel]:
        """What comes back, in the order of time."""
        found: dict[tuple[str, str], list[Match]] = {}
        for match in self.matches:
            found.setdefault((match.credit.invoice, match.sale), []).append(match)
        return [
            Parcel(credit=credit, sale=sale, at=parts[0].credit.at, pieces=_added(parts))
            for (credit, sale), parts in found.items()
        ]


@define
class _Bought:
    """What is left of an article of a sale."""

    sale: Invoice
    article: Article
    left: int


def match_credits(invoices: Iterable[Invoice], credits: Iterable[Credit]) -> Matching:
    """Each credit with the sales that it takes back, in the order of time."""
    bought: dict[tuple[str, str], list[_Bought]] = {}
    for sale in sorted(invoices, key=lambda each: each.place):
        for article, many in sale.pieces.items():
            key = (sale.customer, article.code)
            bought.setdefault(key, []).append(_Bought(sale, article, many))
    matches: list[Match] = []
    unmatched: list[Unmatched] = []
    for credit in sorted(credits, key=lambda each: (each.place, each.line)):
        known = bought.get((credit.customer, credit.article.code), ()) if credit.customer else ()
        earlier = [each for each in known if each.sale.place < credit.place]
        found = list(_take(credit, earlier))
        matches += found
        if left := credit.pieces - sum(match.pieces for match in found):
            unmatched.append(Unmatched(credit=credit, pieces=left, why=_why(credit, earlier)))
    return Matching(matches=tuple(matches), unmatched=tuple(unmatched))


def by_day(parts: Iterable[Match | Unmatched]) -> dict[date, Money]:
    """What the file says was credited for them, day by day."""
    return added_up((part.credit.day, part.total) for part in parts)


def _take(credit: Credit, earlier: Sequence[_Bought]) -> Iterator[Match]:
    """As much of the credit as is left of the sales, the latest first."""
    wanted = credit.pieces
    for bought in reversed(earlier):
        if bought.article == credit.article and (pieces := min(wanted, bought.left)):
            bought.left -= pieces
            wanted -= pieces
            yield Match(credit=credit, sale=bought.sale.number, pieces=pieces)


def _why(credit: Credit, earlier: Sequence[_Bought]) -> Why:
    if not credit.customer:
        return Why.NO_CUSTOMER
    if not earlier:
        return Why.NO_EARLIER_SALE
    if all(each.article != credit.article for each in earlier):
        return Why.ANOTHER_PRICE
    return Why.MORE_THAN_BOUGHT


def _added(parts: Iterable[Match]) -> dict[Article, int]:
    pieces: dict[Article, int] = {}
    for part in parts:
        article = part.credit.article
        pieces[article] = pieces.get(article, 0) + part.pieces
    return pieces


def _worth(credit: Credit, pieces: int) -> Money:
    return Money(credit.article.price * pieces, CURRENCY)
