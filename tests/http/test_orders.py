"""Orders and payments over HTTP: placed once, opened by their token, paid."""

from __future__ import annotations

import pytest

from tests.http.web import ADDRESS, NOBODYS, STAFF_TOKEN, Web, order_body

KEYS: dict[str | None, str] = {
    None: "key_missing",
    **dict.fromkeys(("", "x" * 256, "a b", "\u00e9"), "bad_key"),
}
BEARER = f"Bearer {STAFF_TOKEN}"


async def test_a_cart_becomes_an_order_with_what_was_bought_and_where_it_goes(web: Web) -> None:
    (shirt,) = await web.stock(1)
    token = (await web.cart(shirt, 2))["token"]
    answer = await web.post("/orders", order_body(), x_cart_token=token, idempotency_key="k")
    order = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/v1/orders/{order['id']}"
    assert (order["status"], order["payment_status"]) == ("pending", "pending")
    assert (order["quote"]["total"]["amount"], order["items"][0]["total"]["amount"]) == (
        "26.78",
        "21.78",
    )
    assert order["shipping_address"] == order["billing_address"]


async def test_the_same_key_and_body_give_the_same_order_byte_for_byte(web: Web) -> None:
    (shirt,) = await web.stock(1)
    token = (await web.cart(shirt))["token"]
    first, second = [
        await web.post("/orders", order_body(), x_cart_token=token, idempotency_key="k")
        for _ in range(2)
    ]
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert len(web.shop.store._committed.orders.items()) == 1


async def test_the_same_key_for_another_body_is_refused_and_changes_nothing(web: Web) -> None:
    (shirt,) = await web.stock(1)
    token = (await web.cart(shirt))["token"]
    await web.post("/orders", order_body(), x_cart_token=token, idempotency_key="k")
    before = web.rows()
    other = order_body(email="eve@example.com")
    answer = await web.post("/orders", other, x_cart_token=token, idempotency_key="k")
    assert (answer.status_code, answer.json()["code"]) == (422, "other_inputs")
    assert web.rows() == before


async def test_the_same_key_of_another_customer_is_another_key(web: Web) -> None:
    (shirt,) = await web.stock(1)
    orders = []
    for _ in range(2):
        token = (await web.cart(shirt))["token"]
        answer = await web.post("/orders", order_body(), x_cart_token=token, idempotency_key="k")
        orders.append(answer.json())
    assert orders[0]["id"] != orders[1]["id"]


@pytest.mark.parametrize("path", ["/orders", "/payments/create-intent", "/payments/confirm"])
async def test_without_a_key_that_is_one_nothing_moves(web: Web, path: str) -> None:
    (shirt,) = await web.stock(1)
    order = await web.order(shirt)
    token = (await web.cart(shirt))["token"]
    payment = await web.intend(order)
    bodies = {
        "/orders": order_body(),
        "/payments/create-intent": {"order_id": order["id"], "gateway": "memory"},
        "/payments/confirm": {"order_id": order["id"], "payment_id": payment["id"]},
    }
    opening = {b"x-cart-token": token.encode(), b"x-order-token": order["token"].encode()}
    before = web.rows()
    for key, code in KEYS.items():
        sent = opening if key is None else {**opening, b"idempotency-key": key.encode("latin-1")}
        answer = await web.client.post(f"/api/v1{path}", json=bodies[path], headers=sent)
        assert (answer.status_code, answer.json()["code"]) == (400, code), key
    assert web.rows() == before


async def test_a_total_that_was_not_agreed_to_places_nothing_and_shows_the_new_quote(
    web: Web,
) -> None:
    (shirt,) = await web.stock(1)
    token = (await web.cart(shirt))["token"]
    body = order_body(expected_total={"amount": "1.00", "currency": "USD"})
    answer = await web.post("/orders", body, x_cart_token=token, idempotency_key="k")
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "total_changed")
    assert problem["total"] == problem["quote"]["total"] == {"amount": "26.78", "currency": "USD"}


async def test_an_address_is_refused_field_by_field_under_its_own_name(web: Web) -> None:
    (shirt,) = await web.stock(1)
    token = (await web.cart(shirt))["token"]
    body = order_body(billing_address={**ADDRESS, "city": " ", "state": None})
    answer = await web.post("/orders", body, x_cart_token=token, idempotency_key="k")
    fields = {error["field"] for error in answer.json()["errors"]}
    assert (answer.status_code, fields) == (400, {"billing_address.city", "billing_address.state"})


async def test_a_guest_reads_the_order_by_its_token(web: Web) -> None:
    (shirt,) = await web.stock(1)
    order = await web.order(shirt)
    answer = await web.get(f"/orders/{order['id']}", x_order_token=order["token"])
    assert (answer.status_code, answer.json()["number"]) == (200, order["number"])
    assert "token" not in answer.json()


@pytest.mark.parametrize("path", ["", "/timeline"])
async def test_without_its_token_an_order_is_not_there(web: Web, path: str) -> None:
    (shirt,) = await web.stock(1)
    order = await web.order(shirt)
    for token in (None, "", "short", "x" * 43):
        headers = {} if token is None else {"x_order_token": token}
        foreign = await web.get(f"/orders/{order['id']}{path}", **headers)
        missing = await web.get(f"/orders/{NOBODYS}{path}", **headers)
        assert foreign.status_code == missing.status_code == 404
        assert foreign.json()["code"] == missing.json()["code"] == "order_not_found"
        assert foreign.json().keys() == missing.json().keys()


async def test_the_token_of_another_order_opens_nothing(web: Web) -> None:
    (shirt,) = await web.stock(1)
    mine, other = await web.order(shirt), await web.order(shirt)
    answer = await web.get(f"/orders/{mine['id']}", x_order_token=other["token"])
    assert answer.status_code == 404


async def test_staff_read_any_order(web: Web) -> None:
    (shirt,) = await web.stock(1)
    order = await web.order(shirt)
    answer = await web.get(f"/orders/{order['id']}", authorization=BEARER)
    assert answer.json()["number"] == order["number"]


@pytest.mark.parametrize("id", ["1", "x", "%00"])
async def test_an_id_that_is_none_is_not_found(web: Web, id: str) -> None:
    answer = await web.get(f"/orders/{id}", authorization=BEARER)
    assert (answer.status_code, answer.json()["code"]) == (404, "order_not_found")


async def test_an_order_is_paid_and_its_timeline_tells_it(web: Web) -> None:
    (shirt,) = await web.stock(1)
    order = await web.order(shirt)
    paid = await web.pay(order)
    told = await web.get(f"/orders/{order['id']}/timeline", x_order_token=order["token"])
    assert (paid["status"], paid["order"]["payment_status"]) == ("captured", "paid")
    assert [entry["kind"] for entry in told.json()["items"]] == ["order_placed", "order_paid"]


async def test_a_gateway_that_is_not_offered_is_refused_with_those_that_are(web: Web) -> None:
    (shirt,) = await web.stock(1)
    order = await web.order(shirt)
    answer = await web.post(
        "/payments/create-intent",
        {"order_id": order["id"], "gateway": "stripe"},
        x_order_token=order["token"],
        idempotency_key="k",
    )
    assert (answer.status_code, answer.json()["offered"]) == (409, ["memory"])


async def test_staff_ship_and_deliver_what_is_paid(web: Web) -> None:
    (shirt,) = await web.stock(1)
    order = await web.order(shirt, 3)
    await web.pay(order)
    item = order["items"][0]["id"]
    some = {"items": [{"item_id": item, "quantity": 1}], "carrier": "UPS"}
    path = f"/admin/orders/{order['id']}"
    first = await web.post(f"{path}/shipments", some, authorization=BEARER, idempotency_key="1")
    rest = await web.post(f"{path}/shipments", authorization=BEARER, idempotency_key="2")
    over = await web.post(f"{path}/deliver", authorization=BEARER, idempotency_key="3")
    assert (first.status_code, first.json()["fulfilment_status"]) == (201, "partly_shipped")
    assert [parcel["items"][0]["quantity"] for parcel in rest.json()["shipments"]] == [1, 2]
    assert over.json()["status"] == "delivered"


async def test_an_order_that_is_not_paid_does_not_ship(web: Web) -> None:
    (shirt,) = await web.stock(1)
    order = await web.order(shirt)
    answer = await web.post(
        f"/admin/orders/{order['id']}/shipments", authorization=BEARER, idempotency_key="k"
    )
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "illegal_move")
    assert problem["allowed"] == ["pay", "edit", "cancel"]
    assert problem["detail"].endswith("what can be done now: pay, edit, cancel.")


async def test_an_item_named_twice_in_a_parcel_is_refused(web: Web) -> None:
    (shirt,) = await web.stock(1)
    order = await web.order(shirt)
    await web.pay(order)
    item = {"item_id": order["items"][0]["id"], "quantity": 1}
    answer = await web.post(
        f"/admin/orders/{order['id']}/shipments",
        {"items": [item, item]},
        authorization=BEARER,
        idempotency_key="k",
    )
    assert answer.json()["errors"] == [{"field": "items", "reason": "names each item once"}]


async def test_a_payment_that_a_gateway_declines_says_why(web: Web) -> None:
    (shirt,) = await web.stock(1)
    order = await web.order(shirt)
    payment = await web.intend(order)
    web.shop.gateway.decline("card declined")
    answer = await web.post(
        "/payments/confirm",
        {"order_id": order["id"], "payment_id": payment["id"]},
        x_order_token=order["token"],
        idempotency_key="k",
    )
    assert (answer.json()["status"], answer.json()["failure"]) == ("failed", "card declined")


async def test_a_gateway_that_does_not_answer_is_told_as_such_and_asked_again(web: Web) -> None:
    (shirt,) = await web.stock(1)
    order = await web.order(shirt)
    payment = await web.intend(order)
    body = {"order_id": order["id"], "payment_id": payment["id"]}
    opening = {"x_order_token": order["token"], "idempotency_key": "k"}
    web.shop.gateway.hide(hidden=True)
    lost = await web.post("/payments/confirm", body, **opening)
    web.shop.gateway.hide(hidden=False)
    found = await web.post("/payments/confirm", body, **opening)
    assert (lost.status_code, lost.headers["retry-after"]) == (503, "2")
    assert (found.status_code, found.json()["status"]) == (200, "captured")
    assert len(web.shop.gateway.captures) == 1
