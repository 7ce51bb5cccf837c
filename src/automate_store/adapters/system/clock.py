"""The clock on the wall, kept from going back."""

from __future__ import annotations

from datetime import UTC, datetime
from threading import Lock


class SystemClock:
    """The time now in UTC; where the machine's clock is set back, time stands still meanwhile."""

    def __init__(self) -> None:
        self._latest = datetime.min.replace(tzinfo=UTC)
        self._lock = Lock()

    def __call__(self) -> datetime:
        """The time now: aware, never before what any earlier call gave."""
        return self._no_earlier_than_before(datetime.now(UTC))

    def _no_earlier_than_before(self, at: datetime) -> datetime:
        with self._lock:
            self._latest = max(self._latest, at)
            return self._latest
