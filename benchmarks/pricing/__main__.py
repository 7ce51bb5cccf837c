"""
Time quotes: ``python -m benchmarks.pricing``, or ``make bench-pricing``.

One process, nothing else in it; the results go to benchmarks/results. What promotions
cost a checkout is measured by ``python -m benchmarks.speed --promotions 50``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from automate_store.domain.pricing import Standing, appraise, quote
from benchmarks.pricing import scenes
from benchmarks.pricing.offers import few, many
from benchmarks.pricing.report import Growth, Report, Row
from benchmarks.pricing.scenes import Pricing
from benchmarks.pricing.starting import started
from benchmarks.pricing.timing import timed

JUDGED: Sequence[tuple[Callable[[], Pricing], float]] = (
    (scenes.ten_lines, 250.0),
    (scenes.hundred_lines, 10_000.0),
)
"""Each scene with the microseconds that a quote of it may take."""
OTHERS: Sequence[Callable[[], Pricing]] = (
    scenes.with_pieces,
    scenes.with_codes,
    scenes.with_past,
    scenes.with_inactive,
    scenes.with_rates,
    scenes.with_names,
    scenes.with_groups,
)
GROWING = (10, 20, 50, 100, 200, 500)


def main(arguments: Sequence[str]) -> int:
    """1 where a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pricing", description=__doc__)
    parser.add_argument("--runs", type=int, default=9, help="of each scene")
    parser.add_argument("--seconds", type=float, default=0.4, help="of each run")
    parser.add_argument("--print", action="store_true", help="write no results")
    chosen = parser.parse_args(arguments)
    runs, run_s = chosen.runs, chosen.seconds
    report = Report(
        rows=[
            *(_row(scene(), runs, run_s, target_us=target) for scene, target in JUDGED),
            *(_row(scene(), runs, run_s) for scene in OTHERS),
        ],
        growth=[_growth(lines, runs, run_s) for lines in GROWING],
        starts=started(starts=runs),
    )
    print(report.markdown())
    if not chosen.print:
        print(f"written to {report.save()}")
    if report.missed:
        print(f"missed: {', '.join(report.missed)}")
    return 1 if report.missed else 0


def _row(pricing: Pricing, runs: int, run_s: float, *, target_us: float | None = None) -> Row:
    verdicts = appraise(pricing.baskets[0], pricing.rules).verdicts
    return Row(
        scene=pricing.name,
        lines=len(pricing.baskets[0].lines),
        promotions=len(pricing.rules.promotions),
        applying=sum(each.standing is Standing.APPLIED for each in verdicts),
        quote=timed(quote, pricing.baskets, pricing.rules, runs=runs, run_s=run_s),
        appraise=timed(appraise, pricing.baskets, pricing.rules, runs=runs, run_s=run_s),
        target_us=target_us,
    )


def _growth(lines: int, runs: int, run_s: float) -> Growth:
    least, most = (scenes.of_lines(lines, each) for each in (few(), many(50)))
    return Growth(
        lines=lines,
        few=timed(quote, least.baskets, least.rules, runs=runs, run_s=run_s),
        many=timed(quote, most.baskets, most.rules, runs=runs, run_s=run_s),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
