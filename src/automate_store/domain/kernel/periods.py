"""Periods: half open, aware, so that two that touch never overlap."""

from __future__ import annotations

from datetime import datetime

from attrs import field, frozen


@frozen
class Period:
    """From ``starts_at`` (in) until ``ends_at`` (out); None leaves that side open."""

    starts_at: datetime | None = None
    ends_at: datetime | None = field(default=None)

    @ends_at.validator
    def _ends_after_it_starts(self, _: object, ends_at: datetime | None) -> None:
        if ends_at is not None and self.starts_at is not None and ends_at <= self.starts_at:
            raise ValueError("a period ends after it starts")

    def __contains__(self, at: datetime) -> bool:
        started = self.starts_at is None or self.starts_at <= at
        return started and (self.ends_at is None or at < self.ends_at)
