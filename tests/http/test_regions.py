"""A state by its name: the same taxes, ways to ship and promotions as by its code."""

from __future__ import annotations

import pytest

from tests.http.people import person
from tests.http.promoting import make
from tests.http.web import ADDRESS, PLACE, STAFF, Web, order_body

BY_NAME = {**PLACE, "state": "new york"}
ZONE = {"country": "US", "state": "new york", "postal_prefix": None}


async def test_a_state_by_its_name_is_taxed_like_one_by_its_code(web: Web) -> None:
    (shirt,) = await web.stock(1)
    token = (await web.cart(shirt))["token"]
    totals = []
    for place in (PLACE, BY_NAME):
        body = {"destination": place, "shipping_method": "standard"}
        answer = await web.put("/cart/shipping", body, x_cart_token=token)
        totals.append((answer.json()["destination"], answer.json()["quote"]["tax"]))
    assert totals[0] == totals[1]
    assert totals[0][1]["amount"] != "0.00"
    options = [
        (await web.get(f"/cart/shipping-options?country=US&state={state}", x_cart_token=token))
        for state in ("NY", "New%20York")
    ]
    assert options[0].json() == options[1].json()


async def test_an_order_and_an_address_book_keep_the_code(web: Web) -> None:
    (shirt,) = await web.stock(1)
    token = (await web.cart(shirt))["token"]
    body = order_body(shipping_address={**ADDRESS, "state": "NEW YORK"})
    placed = await web.post("/orders", body, x_cart_token=token, idempotency_key="one")
    assert placed.json()["shipping_address"]["state"] == "NY"
    assert placed.json()["quote"]["tax"]["amount"] != "0.00"
    kept = await (await person(web)).post("/auth/addresses", {**ADDRESS, "state": "n.y."})
    assert kept.json()["state"] == "NY"


async def test_zones_of_taxes_and_shipping_keep_the_code(web: Web) -> None:
    rate = {"code": "x", "name": "X", "rate": "0.05", "zone": ZONE, "applies_to_shipping": False}
    tax = await web.ask("POST", "/admin/taxes", rate, headers=STAFF)
    assert tax.json()["zone"] == {**ZONE, "state": "NY"}
    made = await make(web, "spring", conditions=[{"kind": "ships_to", "zones": [ZONE]}])
    assert made["conditions"][0]["zones"] == [{"country": "US", "state": "NY"}]


@pytest.mark.parametrize(
    ("wrong", "field", "way_out"),
    [
        ({"state": "Bavaria"}, "state", "NY or New York"),
        ({"postal_code": "1000"}, "postal_code", "10001"),
        ({"country": "CA", "state": "NY"}, "state", "ON or Ontario"),
        ({"country": "CA", "state": "ON", "postal_code": "10001"}, "postal_code", "K1A 0B1"),
    ],
)
async def test_what_is_none_is_refused_by_name_and_told_what_would_be(
    web: Web, wrong: dict[str, str], field: str, way_out: str
) -> None:
    (shirt,) = await web.stock(1)
    token = (await web.cart(shirt))["token"]
    body = {"destination": {**PLACE, **wrong}}
    refused = await web.put("/cart/shipping", body, x_cart_token=token)
    assert refused.status_code == 400
    errors = {each["field"]: each["reason"] for each in refused.json()["errors"]}
    assert way_out in errors[f"destination.{field}"]
