"""The figures as a table for people, a table for the README, and a file for programs."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs
from attrs import frozen

from benchmarks.speed.imports import ImportSpeed
from benchmarks.speed.loads import Speed

RESULTS = Path(__file__).parents[1] / "results"
TARGETS_MS: Mapping[str, float] = {
    "product_list": 2.0,
    "product_detail": 1.2,
    "cart_add": 3.0,
    "cart_read": 2.0,
    "checkout": 10.0,
}
"""CPU milliseconds an operation of the whole store, at a concurrency of 16."""

JUDGED_AT = 16
AIM_RATIO = 4
"""What is aimed at beyond the targets: so many times what PostgreSQL alone needs."""


@frozen(kw_only=True)
class Report:
    """All that one run measured."""

    speeds: Sequence[Speed]
    uncached: Sequence[Speed]
    """The catalogue's pages again, with no answer kept."""
    limits_ms: Mapping[str, float]
    statements: Mapping[str, int]
    imports: ImportSpeed
    pinned: bool
    """Whether the store and the load had a CPU each."""

    def save(self) -> Path:
        """The figures as JSON and as the README's table; where."""
        RESULTS.mkdir(exist_ok=True)
        figures = {**attrs.asdict(self), "machine": machine(), "targets_ms": dict(TARGETS_MS)}
        (RESULTS / "speed.json").write_text(json.dumps(figures, indent=1) + "\n")
        (RESULTS / "speed.md").write_text(self.markdown())
        return RESULTS

    def markdown(self) -> str:
        """The figures that are judged, as a table."""
        rows = [
            "| operation | CPU ms | p50 ms | p99 ms | ops/s | Postgres alone | ratio | target |",
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        ]
        for speed in (one for one in self.speeds if one.concurrency == JUDGED_AT):
            limit = self.limits_ms[speed.operation]
            rows.append(
                f"| {speed.operation} | {speed.cpu_ms:.2f} | {speed.p50_ms:.1f} |"
                f" {speed.p99_ms:.1f} | {speed.ops_per_s:.0f} | {limit:.2f} |"
                f" {speed.cpu_ms / limit:.1f} | {TARGETS_MS[speed.operation]:.1f} |"
            )
        return "\n".join(rows) + "\n"

    def text(self) -> str:
        """Everything, for a terminal."""
        head = (
            f"{'operation':<16}{'conc':>5}{'cpu ms/op':>11}{'in db':>8}{'p50 ms':>9}"
            f"{'p99 ms':>9}{'ops/s':>9}"
            f"{'Postgres':>10}{'ratio':>7}{'target':>8}{'stmts':>7}"
        )
        rows = [head, *(self._row(one) for one in self.speeds)]
        rows += ["", "with no answer kept:", *(self._row(one) for one in self.uncached)]
        rows += [
            "",
            self.imports.text(),
            machine() + ("" if self.pinned else "; store and load shared one CPU"),
        ]
        return "\n".join(rows)

    def _row(self, speed: Speed) -> str:
        limit = self.limits_ms[speed.operation]
        row = (
            f"{speed.operation:<16}{speed.concurrency:>5}{speed.cpu_ms:>11.2f}"
            f"{speed.database_ms:>8.2f}{speed.p50_ms:>9.1f}"
            f"{speed.p99_ms:>9.1f}{speed.ops_per_s:>9.0f}{limit:>10.2f}"
            f"{speed.cpu_ms / limit:>7.1f}{TARGETS_MS[speed.operation]:>8.1f}"
            f"{self.statements.get(speed.operation, 0):>7}"
        )
        return row + (f"  {speed.errors} errors: {speed.first_error}" if speed.errors else "")

    @property
    def missed(self) -> list[str]:
        """The targets that were not met, errors included."""
        slow = [one.operation for one in self.speeds if one.errors or _slow(one)]
        late = ["import"] if self.imports.first_s > self.imports.target_s else []
        return sorted({*slow, *late})


def _slow(speed: Speed) -> bool:
    return speed.concurrency == JUDGED_AT and speed.cpu_ms > TARGETS_MS[speed.operation]


def machine() -> str:
    """What it was measured on."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    return f"{os.cpu_count()} x {model}, Python {platform.python_version()}"
