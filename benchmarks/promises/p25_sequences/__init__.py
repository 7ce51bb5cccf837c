"""
P25: whatever is done to orders, payments and returns, and in whatever order: legal moves alone.

The library's own machine draws what is done, and foretells by the rules what may be: in
memory on every core, and against the shop's servers over HTTP, whose time is moved by
moving what they have written down. After each step no order stands where no legal move
leads, and nothing has shipped twice; money, stock, shares of discounts and the audit are
looked at as well. A sequence that breaks any of it ends its part of the run; the first one
is shrunk, and told as a program that breaks the law again.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import sys
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor

from attrs import frozen
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from benchmarks.promises.p25_sequences.machines import Counting, InMemory, on_servers
from benchmarks.promises.p25_sequences.telling import Found
from benchmarks.promises.run import Run
from benchmarks.rig.shop import Shop

__all__ = ["check", "tried"]

CHUNK = 50
"""Sequences that one process tries at a time: each chunk has a seed, whoever takes it."""

STEPS = 20


@frozen
class Tally:
    """What a chunk came to: how many were tried, what was reached, and what was found."""

    tries: int
    reached: Counter[str]
    found: tuple[Found, ...]


async def check(shop: Shop, run: Run) -> None:
    """Try the sequences, most of them in memory, some over HTTP."""
    in_memory, over_http = run.size(10_000, 100), run.size(300, 15)
    cores = os.cpu_count() or 1
    loop, spawn = asyncio.get_running_loop(), multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(cores, mp_context=spawn) as pool:
        seeds = [run.seed * 1_000_000 + chunk for chunk in range(in_memory // CHUNK)]
        jobs = [loop.run_in_executor(pool, tried_in_memory, each) for each in seeds]
        tallies = await asyncio.gather(*jobs)
        broken = [each for each, tally in zip(seeds, tallies, strict=True) if tally.found]
        if broken:
            # Each process that found something would take minutes over it.
            shrunk = await loop.run_in_executor(pool, shrunk_in_memory, broken[0])
            _tell(run, shrunk)
    wire = await asyncio.to_thread(_tried_over_http, shop, run.seed, over_http, shrinks=not broken)
    if not broken:
        _tell(run, wire)
    for place, each in (("in_memory", _added(tallies)), ("over_http", wire)):
        run.tries += each.tries
        run.faults.update(found.law for found in each.found)
        run.measured[place] = {
            "sequences": each.tries,
            "orders_ended": dict(sorted(each.reached.items())),
        }
        run.require(len(each.reached) > 1, f"orders came nowhere: {place}")


def tried_in_memory(its_seed: int) -> Tally:
    """What the sequences of one chunk came to; the same whenever it is asked."""
    return tried(InMemory, its_seed, CHUNK, shrinks=False)


def shrunk_in_memory(its_seed: int) -> Tally:
    """The same, where a law breaks by as few steps as may be."""
    return tried(InMemory, its_seed, CHUNK, shrinks=True)


def tried(machine: type[Counting], its_seed: int, sequences: int, *, shrinks: bool) -> Tally:
    """What so many sequences of the machine came to."""
    machine.ended = Counter()
    found: tuple[Found, ...] = ()
    try:
        run_state_machine_as_test(
            seed(its_seed)(machine),
            settings=settings(
                max_examples=sequences,
                stateful_step_count=STEPS,
                phases=[Phase.generate, *([Phase.shrink] if shrinks else [])],
                database=None,
                deadline=None,
                derandomize=False,
                report_multiple_bugs=False,
                suppress_health_check=list(HealthCheck),
            ),
        )
    except Exception as broken:  # noqa: BLE001 - whatever it is, the sequence broke a promise
        found = (Found.of(broken),)
    return Tally(sequences, machine.ended, found)


def _tried_over_http(shop: Shop, its_seed: int, sequences: int, *, shrinks: bool) -> Tally:
    """What as many sequences against the shop's servers came to."""
    with on_servers(shop) as machine:
        return tried(machine, its_seed, sequences, shrinks=shrinks)


def _tell(run: Run, tally: Tally) -> None:
    """What was found, for programs beside the result and for people as one."""
    for found in tally.found:
        run.measured["found"] = {"law": found.law, "steps": found.steps}
        print(found.program, file=sys.stderr, flush=True)


def _added(tallies: Iterable[Tally]) -> Tally:
    total = Tally(0, Counter(), ())
    for each in tallies:
        reached, found = total.reached + each.reached, (*total.found, *each.found)
        total = Tally(total.tries + each.tries, reached, found)
    return total
