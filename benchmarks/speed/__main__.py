"""
Measure the store: ``python -m benchmarks.speed``, or ``make bench``.

Server and database on one CPU, load on the other; a closed loop; CPU time of whole
process trees. The results go to benchmarks/results.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import aiohttp

from benchmarks.rig.catalog import catalogue, write
from benchmarks.rig.database import TemporaryDatabase
from benchmarks.rig.shop import IMPORT_TIMEOUT_S, Shop
from benchmarks.speed.flow import OPS, setup
from benchmarks.speed.imports import measure_import
from benchmarks.speed.loads import Speed, Target, measure
from benchmarks.speed.postgres_alone import limits
from benchmarks.speed.processes import LOAD_CPU, STORE_CPU, pin
from benchmarks.speed.report import Report
from benchmarks.speed.statements import statements

PRODUCTS, VARIANTS, CATEGORIES, STOCK = 1_000, 3_000, 50, 1_000_000
CATALOGUE_ANALYSED = """
    VACUUM ANALYZE categories, brands, products, product_variants, product_images, stock_items,
        inventory_movements
"""
CACHED = ("product_list", "product_detail")
NOTHING_KEPT: Mapping[str, str] = {"product_list_cache_s": "0"}


def main(arguments: Sequence[str]) -> int:
    """1 where a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument("--seconds", type=int, default=8, help="of each operation and load")
    parser.add_argument("--concurrency", default="1,16")
    parser.add_argument("--ops", default=",".join(OPS))
    parser.add_argument("--only", action="store_true", help="the operations, and nothing else")
    chosen = parser.parse_args(arguments)
    loads = [int(each) for each in chosen.concurrency.split(",")]
    operations = chosen.ops.split(",")
    with filled_shop({}) as shop:
        speeds = asyncio.run(_speeds(shop, operations, loads, chosen.seconds))
    if chosen.only:
        for speed in speeds:
            print(speed)
        return 0
    return _report(speeds, loads, chosen.seconds)


@contextmanager
def filled_shop(settings: Mapping[str, str]) -> Iterator[Shop]:
    """A shop as a merchant sets it up, on the store's CPU, with the catalogue of comparisons."""
    pin(STORE_CPU)
    with Shop(servers=1, settings=settings) as shop:
        lines = catalogue(PRODUCTS, variants=VARIANTS, categories=CATEGORIES, stock=STOCK)
        file = str(write(shop.folder / "catalogue.csv", lines))
        shop.command("import", "catalog", file, timeout_s=IMPORT_TIMEOUT_S)
        with shop.database.connect() as connection:
            # What a shop that has just opened has, and no more: tables that PostgreSQL knows
            # to be empty are planned for as if they stayed so.
            connection.execute(CATALOGUE_ANALYSED.encode())
        pin(LOAD_CPU)
        yield shop


def _report(speeds: list[Speed], loads: Sequence[int], seconds: int) -> int:
    with filled_shop(NOTHING_KEPT) as shop:
        uncached = asyncio.run(_speeds(shop, CACHED, loads, seconds))
    pinned = pin(STORE_CPU)
    with TemporaryDatabase({}) as database:
        limits_ms = limits(database, seconds=seconds)
    report = Report(
        speeds=speeds,
        uncached=uncached,
        limits_ms=limits_ms,
        statements={name: len(said) for name, said in statements().items()},
        imports=measure_import(),
        pinned=pinned,
    )
    print(report.text())
    print(f"written to {report.save()}")
    if report.missed:
        print(f"missed: {', '.join(report.missed)}")
    return 1 if report.missed else 0


async def _speeds(
    shop: Shop, operations: Sequence[str], loads: Sequence[int], seconds: int
) -> list[Speed]:
    (server,) = shop.servers
    target = Target(server.base, server.pid, shop.database.postmaster.pid)
    connector = aiohttp.TCPConnector(limit=0)
    jar = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(connector=connector, cookie_jar=jar) as session:
        context = await setup(session, server.base)
        return [
            await measure(
                name,
                OPS[name],
                target=target,
                session=session,
                context=context,
                concurrency=concurrency,
                seconds=seconds,
            )
            for name in operations
            for concurrency in loads
        ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
