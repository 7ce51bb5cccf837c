"""Nonsense is refused by its field's name, and changes nothing."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from automate_store.entrypoints.http import ROUTES
from tests.http.bad_forms import bad_forms
from tests.http.bad_input import BadInput, Sound, bad_input
from tests.http.people import person
from tests.http.promoting import ACTIONS, CONDITIONS, TENTH, make
from tests.http.sound_accounts import account_requests
from tests.http.sound_catalog import catalog_requests
from tests.http.sound_edits import edit_requests
from tests.http.sound_orders import order_requests
from tests.http.sound_payments import payment_requests
from tests.http.sound_returns import return_requests
from tests.http.sound_telling import telling_requests
from tests.http.web import ADDRESS, PLACE, STAFF_TOKEN, Web, order_body

API = "/api/v1"
FIVE = {"amount": "5.00", "currency": "USD"}
METHOD = {
    "name": "Parcel",
    "rate": {
        "kind": "external",
        "provider": "ups",
        "fallback": {"kind": "weight", "bands": [{"up_to_g": 2000, "amount": FIVE}]},
    },
    "zones": [{"country": "US", "state": "NY", "postal_prefix": "1"}],
    "zone_rates": [
        {
            "zones": [{"country": "DE"}],
            "rate": {"kind": "amount", "bands": [{"up_to": FIVE, "amount": FIVE}]},
        }
    ],
    "free_from": FIVE,
    "limits": {"max_weight_g": 9000, "max_quantity": 9, "min_value": FIVE, "max_value": FIVE},
    "position": 1,
}
PROMOTION = {
    "name": "Spring",
    "conditions": CONDITIONS[:1],
    "actions": [TENTH],
    "priority": 1,
    "group": "seasons",
    "maximum_discount": FIVE,
}
COUPON = {
    "name": "Welcome",
    "description": "For those who come back",
    "type": "fixed_amount",
    "value": "5.00",
    "minimum_order_amount": FIVE,
    "maximum_discount_amount": FIVE,
    "usage_limit": 9,
    "usage_limit_per_customer": 1,
}
STAFF = {b"authorization": f"Bearer {STAFF_TOKEN}".encode()}


async def sound_requests(web: Web) -> Mapping[str, Sound]:
    """A right request for every route that writes; sending one may spoil another."""
    shirts = await web.stock(2)
    filled = await web.cart(shirts[0])
    order, paid = await web.order(shirts[0]), await web.order(shirts[1])
    payment = await web.intend(order)
    await web.pay(paid)
    called_off, refunded = await web.order(shirts[0]), await web.order(shirts[1])
    await web.pay(refunded)
    cart = {b"x-cart-token": filled["token"].encode()}
    guests, merging = await web.cart(shirts[1]), await person(web, "merging@example.com")
    signed_in = {b"authorization": f"Bearer {merging.token}".encode()}
    opened = {b"x-order-token": order["token"].encode()}
    line, item = filled["items"][0]["id"], paid["items"][0]["id"]
    variant = str(shirts[0].variants[0].id)
    expected = {"amount": "26.78", "currency": "USD"}
    placing = order_body(billing_address=ADDRESS, expected_total=expected, notes="Ring twice")
    travel = {"destination": PLACE, "shipping_method": "standard"}
    parcel = {"items": [{"item_id": item, "quantity": 2}], "carrier": "UPS"}
    count = {"variant_id": variant, "change": 5, "type": "restock", "note": "Delivery 4711"}
    zone = {"country": "CA", "state": "QC", "postal_prefix": "H"}
    tax = {"name": "QST", "rate": "0.095", "zone": zone, "applies_to_shipping": True, "position": 1}
    ids = {"order_id": order["id"], "payment_id": payment["id"]}
    coded = {b"x-cart-token": (await web.coded_cart(shirts[1], "WELCOME")).encode()}
    await make(web, "spring", active=False)
    every = {"code": "every", **PROMOTION, "conditions": CONDITIONS, "actions": ACTIONS}
    tried = {"cart_token": filled["token"], "promotion": {"code": "tried", **PROMOTION}}

    def at(path: str, body: Mapping[str, object] | None, headers: Mapping[bytes, bytes]) -> Sound:
        return Sound(path=API + path, body=body, headers=headers)

    return {
        "add_to_cart": at("/cart/add", {"items": [{"variant_id": variant}]}, cart),
        "merge_carts": at("/cart/merge", {"cart_token": guests["token"]}, signed_in),
        "change_quantity": at(f"/cart/items/{line}", {"quantity": 3}, cart),
        "remove_line": at(f"/cart/items/{line}", None, cart),
        "clear_cart": at("/cart/clear", None, cart),
        "choose_shipping": at("/cart/shipping", travel, cart),
        "use_code": at("/cart/coupons", {"code": "WELCOME"}, coded),
        "set_email": at("/cart/email", {"email": "ann@example.com"}, coded),
        "remove_code": at("/cart/coupons/WELCOME", None, coded),
        "accept_prices": at("/cart/accept-prices", None, cart),
        "place_order": at("/orders", placing, cart),
        "create_intent": at(
            "/payments/create-intent", {"order_id": order["id"], "gateway": "memory"}, opened
        ),
        "confirm_payment": at("/payments/confirm", ids, opened),
        "adjust_stock": at("/admin/inventory/adjust", count, STAFF),
        "cancel_order": at(
            f"/orders/{called_off['id']}/cancel",
            {"items": [{"item_id": called_off["items"][0]["id"], "quantity": 1}], "reason": "no"},
            {b"x-order-token": called_off["token"].encode()},
        ),
        "refund_order": at(
            "/payments/refund",
            {
                "order_id": refunded["id"],
                "amount": {"amount": "1.00", "currency": "USD"},
                "reason": "a stain",
            },
            STAFF,
        ),
        "ship_order": at(f"/admin/orders/{paid['id']}/shipments", parcel, STAFF),
        "add_shipping_method": at("/admin/shipping-methods", {"code": "x", **METHOD}, STAFF),
        "change_shipping_method": at("/admin/shipping-methods/standard", METHOD, STAFF),
        "remove_shipping_method": at("/admin/shipping-methods/standard", None, STAFF),
        "add_tax_rate": at("/admin/taxes", {"code": "ca-qc", **tax}, STAFF),
        "change_tax_rate": at("/admin/taxes/us-ny", tax, STAFF),
        "remove_tax_rate": at("/admin/taxes/us-ny", None, STAFF),
        "create_promotion": at("/admin/promotions", every, STAFF),
        "change_promotion": at("/admin/promotions/spring", PROMOTION, STAFF),
        "simulate_promotion": at("/admin/promotions/simulate", tried, STAFF),
        "create_coupon": at("/admin/coupons", {"code": "SPRING", **COUPON}, STAFF),
        "change_coupon": at("/admin/coupons/WELCOME", COUPON, STAFF),
        "deactivate_coupon": at("/admin/coupons/WELCOME", None, STAFF),
        "generate_coupons": at("/admin/coupon-batches", {"amount": 2, **COUPON}, STAFF),
        "remove_promotion": at("/admin/promotions/spring", None, STAFF),
        **await account_requests(web),
        **await catalog_requests(web),
        **await edit_requests(web),
        **await return_requests(web),
        **await telling_requests(web, await web.order(shirts[1])),
        **await order_requests(web, shirts[1]),
        **await payment_requests(web, shirts[1]),
        "deliver_order": at(f"/admin/orders/{paid['id']}/deliver", None, STAFF),
    }


@pytest.mark.slow
async def test_every_case_of_nonsense_is_refused_and_changes_no_row(web: Web) -> None:
    cases = await every_case(web)
    before = web.rows()
    refused = [await refusal(web, case) for case in cases]
    assert [wrong for wrong in refused if wrong] == []
    assert web.rows() == before
    assert len(cases) > 300


async def every_case(web: Web) -> list[BadInput]:
    """All there is: of bodies in JSON, of paths, of keys, and of forms."""
    sound = await sound_requests(web)
    forms = (route for route in ROUTES if route.form)
    spoilt = (case for route in forms for case in bad_forms(route, sound[route.operation_id]))
    return [*bad_input(sound), *spoilt]


async def refusal(web: Web, case: BadInput) -> str | None:
    """What is wrong with how the case was refused, if anything is."""
    answer = await web.client.request(
        case.route.method, case.path, content=case.body, headers=dict(case.headers)
    )
    if not 400 <= answer.status_code < 500:
        return f"{case.name}: {answer.status_code} {answer.text[:200]}"
    named = [error["field"] for error in answer.json().get("errors", [])]
    if case.field is None or not named or any(about(name, case.field) for name in named):
        return None
    return f"{case.name}: named {named} instead"


def about(name: str, field: str) -> bool:
    """Whether the name is that of the field, of its end, or of something inside it."""
    return (
        name == field or field.endswith(f".{name}") or name.startswith((f"{field}[", f"{field}."))
    )


async def test_every_route_has_its_cases(web: Web) -> None:
    cases = await every_case(web)
    writing = {route.operation_id for route in ROUTES if route.writes}
    spoilt = {case.route.operation_id for case in cases}
    bodiless = {"clear_cart", "accept_prices", "logout", "logout_everywhere", "resend_verification"}
    assert writing - spoilt == bodiless


@pytest.mark.parametrize(
    "names",
    [
        ("place_order", "create_intent", "confirm_payment"),
        ("adjust_stock", "ship_order", "deliver_order", "cancel_order", "refund_order"),
        ("modify_items", "change_order_address"),
        ("capture_payment", "void_payment", "save_method", "remove_method"),
        ("take_webhook", "replay_event", "dismiss_event", "resolve_payment"),
        ("request_return", "withdraw_return", "approve_return", "reject_return"),
        ("receive_return", "refund_return", "replace_return"),
        ("set_status", "set_tracking", "deliver_shipment", "lose_shipment"),
        ("add_tax_rate", "change_tax_rate", "remove_tax_rate"),
        ("add_shipping_method", "change_shipping_method", "remove_shipping_method"),
        ("create_promotion", "change_promotion", "simulate_promotion", "remove_promotion"),
        ("create_coupon", "change_coupon", "deactivate_coupon", "generate_coupons"),
        ("add_to_cart", "change_quantity", "choose_shipping", "accept_prices", "remove_line"),
        ("use_code", "set_email", "remove_code", "clear_cart", "merge_carts"),
        ("create_product", "change_product", "remove_product"),
        ("add_variant", "change_variant", "remove_variant"),
        ("add_image", "remove_image"),
        ("arrange_images",),
        ("create_category", "change_category", "remove_category"),
        ("create_brand", "change_brand", "remove_brand"),
    ],
)
async def test_what_the_cases_spoil_would_succeed(web: Web, names: tuple[str, ...]) -> None:
    """Else their refusals prove nothing."""
    sound = await sound_requests(web)
    for name in names:
        route = next(each for each in ROUTES if each.operation_id == name)
        request = sound[name]
        answer = await web.client.request(
            route.method,
            request.path,
            json=request.body,
            content=request.form or request.raw,
            headers={**request.headers, b"idempotency-key": name.encode()},
        )
        assert answer.status_code == route.status, (name, answer.text)
