"""Address books over HTTP: one's own, whole addresses, one default a type."""

from __future__ import annotations

import pytest

from tests.http.people import person
from tests.http.web import ADDRESS, NOBODYS, Web

BERLIN = {
    "first_name": "Ann",
    "last_name": "Lee",
    "address_line_1": "Unter den Linden 1",
    "city": "Berlin",
    "postal_code": "10117",
    "country": "de",
}


async def test_the_first_of_a_type_is_the_default_and_another_can_be(web: Web) -> None:
    ann = await person(web)
    first = (await ann.post("/auth/addresses", ADDRESS)).json()
    second = (await ann.post("/auth/addresses", BERLIN)).json()
    billing = (await ann.post("/auth/addresses", {**BERLIN, "type": "billing"})).json()
    assert (first["is_default"], second["is_default"], billing["is_default"]) == (True, False, True)
    changed = await ann.ask(
        "PUT", f"/auth/addresses/{second['id']}", {**BERLIN, "is_default": True}
    )
    assert changed.json()["is_default"] is True
    listed = (await ann.get("/auth/addresses")).json()["items"]
    assert {(each["id"], each["is_default"]) for each in listed} == {
        (first["id"], False),
        (second["id"], True),
        (billing["id"], True),
    }
    assert second["country"] == "DE"
    assert second["state"] is None


async def test_when_the_default_goes_another_takes_its_place(web: Web) -> None:
    ann = await person(web)
    first = (await ann.post("/auth/addresses", ADDRESS)).json()
    second = (await ann.post("/auth/addresses", BERLIN)).json()
    gone = await ann.ask("DELETE", f"/auth/addresses/{first['id']}")
    assert gone.json()["id"] == first["id"]
    (left,) = (await ann.get("/auth/addresses")).json()["items"]
    assert (left["id"], left["is_default"]) == (second["id"], True)


@pytest.mark.parametrize(
    ("field", "country"), [("state", "US"), ("postal_code", "US"), ("postal_code", "DE")]
)
async def test_what_an_address_needs_depends_on_its_country(
    web: Web, field: str, country: str
) -> None:
    ann = await person(web)
    body = {**ADDRESS, "country": country}
    del body[field]
    answer = await ann.post("/auth/addresses", body)
    assert answer.status_code == 400
    assert [each["field"] for each in answer.json()["errors"]] == [field]


async def test_a_foreign_address_is_answered_like_one_that_is_missing(web: Web) -> None:
    ann, bob = await person(web), await person(web, "bob@example.com")
    theirs = (await bob.post("/auth/addresses", ADDRESS)).json()["id"]
    for method, body in (("PUT", ADDRESS), ("DELETE", None)):
        foreign = await ann.ask(method, f"/auth/addresses/{theirs}", body)
        missing = await ann.ask(method, f"/auth/addresses/{NOBODYS}", body)
        assert foreign.status_code == missing.status_code == 404
        assert foreign.json()["code"] == missing.json()["code"] == "address_not_found"
    assert len((await bob.get("/auth/addresses")).json()["items"]) == 1


async def test_a_book_holds_fifty_addresses(web: Web) -> None:
    ann = await person(web)
    for _ in range(50):
        assert (await ann.post("/auth/addresses", ADDRESS)).status_code == 201
    full = await ann.post("/auth/addresses", ADDRESS)
    assert (full.status_code, full.json()["code"], full.json()["limit"]) == (
        409,
        "address_book_full",
        50,
    )
