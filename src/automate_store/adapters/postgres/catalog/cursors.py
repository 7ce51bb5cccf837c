"""Cursors: where a page ended, opaque to whoever carries it, checked when it comes back."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from automate_store.application.errors import BadCursor
from automate_store.application.ports.catalog import PageRequest, ProductSort
from automate_store.domain.kernel.money import MINOR_LIMIT

CURSOR_LIMIT = 1_000
"""No cursor of ours is longer."""


def write_cursor(page: PageRequest, sort_key: object, last_id: UUID) -> str:
    """The mark of a page that ended there."""
    mark = [page.sort.value, page.descending, sort_key, last_id]
    return urlsafe_b64encode(msgspec.json.encode(mark)).rstrip(b"=").decode()


_CURSORS: Mapping[ProductSort, Any] = {
    ProductSort.NAME: tuple[str, bool, str, UUID],
    ProductSort.PRICE: tuple[str, bool, Decimal, UUID],
    ProductSort.CREATED_AT: tuple[str, bool, datetime, UUID],
}


def read_cursor(page: PageRequest) -> tuple[Any, UUID]:
    """The sort key and id that the page begins after; raises BadCursor."""
    cursor = page.cursor or ""
    if len(cursor) > CURSOR_LIMIT:
        raise BadCursor
    try:
        mark = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        sort, descending, key, last_id = msgspec.json.decode(mark, type=_CURSORS[page.sort])
    except ValueError as bad:  # msgspec's and binascii's errors are ValueErrors
        raise BadCursor from bad
    if (sort, descending) != (page.sort.value, page.descending) or not _storable(key):
        raise BadCursor
    return key, last_id


def _storable(key: str | Decimal | datetime) -> bool:
    """Whether some product could have had that sort key."""
    if isinstance(key, Decimal):
        return key.is_finite() and abs(key) < MINOR_LIMIT
    return key.tzinfo is not None if isinstance(key, datetime) else "\0" not in key
