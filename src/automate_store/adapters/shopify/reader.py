"""
Reading Shopify's product CSV: rows of one handle become one listing.

A product's fields stand on its first row that has a title; every row that has a price, a
SKU or a value of an option is a variant, and every row with an image adds it. What can be
mended is, and is noted; what can't keeps that product out, and the rest goes on.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import define, evolve, field

from automate_store.adapters.shopify.cells import Desk, Row
from automate_store.adapters.shopify.columns import Header, read_header
from automate_store.adapters.shopify.products import read_product
from automate_store.adapters.shopify.rows import Rows
from automate_store.application.errors import BrokenFile
from automate_store.application.ports.catalog_files import (
    ProductListing,
    Refusal,
    RefusedListing,
)
from automate_store.application.ports.texts import Texts
from automate_store.domain.catalog import SLUG

HANDLE_LENGTH = 255
ROW_LIMIT = 5_000
"""Rows of one product: more than its variants and images can need."""


@define
class _Group:
    """The rows of one product, as far as they have been read."""

    handle: str
    rows: list[Row] = field(factory=list)
    refusals: list[Refusal] = field(factory=list)
    made_handle: bool = False


@define
class ShopifyReader:
    """A product CSV as listings; implements ``ports.catalog_files.CatalogReader``."""

    _rows: Rows = field(converter=Rows)
    _currency: str = field(kw_only=True)
    _texts: Texts = field(kw_only=True)
    _begun: dict[str, int] = field(factory=dict, init=False)
    """The line that each product began on, by slug: all that is kept of what was read."""

    @property
    def line(self) -> int:
        """The line that was read last."""
        return self._rows.line

    @property
    def share_read(self) -> float | None:
        """How much has been read, from 0 to 1; None where the size is not known."""
        return self._rows.share_read

    def listings(self) -> Iterator[ProductListing | RefusedListing]:
        """Each product in the file's order; raises BrokenFile where nothing can go on."""
        rows = iter(self._rows)
        header = _header(rows)
        group: _Group | None = None
        for line, cells in rows:
            if not any(cell and not cell.isspace() for cell in cells):
                continue
            row, fault = self._fitted(line, cells, header)
            handle, title = row["handle"], row["title"]
            if not handle and not title:
                yield _ownerless(row)
                continue
            if group is None or not handle or handle != group.handle or group.made_handle:
                if group is not None:
                    yield self._listing(group)
                group = _Group(handle or self._texts.slug(title), made_handle=not handle)
            _join(group, row, fault)
        if group is not None:
            yield self._listing(group)

    def _fitted(self, line: int, cells: list[str], header: Header) -> tuple[Row, str | None]:
        width = len(cells)
        if width < header.width and self._rows.unterminated:
            problem = (
                f"the file ends in the middle of a row, after {width} of {header.width} values"
            )
            raise BrokenFile(line, problem, "It seems to have been cut off: export it again.")
        padded = [*cells, *[""] * (header.width - width)]
        fault = None
        if width < header.width or any(cell.strip() for cell in cells[header.width :]):
            fault = f"the row has {width} values where the first line names {header.width} columns"
        return Row(line, padded, header), fault

    def _listing(self, group: _Group) -> ProductListing | RefusedListing:
        first = group.rows[0]
        desk = Desk(handle=group.handle, currency=self._currency, texts=self._texts)
        desk.refusals.extend(group.refusals)
        slug = SLUG.fullmatch(group.handle)
        made = group.handle if slug else self._texts.slug(group.handle)
        if not made:
            desk.refuse(first.line, "the handle has no letter and no digit")
        elif len(made) > HANDLE_LENGTH:
            desk.too_long(first, "the handle", made, HANDLE_LENGTH)
        elif made in self._begun:
            began = self._begun[made]
            desk.refuse(
                first.line,
                f"the rows of {made!r} began on line {began}; those of one product stand together",
            )
        elif group.made_handle:
            desk.mend(first, "handle", f"is blank: made {made!r} from the title")
        elif made != group.handle:
            desk.mend(first, "handle", f"is no slug: made into {made!r}", group.handle)
        self._begun.setdefault(made, first.line)
        product = None if desk.refusals else read_product(group.rows, slug=made, desk=desk)
        if product is None or desk.refusals:
            return RefusedListing(handle=group.handle, refusals=tuple(desk.refusals))
        return evolve(product, repairs=tuple(desk.repairs))


def _header(rows: Iterator[tuple[int, list[str]]]) -> Header:
    for line, cells in rows:
        if any(cell.strip() for cell in cells):
            return read_header(cells, line)
    raise BrokenFile(1, "the file has no line with names of columns", "Export the products again.")


def _join(group: _Group, row: Row, fault: str | None) -> None:
    if fault is not None:
        group.refusals.append(Refusal(line=row.line, handle=group.handle, reason=fault))
    if len(group.rows) < ROW_LIMIT:
        group.rows.append(row)
    elif not group.refusals:
        reason = f"the product has more than {ROW_LIMIT:,} rows"
        group.refusals.append(Refusal(line=row.line, handle=group.handle, reason=reason))


def _ownerless(row: Row) -> RefusedListing:
    reason = "the row has neither a handle nor a title, so it belongs to no product"
    return RefusedListing(
        handle=None, refusals=(Refusal(line=row.line, handle=None, reason=reason),)
    )
