"""How long the rules take to be imported, in an interpreter that has imported nothing yet."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import frozen

import automate_store.domain

STARTS = 9
TARGET_MS = 250.0
_CODE = """
import sys, time
began, cpu_began = time.perf_counter_ns(), time.process_time_ns()
for name in sys.argv[1:]:
    __import__(name)
print(time.perf_counter_ns() - began, time.process_time_ns() - cpu_began)
"""


@frozen(kw_only=True)
class Start:
    """
    Milliseconds until everything named was imported, by the clock on the wall.

    ``cpu_ms`` is the best by the process's CPU time, without what others took.
    """

    what: str
    modules: int
    best_ms: float
    median_ms: float
    cpu_ms: float
    target_ms: float = TARGET_MS


def started(*, starts: int = STARTS) -> list[Start]:
    """The whole domain, and pricing alone as another service would have it."""
    wanted: Mapping[str, Sequence[str]] = {
        "automate_store.domain, every module": domain_modules(),
        "automate_store.domain.pricing": ["automate_store.domain.pricing"],
    }
    return [_start(what, modules, starts) for what, modules in wanted.items()]


def domain_modules() -> list[str]:
    """Every module of the domain, by its name."""
    (root,) = map(Path, automate_store.domain.__path__)
    files = [file.relative_to(root).with_suffix("") for file in root.rglob("*.py")]
    names = [".".join(("automate_store.domain", *file.parts)) for file in files]
    return sorted(name.removesuffix(".__init__") for name in names)


def _start(what: str, modules: Sequence[str], starts: int) -> Start:
    _import(modules)  # Once uncounted: whoever imports it first compiles it.
    taken, spent = zip(*(_import(modules) for _ in range(starts)), strict=True)
    return Start(
        what=what,
        modules=len(modules),
        best_ms=round(min(taken), 1),
        median_ms=round(statistics.median(taken), 1),
        cpu_ms=round(min(spent), 1),
    )


def _import(modules: Sequence[str]) -> tuple[float, float]:
    ended = subprocess.run(
        [sys.executable, "-c", _CODE, *modules], capture_output=True, check=True, text=True
    )
    wall, cpu = ended.stdout.split()
    return int(wall) / 1e6, int(cpu) / 1e6
