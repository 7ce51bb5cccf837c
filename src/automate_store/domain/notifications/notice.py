"""What every notice is."""

from __future__ import annotations

from attrs import frozen


@frozen
class Notice:
    """A subject of one line, and a text."""

    subject: str
    text: str
