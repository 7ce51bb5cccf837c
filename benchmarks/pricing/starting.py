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
began = time.perf_counter_ns()
for name in sys.argv[1:]:
    __import__(name)
print(time.perf_counter_ns() - began)
"""


@frozen(kw_only=True)
class Start:
    """Milliseconds until everything named was imported, by the clock on the wall."""

    what: str
    modules: int
    best_ms: float
    median_ms: float
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
    taken = [_import(modules) for _ in range(starts)]
    return Start(
        what=what,
        modules=len(modules),
        best_ms=round(min(taken), 1),
        median_ms=round(statistics.median(taken), 1),
    )


def _import(modules: Sequence[str]) -> float:
    ended = subprocess.run(
        [sys.executable, "-c", _CODE, *modules], capture_output=True, check=True, text=True
    )
    return int(ended.stdout) / 1e6
