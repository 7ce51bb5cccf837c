"""
What every list is asked by, and the cursors that lead from one page to the next.

A cursor carries the list that it belongs to and the key that the page ended with; what
was cut, made up or taken from another list is refused, and never read as a place.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Annotated, Protocol, TypeVar
from uuid import UUID

import msgspec
from msgspec import Meta

from automate_store.application.catalog import PAGE_LIMIT
from automate_store.application.errors import BadCursor

T = TypeVar("T")

Limit = Annotated[int, Meta(ge=1, le=PAGE_LIMIT, description="How many at most.")]
Cursor = Annotated[
    str, Meta(max_length=1000, description="What the page before gave as next_cursor.")
]


class SortOrder(StrEnum):
    """Which way a list runs."""

    ASC = "asc"
    DESC = "desc"


class PageQuery(Protocol):
    """What asks for a page; each list has a kind of its own."""

    @property
    def limit(self) -> int:
        """How many at most."""

    @property
    def cursor(self) -> str | None:
        """Where it begins."""


def key_before(query: PageQuery) -> str | None:
    """The key that the page before ended with; raises BadCursor."""
    if query.cursor is None:
        return None
    try:
        listing, key = msgspec.json.decode(_opened(query.cursor), type=tuple[str, str])
    except ValueError:
        raise BadCursor from None
    # Written anew, so that each place has one cursor and nothing may be added to it.
    if listing != _listing(query) or query.cursor != _cursor(query, key):
        raise BadCursor
    return key


def id_before(query: PageQuery) -> UUID | None:
    """The id that the page before ended with; raises BadCursor."""
    key = key_before(query)
    try:
        return None if key is None else UUID(key)
    except ValueError:
        raise BadCursor from None


def one_page(
    found: Sequence[T], query: PageQuery, key_of: Callable[[T], UUID | str]
) -> tuple[Sequence[T], str | None]:
    """The page and its next cursor, out of a list that was asked for one more than the limit."""
    page = found[: query.limit]
    more = len(found) > query.limit
    return page, _cursor(query, str(key_of(page[-1]))) if more else None


def _listing(query: PageQuery) -> str:
    return type(query).__name__.removesuffix("Query")


def _cursor(query: PageQuery, key: str) -> str:
    mark = msgspec.json.encode([_listing(query), key])
    return urlsafe_b64encode(mark).rstrip(b"=").decode()


def _opened(cursor: str) -> bytes:
    return urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
