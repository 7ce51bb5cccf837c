"""Carts of accounts over HTTP: opened by signing in, and merged into once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from attrs import evolve
from httpx import Response

from automate_store.domain.carts import MergePolicy
from automate_store.domain.catalog import Product
from tests.http.people import Person, person, sign_in
from tests.http.web import POLICY, Web, open_web, order_body

COOKIE = "automate_store_cart"
NOT_TOKENS = ["", "short", "x" * 43, "x" * 255, "%00", "null"]


def quantities(cart: dict[str, Any]) -> dict[str, int]:
    """How many of each variant the cart holds."""
    return {item["variant_id"]: item["quantity"] for item in cart["items"]}


def dropped(answer: Response) -> bool:
    """Whether the answer takes the cart's cookie back."""
    return f"{COOKIE}=; " in answer.headers.get("set-cookie", "")


async def add(ann: Person, product: Product, quantity: int, **headers: str) -> Response:
    body = {"variant_id": str(product.variants[0].id), "quantity": quantity}
    return await ann.ask("POST", "/cart/add", body, **headers)


async def test_an_account_is_told_no_token_and_given_no_cookie(web: Web) -> None:
    (shirt,), ann = await web.stock(1), await person(web)

    added = await add(ann, shirt, 2)
    seen = await ann.get("/cart")

    assert "token" not in added.json()
    assert not {"x-cart-token", "set-cookie"} & added.headers.keys()
    assert seen.json()["id"] == added.json()["id"]


async def test_an_account_without_a_cart_has_an_empty_one(web: Web) -> None:
    ann = await person(web)

    cart = (await ann.get("/cart")).json()

    assert (cart["id"], cart["items"]) == (None, [])
    assert (await ann.post("/cart/clear")).status_code == 404


async def test_a_guests_token_is_not_looked_at_once_signed_in(web: Web) -> None:
    (shirt,), ann = await web.stock(1), await person(web)
    guest = (await web.cart(shirt, 5))["token"]

    for headers in (
        {"x_cart_token": guest},
        {"x_cart_token": "nonsense"},
        {"cookie": f"{COOKIE}={guest}"},
        {"cookie": f"{COOKIE}=nonsense"},
    ):
        added = await add(ann, shirt, 1, **headers)
        assert "set-cookie" not in added.headers

    assert quantities((await ann.get("/cart")).json()) == {str(shirt.variants[0].id): 4}
    kept = (await web.get("/cart", x_cart_token=guest)).json()
    assert quantities(kept) == {str(shirt.variants[0].id): 5}


async def test_both_sessions_of_an_account_have_the_one_cart(web: Web) -> None:
    (shirt,), ann = await web.stock(1), await person(web)
    await add(ann, shirt, 2)

    elsewhere = await sign_in(web, ann.email)

    assert (await elsewhere.get("/cart")).json()["id"] == (await ann.get("/cart")).json()["id"]


async def test_an_account_orders_pays_and_reads_without_tokens(web: Web) -> None:
    (shirt,), ann, bob = await web.stock(1), await person(web), await person(web, "bob@example.com")
    await add(ann, shirt, 2)

    placed = await ann.ask("POST", "/orders", order_body(), idempotency_key="k")
    again = await ann.ask("POST", "/orders", order_body(), idempotency_key="k")
    other = await ann.ask("POST", "/orders", order_body(), idempotency_key="other")

    order = placed.json()
    assert (placed.status_code, again.json()) == (201, order)
    assert (other.status_code, other.json()["code"]) == (409, "cart_empty")
    assert "token" not in order
    wish = {"order_id": order["id"], "gateway": "memory"}
    paying = await ann.ask("POST", "/payments/create-intent", wish, idempotency_key="pay")
    assert paying.status_code == 201
    path = f"/orders/{order['id']}"
    shown = [await ann.get(path), await bob.get(path), await web.get(path)]
    assert [each.status_code for each in shown] == [200, 404, 404]


async def test_placing_leaves_a_guests_cookie_for_merging(web: Web) -> None:
    (shirt,), ann = await web.stock(1), await person(web)
    guest = (await web.cart(shirt))["token"]
    await add(ann, shirt, 1)

    placed = await ann.ask(
        "POST", "/orders", order_body(), idempotency_key="k", cookie=f"{COOKIE}={guest}"
    )

    assert placed.status_code == 201
    assert "set-cookie" not in placed.headers


@pytest.mark.parametrize("by", ["header", "cookie", "body"])
async def test_a_guests_cart_is_merged_by_its_token(web: Web, by: str) -> None:
    (shirt, hat), ann = await web.stock(2), await person(web)
    guest = await web.cart(shirt, 2)
    await add(ann, shirt, 3)
    await add(ann, hat, 1)
    token = guest["token"]
    headers = {"header": {"x_cart_token": token}, "cookie": {"cookie": f"{COOKIE}={token}"}}
    body = {"cart_token": token} if by == "body" else None

    merged = await ann.ask("POST", "/cart/merge", body, **headers.get(by, {}))

    wanted = {str(shirt.variants[0].id): 3, str(hat.variants[0].id): 1}
    assert merged.status_code == 200, merged.text
    cart = merged.json()
    assert (quantities(cart), cart["left_out"], cart["codes_left_out"]) == (wanted, [], [])
    assert dropped(merged) == (by == "cookie")
    seen = (await ann.get("/cart")).json()
    assert seen == {name: cart[name] for name in cart if "left_out" not in name}
    gone = await web.get("/cart", x_cart_token=token)
    assert (gone.status_code, gone.json()["code"]) == (404, "cart_not_found")


async def test_the_body_goes_before_header_and_cookie(web: Web) -> None:
    (shirt, hat), ann = await web.stock(2), await person(web)
    one, other = (await web.cart(shirt))["token"], (await web.cart(hat))["token"]
    named = {"x_cart_token": other, "cookie": f"{COOKIE}={other}"}

    empty = await ann.ask("POST", "/cart/merge", {"cart_token": ""}, **named)
    merged = await ann.ask("POST", "/cart/merge", {"cart_token": one}, **named)
    beside = await ann.ask("POST", "/cart/merge", {"cart_token": None}, x_cart_token=other)

    assert empty.status_code == 404
    assert quantities(merged.json()).keys() == {str(shirt.variants[0].id)}
    assert len(beside.json()["items"]) == 2


async def test_a_cookie_of_another_cart_stays(web: Web) -> None:
    (shirt, hat), ann = await web.stock(2), await person(web)
    one, other = (await web.cart(shirt))["token"], (await web.cart(hat))["token"]

    merged = await ann.ask("POST", "/cart/merge", {"cart_token": one}, cookie=f"{COOKIE}={other}")

    assert merged.status_code == 200
    assert "set-cookie" not in merged.headers


async def test_merging_again_is_answered_alike_and_changes_nothing(web: Web) -> None:
    (shirt,), ann = await web.stock(1), await person(web)
    token = (await web.cart(shirt))["token"]
    cookie = f"{COOKIE}={token}"

    first = await ann.ask("POST", "/cart/merge", cookie=cookie)
    before = web.rows()
    again = await ann.ask("POST", "/cart/merge", cookie=cookie)

    assert (again.status_code, again.json()) == (200, first.json())
    assert dropped(again)
    assert web.rows() == before


async def test_many_merges_at_once_are_one_and_what_has_no_room_is_told_by_it() -> None:
    tight = evolve(POLICY.cart, merge=MergePolicy.SUM, max_quantity=4, max_lines=1)
    async with open_web(policy=evolve(POLICY, cart=tight)) as web:
        (shirt, hat), ann = await web.stock(2), await person(web)
        guest = (await web.cart(shirt, 3))["token"]
        other = (await web.cart(hat, 2))["token"]
        await add(ann, shirt, 2)

        body = {"cart_token": guest}
        answers = await asyncio.gather(*(ann.post("/cart/merge", body) for _ in range(10)))
        unfitting = await ann.post("/cart/merge", {"cart_token": other})

    size = str(shirt.variants[0].id)
    assert [quantities(each.json()) for each in answers] == [{size: 4}] * 10
    told = [each.json()["left_out"] for each in answers if each.json()["left_out"]]
    assert told == [[{"product_id": str(shirt.id), "variant_id": size, "quantity": 1}]]
    assert [each["quantity"] for each in unfitting.json()["left_out"]] == [2]


@pytest.mark.parametrize("token", NOT_TOKENS)
async def test_what_is_no_token_of_a_cart_is_not_there(web: Web, token: str) -> None:
    ann = await person(web)

    for ask in (
        ann.ask("POST", "/cart/merge", {"cart_token": token}),
        ann.ask("POST", "/cart/merge", x_cart_token=token),
        ann.ask("POST", "/cart/merge", cookie=f"{COOKIE}={token}"),
    ):
        answer = await ask
        assert (answer.status_code, answer.json()["code"]) == (404, "cart_not_found")


async def test_without_any_token_there_is_nothing_to_merge(web: Web) -> None:
    ann = await person(web)

    answers = [await ann.post("/cart/merge"), await ann.post("/cart/merge", {})]
    answers.append(await ann.post("/cart/merge", {"cart_token": "ü" * 43}))

    assert {(each.status_code, each.json()["code"]) for each in answers} == {
        (404, "cart_not_found")
    }


async def test_another_accounts_merge_can_not_be_had(web: Web) -> None:
    (shirt,), ann, bob = await web.stock(1), await person(web), await person(web, "bob@example.com")
    token = (await web.cart(shirt))["token"]
    await ann.post("/cart/merge", {"cart_token": token})

    theirs = await bob.post("/cart/merge", {"cart_token": token})

    assert (theirs.status_code, theirs.json()["code"]) == (404, "cart_not_found")
    assert (await bob.get("/cart")).json()["items"] == []


async def test_a_cookie_that_opens_nothing_is_taken_back(web: Web) -> None:
    (shirt,), ann = await web.stock(1), await person(web)
    order = await web.cart(shirt)
    await web.post("/orders", order_body(), x_cart_token=order["token"], idempotency_key="k")

    nothing = await ann.ask("POST", "/cart/merge", cookie=f"{COOKIE}=nonsense")
    ordered = await ann.ask("POST", "/cart/merge", cookie=f"{COOKIE}={order['token']}")

    assert (nothing.status_code, dropped(nothing)) == (404, True)
    assert (ordered.status_code, ordered.json()["code"]) == (409, "cart_ordered")
    assert dropped(ordered)


async def test_only_who_is_signed_in_merges(web: Web) -> None:
    (shirt,) = await web.stock(1)
    token = (await web.cart(shirt))["token"]

    refused = await web.post("/cart/merge", {"cart_token": token})

    assert (refused.status_code, refused.json()["code"]) == (401, "sign_in_needed")
    assert (await web.get("/cart", x_cart_token=token)).status_code == 200
