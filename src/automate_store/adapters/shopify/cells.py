"""Reading the cells of one product: what they say, what was mended, what could not be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from attrs import define, field, frozen

from automate_store.adapters.shopify.columns import Header
from automate_store.application.ports.catalog_files import Refusal, Repair
from automate_store.application.ports.texts import Texts
from automate_store.domain.inventory import STOCK_LIMIT
from automate_store.domain.kernel.money import BadAmount, Money

WEIGHT_LIMIT_G = 10**8
SHOWN = 80
"""Characters of a value that a note repeats."""

_TRUE = frozenset({"true", "yes", "y", "1"})
_FALSE = frozenset({"false", "no", "n", "0"})
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{0,15})?", re.ASCII)


@frozen
class Row:
    """A row of the file by the names of its columns; cells come without outer spaces."""

    line: int
    cells: Sequence[str]
    header: Header

    def __getitem__(self, name: str) -> str:
        index = self.header.fields.get(name)
        return "" if index is None else self.cells[index].strip()


@define
class Desk:
    """Where one product's rows are read; what is found wrong collects here."""

    handle: str
    currency: str
    texts: Texts
    repairs: list[Repair] = field(factory=list, init=False)
    refusals: list[Refusal] = field(factory=list, init=False)

    def mend(self, row: Row, name: str, reason: str, value: str | None = None) -> None:
        """Note something that was mended, under the name the file has for it."""
        said = row.header.said.get(name, name)
        shown = value if value is None or len(value) <= SHOWN else f"{value[: SHOWN - 1]}…"
        self.repairs.append(Repair(line=row.line, field=said, reason=reason, value=shown))

    def refuse(self, line: int, reason: str) -> None:
        """Keep the product out, for that reason."""
        self.refusals.append(Refusal(line=line, handle=self.handle, reason=reason))

    def too_long(self, row: Row, said: str, value: str, longest: int) -> None:
        """Keep the product out for a text that does not fit."""
        self.refuse(row.line, f"{said} is {len(value):,} characters long, at most {longest:,} fit")

    def text(self, row: Row, name: str, said: str, longest: int) -> str | None:
        """The cell, None where it is blank; too long a one keeps the product out."""
        value = row[name]
        if len(value) > longest:
            self.too_long(row, said, value, longest)
            return None
        return value or None

    def cut(self, row: Row, name: str, longest: int) -> str | None:
        """The cell, cut where it is too long, None where it is blank."""
        value = row[name]
        if len(value) > longest:
            self.mend(row, name, f"cut to {longest} characters", value)
            value = value[:longest].rstrip()
        return value or None

    def unquoted(self, row: Row, name: str, said: str, longest: int) -> str | None:
        """The cell without the apostrophe that keeps spreadsheets from reading a number."""
        value = row[name]
        if value.startswith("'"):
            self.mend(row, name, "the apostrophe before it was taken off", value)
            value = value[1:].strip()
        if len(value) > longest:
            self.too_long(row, said, value, longest)
        return value or None

    def boolean(self, row: Row, name: str, *, missing: bool, blank: bool, bad: bool) -> bool:
        """The cell as yes or no; what it counts as where there is none, or no sense in it."""
        if name not in row.header.fields:
            return missing
        value = row[name].lower()
        if value in _TRUE or value in _FALSE:
            return value in _TRUE
        taken = bad if value else blank
        if value or blank is not missing:
            said = "is neither true nor false" if value else "is blank"
            self.mend(row, name, f"{said}: taken as {str(taken).lower()}", value or None)
        return taken

    def price(self, row: Row) -> Money | None:
        """The price; without one that is right the product stays out."""
        value = row["price"]
        if not value:
            self.refuse(row.line, "there is no price")
            return None
        price = self._money(value)
        if price is None:
            self.refuse(row.line, f"{value[:SHOWN]!r} is not a price in {self.currency}")
        elif price.minor < 0:
            self.refuse(row.line, f"the price {value} is below zero")
        return price

    def compare_price(self, row: Row, price: Money) -> Money | None:
        """What it cost before, where that is more than it costs now."""
        value = row["compare_at"]
        if not value:
            return None
        before = self._money(value)
        if before is not None and before > price:
            return before
        reason = (
            f"is no amount in {self.currency}: dropped"
            if before is None
            else f"does not exceed the price {price.decimal():f}: dropped"
        )
        self.mend(row, "compare_at", reason, value)
        return None

    def cost(self, row: Row) -> Money | None:
        """What the merchant pays for it, None where the file has nothing that could be."""
        value = row["cost"]
        cost = self._money(value) if value else None
        if value and (cost is None or cost.minor < 0):
            self.mend(row, "cost", f"is no cost in {self.currency}: dropped", value)
            return None
        return cost

    def quantity(self, row: Row) -> int | None:
        """Pieces on hand; None where the file does not say."""
        value = row["quantity"]
        if not value:
            return None
        pieces = _number(value)
        if pieces is None or pieces != int(pieces) or abs(pieces) > STOCK_LIMIT:
            self.mend(row, "quantity", "is no number of pieces: left out", value)
            return None
        if pieces < 0:
            self.mend(row, "quantity", "is below zero: taken as 0", value)
        return max(0, int(pieces))

    def weight_g(self, row: Row) -> int:
        """Whole grams."""
        value = row["grams"]
        if not value:
            return 0
        grams = _number(value)
        if grams is None or not 0 <= grams <= WEIGHT_LIMIT_G:
            self.mend(row, "grams", "is no weight in grams: taken as 0", value)
            return 0
        whole = int(grams.to_integral_value(ROUND_HALF_UP))
        if whole != grams:
            self.mend(row, "grams", f"rounded to {whole}", value)
        return whole

    def url(self, row: Row, name: str, longest: int) -> str | None:
        """A web address; anything else is dropped, too long a one keeps the product out."""
        value = self.text(row, name, "an image's address", longest)
        if value is None or value.lower().startswith(("https://", "http://")):
            return value
        self.mend(row, name, "is no web address: dropped", value)
        return None

    def _money(self, value: str) -> Money | None:
        try:
            return Money.parse(value, self.currency)
        except BadAmount:
            return None


def _number(value: str) -> Decimal | None:
    return Decimal(value) if _NUMBER.fullmatch(value) else None
