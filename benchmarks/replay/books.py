"""
The retailer's file, read into what it says: sales, credits, write-offs, and what is left aside.

The format is that of the UCI "Online Retail" data set (D. Chen, 2015): one row a line of
an invoice. Prices are GBP without tax. Its quirks are real and kept: one stock code at
several prices, equal lines twice, zero prices, thousands of pieces, negative quantities.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TypeVar

from attrs import Factory, define, frozen

from automate_store.domain.kernel.money import BadAmount, Money

K = TypeVar("K")

CURRENCY = "GBP"
CREDIT = "C"
"""What the number of a credit invoice begins with; the file calls them cancellations."""
COLUMNS = {
    *("InvoiceNo", "StockCode", "Description", "Quantity"),
    *("InvoiceDate", "UnitPrice", "CustomerID", "Country"),
}


class NotABook(ValueError):  # noqa: N818 - named for the fact
    """A file that is none of an invoice's lines; says where and why."""


@frozen(order=True)
class Article:
    """What is a variant here: a stock code, capitals or not, at one price in pence."""

    code: str
    price: int

    @property
    def sku(self) -> str:
        """Its SKU."""
        return f"{self.code}@{Money(self.price, CURRENCY).decimal()}"


@frozen(kw_only=True)
class Invoice:
    """A sale: how many of each article, equal lines added up."""

    number: str
    at: datetime
    customer: str
    country: str
    pieces: Mapping[Article, int]
    lines: int
    """As many as the file has, before equal ones were added up."""

    @property
    def total(self) -> Money:
        """What the file says it came to."""
        return Money(sum(one.price * count for one, count in self.pieces.items()), CURRENCY)

    @property
    def day(self) -> date:
        """When, to the day."""
        return self.at.date()

    @property
    def place(self) -> tuple[datetime, str]:
        """Where it stands in the order of the file's time."""
        return self.at, self.number


@frozen(kw_only=True)
class Credit:
    """A line of a credit invoice: pieces that a customer gave back, and was credited."""

    invoice: str
    line: int
    """Which of its invoice's, from 1."""
    at: datetime
    customer: str
    article: Article
    pieces: int

    @property
    def day(self) -> date:
        """When, to the day."""
        return self.at.date()

    @property
    def place(self) -> tuple[datetime, str]:
        """Where it stands among the sales: their numbers and its own are one sequence."""
        return self.at, self.invoice[len(CREDIT) :]


@frozen(kw_only=True)
class WriteOff:
    """Pieces that left the shelf without a sale: broken, lost, miscounted."""

    invoice: str
    at: datetime
    article: Article
    pieces: int
    note: str


@frozen
class Aside:
    """An invoice that is not replayed, and why."""

    number: str
    lines: int
    reason: str


@define
class Books:
    """All that the files say, in the order of its time."""

    invoices: list[Invoice] = Factory(list)
    credits: list[Credit] = Factory(list)
    write_offs: list[WriteOff] = Factory(list)
    aside: list[Aside] = Factory(list)
    names: dict[str, str] = Factory(dict)
    """The longest description of each code; some rows have none."""

    @property
    def demand(self) -> dict[Article, int]:
        """How many pieces of each article are needed so that everything can be met."""
        wanted: dict[Article, int] = {}
        for invoice in self.invoices:
            for article, count in invoice.pieces.items():
                wanted[article] = wanted.get(article, 0) + count
        for lost in self.write_offs:
            wanted[lost.article] = wanted.get(lost.article, 0) + lost.pieces
        return wanted

    def first(self, count: int) -> Books:
        """The books of the first so many sales, and what was credited and written off by then."""
        invoices = self.invoices[:count]
        until = invoices[-1].at if invoices else datetime.min.replace(tzinfo=UTC)
        back = [each for each in self.credits if each.at <= until]
        lost = [each for each in self.write_offs if each.at <= until]
        return Books(invoices, back, lost, self.aside, self.names)


@frozen(kw_only=True)
class _Line:
    article: Article
    quantity: int
    description: str


def added_up(amounts: Iterable[tuple[K, Money]]) -> dict[K, Money]:
    """What the amounts of each key come to."""
    sums: dict[K, Money] = {}
    for key, amount in amounts:
        sums[key] = sums.get(key, Money.zero(CURRENCY)) + amount
    return sums


def read_books(places: Iterable[Path]) -> Books:
    """The books in these files, or in the CSV files of these folders; raises NotABook."""
    rows: dict[str, list[Mapping[str, str]]] = {}
    for file in _files(places):
        for row in _rows(file):
            rows.setdefault(row["InvoiceNo"].strip(), []).append(row)
    books = Books()
    for number, lines in rows.items():
        _enter(books, number, lines)
    books.invoices.sort(key=lambda each: each.place)
    books.credits.sort(key=lambda each: (each.place, each.line))
    books.write_offs.sort(key=lambda each: (each.at, each.invoice))
    return books


def _files(places: Iterable[Path]) -> Iterator[Path]:
    for place in places:
        found = sorted(place.glob("*.csv")) if place.is_dir() else [place]
        if not found:
            raise NotABook(f"{place} has no CSV file")
        yield from found


def _rows(file: Path) -> Iterator[Mapping[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        if missing := COLUMNS - set(reader.fieldnames or ()):
            raise NotABook(f"{file} lacks the columns {', '.join(sorted(missing))}")
        for row in reader:
            if None in row.values() or not row["InvoiceNo"].strip():
                raise NotABook(f"{file}, line {reader.line_num}: the row is cut off")
            yield row


def _enter(books: Books, number: str, rows: list[Mapping[str, str]]) -> None:
    try:
        lines = [_line(row) for row in rows]
        at = _moment(rows[0]["InvoiceDate"])
        if number.upper().startswith(CREDIT):
            books.credits += _credits(number, at, rows[0], lines)
            return
    except ValueError as odd:
        books.aside.append(Aside(number, len(rows), str(odd)))
        return
    for line in lines:
        known = books.names.get(line.article.code, "")
        books.names[line.article.code] = max(known, line.description, key=len)
    books.write_offs += [_write_off(number, at, line) for line in lines if line.quantity < 0]
    if sold := [line for line in lines if line.quantity > 0]:
        books.invoices.append(_invoice(number, at, rows[0], sold))


def _line(row: Mapping[str, str]) -> _Line:
    try:
        price = Money.parse(Decimal(row["UnitPrice"]), CURRENCY)
    except (BadAmount, InvalidOperation):
        raise ValueError(f"{row['UnitPrice']} is no price in whole pence") from None
    if price.minor < 0:
        raise ValueError(f"{row['UnitPrice']} is no price of a sale")
    article = Article(row["StockCode"].strip().upper(), price.minor)
    description = " ".join(row["Description"].split())
    return _Line(article=article, quantity=int(row["Quantity"]), description=description)


def _invoice(number: str, at: datetime, row: Mapping[str, str], sold: list[_Line]) -> Invoice:
    pieces: dict[Article, int] = {}
    for line in sold:
        pieces[line.article] = pieces.get(line.article, 0) + line.quantity
    return Invoice(
        number=number,
        at=at,
        customer=_customer(row),
        country=row["Country"].strip(),
        pieces=pieces,
        lines=len(sold),
    )


def _credits(number: str, at: datetime, row: Mapping[str, str], lines: list[_Line]) -> list[Credit]:
    if any(line.quantity >= 0 for line in lines):
        raise ValueError("a credit invoice that sells")
    return [
        Credit(
            invoice=number,
            line=place,
            at=at,
            customer=_customer(row),
            article=line.article,
            pieces=-line.quantity,
        )
        for place, line in enumerate(lines, start=1)
    ]


def _customer(row: Mapping[str, str]) -> str:
    """Their number; empty where the file knows none."""
    return row["CustomerID"].strip().removesuffix(".0")


def _write_off(number: str, at: datetime, line: _Line) -> WriteOff:
    note = f"invoice {number}: {line.description or 'written off'}"
    return WriteOff(invoice=number, at=at, article=line.article, pieces=-line.quantity, note=note)


def _moment(written: str) -> datetime:
    """The wall clock of a British December, which is UTC."""
    return datetime.fromisoformat(written.strip()).replace(tzinfo=UTC)
