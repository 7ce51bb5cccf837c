"""The shelf that the replay sells from: each article in exactly the pieces that it needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID

from attrs import define, field

from automate_store.application.access import SYSTEM
from automate_store.application.catalog import import_catalog
from automate_store.application.ports import Ports
from automate_store.application.ports.catalog_files import (
    ProductListing,
    RefusedListing,
    VariantListing,
)
from automate_store.application.shipping import PutShippingMethod, put_shipping_method
from automate_store.domain.catalog import ProductStatus
from automate_store.domain.kernel.ids import VariantId
from automate_store.domain.kernel.money import Money
from automate_store.domain.shipping import FlatRate
from benchmarks.replay.books import CURRENCY, Article, Books

CARRIAGE = "carriage-paid"
"""The one shipping method, free: the file's totals know no shipping."""
OPTION = "Price"


@define
class BookedCatalog:
    """The books' articles as a catalogue: a product a code, a variant a price."""

    books: Books
    line: int = field(default=0, init=False)
    share_read: float | None = field(default=None, init=False)

    def listings(self) -> Iterator[ProductListing | RefusedListing]:
        """A listing for each code, in the order of the codes."""
        by_code: dict[str, list[tuple[Article, int]]] = {}
        for article, pieces in sorted(self.books.demand.items()):
            by_code.setdefault(article.code, []).append((article, pieces))
        for code, articles in by_code.items():
            self.line += 1
            yield self._listing(code, articles)

    def _listing(self, code: str, articles: list[tuple[Article, int]]) -> ProductListing:
        return ProductListing(
            line=self.line,
            slug=re.sub(r"[^a-z0-9]+", "-", code.lower()).strip("-"),
            name=self.books.names.get(code) or code,
            status=ProductStatus.ACTIVE,
            options=(OPTION,),
            variants=tuple(self._variant(article, pieces) for article, pieces in articles),
        )

    def _variant(self, article: Article, pieces: int) -> VariantListing:
        price = Money(article.price, CURRENCY)
        return VariantListing(
            line=self.line,
            sku=article.sku,
            spare_skus=(),
            attributes={OPTION: str(price.decimal())},
            name=str(price),
            price=price,
            quantity=pieces,
        )


async def fill_shelf(books: Books, *, ports: Ports) -> dict[Article, VariantId]:
    """Take the articles in, by the same import that merchants use; each one's variant."""
    method = PutShippingMethod(
        code=CARRIAGE, name="Carriage paid", rate=FlatRate(Money.zero(CURRENCY))
    )
    await put_shipping_method(method, actor=SYSTEM, ports=ports)
    report = await import_catalog(
        BookedCatalog(books), ports=ports, actor=SYSTEM, dry_run=False, with_stock=False
    )
    assert not report.refused, f"an article was refused: {report.refusals[:3]}"
    return await _variants(books, ports=ports)


async def _variants(books: Books, *, ports: Ports) -> dict[Article, VariantId]:
    by_sku: dict[str, UUID] = {}
    async with ports.unit_of_work() as work:
        async for product in work.products.all():
            by_sku |= {variant.sku: variant.id for variant in product.variants}
    return {article: VariantId(by_sku[article.sku]) for article in books.demand}
