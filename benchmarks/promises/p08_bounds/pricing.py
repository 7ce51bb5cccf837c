"""The writing routes of what prices are made by: codes, taxes, ways to ship, promotions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from benchmarks.promises.p08_bounds import values as v
from benchmarks.promises.p08_bounds.cases import Route
from benchmarks.rig.shop import STAFF
from benchmarks.rig.shoppers import API, Shoppers

FIVE = {"amount": "5.00", "currency": "USD"}
TAX: Mapping[str, Any] = {
    "name": "City tax",
    "rate": "0.01",
    "zone": {"country": "US", "state": "NV"},
    "applies_to_shipping": False,
}
METHOD: Mapping[str, Any] = {
    "name": "Bands",
    "rate": {"kind": "weight", "bands": [{"up_to_g": 2000, "amount": FIVE}]},
    "zones": [{"country": "US"}],
    "free_from": FIVE,
}
PROMOTION: Mapping[str, Any] = {
    "name": "Ten",
    "conditions": [{"kind": "minimum_amount", "amount": FIVE}],
    "actions": [{"kind": "percent_off_items", "percent": "10", "of": {"tags": ["p08"]}}],
}
COUPON: Mapping[str, Any] = {"name": "P08", "type": "percentage", "value": "10"}
PERCENTS = (None, 10, "0", "-1", "100.01", "1.23456", "NaN", "1e1", "", "ten", True)
TAX_FIELDS: Mapping[str, Sequence[Any]] = {
    "name": v.REQUIRED_TEXTS,
    "rate": (*v.REQUIRED_TEXTS, 0.05, "-0.1", "1e-2", "0.0000001", "1000", "NaN"),
    "tax_class": v.REQUIRED_TEXTS,
    "zone": (1, "US", [], {"state": "NV"}, {"postal_prefix": "8"}),
    "zone.country": v.COUNTRIES,
    "zone.state": v.TEXTS,
    "applies_to_shipping": v.FLAGS,
    "compound": v.FLAGS,
    "position": (-1, 1.5, 1_000, 2**63, "1", None, True),
    "starts_at": v.MOMENTS,
    "ends_at": v.MOMENTS,
}
METHOD_FIELDS: Mapping[str, Sequence[Any]] = {
    "name": v.REQUIRED_TEXTS,
    "rate": (None, 1, "flat", [], {}, {"kind": "none"}, {"kind": "flat"}, {"kind": "external"}),
    "rate.bands": (None, 1, [], [{}], [{"amount": FIVE}] * 101, [{"amount": FIVE}] * 2),
    "rate.bands.0.up_to_g": (-1, 1.5, 2**63, "2", True),
    "rate.bands.0.amount": v.PRICES,
    "zones": (1, {}, [1], [{"state": "NV"}], [{"country": "ZZ"}]),
    "free_from": v.PRICES[1:],
    "limits": (1, [], {"max_weight_g": -1}, {"max_quantity": 0}, {"min_value": 1}),
    "pickup": (*v.FLAGS, True),
    "active": v.FLAGS,
    "position": (-1, 1.5, 2**63, "1", None, True),
}

PROMOTION_FIELDS: Mapping[str, Sequence[Any]] = {
    "name": v.REQUIRED_TEXTS,
    "conditions": (1, {}, [1], [{}], [{"kind": "none"}], [{"kind": "minimum_quantity"}]),
    "conditions.0.amount": v.PRICES,
    "conditions.0.of": (1, "all", [], {"products": ["x"]}, {"tags": [1]}, {"excluding": {}}),
    "actions": (None, 1, [], [{}], [{"kind": "none"}], [{"kind": "tiered", "tiers": []}]),
    "actions.0.percent": PERCENTS,
    "actions.0.of.tags": (1, "x", ["\x00"], ["x" * 200], ["x"] * 1_001),
    "priority": (1.5, 2**63, "1", None, True),
    "exclusive": v.FLAGS,
    "group": (1, "", "\x00", "x" * 200, []),
    "maximum_discount": (*v.PRICES[1:], {"amount": "0.00", "currency": "USD"}),
    "active": v.FLAGS,
    "needs_code": v.FLAGS,
    "advertised": v.FLAGS,
    "starts_at": v.MOMENTS,
    "ends_at": v.MOMENTS,
}
COUPON_FIELDS: Mapping[str, Sequence[Any]] = {
    "name": v.REQUIRED_TEXTS,
    "description": (1, True, [], "\x00"),
    "type": (*v.REQUIRED_TEXTS, "free", "promotion"),
    "value": PERCENTS,
    "promotion": (1, "", "no-such-promotion", []),
    "minimum_order_amount": v.PRICES[1:],
    "maximum_discount_amount": (*v.PRICES[1:], {"amount": "0.00", "currency": "USD"}),
    "usage_limit": (0, -1, 1.5, 2**63, "1", True),
    "usage_limit_per_customer": (0, -1, 1.5, 2**63, "1", True),
    "active": v.FLAGS,
    "stackable": v.FLAGS,
    "sign_in_needed": v.FLAGS,
    "starts_at": v.MOMENTS,
    "ends_at": v.MOMENTS,
}


async def pricing(shoppers: Shoppers, variant: UUID) -> list[Route]:
    """In an order in which each can still succeed once all cases are through."""
    return [
        *await _codes(shoppers, variant),
        await _simulation(shoppers, variant),
        *await _staff(shoppers, "promotions", PROMOTION, PROMOTION_FIELDS),
        *await _staff(shoppers, "coupons", COUPON, COUPON_FIELDS),
        _batch(),
        *await _staff(shoppers, "taxes", TAX, TAX_FIELDS),
        *await _staff(shoppers, "shipping-methods", METHOD, METHOD_FIELDS),
    ]


async def _codes(shoppers: Shoppers, variant: UUID) -> list[Route]:
    cart = {"X-Cart-Token": await shoppers.fill([(variant, 1)])}
    await _made(shoppers, "coupons", {"code": "P08", **COUPON})
    return [
        Route(
            method="POST",
            path=f"{API}/cart/coupons",
            template="/cart/coupons",
            headers=cart,
            body={"code": "p08"},
            fields={"code": (*v.REQUIRED_TEXTS, "no-such-code", "p08;--")},
        ),
        Route(
            method="PUT",
            path=f"{API}/cart/email",
            template="/cart/email",
            headers=cart,
            body={"email": "ada@example.com"},
            fields={"email": v.EMAILS},
        ),
        Route(
            method="DELETE",
            path=f"{API}/cart/coupons/P08",
            template="/cart/coupons/{id}",
            headers=cart,
        ),
    ]


async def _simulation(shoppers: Shoppers, variant: UUID) -> Route:
    cart = await shoppers.fill([(variant, 1)])
    return Route(
        method="POST",
        path=f"{API}/admin/promotions/simulate",
        template="/admin/promotions/simulate",
        headers=STAFF,
        body={"cart_token": cart, "promotion": {"code": "p08-tried", **PROMOTION}},
        fields={
            "cart_token": (*v.REQUIRED_TEXTS, "no-such-cart"),
            "promotion": (None, 1, "x", [], {}),
            "code": (1, "", "no-such-promotion", "p08-kept"),
            "at": v.MOMENTS,
            **{f"promotion.{name}": values for name, values in PROMOTION_FIELDS.items()},
        },
    )


def _batch() -> Route:
    return Route(
        method="POST",
        path=f"{API}/admin/coupon-batches",
        template="/admin/coupon-batches",
        headers=STAFF,
        body={"prefix": "P08", "amount": 3, **COUPON},
        fields={
            "prefix": (1, None, "\x00", "x" * 100, "a b", "-"),
            "amount": (0, -1, 1.5, 10_001, 2**63, "3", None, True),
            **COUPON_FIELDS,
        },
    )


async def _staff(
    shoppers: Shoppers, of: str, body: Mapping[str, Any], fields: Mapping[str, Sequence[Any]]
) -> list[Route]:
    """One is there to be changed and removed, another is still to be made."""
    await _made(shoppers, of, {"code": "p08-kept", **body})
    return [
        Route(
            method="POST",
            path=f"{API}/admin/{of}",
            template=f"/admin/{of}",
            headers=STAFF,
            body={"code": "p08-new", **body},
            fields={"code": (*v.REQUIRED_TEXTS, "p08-kept", "a b", "../x"), **fields},
        ),
        Route(
            method="PUT",
            path=f"{API}/admin/{of}/p08-kept",
            template=f"/admin/{of}/{{id}}",
            headers=STAFF,
            body=body,
            fields=fields,
        ),
        Route(
            method="DELETE",
            path=f"{API}/admin/{of}/p08-kept",
            template=f"/admin/{of}/{{id}}",
            headers=STAFF,
        ),
    ]


async def _made(shoppers: Shoppers, of: str, body: Mapping[str, Any]) -> None:
    answer = await shoppers.ask("POST", f"{API}/admin/{of}", body, headers=STAFF)
    assert answer.ok, f"{of} could not be made: {answer}"
