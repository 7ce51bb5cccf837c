"""What every list is asked by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Annotated, TypeVar
from uuid import UUID

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


def id_cursor(cursor: str | None) -> UUID | None:
    """The id that the page before ended with; raises BadCursor."""
    if cursor is None:
        return None
    try:
        return UUID(cursor)
    except ValueError:
        raise BadCursor from None


def one_page(
    found: Sequence[T], limit: int, id_of: Callable[[T], UUID]
) -> tuple[Sequence[T], str | None]:
    """The page and its next cursor, out of a list that was asked for one more than the limit."""
    page = found[:limit]
    return page, str(id_of(page[-1])) if len(found) > limit else None
