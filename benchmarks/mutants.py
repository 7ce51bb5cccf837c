"""
What `make mutants` found: how many of the mutants the tests told from the program.

`.venv/bin/python -m mutmut show NAME` shows one. A mutant that runs out of time is told too.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

DOMAIN = Path("mutants/src/automate_store/domain")
LEAST_PERCENT = {"kernel": 95, "coupons": 90, "promotions": 90, "pricing": 90}
"""How many have to be found, by package."""
ALIVE = {0: "survived", 5: "no test", 33: "no test", 34: "skipped", 35: "suspicious"}
UNKNOWN = (None, 2)
"""Not tried, or interrupted."""


def main() -> int:
    """Print the survivors and the tables; 1 where fewer were found than have to be."""
    killed: dict[str, int] = defaultdict(int)
    tried: dict[str, int] = defaultdict(int)
    for module, found in modules():
        package = module.split(".", maxsplit=1)[0]
        done = {name: code for name, code in found.items() if code not in UNKNOWN}
        alive = {name: ALIVE[code] for name, code in done.items() if code in ALIVE}
        killed[package] += len(done) - len(alive)
        tried[package] += len(done)
        if done:
            print(f"{module:<26} {len(done) - len(alive):>5} of {len(done)}")
        for name, how in alive.items():
            print(f"    {how}: {name}")
    short = [each for each in tried if not judged(each, killed[each], tried[each])]
    return 1 if short else 0


def judged(package: str, killed: int, tried: int) -> bool:
    """Whether enough were found, with a line that says so; all is well where none were tried."""
    least = LEAST_PERCENT[package]
    if tried:
        print(f"{package}: {killed} of {tried}, {killed / tried:.1%}; at least {least} %")
    return killed * 100 >= least * tried


def modules() -> Iterator[tuple[str, Mapping[str, int | None]]]:
    """Every module that has mutants, with how the tests of each ended."""
    for path in sorted(DOMAIN.glob("**/*.py.meta")):
        found = json.loads(path.read_text())["exit_code_by_key"]
        if found:
            yield ".".join(path.relative_to(DOMAIN).parts).removesuffix(".py.meta"), found


if __name__ == "__main__":
    sys.exit(main())
