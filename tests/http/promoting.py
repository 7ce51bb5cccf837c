"""What the tests of promotions and coupons send."""

from __future__ import annotations

from typing import Any

import msgspec
from httpx import Response
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it has no stubs

from automate_store.entrypoints.http import ROUTES
from automate_store.entrypoints.http.openapi import document
from tests.http.web import CONFIG, NOBODYS, STAFF, Web

DOCUMENT: dict[str, Any] = msgspec.json.decode(document(ROUTES, CONFIG))


def usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


ALL: dict[str, Any] = {}
SALE: dict[str, Any] = {
    "tags": ["Summer", "winter"],
    "brands": [NOBODYS],
    "excluding": {"products": [NOBODYS], "on_sale": True, "excluding": {"variants": [NOBODYS]}},
}
FREE = {"percent": "100"}
CONDITIONS: list[dict[str, Any]] = [
    {"kind": "minimum_amount", "amount": usd("30.00"), "of": SALE, "basis": "before_order"},
    {"kind": "minimum_quantity", "quantity": 3, "of": {"on_sale": False}},
    {"kind": "customer_group", "groups": ["friends", "staff"]},
    {"kind": "signed_in"},
    {"kind": "first_order"},
    {"kind": "in_currency", "currency": "EUR"},
    {"kind": "during", "period": {"starts_at": "2026-03-01T05:00:00Z"}},
    {
        "kind": "ships_to",
        "zones": [{"country": "US", "state": "NY", "postal_prefix": "1"}, {"country": "CA"}],
    },
]
ACTIONS: list[dict[str, Any]] = [
    {"kind": "percent_off_items", "percent": "12.5", "of": SALE},
    {"kind": "amount_off_units", "amount": usd("1.00"), "of": ALL, "at_most": 3},
    {"kind": "amount_off_items", "amount": usd("5.00"), "of": {"categories": [NOBODYS]}},
    {"kind": "fixed_price", "price": usd("9.99"), "of": ALL},
    {
        "kind": "buy_get",
        "buy": SALE,
        "buy_quantity": 2,
        "get": {"tags": ["mug"]},
        "get_quantity": 1,
        "off": {"amount": usd("2.00")},
        "choice": "dearest",
        "at_most": 2,
    },
    {"kind": "bundle_price", "quantity": 3, "price": usd("25.00"), "of": SALE, "at_most": None},
    {"kind": "every_nth", "nth": 3, "off": FREE, "of": ALL, "at_most": 1},
    {"kind": "cheapest_of", "quantity": 4, "off": {"percent": "50"}, "of": SALE, "at_most": None},
    {
        "kind": "first_then_others",
        "first_percent": "0",
        "others_percent": "33.3333",
        "of": ALL,
    },
    {"kind": "percent_off_order", "percent": "0.0001", "of": ALL},
    {"kind": "amount_off_order", "amount": usd("0.01"), "of": ALL},
    {
        "kind": "tiered",
        "tiers": [
            {"amount": usd("0.00"), "off": {"percent": "5"}},
            {"amount": usd("50.00"), "off": {"amount": usd("7.50")}},
        ],
        "of": SALE,
        "of_order": True,
    },
    {
        "kind": "tiered",
        "tiers": [{"quantity": 3, "off": {"percent": "5"}}],
        "of": ALL,
        "of_order": False,
    },
    {"kind": "gift", "variant_id": NOBODYS, "quantity": 2},
    {"kind": "off_shipping", "off": {"percent": "50"}, "methods": ["express", "standard"]},
    {"kind": "free_shipping", "methods": []},
]
TENTH = {"kind": "percent_off_order", "percent": "10", "of": ALL}


async def ask(web: Web, method: str, path: str = "", body: object = None) -> Response:
    return await web.ask(method, f"/admin/promotions{path}", body, headers=STAFF)


async def make(web: Web, code: str, *actions: dict[str, Any], **more: object) -> dict[str, Any]:
    body = {"code": code, "name": code.title(), "actions": actions or [TENTH], **more}
    answer = await ask(web, "POST", "", body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def simulate(web: Web, token: str, **more: object) -> dict[str, Any]:
    answer = await ask(web, "POST", "/simulate", {"cart_token": token, **more})
    assert answer.status_code == 200, answer.text
    simulated: dict[str, Any] = answer.json()
    return simulated


def nested(depth: int) -> dict[str, Any]:
    """A selection that leaves out one that leaves out another, so many times."""
    inner: dict[str, Any] = {"on_sale": True}
    for _ in range(depth):
        inner = {"excluding": inner}
    return inner


def parts(told: dict[str, Any]) -> dict[str, Any]:
    """What a promotion is made of, to be sent again."""
    return {name: told[name] for name in ("conditions", "actions")}


def schema_faults(told: dict[str, Any]) -> list[str]:
    schema = DOCUMENT["components"]["schemas"]["PromotionAnswer"]
    validator = Draft202012Validator({**schema, "components": DOCUMENT["components"]})
    return [error.message for error in validator.iter_errors(msgspec.to_builtins(told))]
