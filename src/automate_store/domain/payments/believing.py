"""
What is believed of a gateway's words, whatever they say.

A report that could not be kept, or not be read again, is none: whoever reads a gateway's answers
or events makes no report of it, and nothing that comes later meets it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from attrs import frozen

from automate_store.domain.kernel.errors import Malformed
from automate_store.domain.kernel.money import MINOR_LIMIT, exponent

_Check = Callable[[object, Any, Any], None]
LONGEST_NAME = 255
"""Letters of a gateway's name for something."""
LONGEST_WORDS = 1_000
"""Letters that are kept of a reason."""
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""Between them lies whatever happens at a gateway."""


@frozen
class OddReport(Malformed):
    """A gateway said something that can't be, or can't be kept."""

    says = "The gateway's word can't be kept: {fault}."
    fault: str


def cleaned(text: str) -> str:
    """The text without what no database keeps."""
    return text.encode(errors="ignore").decode().replace("\0", "")


def _shorter(longest: int) -> _Check:
    def checked(_: object, field: Any, text: Any) -> None:
        if text is not None and (len(text) > longest or cleaned(text) != text):
            raise OddReport(f"{field.name} is no text of {longest} letters")

    return checked


def _between(least: int, most: int) -> _Check:
    def checked(_: object, field: Any, number: Any) -> None:
        if number is not None and not least <= number <= most:
            raise OddReport(f"{field.name} is not from {least} to {most}")

    return checked


is_text, is_brand, is_last_four = _shorter(LONGEST_NAME), _shorter(50), _shorter(4)
"""Each refuses what is no text that can be kept: raises OddReport."""
is_month, is_year = _between(1, 12), _between(1, 9999)
"""Each refuses what no card says: raises OddReport."""


def is_name(_: object, field: Any, name: Any) -> None:
    """Refuse what is no name of anything at a gateway: raises OddReport."""
    is_text(_, field, name)
    if name == "":
        raise OddReport(f"{field.name} is empty")


def is_moment(_: object, field: Any, at: Any) -> None:
    """Refuse a time of no zone, or of another age: raises OddReport."""
    if at.tzinfo is None:
        raise OddReport(f"{field.name} has no zone")
    if not EARLIEST <= at < LATEST:
        raise OddReport(f"{field.name} is in the year {at.year}")


def is_money(_: object, field: Any, amount: Any) -> None:
    """Refuse more than any amount may be: raises OddReport, UnknownCurrency."""
    if amount is None:
        return
    exponent(amount.currency)
    if abs(amount.minor) >= MINOR_LIMIT:
        raise OddReport(f"{field.name} is beyond any amount")


def is_opening(_: object, field: Any, client: Any) -> None:
    """Refuse what no browser could be given: raises OddReport."""
    if any(cleaned(each) != each for each in client.values()):
        raise OddReport(f"{field.name} is no text")


def words(said: str | None) -> str | None:
    """As much of a reason as is kept: it is for people to read, and no report is odd for it."""
    return None if said is None else cleaned(said)[:LONGEST_WORDS]


def reason_kept(said: str) -> str:
    """The same, of one that is there."""
    return cleaned(said)[:LONGEST_WORDS]
