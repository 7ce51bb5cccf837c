"""Cursors: each leads to one place of one list, and nothing else passes for one."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from uuid import UUID

import pytest
from msgspec import Struct

from automate_store.application.errors import BadCursor
from automate_store.entrypoints.http.wire.paging import id_before, key_before, one_page
from tests.http.web import STAFF, Web

LAST = UUID("0195510c-0000-7000-8000-000000000001")


class ShelfQuery(Struct, frozen=True):
    limit: int = 1
    cursor: str | None = None


class DrawerQuery(ShelfQuery, frozen=True):
    pass


def test_a_cursor_gives_back_what_its_page_ended_with() -> None:
    page, cursor = one_page([LAST, LAST], ShelfQuery(), lambda each: each)

    assert page == [LAST]
    assert id_before(ShelfQuery(cursor=cursor)) == LAST
    assert id_before(ShelfQuery()) is None


def test_the_last_page_has_no_cursor() -> None:
    assert one_page([LAST], ShelfQuery(), lambda each: each) == ([LAST], None)


def test_a_cursor_of_another_list_is_refused() -> None:
    _, cursor = one_page([LAST, LAST], ShelfQuery(), lambda each: each)

    with pytest.raises(BadCursor):
        id_before(DrawerQuery(cursor=cursor))


def test_a_cursor_that_was_cut_or_added_to_is_refused() -> None:
    _, cursor = one_page(["a-code", "b-code"], ShelfQuery(), lambda each: each)
    assert cursor is not None

    for length in range(len(cursor)):
        with pytest.raises(BadCursor):
            key_before(ShelfQuery(cursor=cursor[:length]))
    for more in ("=", "!", "A", "\N{SNOWMAN}", "\0"):
        with pytest.raises(BadCursor):
            key_before(ShelfQuery(cursor=cursor + more))


@pytest.mark.parametrize("mark", [b'["Shelf","no id"]', b'["Shelf",1]', b"{}", b"\xff", b"["])
def test_a_cursor_that_was_made_up_is_refused(mark: bytes) -> None:
    with pytest.raises(BadCursor):
        id_before(ShelfQuery(cursor=urlsafe_b64encode(mark).rstrip(b"=").decode()))


@pytest.mark.parametrize("listing", ["taxes", "shipping-methods", "promotions", "coupons"])
@pytest.mark.parametrize("code", ["no code", "", "\0"])
async def test_a_code_that_nothing_has_is_no_place(web: Web, listing: str, code: str) -> None:
    kind = {"taxes": "TaxRate", "shipping-methods": "ShippingMethod"}.get(listing)
    mark = f'["{kind or listing.title().rstrip("s")}","{code}"]'.replace("\0", "\\u0000")
    cursor = urlsafe_b64encode(mark.encode()).rstrip(b"=").decode()

    answer = await web.ask("GET", f"/admin/{listing}?cursor={cursor}", headers=STAFF)

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")
