"""The shop that is measured: a catalogue, and a server that has a CPU with its database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from benchmarks.rig.catalog import catalogue, write
from benchmarks.rig.shop import IMPORT_TIMEOUT_S, Shop
from benchmarks.speed.processes import LOAD_CPU, STORE_CPU, pin

PRODUCTS, VARIANTS, CATEGORIES, STOCK = 1_000, 3_000, 50, 1_000_000
CATALOGUE_ANALYSED = """
    VACUUM ANALYZE categories, brands, products, product_variants, product_images, stock_items,
        inventory_movements
"""


@contextmanager
def filled_shop(settings: Mapping[str, str], *, gateway: bool = False) -> Iterator[Shop]:
    """A shop as a merchant sets it up, on the store's CPU, with the catalogue of comparisons."""
    pin(STORE_CPU)
    with Shop(servers=1, settings=settings, gateway=gateway) as shop:
        lines = catalogue(PRODUCTS, variants=VARIANTS, categories=CATEGORIES, stock=STOCK)
        file = str(write(shop.folder / "catalogue.csv", lines))
        shop.command("import", "catalog", file, timeout_s=IMPORT_TIMEOUT_S)
        with shop.database.connect() as connection:
            # What a shop that has just opened has, and no more: tables that PostgreSQL knows
            # to be empty are planned for as if they stayed so.
            connection.execute(CATALOGUE_ANALYSED.encode())
        pin(LOAD_CPU)
        yield shop
