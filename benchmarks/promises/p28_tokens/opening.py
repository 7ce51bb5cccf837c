"""Tokens that are none, tried wherever one is taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from attrs import frozen

from benchmarks.promises.run import Run
from benchmarks.rig.accounts import Member, register
from benchmarks.rig.shop import Shop
from benchmarks.rig.shoppers import ADDRESS, API, Answer, Shoppers, fresh_key

AGE = """
    UPDATE carts SET created_at = created_at - interval '30 days',
        updated_at = updated_at - interval '30 days' WHERE id = %s RETURNING id
"""
COOKIE = "automate_store_cart"
CART, ORDER = "404 cart_not_found", "404 order_not_found"
OF_ONE_REQUEST = {"instance", "request_id"}


@frozen(kw_only=True)
class Attempt:
    """One request with a token that must not do."""

    name: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: Any = None
    expected: str


async def other_tokens_open_nothing(
    shop: Shop, run: Run, shoppers: Shoppers, variant: UUID
) -> None:
    """Empty, missing, cut, altered, old and foreign ones; the right ones open as before."""
    filled = await shoppers.add([(variant, 2)])
    cart = filled.headers["X-Cart-Token"]
    old = await shoppers.add([(variant, 1)])
    shop.database.rows(AGE, [old.body["id"]])
    order, other = [await _order(shoppers, variant) for _ in range(2)]
    member = await register(shoppers, f"p28-{run.seed}@example.com")
    foreign_carts = {"an order's": order["token"], "old": old.headers["X-Cart-Token"]}
    foreign_orders = {"a cart's": cart, "another order's": other["token"]}
    attempts = [
        *_on_carts({**_none_of(cart), **foreign_carts}, member),
        *_on_orders({**_none_of(order["token"]), **foreign_orders}, order),
    ]
    run.tries += len(attempts)
    told: dict[str, Mapping[str, Any]] = {}
    for each in attempts:
        answer = await shoppers.ask(each.method, each.path, each.body, headers=each.headers)
        where = f"{each.method} {each.path} with the token that is {each.name}"
        run.equal(where, answer.label(), each.expected)
        alike = told.setdefault(f"{each.expected} {each.path}", _said(answer))
        run.require(_said(answer) == alike, f"{where}: says something of its own")
    after = await shoppers.show(cart)
    run.equal("pieces in the cart that was tried", after.body["items"][0]["quantity"], 2)
    headers = {"X-Order-Token": order["token"]}
    opened = await shoppers.ask("GET", f"{API}/orders/{order['id']}", headers=headers)
    run.equal("the right token", opened.label(), "200")


def _none_of(token: str) -> dict[str, str | None]:
    """What is nearly the token, and what is nothing like it."""
    turned = token[:-2] + ("AA" if token[-2:] != "AA" else "BB")
    return {
        "missing": None,
        "empty": "",
        "null": "null",
        "cut": token[:-1],
        "cut to 22 letters": token[:22],
        "cut in front": token[1:],
        "longer": f"{token}A",
        "twice": f"{token}{token}",
        "altered": turned,
        "in other case": token.swapcase(),
        "of one letter": "A" * 43,
        "in other letters": "é" * 43,
        "a pattern": "%",
        "a quote": "' OR '1'='1",
    }


def _on_carts(tokens: Mapping[str, str | None], member: Member) -> list[Attempt]:
    placing = {"email": "eve@example.com", "shipping_address": dict(ADDRESS)}
    found = []
    for name, token in tokens.items():
        header = {} if token is None else {"X-Cart-Token": token}
        keyed = {**header, "Idempotency-Key": fresh_key()}
        merging: list[tuple[Mapping[str, str], Any]] = [(header, None)]
        if token is not None:
            merging += [({}, {"cart_token": token}), ({"Cookie": f"{COOKIE}={token}"}, None)]
        found += [
            *(_cart(name, "GET", path, header) for path in ("/cart/validate", "/cart/explain")),
            _cart(name, "POST", "/cart/clear", header),
            _cart(name, "POST", "/orders", keyed, placing),
            *(
                _cart(name, "POST", "/cart/merge", {**member.headers, **headers}, body)
                for headers, body in merging
            ),
        ]
        if token is not None:
            # Whoever sends none at all is somebody new, and sees an empty cart.
            found.append(_cart(name, "GET", "/cart", header))
    return found


def _cart(
    name: str, method: str, path: str, headers: Mapping[str, str], body: Any = None
) -> Attempt:
    path = f"{API}{path}"
    return Attempt(name=name, method=method, path=path, headers=headers, body=body, expected=CART)


def _on_orders(tokens: Mapping[str, str | None], order: Mapping[str, Any]) -> list[Attempt]:
    path, wish = f"{API}/orders/{order['id']}", {"order_id": order["id"], "gateway": "manual"}
    found = []
    for name, token in tokens.items():
        header = {} if token is None else {"X-Order-Token": token}
        asked = [
            ("GET", path, header, None),
            ("GET", f"{path}/timeline", header, None),
            (
                "POST",
                f"{API}/payments/create-intent",
                {**header, "Idempotency-Key": fresh_key()},
                wish,
            ),
        ]
        found += [
            Attempt(name=name, method=method, path=path, headers=headers, body=body, expected=ORDER)
            for method, path, headers, body in asked
        ]
    return found


def _said(answer: Answer) -> Mapping[str, Any]:
    """The answer without what names its one request."""
    body = answer.body if isinstance(answer.body, dict) else {"text": answer.body}
    return {name: each for name, each in body.items() if name not in OF_ONE_REQUEST}


async def _order(shoppers: Shoppers, variant: UUID) -> dict[str, Any]:
    placed = await shoppers.order(await shoppers.fill([(variant, 1)]), key=fresh_key())
    assert placed.ok, f"an order could not be placed: {placed}"
    order: dict[str, Any] = placed.body
    return order
