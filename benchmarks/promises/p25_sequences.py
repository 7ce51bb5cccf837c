"""
P25: whatever is done to orders, payments and returns, and in whatever order: legal moves alone.

The library's own machine draws what is done, and foretells by the rules what may be: in
memory on every core, and against the shop's servers over HTTP, whose time is moved by
moving what they have written down. After each step no order stands where no legal move
leads, and nothing has shipped twice; money, stock, shares of discounts and the audit are
looked at as well. A sequence that breaks any of it ends its part of the run.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections import Counter
from collections.abc import Coroutine, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar, TypeVar

from attrs import evolve, frozen
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from automate_store.adapters.memory import MemoryShop
from automate_store.application.expiry import expire_orders
from automate_store.application.ports import Ports
from automate_store.application.ports.audit import Auditor
from automate_store.entrypoints.bootstrap import Store, pricing_policy, store_policy
from automate_store.entrypoints.properties.moments import NOON
from automate_store.entrypoints.properties.trading import Dealings, OverHttp, TradingMachine
from automate_store.entrypoints.settings import Settings
from benchmarks.promises.run import Run
from benchmarks.rig.insides import opened
from benchmarks.rig.shop import STAFF, Shop
from benchmarks.rig.shoppers import API, Shoppers

CHUNK = 50
"""Sequences that one process tries at a time: each chunk has a seed, whoever takes it."""

STEPS = 20
T = TypeVar("T")
EARLIER = """
    WITH orders_then AS (
        UPDATE orders SET placed_at = placed_at - %(by)s, expires_at = expires_at - %(by)s,
            delivered_at = delivered_at - %(by)s RETURNING id),
    parcels_then AS (
        UPDATE shipments SET shipped_at = shipped_at - %(by)s,
            delivered_at = delivered_at - %(by)s)
    UPDATE reservations SET expires_at = expires_at - %(by)s WHERE expires_at IS NOT NULL
"""


@frozen
class Tally:
    """What a chunk came to: how many were tried, what was reached, and what went wrong."""

    tries: int
    reached: Counter[str]
    faults: Counter[str]


class Counting(TradingMachine):
    """Counts the sequences, and where their orders ended."""

    tally: ClassVar[Tally]

    def teardown(self) -> None:
        """Count this one."""
        self.tally.reached.update(self.reached())
        super().teardown()


class InMemory(Counting):
    """A store in memory for every sequence."""

    def open(self) -> Ports:
        """Its ports, set as a new shop is."""
        chosen = Settings.from_environment({})
        policy, pricing = store_policy(chosen), pricing_policy(chosen)
        self._shop = MemoryShop.open(policy, pricing, at=NOON)
        return self._shop.ports

    def auditor(self) -> Auditor:
        """Its books."""
        return self._shop.store.auditor()


async def check(shop: Shop, run: Run) -> None:
    """Try the sequences, most of them in memory, some over HTTP."""
    in_memory, over_http = run.size(10_000, 100), run.size(300, 15)
    cores = os.cpu_count() or 1
    loop, spawn = asyncio.get_running_loop(), multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(cores, mp_context=spawn) as pool:
        chunks = range(in_memory // CHUNK)
        jobs = [loop.run_in_executor(pool, tried_in_memory, run.seed, each) for each in chunks]
        tallies = await asyncio.gather(*jobs)
    wire = await asyncio.to_thread(tried_over_http, shop, run.seed, over_http)
    for place, each in (("in_memory", _added(tallies)), ("over_http", wire)):
        run.tries += each.tries
        run.faults.update(each.faults)
        run.measured[place] = {
            "sequences": each.tries,
            "orders_ended": dict(sorted(each.reached.items())),
        }
        run.require(len(each.reached) > 1, f"orders came nowhere: {place}")


def tried_in_memory(run_seed: int, chunk: int) -> Tally:
    """What the sequences of one chunk came to; the same whenever it is asked."""
    return _tried(InMemory, run_seed * 1_000_000 + chunk, CHUNK)


def tried_over_http(shop: Shop, run_seed: int, sequences: int) -> Tally:
    """What as many sequences against the shop's servers came to."""
    with asyncio.Runner() as runner:
        shoppers, store = Shoppers(shop.bases), opened(shop.settings)
        runner.run(shoppers.__aenter__())
        inside: Store = runner.run(store.__aenter__())

        class OnServers(Counting):
            whims = False

            def open(self) -> Ports:
                return inside.ports

            def auditor(self) -> Auditor:
                return inside.auditor()

            def run(self, work: Coroutine[Any, Any, T]) -> T:
                return runner.run(work)

            def reach(self, ports: Ports) -> Dealings:
                del ports
                ask = partial(_ask, shoppers)
                return OverHttp(ask=ask, gateway="manual", method="flat", staff=STAFF)

            def pass_time(self, minutes: int) -> None:
                _turn_back(shop, minutes)
                for held in self._all:
                    # What expires now is no more there to read its deadline of.
                    if held.book.deadline is not None:
                        sooner = held.book.deadline - timedelta(minutes=minutes)
                        held.book = evolve(held.book, deadline=sooner)
                runner.run(expire_orders(ports=inside.ports))

        try:
            return _tried(OnServers, run_seed, sequences)
        finally:
            runner.run(store.__aexit__(None, None, None))
            runner.run(shoppers.__aexit__(None, None, None))


def _tried(machine: type[Counting], its_seed: int, sequences: int) -> Tally:
    tally = machine.tally = Tally(sequences, Counter(), Counter())
    try:
        run_state_machine_as_test(
            seed(its_seed)(machine),
            settings=settings(
                max_examples=sequences,
                stateful_step_count=STEPS,
                phases=[Phase.generate],
                database=None,
                deadline=None,
                derandomize=False,
                suppress_health_check=list(HealthCheck),
            ),
        )
    except Exception as broken:  # noqa: BLE001 - whatever it is, the sequence broke a promise
        tally.faults[f"{type(broken).__name__}: {broken}".partition("\n")[0]] += 1
    return tally


def _added(tallies: Iterable[Tally]) -> Tally:
    total = Tally(0, Counter(), Counter())
    for each in tallies:
        total.reached.update(each.reached)
        total.faults.update(each.faults)
        total = Tally(total.tries + each.tries, total.reached, total.faults)
    return total


async def _ask(
    shoppers: Shoppers, method: str, path: str, body: object, headers: Mapping[str, str]
) -> tuple[int, Any]:
    answer = await shoppers.ask(method, f"{API}{path}", body, headers=headers)
    return answer.status, answer.body


def _turn_back(shop: Shop, minutes: int) -> None:
    """It is later in the shop once all that it wrote down lies further back."""
    with shop.database.connect() as connection:
        connection.execute(EARLIER, {"by": timedelta(minutes=minutes)})
