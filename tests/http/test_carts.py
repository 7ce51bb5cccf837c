"""The cart over HTTP: its token in a header and in a cookie, and what it costs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve
from httpx import Response

from tests.http.web import CONFIG, NOBODYS, PLACE, Web, open_web, order_body

COOKIE = "automate_store_cart"


def cookie(answer: Response) -> str:
    """What the answer wants kept."""
    found: str = answer.headers.get("set-cookie", "")
    return found


async def test_whoever_has_no_cart_sees_an_empty_one_and_is_given_nothing(web: Web) -> None:
    answer = await web.get("/cart")
    shown = answer.json()
    assert (shown["id"], shown["items"], shown["quote"]["total"]["amount"]) == (None, [], "0.00")
    assert "token" not in shown
    assert "set-cookie" not in answer.headers


async def test_the_first_thing_added_makes_a_cart_and_tells_its_token_once(web: Web) -> None:
    (shirt,) = await web.stock(1)
    made = await web.post("/cart/add", {"variant_id": str(shirt.variants[0].id)})
    token = made.json()["token"]
    again = await web.get("/cart", x_cart_token=token)
    assert made.headers["x-cart-token"] == token
    assert "token" not in again.json()
    assert "x-cart-token" not in again.headers


async def test_the_cookie_is_out_of_the_reach_of_scripts_and_other_sites(web: Web) -> None:
    (shirt,) = await web.stock(1)
    made = await web.post("/cart/add", {"variant_id": str(shirt.variants[0].id)})
    token = made.json()["token"]
    assert cookie(made) == (
        f"{COOKIE}={token}; Path=/api/v1; Max-Age=604800; HttpOnly; SameSite=Lax"
    )


async def test_the_cookie_is_secure_where_the_shop_is() -> None:
    async with open_web(evolve(CONFIG, url="https://shop.example")) as web:
        (shirt,) = await web.stock(1)
        made = await web.post("/cart/add", {"variant_id": str(shirt.variants[0].id)})
        assert cookie(made).endswith("; Secure")


async def test_a_cart_shows_what_each_cent_of_it_is_for(web: Web) -> None:
    (shirt,) = await web.stock(1)
    token = (await web.cart(shirt, 2))["token"]
    body = {"destination": PLACE, "shipping_method": "standard"}
    quote = (await web.put("/cart/shipping", body, x_cart_token=token)).json()["quote"]
    assert quote["total"] == {"amount": "26.78", "currency": "USD"}
    assert [(each["step"], each["amount"]["amount"]) for each in quote["trace"]] == [
        ("subtotal", "20.00"),
        ("tax", "1.78"),
        ("shipping", "5.00"),
        ("totals", "26.78"),
    ]


async def test_several_items_are_added_at_once_or_not_at_all(web: Web) -> None:
    shirts = await web.stock(2)
    items = [{"variant_id": str(shirt.variants[0].id), "quantity": 2} for shirt in shirts]
    added = await web.post("/cart/add", {"items": items})
    token = added.json()["token"]
    short = [*items, {"variant_id": str(shirts[0].variants[1].id), "quantity": 101}]
    refused = await web.post("/cart/add", {"items": short}, x_cart_token=token)
    after = (await web.get("/cart", x_cart_token=token)).json()
    assert (refused.status_code, refused.json()["code"]) == (409, "out_of_stock")
    assert [item["quantity"] for item in after["items"]] == [2, 2]


async def test_a_shortage_says_how_many_are_left(web: Web) -> None:
    (shirt,) = await web.stock(1, on_hand=3)
    body = {"variant_id": str(shirt.variants[0].id), "quantity": 4}
    problem = (await web.post("/cart/add", body)).json()
    assert problem["shortages"] == [
        {"variant_id": str(shirt.variants[0].id), "wanted": 4, "available": 3}
    ]


async def test_a_product_in_several_variants_is_not_guessed_at(web: Web) -> None:
    (shirt,) = await web.stock(1)
    answer = await web.post("/cart/add", {"product_id": str(shirt.id)})
    assert (answer.status_code, answer.json()["code"]) == (409, "variant_not_named")


async def test_one_of_several_products_in_several_variants_is_not_guessed_at(web: Web) -> None:
    (shirt, other) = await web.stock(2)
    items = [
        {"variant_id": str(other.variants[0].id), "quantity": 1},
        {"product_id": str(shirt.id), "quantity": 1},
    ]
    answer = await web.post("/cart/add", {"items": items})
    assert (answer.status_code, answer.json()["code"]) == (409, "variant_not_named")


async def test_one_of_several_products_that_is_not_there_is_named(web: Web) -> None:
    (shirt,) = await web.stock(1)
    unknown = str(shirt.variants[0].id)
    items = [
        {"variant_id": str(shirt.variants[0].id), "quantity": 1},
        {"product_id": unknown, "quantity": 1},
    ]
    answer = await web.post("/cart/add", {"items": items})
    assert (answer.status_code, answer.json()["code"]) == (404, "product_not_found")
    assert unknown in answer.json()["detail"]


async def test_a_line_is_changed_and_removed(web: Web) -> None:
    (shirt,) = await web.stock(1)
    filled = await web.cart(shirt)
    token, line = filled["token"], filled["items"][0]["id"]
    changed = await web.put(f"/cart/items/{line}", {"quantity": 5}, x_cart_token=token)
    removed = await web.delete(f"/cart/items/{line}", x_cart_token=token)
    assert [item["quantity"] for item in changed.json()["items"]] == [5]
    assert removed.json()["items"] == []


async def test_a_cart_is_emptied(web: Web) -> None:
    (shirt,) = await web.stock(1)
    token = (await web.cart(shirt))["token"]
    answer = await web.post("/cart/clear", x_cart_token=token)
    assert (answer.status_code, answer.json()["items"]) == (200, [])


async def test_a_cart_is_checked_before_it_is_ordered(web: Web) -> None:
    (shirt,) = await web.stock(1)
    token = (await web.cart(shirt))["token"]
    async with web.shop.ports.unit_of_work() as work:
        known = await work.products.get(shirt.id)
        await work.products.save([evolve(known, price=known.price * 2)])
    found = (await web.get("/cart/validate", x_cart_token=token)).json()
    (problem,) = found["problems"]
    assert (found["valid"], problem["kind"], problem["blocks"]) == (False, "price_rose", True)
    assert (problem["old_price"]["amount"], problem["new_price"]["amount"]) == ("10.00", "20.00")
    await web.post("/cart/accept-prices", x_cart_token=token)
    assert (await web.get("/cart/validate", x_cart_token=token)).json()["valid"]


async def test_the_ways_to_travel_are_told_with_their_prices(web: Web) -> None:
    (shirt,) = await web.stock(1)
    token = (await web.cart(shirt))["token"]
    there = await web.get("/cart/shipping-options?country=US", x_cart_token=token)
    elsewhere = await web.get("/cart/shipping-options?country=NZ", x_cart_token=token)
    nowhere = await web.get("/cart/shipping-options", x_cart_token=token)
    assert there.json()["items"] == [
        {
            "method": "standard",
            "name": "Standard",
            "amount": {"amount": "5.00", "currency": "USD"},
            "discount": {"amount": "0.00", "currency": "USD"},
            "price": {"amount": "5.00", "currency": "USD"},
            "to_free": None,
        }
    ]
    assert elsewhere.json()["items"] == []
    assert nowhere.json()["errors"][0]["field"] == "country"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/cart", None),
        ("GET", "/cart/validate", None),
        ("POST", "/cart/clear", None),
        ("POST", "/orders", order_body()),
    ],
)
async def test_a_token_that_opens_nothing_is_answered_as_if_there_were_nothing(
    web: Web, method: str, path: str, body: object
) -> None:
    for token in ("", " ", "null", "short", "x" * 43, "\u00e9" * 22, "x" * 500):
        headers = {b"x-cart-token": token.encode(), b"idempotency-key": b"k"}
        answer = await web.client.request(method, f"/api/v1{path}", json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "cart_not_found"), token


async def test_a_cut_token_opens_nothing(web: Web) -> None:
    (shirt,) = await web.stock(1)
    token = (await web.cart(shirt))["token"]
    assert (await web.get("/cart", x_cart_token=token[:-1])).status_code == 404


async def test_the_cookie_opens_the_cart_and_lives_on_with_it(web: Web) -> None:
    (shirt,) = await web.stock(1)
    token = (await web.cart(shirt))["token"]
    answer = await web.get("/cart", cookie=f"theme=dark; {COOKIE}={token}")
    assert answer.json()["items"][0]["quantity"] == 2
    assert f"{COOKIE}={token}; Path=/api/v1; Max-Age=604800" in cookie(answer)


async def test_the_header_counts_before_the_cookie(web: Web) -> None:
    (shirt,) = await web.stock(1)
    token = (await web.cart(shirt))["token"]
    answer = await web.get("/cart", x_cart_token="x" * 43, cookie=f"{COOKIE}={token}")
    assert answer.status_code == 404


@pytest.mark.parametrize("stale", ["x" * 43, "short"])
async def test_a_stale_cookie_is_taken_back_and_counts_as_none(web: Web, stale: str) -> None:
    answer = await web.get("/cart", cookie=f"{COOKIE}={stale}")
    assert (answer.status_code, answer.json()["items"]) == (200, [])
    assert f"{COOKIE}=; Path=/api/v1; Max-Age=0" in cookie(answer)


async def test_adding_with_a_stale_cookie_makes_a_new_cart(web: Web) -> None:
    (shirt,) = await web.stock(1)
    body = {"variant_id": str(shirt.variants[0].id)}
    answer = await web.post("/cart/add", body, cookie=f"{COOKIE}={'x' * 43}")
    assert f"{COOKIE}={answer.json()['token']};" in cookie(answer)


async def test_a_cart_that_became_an_order_lets_a_browser_start_anew(web: Web) -> None:
    (shirt,) = await web.stock(1)
    token = (await web.cart(shirt))["token"]
    placed = await web.post(
        "/orders", order_body(), idempotency_key="k", cookie=f"{COOKIE}={token}"
    )
    by_header = await web.get("/cart", x_cart_token=token)
    by_cookie = await web.get("/cart", cookie=f"{COOKIE}={token}")
    assert "Max-Age=0" in cookie(placed)
    assert (by_header.status_code, by_header.json()["code"]) == (409, "cart_ordered")
    assert (by_cookie.status_code, by_cookie.json()["items"]) == (200, [])


async def test_a_cart_that_nobody_touched_for_its_lifetime_is_gone(web: Web) -> None:
    (shirt,) = await web.stock(1)
    token = (await web.cart(shirt))["token"]
    web.shop.clock.advance(timedelta(days=7, seconds=1))
    assert (await web.get("/cart", x_cart_token=token)).status_code == 404


async def test_a_line_that_is_not_there_is_not_found_however_it_is_written(web: Web) -> None:
    (shirt,) = await web.stock(1)
    token = (await web.cart(shirt))["token"]
    for line in ("1", "x", "%00", NOBODYS):
        answer = await web.put(f"/cart/items/{line}", {"quantity": 1}, x_cart_token=token)
        assert (answer.status_code, answer.json()["code"]) == (404, "cart_line_not_found"), line


async def test_a_cart_shows_a_variant_that_was_deleted_as_gone(web: Web) -> None:
    (shirt,) = await web.stock(1)
    token = (await web.cart(shirt))["token"]
    async with web.shop.ports.unit_of_work() as work:
        known = await work.products.get(shirt.id)
        await work.products.save([evolve(known, variants=known.variants[1:])])
    (item,) = (await web.get("/cart", x_cart_token=token)).json()["items"]
    assert (item["active"], item["available"], item["name"]) == (False, 0, None)


async def test_carts_are_kept_by_nobody_on_the_way(web: Web) -> None:
    assert (await web.get("/cart")).headers["cache-control"] == "no-store"
