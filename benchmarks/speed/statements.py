"""
What each operation says to PostgreSQL: its statements, as the server itself logs them.

``python -m benchmarks.speed.statements`` prints how many, and with ``--show`` which.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence

import aiohttp

from benchmarks.rig.catalog import catalogue, write
from benchmarks.rig.shop import IMPORT_TIMEOUT_S, Shop
from benchmarks.rig.statements import LOGGED, said_since
from benchmarks.speed.flow import OPS, setup

QUIET = {"embedded_worker": "false", "product_list_cache_s": "0", "log_level": "warning"}
"""No jobs among the requests' statements, and no answer without asking."""

PRODUCTS, VARIANTS, CATEGORIES = 60, 180, 10
WARM = 3


def statements() -> dict[str, list[str]]:
    """What one run of each operation said, in order, once everything is warm."""
    with Shop(servers=1, settings=QUIET, postgres=LOGGED) as shop:
        lines = catalogue(PRODUCTS, variants=VARIANTS, categories=CATEGORIES, stock=1_000_000)
        file = str(write(shop.folder / "catalogue.csv", lines))
        shop.command("import", "catalog", file, timeout_s=IMPORT_TIMEOUT_S)
        return asyncio.run(_listen(shop))


async def _listen(shop: Shop) -> dict[str, list[str]]:
    base, heard = shop.bases[0], dict[str, list[str]]()
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        context = await setup(session, base)
        for name in OPS:
            for _ in range(WARM):
                await OPS[name](session, base, context)
            before = shop.database.logged()
            await OPS[name](session, base, context)
            heard[name] = said_since(shop.database.log, before)
    return heard


def main(arguments: Sequence[str]) -> int:
    """Print the statements of each operation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true", help="print each statement's beginning")
    chosen = parser.parse_args(arguments)
    for name, said in statements().items():
        print(f"{name}: {len(said)}")
        for statement in said if chosen.show else ():
            print(f"    {statement[:160]}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
