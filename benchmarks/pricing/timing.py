"""How long one call takes: several runs of many calls, the garbage collector as it is."""

from __future__ import annotations

import gc
import itertools
import statistics
import time
from collections.abc import Callable, Sequence

from attrs import frozen

from automate_store.domain.pricing import Basket, PricingRules

RUNS = 9
RUN_S = 0.4
FEWEST_CALLS = 5


@frozen
class Timing:
    """
    Microseconds of a call: each run has a median, and of these come the best and the middle.

    ``cpu_us`` is the best by the thread's CPU time, without what other processes took.
    """

    best_us: float
    median_us: float
    cpu_us: float


def timed(
    call: Callable[[Basket, PricingRules], object],
    baskets: Sequence[Basket],
    rules: PricingRules,
    *,
    runs: int = RUNS,
    run_s: float = RUN_S,
) -> Timing:
    """The timing of the call, with each basket in turn, so that none is priced twice running."""
    assert gc.isenabled(), "as in a server"
    carts = itertools.cycle(baskets)
    for _ in baskets:
        call(next(carts), rules)
    medians, spent = [], []
    for _ in range(runs):
        until, taken = time.perf_counter() + run_s, list[int]()
        cpu_began = time.thread_time_ns()
        while time.perf_counter() < until or len(taken) < FEWEST_CALLS:
            basket = next(carts)
            began = time.perf_counter_ns()
            call(basket, rules)
            taken.append(time.perf_counter_ns() - began)
        spent.append((time.thread_time_ns() - cpu_began) / len(taken) / 1e3)
        medians.append(statistics.median(taken) / 1e3)
    return Timing(
        best_us=round(min(medians), 1),
        median_us=round(statistics.median(medians), 1),
        cpu_us=round(min(spent), 1),
    )
