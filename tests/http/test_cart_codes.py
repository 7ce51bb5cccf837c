"""Codes on a cart, over HTTP: why they apply or not, and what customers and staff are told."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from automate_store.domain.coupons import CouponType
from automate_store.domain.kernel.ids import PromotionId
from automate_store.domain.kernel.money import Money
from automate_store.domain.promotions import (
    CustomerGroup,
    Gift,
    MinimumAmount,
    PercentOffItems,
    PercentOffOrder,
    Promotion,
)
from tests.http.web import STAFF, Web, order_body

TWENTY_PERCENT = PercentOffOrder(Decimal(20))


def promotion(number: int, code: str, **terms: Any) -> Promotion:
    given = {"name": f"The {code}", "actions": (PercentOffOrder(Decimal(10)),), **terms}
    return Promotion(id=PromotionId(UUID(int=number)), code=code, **given)


def codes_of(cart: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    return [(each["code"], each["standing"], each["reason"]) for each in cart["quote"]["codes"]]


async def test_a_code_in_another_case_with_spaces_comes_off_the_cart(web: Web) -> None:
    (shirt,) = await web.stock(1)
    await web.coupon("WELCOME")
    token = (await web.cart(shirt))["token"]
    answer = await web.post("/cart/coupons", {"code": "  welCome "}, x_cart_token=token)
    quote = answer.json()["quote"]
    # 2 x 10.00 - 5.00
    assert (answer.status_code, quote["discount"]["amount"]) == (200, "5.00")
    assert quote["codes"] == [
        {
            "code": "WELCOME",
            "name": "Welcome",
            "standing": "applied",
            "discount": {"amount": "5.00", "currency": "USD"},
            "reason": None,
            "detail": "5.00 USD off",
            "missing_amount": None,
            "missing_quantity": None,
        }
    ]
    again = await web.post("/cart/coupons", {"code": "WELCOME"}, x_cart_token=token)
    assert codes_of(again.json()) == [("WELCOME", "applied", None)]
    assert (await web.get("/cart", x_cart_token=token)).json()["quote"] == quote


@pytest.mark.parametrize("spelling", ["WELCOME", "welcome", "%20Welcome%20"])
async def test_a_code_leaves_the_cart_in_any_spelling(web: Web, spelling: str) -> None:
    (shirt,) = await web.stock(1)
    token = await web.coded_cart(shirt, "WELCOME")
    answer = await web.delete(f"/cart/coupons/{spelling}", x_cart_token=token)
    assert (answer.status_code, codes_of(answer.json())) == (200, [])
    assert answer.json()["quote"]["discount"]["amount"] == "0.00"
    gone = await web.delete(f"/cart/coupons/{spelling}", x_cart_token=token)
    assert (gone.status_code, gone.json()["code"]) == (404, "code_not_found")


@pytest.mark.parametrize("code", ["%00", "x" * 300, "no-such-code"])
async def test_what_is_no_code_of_the_cart_is_not_found(web: Web, code: str) -> None:
    (shirt,) = await web.stock(1)
    token = await web.coded_cart(shirt, "WELCOME")
    answer = await web.delete(f"/cart/coupons/{code}", x_cart_token=token)
    assert (answer.status_code, answer.json()["code"]) == (404, "code_not_found")


async def test_an_unknown_code_is_refused_and_does_not_stay(web: Web) -> None:
    (shirt,) = await web.stock(1)
    token = (await web.cart(shirt))["token"]
    answer = await web.post("/cart/coupons", {"code": "nonsense"}, x_cart_token=token)
    assert (answer.status_code, answer.json()["code"]) == (409, "coupon_refused")
    told = answer.json()
    assert (told["coupon"], told["reason"]) == ("nonsense", "unknown")
    assert codes_of((await web.get("/cart", x_cart_token=token)).json()) == []


async def test_a_code_stays_while_it_does_not_apply_and_says_what_is_missing(web: Web) -> None:
    (shirt,) = await web.stock(1)
    await web.coupon("BIG", minimum_order_amount=Money(22_01, "USD"))
    token = (await web.cart(shirt))["token"]
    answer = (await web.post("/cart/coupons", {"code": "big"}, x_cart_token=token)).json()
    (code,) = answer["quote"]["codes"]
    # 22.01 - 20.00 = 2.01
    assert code["missing_amount"] == {"amount": "2.01", "currency": "USD"}
    assert (code["reason"], code["detail"]) == ("below_minimum", "2.01 USD more to spend")
    found = (await web.get("/cart/validate", x_cart_token=token)).json()
    assert found["valid"] is False
    (problem,) = [each for each in found["problems"] if each["code"] == "BIG"]
    assert (problem["reason"], problem["detail"]) == ("below_minimum", "2.01 USD more to spend")


async def test_an_order_with_a_code_that_does_not_apply_is_refused(web: Web) -> None:
    (shirt,) = await web.stock(1)
    await web.coupon("BIG", minimum_order_amount=Money(22_01, "USD"))
    token = (await web.cart(shirt))["token"]
    await web.post("/cart/coupons", {"code": "big"}, x_cart_token=token)
    refused = await web.post("/orders", order_body(), x_cart_token=token, idempotency_key="1")
    assert (refused.status_code, refused.json()["code"]) == (409, "coupon_refused")
    told = refused.json()
    assert (told["coupon"], told["reason"]) == ("BIG", "below_minimum")
    assert told["missing"] == {"amount": "2.01", "currency": "USD"}


async def test_an_order_tells_its_codes_and_the_trail_of_every_cent(web: Web) -> None:
    (shirt,) = await web.stock(1)
    token = await web.coded_cart(shirt, "WELCOME")
    placed = await web.post("/orders", order_body(), x_cart_token=token, idempotency_key="1")
    assert placed.status_code == 201, placed.text
    quote = placed.json()["quote"]
    off = [each for each in quote["trace"] if each["rule"] == "WELCOME"]
    assert [(each["step"], each["amount"]["amount"]) for each in off] == [
        ("order_discounts", "-5.00")
    ]
    assert [each["code"] for each in quote["codes"]] == ["WELCOME"]
    shown = await web.get(f"/orders/{placed.json()['id']}", x_order_token=placed.json()["token"])
    assert shown.json()["quote"] == quote


async def test_a_gift_is_a_line_of_the_quote_that_costs_nothing(web: Web) -> None:
    shirt, present = await web.stock(2)
    gift = promotion(1, "gift", actions=(Gift(present.variants[0].id),))
    await web.promotions(gift)
    quote = (await web.cart(shirt))["quote"]
    bought, given = quote["lines"]
    assert (bought["gift"], given["gift"]) == (False, True)
    assert (given["subtotal"]["amount"], given["gross"]["amount"]) == ("10.01", "0.00")


async def explained(web: Web, token: str, **headers: str) -> dict[str, Any]:
    answer = await web.get("/cart/explain", x_cart_token=token, **headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def a_cart_with_rules(web: Web) -> str:
    (shirt,) = await web.stock(1)
    minimum = (MinimumAmount(Money(22_01, "USD")),)
    secret = (CustomerGroup({"friends-of-the-house"}),)
    await web.promotions(
        promotion(1, "spring", priority=9),
        promotion(2, "soon", conditions=minimum, advertised=True),
        promotion(3, "staff-only", conditions=secret),
        promotion(4, "less", group="one", actions=(PercentOffItems(Decimal(1)),)),
        promotion(5, "more", group="one", actions=(PercentOffItems(Decimal(2)),)),
    )
    token: str = (await web.cart(shirt))["token"]
    return token


async def test_customers_are_told_what_applies_and_what_is_advertised(web: Web) -> None:
    found = await explained(web, await a_cart_with_rules(web))
    told = {each["rule"]: each for each in found["promotions"]}
    assert set(told) == {"The spring", "The more", "The soon"}
    # 2 % of 20.00 = 0.40; 10 % of 19.60 = 1.96; 22.01 - 17.64 = 4.37
    assert told["The more"]["discount"]["amount"] == "0.40"
    assert told["The spring"]["discount"]["amount"] == "1.96"
    soon = told["The soon"]
    assert (soon["standing"], soon["reason"]) == ("refused", "below_minimum")
    assert soon["missing_amount"]["amount"] == "4.37"
    assert "4.37 USD more to spend" in found["text"]
    assert all("unmet" not in each for each in found["promotions"])


async def test_no_customer_sees_a_rule_that_is_not_for_them(web: Web) -> None:
    token = await a_cart_with_rules(web)
    cart = await web.get("/cart", x_cart_token=token)
    checked = await web.get("/cart/validate", x_cart_token=token)
    why = await web.get("/cart/explain", x_cart_token=token)
    for answer in (cart, checked, why):
        for hidden in ("staff-only", "friends-of-the-house", '"less"', '"spring"', "spring,"):
            assert hidden not in answer.text


async def test_staff_are_told_of_every_promotion_with_all_its_reasons(web: Web) -> None:
    token = await a_cart_with_rules(web)
    found = await explained(web, token, **STAFF)
    told = {each["rule"]: each for each in found["promotions"]}
    assert set(told) == {"spring", "soon", "staff-only", "less", "more"}
    assert told["less"]["standing"] == "displaced"
    assert told["less"]["displaced_by"] == ["more"]
    assert told["staff-only"]["unmet"] == [
        {
            "condition": "customer_group",
            "reason": "other_group",
            "actual": [],
            "required": ["friends-of-the-house"],
            "missing": None,
            "detail": "it is for another group of customers",
        }
    ]
    shown = (await web.get("/cart", x_cart_token=token)).json()["quote"]
    assert {**found["quote"], "trace": []} == {**shown, "trace": []}
    rules = [{each["rule"] for each in quote["trace"]} for quote in (found["quote"], shown)]
    assert rules[0] ^ rules[1] == {"spring", "more", "The spring", "The more"}


async def test_staff_read_in_an_order_what_the_merchant_calls_its_promotions(web: Web) -> None:
    (shirt,) = await web.stock(1)
    await web.promotions(promotion(1, "q3-dump"))
    order = await web.order(shirt)
    path = f"/orders/{order['id']}"
    told = await web.get(path, x_order_token=order["token"])
    inside = await web.get(path, **STAFF)
    assert [each["rule"] for each in told.json()["quote"]["trace"][1:2]] == ["The q3-dump"]
    assert [each["rule"] for each in inside.json()["quote"]["trace"][1:2]] == ["q3-dump"]


async def test_explaining_changes_nothing(web: Web) -> None:
    token = await a_cart_with_rules(web)
    before = web.rows()
    assert await explained(web, token) == await explained(web, token)
    assert web.rows() == before


async def test_a_displaced_code_says_what_goes_before_it(web: Web) -> None:
    (shirt,) = await web.stock(1)
    await web.coupon("SMALL", value=Decimal(1))
    token = await web.coded_cart(shirt, "WELCOME")
    answer = (await web.post("/cart/coupons", {"code": "small"}, x_cart_token=token)).json()
    assert codes_of(answer) == [
        ("WELCOME", "applied", None),
        ("SMALL", "displaced", "displaced"),
    ]
    assert answer["quote"]["codes"][1]["detail"] == "WELCOME applies instead"


async def test_a_code_opens_a_promotion_of_its_own(web: Web) -> None:
    (shirt,) = await web.stock(1)
    opened = promotion(1, "twenty", needs_code=True, actions=(TWENTY_PERCENT,))
    await web.promotions(opened)
    kind = CouponType.PROMOTION
    await web.coupon("TWENTY", type=kind, value=Decimal(0), promotion_id=opened.id)
    cart = await web.cart(shirt)
    token = cart["token"]
    assert cart["quote"]["discount"]["amount"] == "0.00"
    answer = await web.post("/cart/coupons", {"code": "twenty"}, x_cart_token=token)
    # 20 % of 20.00
    assert answer.json()["quote"]["discount"]["amount"] == "4.00"


async def test_a_code_that_a_guest_has_used_says_so_once_the_address_is_known(web: Web) -> None:
    (shirt,) = await web.stock(1)
    token = await web.coded_cart(shirt, "WELCOME")
    placed = await web.post("/orders", order_body(), x_cart_token=token, idempotency_key="1")
    assert placed.status_code == 201, placed.text
    second = (await web.cart(shirt))["token"]
    unknown = await web.post("/cart/coupons", {"code": "WELCOME"}, x_cart_token=second)
    assert codes_of(unknown.json()) == [("WELCOME", "applied", None)]
    known = await web.put("/cart/email", {"email": " ANN@Example.com"}, x_cart_token=second)
    assert known.json()["email"] == "ann@example.com"
    assert codes_of(known.json()) == [("WELCOME", "refused", "used_by_you")]
    other = await web.put("/cart/email", {"email": "bob@example.com"}, x_cart_token=second)
    assert codes_of(other.json()) == [("WELCOME", "applied", None)]


async def test_what_is_no_address_is_refused_and_keeps_the_one_that_was(web: Web) -> None:
    (shirt,) = await web.stock(1)
    token = (await web.cart(shirt))["token"]
    await web.put("/cart/email", {"email": "ann@example.com"}, x_cart_token=token)
    refused = await web.put("/cart/email", {"email": "ann"}, x_cart_token=token)
    assert refused.status_code == 400
    assert [each["field"] for each in refused.json()["errors"]] == ["email"]
    assert (await web.get("/cart", x_cart_token=token)).json()["email"] == "ann@example.com"


async def test_an_emptied_cart_has_no_codes_left(web: Web) -> None:
    (shirt,) = await web.stock(1)
    token = await web.coded_cart(shirt, "WELCOME")
    emptied = await web.post("/cart/clear", x_cart_token=token)
    assert codes_of(emptied.json()) == []
