"""Lists without pages: how long they get."""

from __future__ import annotations

import pytest
from attrs import evolve

from automate_store.domain.identity import MOST_ADDRESSES
from automate_store.domain.kernel.ids import SessionId
from automate_store.entrypoints.http.openapi import examples, people
from automate_store.entrypoints.http.wire.identity import SESSIONS_SHOWN, session_list
from tests.http.people import person
from tests.http.web import ADDRESS, NOBODYS, STAFF, Web


def test_of_very_many_sessions_the_latest_are_shown() -> None:
    sessions = [
        evolve(people.session(), id=SessionId(examples.example_id(number)))
        for number in range(SESSIONS_SHOWN + 1)
    ]

    shown = session_list(sessions, None).items

    assert [each.id for each in shown] == [each.id for each in sessions[:SESSIONS_SHOWN]]


async def test_an_address_book_holds_what_its_description_says(web: Web) -> None:
    ann = await person(web)

    answers = [
        await ann.post("/auth/addresses", ADDRESS | {"type": "shipping"})
        for _ in range(MOST_ADDRESSES + 1)
    ]

    assert [answer.status_code for answer in answers] == [201] * MOST_ADDRESSES + [409]
    assert len((await ann.get("/auth/addresses")).json()["items"]) == MOST_ADDRESSES


@pytest.mark.parametrize(("count", "status"), [(100, 404), (101, 400)])
async def test_a_parcel_is_made_of_a_hundred_items_at_most(
    web: Web, count: int, status: int
) -> None:
    items = [{"item_id": str(examples.example_id(n)), "quantity": 1} for n in range(count)]
    body = {"items": items}
    path = f"/admin/orders/{NOBODYS}/shipments"

    answer = await web.ask("POST", path, body, headers={**STAFF, "idempotency-key": "k"})

    assert answer.status_code == status
