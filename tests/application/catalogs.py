"""Shops to import catalogues into, in memory and on PostgreSQL, and what is looked up in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from io import BytesIO

from attrs import frozen

from automate_store.adapters.manual import ManualGateway
from automate_store.adapters.memory import (
    MemoryHasher,
    MemoryMailer,
    MemoryMedia,
    MemoryNotices,
    MemoryPasswords,
    MemoryPictures,
    MemorySecondFactor,
    MemoryShop,
    MemoryTokens,
)
from automate_store.adapters.postgres.engine import Pool
from automate_store.adapters.postgres.pricing import ShopCache
from automate_store.adapters.postgres.store import PostgresStore
from automate_store.adapters.postgres.unit_of_work import JobWriter
from automate_store.adapters.shopify import ShopifyReader, ShopifyWriter
from automate_store.adapters.system import SystemIds
from automate_store.adapters.texts import WrittenTexts
from automate_store.application.catalog import ImportReport, export_catalog, import_catalog
from automate_store.application.identity import StoreGate
from automate_store.application.ports import Ports
from automate_store.domain.catalog import Product
from automate_store.domain.inventory import Movement, StockItem
from tests.application.trading import OPENED, POLICY, PRICING, STAFF

HEADER = "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Inventory Qty"
MUGS = ("mug,Mug,Size,S,MUG-S,9.00,4", "mug,,,L,MUG-L,12.00,0")


def memory_ports() -> Ports:
    """An empty shop in memory."""
    return MemoryShop.open(POLICY, PRICING, at=OPENED).ports


def postgres_ports(pool: Pool) -> Ports:
    """The shop on PostgreSQL that the pool leads to."""
    ids = SystemIds()
    store = PostgresStore(
        pool=pool,
        jobs=JobWriter(ids=ids, reacting=(), request_id=lambda: None),
        cache=ShopCache(PRICING),
        clock=lambda: OPENED,
        ids=ids,
        guest_cart_lifetime=timedelta(days=7),
    )
    tokens = MemoryTokens(audience=POLICY.store_name)
    gate = StoreGate(
        unit_of_work=store.unit_of_work,
        reading=store.reading,
        clock=lambda: OPENED,
        ids=ids,
        tokens=tokens,
        cache=None,
        derive=lambda stored: stored,
        policy=POLICY.accounts,
    )
    return Ports(
        unit_of_work=store.unit_of_work,
        reading=store.reading,
        clock=lambda: OPENED,
        ids=ids,
        gateways={"manual": ManualGateway()},
        notices=MemoryNotices(),
        mailer=MemoryMailer(),
        texts=WrittenTexts(),
        pictures=MemoryPictures(),
        media=MemoryMedia(lambda: OPENED),
        hasher=MemoryHasher(),
        passwords=MemoryPasswords(words=(POLICY.store_name,)),
        tokens=tokens,
        second_factor=MemorySecondFactor(),
        gate=gate,
        policy=POLICY,
    )


@frozen
class Warehouse:
    """A shop that files are taken into."""

    ports: Ports

    async def take(
        self, *rows: str, header: str = HEADER, dry_run: bool = False, with_stock: bool = False
    ) -> ImportReport:
        """Take in a file of these rows."""
        content = "\n".join([header, *rows, ""]).encode()
        return await self.take_file(content, dry_run=dry_run, with_stock=with_stock)

    async def take_file(
        self, content: bytes, *, dry_run: bool = False, with_stock: bool = False
    ) -> ImportReport:
        """Take in a file."""
        return await import_catalog(
            ShopifyReader(
                BytesIO(content), currency=self.ports.policy.currency, texts=WrittenTexts()
            ),
            ports=self.ports,
            actor=STAFF,
            dry_run=dry_run,
            with_stock=with_stock,
        )

    async def write(self) -> bytes:
        """The shop as a file."""
        target = BytesIO()
        await export_catalog(ShopifyWriter(target), ports=self.ports, actor=STAFF)
        return target.getvalue()

    async def products(self) -> list[Product]:
        """Everything that is stored of products."""
        async with self.ports.unit_of_work() as work:
            return [product async for product in work.products.all()]

    async def product(self, slug: str) -> Product:
        """The product of that slug."""
        async with self.ports.unit_of_work() as work:
            return (await work.products.by_slugs([slug]))[slug]

    async def stock(self, product: Product) -> list[StockItem]:
        """The stock of each of the product's variants."""
        async with self.ports.reading() as reads:
            found = await reads.stock.of([variant.id for variant in product.variants])
        return [found[variant.id] for variant in product.variants]

    async def ledger(self) -> Sequence[Movement]:
        """Every movement, oldest first."""
        async with self.ports.reading() as reads:
            return (await reads.stock.movements(None, before=None, limit=10_000))[::-1]

    async def mark(self) -> str:
        """The catalogue's version."""
        async with self.ports.reading() as reads:
            return await reads.catalog.version()


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    """Created, updated, unchanged, refused."""
    return report.created, report.updated, report.unchanged, report.refused
