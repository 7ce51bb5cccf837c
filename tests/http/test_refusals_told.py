"""Refusals of what is asked of an order name the field, and say why in words of the shop."""

from __future__ import annotations

from typing import Any

import pytest

from automate_store.domain.payments import CaptureMode
from tests.http.sound_returns import delivered
from tests.http.test_order_lists import listed
from tests.http.test_paying_in_parts import BEARER, confirm, intend, ordered, shop
from tests.http.test_returns import ask
from tests.http.web import NOBODYS, STAFF, Web

EUR = {"amount": "1.00", "currency": "EUR"}


def faults(answer: Any) -> list[tuple[str, str]]:
    """The fields that were refused, and why."""
    assert answer.status_code == 400, answer.text
    return [(each["field"], each["reason"]) for each in answer.json()["errors"]]


async def test_an_amount_in_another_currency_is_told_the_shops() -> None:
    async with shop(CaptureMode.MANUAL) as web:
        order = await ordered(web)
        held = await confirm(web, order, await intend(web, order, "one"))
        other = await ordered(web)
        staff = {"authorization": BEARER, "idempotency_key": "k"}
        back = {"order_id": order["id"], "amount": EUR, "reason": "a stain"}

        answers = [
            await intend(web, other, "two", amount=EUR),
            await web.post(f"/admin/payments/{held['id']}/capture", {"amount": EUR}, **staff),
            await web.post("/payments/refund", back, **staff),
        ]

        assert [faults(each) for each in answers] == [[("amount.currency", "is USD here")]] * 3


async def test_what_was_captured_is_not_captured_again() -> None:
    async with shop(CaptureMode.MANUAL) as web:
        order = await ordered(web)
        held = await confirm(web, order, await intend(web, order, "one"))
        at = f"/admin/payments/{held['id']}/capture"
        await web.post(at, authorization=BEARER, idempotency_key="a")

        again = await web.post(at, authorization=BEARER, idempotency_key="b")

        assert again.status_code == 409
        assert again.json()["detail"] == "All that was to be captured of the payment was captured."


@pytest.mark.parametrize("path", ["modify-items", "cancel", "shipments", "return"])
async def test_an_item_that_is_none_of_the_order_is_named_by_its_place(web: Web, path: str) -> None:
    order = await delivered(web) if path == "return" else await ordered(web)
    known = {"item_id": order["items"][0]["id"], "quantity": 1}
    why = {"reason": "does_not_fit"} if path == "return" else {}
    items = [{**known, **why}, {**known, **why, "item_id": NOBODYS}]
    method = "POST" if path in {"shipments", "return"} else "PUT"
    staff = "/admin" if path == "shipments" else ""

    keyed = {**STAFF, "idempotency-key": "k", "if-match": "*"}
    where = f"{staff}/orders/{order['id']}/{path}"
    answer = await web.ask(method, where, {"items": items}, headers=keyed)

    assert faults(answer) == [("items[1].item_id", "is not an item of the order")]


async def test_what_was_done_is_said_to_be_done(web: Web) -> None:
    order = await ordered(web)
    await web.pay(order)
    again = await web.post(
        "/payments/create-intent",
        {"order_id": order["id"], "gateway": "memory"},
        x_order_token=order["token"],
        idempotency_key="again",
    )
    at = f"/admin/orders/{order['id']}/shipments"
    await web.ask("POST", at, headers={**STAFF, "idempotency-key": "a"})
    empty = await web.ask("POST", at, headers={**STAFF, "idempotency-key": "b"})

    told = "The order is paid already; what can be done now: edit, ship, cancel."
    assert (again.status_code, again.json()["detail"]) == (409, told)
    told = "The order has nothing left to ship; what can be done now: deliver, claim."
    assert (empty.status_code, empty.json()["detail"]) == (409, told)


async def test_more_than_was_bought_is_too_many_to_return(web: Web) -> None:
    order = await delivered(web)
    item = order["items"][0]
    many = {"item_id": item["id"], "quantity": item["quantity"] + 1, "reason": "does_not_fit"}

    answer = await ask(web, order, {"items": [many]}, "k")

    assert (answer.status_code, answer.json()["why"]) == (409, "too_many")
    assert answer.json()["left"] == item["quantity"]


async def test_a_time_that_is_none_is_told_the_shape_of_one(web: Web) -> None:
    answer = await web.ask("GET", "/admin/orders?placed_from=yesterday", headers=STAFF)
    assert faults(answer) == [("placed_from", "is a time such as 2026-03-01T12:00:00Z")]


async def test_a_number_is_found_without_its_dash(web: Web) -> None:
    number = (await ordered(web))["number"]
    spoken = number.replace("-", "").lower()
    assert await listed(web, number=spoken) == [number]
    assert await listed(web, number=f" {number} ") == [number]
