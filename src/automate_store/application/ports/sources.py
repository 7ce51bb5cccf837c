"""Where time, identity and chance come from, so that the rules need none of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol
from uuid import UUID

Clock = Callable[[], datetime]
"""The time now: aware, in UTC, never going back within one process."""


class Ids(Protocol):
    """Fresh names for things; none is ever given twice."""

    def uuid(self) -> UUID:
        """A UUIDv7: later ones sort after earlier ones."""

    def token(self) -> str:
        """A secret of 256 random bits, safe in a header or a URL."""

    def letters(self, alphabet: str, count: int) -> str:
        """So many letters of the alphabet (2 to 256 different ones), each as likely, secret."""

    def order_number(self) -> str:
        """A short readable number that does not tell how many orders there are."""
