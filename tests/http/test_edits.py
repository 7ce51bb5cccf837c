"""Edits over HTTP: previewed, applied against a version, paid for, and refused with reasons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from httpx import Response

from automate_store.domain.payments import CaptureMode
from tests.http.test_paying_in_parts import confirm, intend, ordered, shop, usd
from tests.http.web import ADDRESS, STAFF_TOKEN, Web

BEARER = f"Bearer {STAFF_TOKEN}"
Order = Mapping[str, Any]


async def edit(
    web: Web, order: Order, body: object, *, how: str = "modify-items", **headers: str
) -> Response:
    """The answer to a change of the order as it was placed."""
    sent = {
        "x_order_token": order["token"],
        "if_match": f'"{order["version"]}"',
        "idempotency_key": "edit",
        **headers,
    }
    return await web.put(f"/orders/{order['id']}/{how}", body, **sent)


async def shown(web: Web, order: Order) -> dict[str, Any]:
    """The order as it is now, with the token that opens it."""
    answer = await web.get(f"/orders/{order['id']}", x_order_token=order["token"])
    return {**answer.json(), "token": order["token"]}


def quantity(order: Order, many: int) -> dict[str, Any]:
    """So many of its first item."""
    return {"items": [{"item_id": order["items"][0]["id"], "quantity": many}]}


async def test_a_preview_tells_the_difference_and_the_version_and_stores_nothing(web: Web) -> None:
    (shirt,) = await web.stock(1)
    order = await web.order(shirt)
    before = web.rows()
    answer = await web.put(
        f"/orders/{order['id']}/modify-items?preview=true",
        quantity(order, 1),
        x_order_token=order["token"],
        if_match="*",
    )
    told = answer.json()
    assert (answer.status_code, told["outcome"]) == (200, "previewed")
    # Nothing was paid, so that nothing comes back, and all of it is to be paid.
    assert (told["to_pay"]["amount"], told["comes_back"]["amount"]) == ("15.89", "0.00")
    assert told["quote"]["total"]["amount"] == "15.89"
    assert answer.headers["etag"] == f'"{told["order"]["version"]}"' == f'"{order["version"]}"'
    assert web.rows() == before


async def test_what_a_paid_order_costs_more_is_paid_by_a_further_intent(web: Web) -> None:
    shirt, other = await web.stock(2)
    order = await web.order(shirt)
    await web.pay(order)
    paid = await shown(web, order)
    add = {"add": [{"variant_id": str(other.variants[0].id), "quantity": 1}]}
    staged = (await edit(web, paid, add)).json()
    assert (staged["outcome"], staged["to_pay"]["amount"]) == ("staged", "10.90")
    waiting = await shown(web, order)
    assert waiting["staged"]["to_pay"] == staged["to_pay"]
    assert waiting["items"] == paid["items"]
    (change,) = waiting["staged"]["items"]
    assert (change["name"], change["now"], change["then"]) == (other.name, 0, 1)
    assert waiting["staged"]["reason"] == "changed by the customer"
    body = {"order_id": order["id"], "gateway": "memory"}
    headers = {"x_order_token": order["token"], "idempotency_key": "more"}
    intent = (await web.post("/payments/create-intent", body, **headers)).json()
    assert intent["amount"] == staged["to_pay"]
    headers = {"x_order_token": order["token"], "idempotency_key": "paid"}
    body = {"order_id": order["id"], "payment_id": intent["id"]}
    await web.post("/payments/confirm", body, **headers)
    after = await shown(web, order)
    assert (after["staged"], len(after["items"])) == (None, 2)
    assert after["quote"]["total"] == staged["quote"]["total"]


async def test_another_address_is_answered_with_the_order_on_its_way_there(web: Web) -> None:
    (shirt,) = await web.stock(1)
    order = await web.order(shirt)
    to = {"shipping_address": {**ADDRESS, "address_line_1": "7 Broadway"}}
    answer = await edit(web, order, to, how="change-address")
    moved = answer.json()["order"]
    assert answer.status_code == 200
    assert moved["shipping_address"]["address_line_1"] == "7 Broadway"
    assert moved["billing_address"] == order["billing_address"]
    assert answer.headers["etag"] == f'"{order["version"] + 1}"'


@pytest.mark.parametrize("how", ["modify-items", "change-address"])
async def test_a_change_says_what_it_is_based_on(web: Web, how: str) -> None:
    (shirt,) = await web.stock(1)
    order = await web.order(shirt)
    body = quantity(order, 1) if how == "modify-items" else {"shipping_address": ADDRESS}
    missing = await web.put(
        f"/orders/{order['id']}/{how}", body, x_order_token=order["token"], idempotency_key="k"
    )
    assert (missing.status_code, missing.json()["code"]) == (428, "version_missing")
    stale = await edit(web, order, body, how=how, if_match='"99"')
    assert (stale.status_code, stale.json()["code"]) == (412, "version_conflict")
    headers = {"x_order_token": order["token"], "if_match": "*"}
    keyless = await web.put(f"/orders/{order['id']}/{how}", body, **headers)
    assert (keyless.status_code, keyless.json()["code"]) == (400, "key_missing")


async def test_a_closed_order_says_why_until_when_and_what_can_still_be_done(web: Web) -> None:
    (shirt,) = await web.stock(1)
    order = await web.order(shirt)
    await web.pay(order)
    paid = await shown(web, order)
    web.shop.clock.advance(timedelta(hours=1))
    late = (await edit(web, paid, quantity(order, 1))).json()
    assert (late["status"], late["code"], late["why"]) == (409, "edit_closed", "window_over")
    assert late["allowed"] == ["cancel"]
    assert late["until"] > order["placed_at"]
    staff = await edit(web, paid, quantity(order, 1), authorization=BEARER)
    assert staff.json()["outcome"] == "applied"
    ship = f"/admin/orders/{order['id']}/shipments"
    await web.post(ship, {}, authorization=BEARER, idempotency_key="s")
    shipped = (await edit(web, await shown(web, order), quantity(order, 1))).json()
    assert (shipped["why"], shipped["allowed"]) == ("shipped", ["cancel", "return"])


async def test_refusals_tell_their_reasons_and_change_nothing(web: Web) -> None:
    (shirt,) = await web.stock(1, on_hand=3)
    order = await web.order(shirt)
    before = web.rows()
    wanted = quantity(order, 4)
    refused = [
        (await edit(web, order, body)).json()
        for body in (wanted, {}, quantity(order, 0), {"shipping_method": "nope"})
    ]
    assert [(each["status"], each["code"]) for each in refused] == [
        (409, "out_of_stock"),
        (409, "nothing_changes"),
        (409, "nothing_left"),
        (409, "shipping_method_unknown"),
    ]
    assert refused[0]["shortages"][0]["available"] == 1
    assert web.rows() == before


async def test_what_is_paid_or_held_of_an_order_is_not_to_be_paid_for_a_change() -> None:
    for capture, total in ((CaptureMode.AUTOMATIC, "10.00"), (CaptureMode.MANUAL, None)):
        async with shop(capture) as web:
            order = await ordered(web)
            part = {"amount": usd(total)} if total else {}
            await confirm(web, order, await intend(web, order, "one", **part))
            told = (await edit(web, await shown(web, order), quantity(order, 3))).json()
            paid = await web.get(f"/orders/{order['id']}/payments", x_order_token=order["token"])
            assert (told["outcome"], told["comes_back"]) == ("applied", usd("0.00"))
            assert told["to_pay"] == paid.json()["to_pay"]
            assert told["to_pay"] != told["quote"]["total"]


async def test_a_change_that_staff_give_no_reason_for_is_the_shops(web: Web) -> None:
    (shirt,) = await web.stock(1)
    order = await web.order(shirt)
    changed = await edit(web, order, quantity(order, 1), authorization=BEARER)
    off = await web.put(f"/orders/{order['id']}/cancel", authorization=BEARER, idempotency_key="c")
    told = await web.get(f"/orders/{order['id']}/timeline", x_order_token=order["token"])
    reasons = [each["reason"] for each in told.json()["items"] if each["reason"]]
    assert (changed.status_code, off.status_code) == (200, 200)
    assert reasons == ["changed by the shop", "cancelled by the shop"]


@pytest.mark.parametrize(("many", "wanted"), [(1_000, 1_000), (999, None)])
async def test_a_line_is_held_to_its_limit_with_what_was_bought(
    web: Web, many: int, wanted: int | None
) -> None:
    (shirt,) = await web.stock(1, on_hand=5_000)
    order = await web.order(shirt, 500)
    refused = await edit(web, order, quantity(order, many))
    assert (refused.status_code, refused.json().get("wanted")) == (409 if wanted else 200, wanted)
