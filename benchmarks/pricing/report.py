"""The figures as a table for people, a table for the README, and a file for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import attrs
from attrs import frozen

from benchmarks.pricing.starting import Start
from benchmarks.pricing.timing import Timing
from benchmarks.speed.report import machine

RESULTS = Path(__file__).parents[1] / "results"


@frozen(kw_only=True)
class Row:
    """One scene, timed; times in microseconds."""

    scene: str
    lines: int
    promotions: int
    applying: int
    quote: Timing
    appraise: Timing
    target_us: float | None = None

    @property
    def missed(self) -> bool:
        """Whether the best run is above the target."""
        return self.target_us is not None and self.quote.best_us > self.target_us


@frozen(kw_only=True)
class Growth:
    """What a quote of so many lines takes under the same promotions, in microseconds."""

    lines: int
    few: Timing
    many: Timing


@frozen(kw_only=True)
class Report:
    """All that one run measured."""

    rows: Sequence[Row]
    growth: Sequence[Growth]
    starts: Sequence[Start]

    def save(self) -> Path:
        """The figures as JSON and as a table; where."""
        RESULTS.mkdir(exist_ok=True)
        figures = {**attrs.asdict(self), "machine": machine(), "measured_on": today()}
        (RESULTS / "pricing.json").write_text(json.dumps(figures, indent=1) + "\n")
        (RESULTS / "pricing.md").write_text(self.markdown())
        return RESULTS

    def markdown(self) -> str:
        """The figures, with their date."""
        rows = [
            f"Measured on {today()}: {machine()}.",
            "",
            "| scene | apply | quote | middle run | CPU alone | appraise | target |",
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
        ]
        rows += [
            f"| {row.scene} | {row.applying} | {_us(row.quote.best_us)} |"
            f" {_us(row.quote.median_us)} | {_us(row.quote.cpu_us)} |"
            f" {_us(row.appraise.best_us)} |"
            f" {_us(row.target_us) if row.target_us else ''} |"
            for row in self.rows
        ]
        rows += ["", "| lines | 5 promotions, CPU | a line | 50 promotions, CPU | a line |"]
        rows += ["| ---: | ---: | ---: | ---: | ---: |", *map(_grown, self.growth)]
        rows += ["", "| import | modules | best | middle | CPU alone | target |"]
        rows += ["| --- | ---: | ---: | ---: | ---: | ---: |"]
        rows += [
            f"| {each.what} | {each.modules} | {each.best_ms:.0f} ms | {each.median_ms:.0f} ms |"
            f" {each.cpu_ms:.0f} ms | {each.target_ms:.0f} ms |"
            for each in self.starts
        ]
        return "\n".join(rows) + "\n"

    @property
    def missed(self) -> list[str]:
        """What took longer than it may."""
        late = [each.what for each in self.starts if each.best_ms > each.target_ms]
        return [row.scene for row in self.rows if row.missed] + late


def today() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d}"


def _us(us: float) -> str:
    return f"{us:.0f} us" if us < 1_000 else f"{us / 1e3:.1f} ms"


def _grown(each: Growth) -> str:
    few, many = each.few.cpu_us, each.many.cpu_us
    return (
        f"| {each.lines} | {_us(few)} | {_us(few / each.lines)} |"
        f" {_us(many)} | {_us(many / each.lines)} |"
    )
