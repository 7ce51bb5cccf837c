"""Times for property tests: aware, in UTC, with room on either side."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
"""A time like any other, for tests that do not care which."""
_SPAN_US = 7 * 365 * 24 * 3600 * 10**6


def moments() -> SearchStrategy[datetime]:
    """Times to the microsecond, seven years around noon of 1 March 2026, noon the simplest."""
    offsets = st.integers(-_SPAN_US, _SPAN_US)
    return offsets.map(lambda offset: NOON + timedelta(microseconds=offset))
