"""What staff do with shipping methods, and what a cart makes of them."""

from __future__ import annotations

from typing import Any

import pytest
from httpx import Response

from automate_store.domain.kernel.money import Money
from automate_store.domain.shipping import Unfit
from tests.http.web import PLACE, STAFF, Web


def usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


def flat(amount: str) -> dict[str, Any]:
    return {"kind": "flat", "amount": usd(amount)}


RATES: list[dict[str, Any]] = [
    flat("4.90"),
    {"kind": "pieces", "first": usd("4.90"), "further": usd("1.00")},
    {
        "kind": "weight",
        "bands": [
            {"up_to_g": 2000, "amount": usd("4.90")},
            {"up_to_g": None, "amount": usd("9.90")},
        ],
    },
    {
        "kind": "amount",
        "bands": [
            {"up_to": usd("50.00"), "amount": usd("4.90")},
            {"up_to": None, "amount": usd("0.00")},
        ],
    },
    {"kind": "quantity", "bands": [{"up_to_quantity": 3, "amount": usd("4.90")}]},
    {"kind": "external", "provider": "ups", "fallback": None},
    {"kind": "external", "provider": "ups", "fallback": flat("9.00")},
]
PARCEL = {
    "code": "parcel",
    "name": "Parcel",
    "rate": flat("4.90"),
    "zones": [{"country": "US", "state": "NY", "postal_prefix": "1"}, {"country": "DE"}],
    "zone_rates": [{"zones": [{"country": "DE"}], "rate": flat("12.90")}],
    "free_from": usd("50.00"),
    "limits": {
        "max_weight_g": 30000,
        "max_quantity": 20,
        "min_value": usd("1.00"),
        "max_value": usd("500.00"),
    },
    "pickup": False,
    "tax_class": "reduced",
    "active": True,
    "position": 2,
}


async def ask(web: Web, method: str, path: str = "", body: object = None) -> Response:
    return await web.ask(method, f"/admin/shipping-methods{path}", body, headers=STAFF)


async def offer(web: Web, code: str, rate: object, **more: object) -> None:
    body = {"code": code, "name": code.title(), "rate": rate, **more}
    answer = await ask(web, "POST", "", body)
    assert answer.status_code == 201, answer.text


async def options(web: Web, token: str, place: str = "country=US") -> list[dict[str, Any]]:
    answer = await web.get(f"/cart/shipping-options?{place}", x_cart_token=token)
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_a_method_is_told_as_it_is_kept(web: Web) -> None:
    added = await ask(web, "POST", "", PARCEL)
    shown = await ask(web, "GET", "/parcel")
    assert (added.status_code, shown.json()) == (201, added.json())
    told = {name: value for name, value in added.json().items() if name != "id"}
    nowhere_else = {"country": "DE", "state": None, "postal_prefix": None}
    assert told == {
        **PARCEL,
        "zones": [{"country": "US", "state": "NY", "postal_prefix": "1"}, nowhere_else],
        "zone_rates": [{"zones": [nowhere_else], "rate": flat("12.90")}],
    }


@pytest.mark.parametrize("rate", RATES)
async def test_each_kind_of_rate_comes_back_as_it_was_sent(web: Web, rate: dict[str, Any]) -> None:
    await offer(web, "parcel", rate)
    assert (await ask(web, "GET", "/parcel")).json()["rate"] == rate


async def test_a_code_that_is_taken_is_refused_and_keeps_its_method(web: Web) -> None:
    first = await ask(web, "POST", "", PARCEL)
    second = await ask(web, "POST", "", {**PARCEL, "name": "Other"})
    assert (second.status_code, second.json()["code"]) == (409, "shipping_method_code_taken")
    assert second.json()["shipping_method"] == "parcel"
    assert (await ask(web, "GET", "/parcel")).json() == first.json()


async def test_a_changed_method_keeps_its_id_and_forgets_the_rest(web: Web) -> None:
    first = (await ask(web, "POST", "", PARCEL)).json()
    changed = await ask(web, "PUT", "/parcel", {"name": "Post", "rate": flat("5.90")})
    told = changed.json()
    assert (changed.status_code, told["id"], told["rate"]) == (200, first["id"], flat("5.90"))
    assert (told["zones"], told["free_from"], told["tax_class"]) == ([], None, "standard")


async def test_methods_are_listed_by_code_page_by_page(web: Web) -> None:
    for code in ("c", "a", "b"):
        await offer(web, code, flat("1.00"), active=code != "b")
    first = (await ask(web, "GET", "?limit=2")).json()
    second = (await ask(web, "GET", f"?limit=2&cursor={first['next_cursor']}")).json()
    assert [each["code"] for each in first["items"] + second["items"]] == ["a", "b", "c"]
    assert second["next_cursor"] is None
    assert (await ask(web, "GET", "?cursor=-")).status_code == 400


async def test_a_removed_method_is_gone_for_carts_too(web: Web) -> None:
    (shirt,) = await web.stock(1)
    token = (await web.cart(shirt))["token"]
    await offer(web, "parcel", flat("1.00"))
    wish = {"destination": PLACE, "shipping_method": "parcel"}
    await web.ask("PUT", "/cart/shipping", wish, headers={"x-cart-token": token})
    gone = await ask(web, "DELETE", "/parcel")
    again = await ask(web, "DELETE", "/parcel")
    cart = (await web.get("/cart", x_cart_token=token)).json()
    assert (gone.status_code, gone.json()["code"]) == (200, "parcel")
    assert (again.status_code, again.json()["code"]) == (404, "shipping_method_not_found")
    assert cart["quote"]["shipping_problem"]["code"] == "shipping_method_unknown"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_what_is_not_there_is_told_by_its_code(web: Web, method: str) -> None:
    body = {"name": "Parcel", "rate": flat("1.00")} if method == "PUT" else None
    answer = await ask(web, method, "/drone", body)
    assert (answer.status_code, answer.json()["shipping_method"]) == (404, "drone")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rate": {"kind": "rocket"}}, "rate.kind"),
        ({"rate": {"amount": usd("1.00")}}, "rate.kind"),
        ({"rate": flat("-1.00")}, "rate.amount.amount"),
        ({"rate": flat("1.001")}, "rate.amount.amount"),
        ({"rate": {"kind": "flat", "amount": {"amount": "1.00", "currency": "EUR"}}}, "rate"),
        ({"rate": {"kind": "weight", "bands": []}}, "rate.bands"),
        (
            {"rate": {"kind": "weight", "bands": [RATES[2]["bands"][1], RATES[2]["bands"][0]]}},
            "rate",
        ),
        ({"rate": {**RATES[5], "fallback": {**RATES[4], "bands": []}}}, "rate.fallback.bands"),
        ({"zone_rates": [{"zones": [], "rate": flat("1.00")}]}, "zone_rates[0].zones"),
        (
            {
                "zone_rates": [
                    {
                        "zones": [{}],
                        "rate": {
                            "kind": "weight",
                            "bands": [
                                {"up_to_g": 5, "amount": usd("1.00")},
                                {"up_to_g": 5, "amount": usd("1.00")},
                            ],
                        },
                    }
                ]
            },
            "zone_rates[0].rate",
        ),
        ({"zones": [{"state": "NY"}]}, "zones[0].country"),
        ({"free_from": {"amount": "50.00", "currency": "EUR"}}, "rate"),
        ({"limits": {"min_value": usd("2.00"), "max_value": usd("1.00")}}, "limits"),
        ({"limits": {"max_quantity": 0}}, "limits.max_quantity"),
        ({"pickup": True}, "pickup"),
        ({"code": "Not a code"}, "code"),
        ({"name": "  "}, "name"),
    ],
)
async def test_a_method_that_makes_no_sense_is_refused_by_field(
    web: Web, change: dict[str, Any], field: str
) -> None:
    before = web.rows()
    answer = await ask(web, "POST", "", {**PARCEL, **change})
    assert answer.status_code == 400, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert web.rows() == before


async def test_the_options_say_how_much_more_makes_them_free(web: Web) -> None:
    (shirt,) = await web.stock(1)
    cart = await web.cart(shirt)
    subtotal = Money.parse(cart["quote"]["subtotal"]["amount"], "USD")
    over = str((subtotal + Money(1, "USD")).decimal())
    await offer(web, "nearly", flat("4.00"), free_from=usd(over))
    await offer(web, "now", flat("4.00"), free_from=cart["quote"]["subtotal"])
    found = {each["method"]: each for each in await options(web, cart["token"])}
    assert (found["nearly"]["price"], found["nearly"]["to_free"]) == (usd("4.00"), usd("0.01"))
    assert (found["now"]["price"], found["now"]["to_free"]) == (usd("0.00"), usd("0.00"))
    assert found["standard"]["to_free"] is None


async def test_a_carriers_price_is_shown_and_paid(web: Web) -> None:
    (shirt,) = await web.stock(1)
    token = (await web.cart(shirt))["token"]
    await offer(web, "ups", RATES[5])
    assert "ups" not in {each["method"] for each in await options(web, token)}
    web.shop.carriers.price("ups", Money(740, "USD"))
    shown = {each["method"]: each["price"] for each in await options(web, token)}
    assert shown["ups"] == usd("7.40")
    wish = {"destination": PLACE, "shipping_method": "ups"}
    cart = await web.ask("PUT", "/cart/shipping", wish, headers={"x-cart-token": token})
    assert cart.json()["quote"]["shipping"]["amount"] == usd("7.40")
    web.shop.carriers.silence("ups")
    refused = await web.ask("PUT", "/cart/shipping", wish, headers={"x-cart-token": token})
    assert (refused.status_code, refused.json()["why"]) == (409, Unfit.NO_RATE)


async def test_zones_and_limits_decide_what_is_offered(web: Web) -> None:
    (shirt,) = await web.stock(1)
    token = (await web.cart(shirt))["token"]
    there = [{"zones": [{"country": "DE"}], "rate": flat("12.90")}]
    await offer(web, "world", flat("1.00"), zone_rates=there)
    await offer(web, "pickup", flat("0.00"), pickup=True)
    await offer(web, "small", flat("0.50"), limits={"max_weight_g": 1})
    at_home = [(each["method"], each["price"]) for each in await options(web, token)]
    abroad = [(each["method"], each["price"]) for each in await options(web, token, "country=DE")]
    assert at_home[:2] == [("pickup", usd("0.00")), ("world", usd("1.00"))]
    assert abroad == [("pickup", usd("0.00")), ("world", usd("12.90"))]
