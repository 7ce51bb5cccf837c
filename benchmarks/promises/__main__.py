"""
Run the checks: ``python -m benchmarks.promises P01 P13 --seed 7 --quick``; none named runs all.

Each prints one line of JSON and has a shop of its own; the exit code is 1 where any
promise was broken, 2 where a check itself could not be run.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
import traceback
from collections.abc import Sequence

from benchmarks.promises import CHECKS
from benchmarks.promises.run import Run

RED, BROKEN = 1, 2
LONGEST_S = 1_800


def main(arguments: Sequence[str]) -> int:
    """The worst exit code of the checks named."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.promises", description=__doc__)
    parser.add_argument("promises", nargs="*", metavar="P01", help="which; all by default")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=1, help="how many, from --seed on")
    parser.add_argument("--quick", action="store_true", help="the size that the tests can afford")
    chosen = parser.parse_args(arguments)
    names = [name.upper() for name in chosen.promises] or list(CHECKS)
    if unknown := sorted(set(names) - CHECKS.keys()):
        parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(CHECKS)}")
    return max(
        _checked(Run(name, seed=seed, quick=chosen.quick))
        for name in names
        for seed in range(chosen.seed, chosen.seed + chosen.seeds)
    )


def _checked(run: Run) -> int:
    began = time.perf_counter()
    try:
        asyncio.run(_within_reason(run))
    except Exception:  # noqa: BLE001 - a check that breaks down is told apart from a red one
        traceback.print_exc()
        return BROKEN
    print(json.dumps(run.result(seconds=time.perf_counter() - began)), flush=True)
    return RED if run.violations else 0


async def _within_reason(run: Run) -> None:
    async with asyncio.timeout(LONGEST_S):
        await CHECKS[run.promise](run)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
