"""Texts that would read as others: nothing in them turns the direction of what follows."""

from __future__ import annotations

import pytest

from tests.http.people import registration
from tests.http.web import Web, order_body


@pytest.mark.parametrize("turning", [*"\u061c\u200e\u200f\u202a\u202e\u2066\u2067\u2068\u2069"])
async def test_no_text_turns_the_direction_of_what_follows(web: Web, turning: str) -> None:
    named = await web.post(
        "/auth/register", registration("a@example.com", first_name=f"A{turning}n")
    )
    assert [fault["field"] for fault in named.json()["errors"]] == ["first_name"]
    noted = await web.post("/orders", order_body(notes=f"a\n{turning}b"), idempotency_key="k")
    assert [fault["field"] for fault in noted.json()["errors"]] == ["notes"]


@pytest.mark.parametrize("name", ["\u200b", "\u2060\u2060", "\u3164", "\ufe0f \u00ad"])
async def test_a_name_has_something_to_be_seen(web: Web, name: str) -> None:
    answer = await web.post("/auth/register", registration("a@example.com", last_name=name))
    assert [fault["field"] for fault in answer.json()["errors"]] == ["last_name"]
