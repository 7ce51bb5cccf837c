"""
Measure the store: ``python -m benchmarks.speed``, or ``make bench``.

Server and database on one CPU, load on the other; a closed loop; CPU time of whole
process trees. The results go to benchmarks/results.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Mapping, Sequence

import aiohttp

from benchmarks.rig.database import TemporaryDatabase
from benchmarks.rig.shop import Shop
from benchmarks.speed.accounts import measure_accounts
from benchmarks.speed.after_the_order import measure_after_the_order
from benchmarks.speed.flow import OPS, setup
from benchmarks.speed.imports import measure_import
from benchmarks.speed.loads import Speed, Target, measure
from benchmarks.speed.payments import measure_payments
from benchmarks.speed.postgres_alone import limits
from benchmarks.speed.processes import STORE_CPU, pin
from benchmarks.speed.promoted import compare
from benchmarks.speed.report import Report
from benchmarks.speed.shops import filled_shop
from benchmarks.speed.statements import statements

CACHED = ("product_list", "product_detail")
NOTHING_KEPT: Mapping[str, str] = {"product_list_cache_s": "0"}


def main(arguments: Sequence[str]) -> int:
    """1 where a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument("--seconds", type=int, default=8, help="of each operation and load")
    parser.add_argument("--concurrency", default="1,16")
    parser.add_argument("--ops", default=",".join(OPS))
    parser.add_argument("--only", action="store_true", help="the operations, and nothing else")
    parser.add_argument("--promotions", type=int, help="compare the checkout with so many, only")
    parser.add_argument("--accounts", action="store_true", help="what accounts cost, only")
    parser.add_argument("--after-the-order", action="store_true", help="edits and returns, only")
    parser.add_argument("--payments", action="store_true", help="webhooks, only")
    parser.add_argument("--rounds", type=int, default=7, help="of those comparisons")
    chosen = parser.parse_args(arguments)
    if chosen.promotions is not None:
        return _promoted(chosen.promotions, chosen.rounds, chosen.seconds)
    if chosen.accounts:
        return _accounts(chosen.rounds, chosen.seconds)
    if chosen.after_the_order:
        return _after_the_order()
    if chosen.payments:
        return _payments(chosen.seconds)
    loads = [int(each) for each in chosen.concurrency.split(",")]
    operations = chosen.ops.split(",")
    with filled_shop({}) as shop:
        speeds = asyncio.run(_speeds(shop, operations, loads, chosen.seconds))
    if chosen.only:
        for speed in speeds:
            print(speed)
        return 0
    return _report(speeds, loads, chosen.seconds)


def _promoted(promotions: int, rounds: int, seconds: int) -> int:
    compared = compare(promotions, rounds=rounds, seconds=seconds)
    print(compared.text())
    print(f"written to {compared.save()}")
    return 1 if compared.missed else 0


def _accounts(rounds: int, seconds: int) -> int:
    measured = measure_accounts(rounds=rounds, seconds=seconds)
    print(measured.text())
    print(f"written to {measured.save()}")
    return 1 if measured.missed else 0


def _after_the_order() -> int:
    measured = measure_after_the_order(orders=100)
    print(measured.text())
    print(f"written to {measured.save()}")
    return 1 if measured.missed else 0


def _payments(seconds: int) -> int:
    measured = measure_payments(seconds=seconds)
    print(measured.text())
    print(f"written to {measured.save()}")
    return 1 if measured.missed else 0


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
