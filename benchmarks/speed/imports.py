"""How long a merchant waits for a catalogue: the command, from its start to its end."""

from __future__ import annotations

import time

from attrs import frozen

from benchmarks.rig.catalog import catalogue, write
from benchmarks.rig.shop import IMPORT_TIMEOUT_S, Shop

PRODUCTS, VARIANTS, CATEGORIES = 1_000, 3_700, 50
TARGET_S = 10.0


@frozen(kw_only=True)
class ImportSpeed:
    """Seconds of a first import, and of the same file again."""

    products: int
    variants: int
    first_s: float
    again_s: float
    target_s: float = TARGET_S

    def text(self) -> str:
        """The figures in a sentence."""
        return (
            f"import of {self.products} products with {self.variants} variants:"
            f" {self.first_s:.1f} s, again {self.again_s:.1f} s (target {self.target_s:.0f} s)"
        )


def measure_import() -> ImportSpeed:
    """The speed of an import into an empty shop."""
    with Shop(servers=0, settings={}) as shop:
        lines = catalogue(PRODUCTS, variants=VARIANTS, categories=CATEGORIES, stock=1_000)
        file = str(write(shop.folder / "catalogue.csv", lines))
        seconds = [_timed(shop, file) for _ in range(2)]
        stored = shop.database.value("SELECT count(*) FROM product_variants")
        assert stored == VARIANTS, f"{stored} variants were imported"
    first, again = seconds
    return ImportSpeed(products=PRODUCTS, variants=VARIANTS, first_s=first, again_s=again)


def _timed(shop: Shop, file: str) -> float:
    began = time.perf_counter()
    shop.command("import", "catalog", file, timeout_s=IMPORT_TIMEOUT_S)
    return round(time.perf_counter() - began, 2)
