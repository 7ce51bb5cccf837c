"""One run of a check: its seed, its size, and the tally that decides between green and red."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from typing import Any

from benchmarks.rig.agreement import audit, disagreements
from benchmarks.rig.shop import Shop
from benchmarks.rig.shoppers import Answer

FAULTS_SHOWN = 10
QUICK_PATIENCE = 4
"""A test must not fail because its machine is busy; a full run holds every time to the letter."""


class Run:
    """A check under way; ``quick`` is the size that the test suite can afford."""

    def __init__(self, promise: str, *, seed: int, quick: bool) -> None:
        self.promise, self.seed, self.quick = promise, seed, quick
        self.random = random.Random(f"{promise}-{seed}")
        self.tries = 0
        self.faults: Counter[str] = Counter()
        self.measured: dict[str, Any] = {}

    def size(self, full: int, quick: int) -> int:
        """How many, in this run."""
        return quick if self.quick else full

    def require(self, holds: bool, fault: str) -> None:  # noqa: FBT001 - reads as an assertion
        """Count one violation where it does not hold."""
        if not holds:
            self.faults[fault] += 1

    def equal(self, what: str, found: object, expected: object) -> None:
        """Count one violation where the two differ."""
        self.require(found == expected, f"{what}: {found}, not {expected}")

    def within(self, what: str, seconds: float, limit_s: float) -> None:
        """Count one violation where it took too long; a quick run is more patient."""
        limit_s *= QUICK_PATIENCE if self.quick else 1
        self.require(seconds < limit_s, f"{what} took {seconds:.1f} s, not {limit_s:g} s")

    def answers(self, what: str, answers: Iterable[Answer], *, allowed: Iterable[str]) -> None:
        """Tally the answers, and count a violation for each that is not among the allowed."""
        seen = Counter(answer.label() for answer in answers)
        allowed = set(allowed)
        self.measured[what] = dict(sorted(seen.items()))
        for label, count in seen.items():
            if label not in allowed:
                self.faults[f"{what}: answered {label}"] += count

    def conclude(self, shop: Shop) -> None:
        """The end of every check in a shop: its audit, and our own view of what must agree."""
        self.measured["settings"] = shop.printed_settings()
        clean, said = audit(shop)
        self.measured["audit"] = said
        self.require(clean, "the audit is not clean")
        for fault, offenders in disagreements(shop).items():
            self.faults[f"{fault}: {', '.join(offenders)}"] += 1

    @property
    def violations(self) -> int:
        """How often the promise was broken; green is none."""
        return sum(self.faults.values())

    def result(self, *, seconds: float) -> dict[str, Any]:
        """What is printed."""
        shown = dict(self.faults.most_common(FAULTS_SHOWN))
        return {
            "promise": self.promise,
            "n": self.tries,
            "violations": self.violations,
            "seed": self.seed,
            "seconds": round(seconds, 1),
            "quick": self.quick,
            **({"faults": shown} if shown else {}),
            **self.measured,
        }
