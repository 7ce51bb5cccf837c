"""
What `make mutants` found: how many of the mutants of each module the tests told from it.

`.venv/bin/python -m mutmut show NAME` shows one. A mutant that runs out of time is told too.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

DOMAIN = Path("mutants/src/automate_store/domain")
LEAST_PERCENT, LEAST_OF_MONEY = 90, 95
ALIVE = {0: "survived", 5: "no test", 33: "no test", 34: "skipped", 35: "suspicious"}
UNKNOWN = (None, 2)
"""Not tried, or interrupted."""


def main() -> int:
    """Print the table and the survivors; 1 where fewer were found than the floors say."""
    short = False
    for module, found in modules():
        tried = {name: code for name, code in found.items() if code not in UNKNOWN}
        alive = {name: ALIVE[code] for name, code in tried.items() if code in ALIVE}
        if not tried:
            continue
        least = LEAST_OF_MONEY if module == "kernel.money" else LEAST_PERCENT
        killed = len(tried) - len(alive)
        short = short or killed * 100 < least * len(tried)
        share = f"{killed} of {len(tried)}"
        print(f"{module:<24} {share:>14} {killed / len(tried):7.1%}, at least {least} %")
        for name, how in alive.items():
            print(f"    {how}: {name}")
    return int(short)


def modules() -> Iterator[tuple[str, Mapping[str, int | None]]]:
    """Every module that has mutants, with how the tests of each ended."""
    for path in sorted(DOMAIN.glob("**/*.py.meta")):
        found = json.loads(path.read_text())["exit_code_by_key"]
        if found:
            yield ".".join(path.relative_to(DOMAIN).parts).removesuffix(".py.meta"), found


if __name__ == "__main__":
    sys.exit(main())
