"""Sums over many measurements."""

from __future__ import annotations

import statistics
from collections.abc import Iterable


def percentile(seconds: Iterable[float], percent: int) -> float:
    """So many per cent took at most this long, in milliseconds."""
    ordered = sorted(seconds)
    if len(ordered) < 2:
        return round(sum(ordered) * 1e3, 1)
    return round(statistics.quantiles(ordered, n=100, method="inclusive")[percent - 1] * 1e3, 1)
