"""
The shopping operations against this store, each a whole one, for any closed-loop harness.

``setup`` looks up what the operations need; ``OPS`` are the operations, each of which
raises where the answer is wrong. Nothing here needs more than aiohttp, so that the file
can be handed to a harness of anybody's.
"""

from __future__ import annotations

import itertools
import random
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp

NAME = "automate_store"
API = "/api/v1"
PAGE = 24
KNOWN_PRODUCTS = 300
ADDRESS = {
    "first_name": "Ada",
    "last_name": "Byron",
    "address_line_1": "12 Main Street",
    "city": "Springfield",
    "state": "CA",
    "postal_code": "90001",
    "country": "US",
}
Context = dict[str, Any]
HandOver = Callable[[aiohttp.ClientSession, Mapping[str, Any]], Awaitable[None]]
Operation = Callable[[aiohttp.ClientSession, str, Context], Awaitable[None]]


async def setup(session: aiohttp.ClientSession, base: str) -> Context:
    """Some hundred products and their variants, and a cart of three lines."""
    products: list[dict[str, Any]] = []
    cursor = None
    while len(products) < KNOWN_PRODUCTS:
        query = "?limit=100" + (f"&cursor={cursor}" if cursor else "")
        page = await _call(session, base, "GET", f"/products{query}")
        products += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    slugs = [product["slug"] for product in products]
    variants: list[str] = []
    for slug in slugs:
        detail = await _call(session, base, "GET", f"/products/{slug}")
        variants += [variant["id"] for variant in detail["variants"]]
    context: Context = {
        "slugs": slugs,
        "variants": variants,
        "random": random.Random(7),
        "turn": itertools.count(),
    }
    context["cart"] = await _cart(session, base, variants[:3])
    return context


async def product_list(session: aiohttp.ClientSession, base: str, context: Context) -> None:
    """The first page of 24 with prices and images."""
    del context
    page = await _call(session, base, "GET", f"/products?limit={PAGE}")
    items = page["items"]
    assert len(items) == PAGE, f"{len(items)} on a page"
    assert all(item["price"]["amount"] and item["image_url"] for item in items), "no price or image"


async def product_detail(session: aiohttp.ClientSession, base: str, context: Context) -> None:
    """One product with its variants."""
    slug = context["random"].choice(context["slugs"])
    detail = await _call(session, base, "GET", f"/products/{slug}")
    assert detail["slug"] == slug, "another product"
    assert len(detail["variants"]) == 3, "not its three variants"


async def cart_add(session: aiohttp.ClientSession, base: str, context: Context) -> None:
    """A fresh guest cart with one line."""
    await _cart(session, base, [context["random"].choice(context["variants"])])


async def cart_read(session: aiohttp.ClientSession, base: str, context: Context) -> None:
    """A cart of three lines with totals."""
    headers = {"X-Cart-Token": context["cart"]}
    cart = await _call(session, base, "GET", "/cart", headers=headers)
    assert len(cart["items"]) == 3, "not three lines"
    assert cart["quote"]["total"]["amount"], "no total"


async def checkout(session: aiohttp.ClientSession, base: str, context: Context) -> None:
    """A guest buys two articles, and pays by the manual gateway."""
    await buy(session, base, context, gateway="manual", hand_over=_by_hand)


async def buy(
    session: aiohttp.ClientSession,
    base: str,
    context: Context,
    *,
    gateway: str,
    hand_over: HandOver,
) -> None:
    """
    A guest buys two articles by that gateway.

    Cart, address and shipping method with the total to agree to, order at that total,
    payment; ``hand_over`` is what the shopper does at the gateway between intent and
    confirmation.
    """
    guest, agreed = await quoted(session, base, context)
    wanted = {
        "email": "ada@example.com",
        "shipping_address": ADDRESS,
        "shipping_method": "standard",
        "expected_total": agreed["quote"]["total"],
    }
    order = await _call(session, base, "POST", "/orders", wanted, headers=guest | _key())
    buyer = {"X-Order-Token": order["token"]}
    intent = {"order_id": order["id"], "gateway": gateway}
    path = "/payments/create-intent"
    payment = await _call(session, base, "POST", path, intent, headers=buyer | _key())
    await hand_over(session, payment)
    confirm = {"order_id": order["id"], "payment_id": payment["id"]}
    path = "/payments/confirm"
    paid = await _call(session, base, "POST", path, confirm, headers=buyer | _key())
    assert paid["order"]["payment_status"] == "paid", "not paid"


async def quoted(
    session: aiohttp.ClientSession, base: str, context: Context
) -> tuple[dict[str, str], Any]:
    """A new cart of two articles, by the header that opens it, with all it costs to get there."""
    guest = {
        "X-Cart-Token": await _cart(session, base, context["random"].sample(context["variants"], 2))
    }
    place = {name: ADDRESS[name] for name in ("country", "state", "postal_code")}
    chosen = {"destination": place, "shipping_method": "standard"}
    return guest, await _call(session, base, "PUT", "/cart/shipping", chosen, headers=guest)


async def _by_hand(_: aiohttp.ClientSession, __: Mapping[str, Any]) -> None:
    """Nothing: whoever confirms says that the money is there."""


OPS: Mapping[str, Operation] = {
    "product_list": product_list,
    "product_detail": product_detail,
    "cart_add": cart_add,
    "cart_read": cart_read,
    "checkout": checkout,
}


async def _cart(session: aiohttp.ClientSession, base: str, variants: list[str]) -> str:
    items = [{"variant_id": variant, "quantity": 1} for variant in variants]
    async with session.post(f"{base}{API}/cart/add", json={"items": items}) as answer:
        await answer.read()
        assert answer.status in {200, 201}, f"{answer.status}: {await answer.text()}"
        return answer.headers["X-Cart-Token"]


async def _call(
    session: aiohttp.ClientSession,
    base: str,
    method: str,
    path: str,
    body: object = None,
    *,
    headers: Mapping[str, str] | None = None,
) -> Any:
    url = f"{base}{API}{path}"
    async with session.request(method, url, json=body, headers=headers) as answer:
        assert answer.status in {200, 201}, f"{answer.status}: {await answer.text()}"
        return await answer.json()


def _key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid.uuid4())}
