"""Worked coupons: what a code opens, why it does not, and which codes act together."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.periods import Period
from automate_store.domain.pricing import Basket, CodeStanding, PresentedCode, Standing
from automate_store.domain.promotions import (
    AmountOffItems,
    AmountOffOrder,
    BuyGet,
    MinimumAmount,
    MinimumQuantity,
    PercentOffItems,
    PercentOffOrder,
    Promotion,
    Selection,
    Shopper,
)
from tests.domain.promotions.counter import (
    AT,
    BERLIN,
    a_cart,
    a_coupon,
    a_parcel,
    a_promotion,
    eur,
    given,
    off,
    opening,
    priced,
    standings,
    verdict,
)

TENTH_OF_ITEMS = PercentOffItems(Decimal(10))


def standing(cart: Basket, *promotions: Promotion) -> CodeStanding:
    """What became of the only code."""
    (found,) = priced(cart, *promotions).quote.codes
    return found


def test_a_percentage_coupon_comes_off_the_order() -> None:
    # 10 % of 39.98 = 3.998 -> 4.00
    cart = a_cart("19.99", "19.99", codes=given(a_coupon("10", "percentage")))
    assert off(cart) == "2.00 2.00 of 39.98"
    assert standing(cart).discount == eur("4.00")


def test_a_fixed_amount_coupon_goes_by_value_and_no_further_than_the_goods() -> None:
    # 10.00 over 10.00 : 30.00; 50.00 off 40.00 is 40.00
    ten, fifty = a_coupon("10"), a_coupon("50.0000")
    assert off(a_cart("10.00", "30.00", codes=given(ten))) == "2.50 7.50 of 40.00"
    assert off(a_cart("10.00", "30.00", codes=given(fifty))) == "10.00 30.00 of 40.00"


def test_a_free_shipping_coupon() -> None:
    # 20.00 + 4.90 - 4.90
    coupon = a_coupon("0", "free_shipping")
    cart = a_cart("20.00", destination=BERLIN, shipping_method="parcel", codes=given(coupon))
    quote = priced(cart, methods=(a_parcel("4.90"),)).quote
    assert (quote.total, quote.discount, quote.shipping_amount) == (
        eur("20.00"),
        eur("4.90"),
        eur("4.90"),
    )


def test_a_coupon_opens_any_promotion() -> None:
    # buy one get one: 8.00 of 12.00 + 8.00
    hidden = a_promotion(BuyGet(buy_quantity=1, get_quantity=1), needs_code=True)
    cart = a_cart("12.00", "8.00", codes=given(opening(hidden)))
    assert off(cart, hidden) == "0.00 8.00 of 20.00"
    assert off(a_cart("12.00", "8.00"), hidden) == "0.00 0.00 of 20.00"


def test_a_code_is_compared_without_case_and_spaces() -> None:
    # " c70 " is C70: 5.00 off; the quote calls it by its own name
    code = PresentedCode(code="  c70 ", coupon=a_coupon("5"))
    found = standing(a_cart("20.00", codes=(code,)))
    assert (found.code, found.discount, found.standing) == ("C70", eur("5.00"), Standing.APPLIED)


def test_an_unknown_code_says_so() -> None:
    # nobody made it
    found = standing(a_cart("20.00", codes=(PresentedCode(code="NOPE", coupon=None),)))
    assert (found.code, found.reason, found.discount) == ("NOPE", "unknown", eur("0.00"))


@pytest.mark.parametrize(
    ("terms", "used_by_you", "reason"),
    [
        ({"active": False}, 0, "inactive"),
        ({"period": Period(AT + timedelta(days=1))}, 0, "not_started"),
        ({"period": Period(None, AT)}, 0, "expired"),  # its end is out
        ({"currency": "USD"}, 0, "wrong_currency"),
        ({"sign_in_needed": True}, 0, "sign_in_needed"),
        ({"usage_limit": 2, "used_count": 2}, 0, "used_up"),  # 2 of 2
        ({}, 1, "used_by_you"),  # once each, if nothing else is said
        ({"usage_limit_per_customer": 2}, 2, "used_by_you"),
    ],
)
def test_why_a_code_does_nothing(terms: dict[str, Any], used_by_you: int, reason: str) -> None:
    # 20.00 stay 20.00
    code = PresentedCode(code="C70", coupon=a_coupon("5", **terms), used_by_you=used_by_you)
    cart = a_cart("20.00", codes=(code,))
    found = standing(cart)
    assert (found.standing, found.reason) == (Standing.REFUSED, reason)
    assert priced(cart).quote.total == eur("20.00")


@pytest.mark.parametrize(
    ("terms", "used_by_you"),
    [
        ({"period": Period(AT, AT + timedelta(days=1))}, 0),  # its start is in
        ({"sign_in_needed": True}, 0),
        ({"usage_limit": 2, "used_count": 1}, 0),  # one is left
        ({"usage_limit_per_customer": 2}, 1),
        ({"usage_limit_per_customer": None}, 99),
    ],
)
def test_where_a_code_does_work(terms: dict[str, Any], used_by_you: int) -> None:
    # 20.00 - 5.00 = 15.00
    code = PresentedCode(code="C70", coupon=a_coupon("5", **terms), used_by_you=used_by_you)
    cart = a_cart("20.00", codes=(code,), shopper=Shopper(signed_in=True))
    assert priced(cart).quote.total == eur("15.00")


def test_a_code_says_how_much_more_to_spend() -> None:
    # 50.00 - 47.99 = 2.01
    coupon = a_coupon("5", minimum_order_amount=eur("50.00"))
    found = standing(a_cart("47.99", codes=given(coupon)))
    assert (found.reason, found.missing_amount, found.detail) == (
        "below_minimum",
        eur("2.01"),
        "2.01 EUR more to spend",
    )


def test_a_code_says_how_many_more_to_add() -> None:
    # 3 - 1 = 2
    hidden = a_promotion(TENTH_OF_ITEMS, conditions=(MinimumQuantity(3),), needs_code=True)
    found = standing(a_cart("9.00", codes=given(opening(hidden))), hidden)
    assert (found.reason, found.missing_quantity) == ("too_few", 2)


def test_a_code_with_nothing_to_reduce_says_so() -> None:
    # there is no mug in the cart
    action = PercentOffItems(Decimal(10), of=Selection(tags={"mug"}))
    hidden = a_promotion(action, needs_code=True)
    assert standing(a_cart("9.00", codes=given(opening(hidden))), hidden).reason == (
        "nothing_eligible"
    )


def test_a_code_for_a_promotion_that_is_off_is_inactive() -> None:
    # and so is one whose promotion is gone
    hidden = a_promotion(TENTH_OF_ITEMS, needs_code=True, active=False)
    cart = a_cart("9.00", codes=given(opening(hidden)))
    assert (standing(cart, hidden).reason, standing(cart).reason) == ("inactive", "inactive")


def test_a_coupon_s_minimum_does_not_see_what_step_3_takes() -> None:
    # 60.00 were there; 15.00 off by p1, then 10 % of 45.00 = 4.50
    coupon = a_coupon("10", "percentage", minimum_order_amount=eur("50.00"))
    first = a_promotion(AmountOffOrder(eur("15.00")), priority=9)
    assert off(a_cart("60.00", codes=given(coupon)), first) == "19.50 of 60.00"


def test_a_coupon_s_minimum_sees_what_automatic_promotions_took_off_lines() -> None:
    # 60.00 - 15.00 = 45.00 < 50.00, for a coupon on the order and for one on lines
    first = a_promotion(AmountOffItems(eur("15.00")))
    hidden = a_promotion(TENTH_OF_ITEMS, number=2, needs_code=True)
    least: dict[str, Any] = {"minimum_order_amount": eur("50.00")}
    for coupon in (a_coupon("10", "percentage", **least), opening(hidden, **least)):
        found = standing(a_cart("60.00", codes=given(coupon)), first, hidden)
        assert (found.reason, found.missing_amount) == ("below_minimum", eur("5.00"))


def test_the_minimum_of_a_coupon_on_the_order_sees_coupons_on_lines() -> None:
    # 54.00 - 10 % = 48.60; 50.00 - 48.60 = 1.40, after step 2b
    hidden = a_promotion(TENTH_OF_ITEMS, needs_code=True)
    items = opening(hidden, stackable=True)
    least = eur("50.00")
    order = a_coupon("5", number=71, stackable=True, minimum_order_amount=least)
    quote = priced(a_cart("54.00", codes=given(items, order)), hidden).quote
    found = {each.code: each for each in quote.codes}
    assert found["C70"].discount == eur("5.40")
    assert (found["C71"].reason, found["C71"].missing_amount) == ("below_minimum", eur("1.40"))


def test_the_minimum_of_a_coupon_on_lines_does_not_see_other_coupons_on_lines() -> None:
    # 54.00 after step 2, whatever 2b takes: 5.40, then 10 % of 48.60 = 4.86
    hidden = [a_promotion(TENTH_OF_ITEMS, number=n, needs_code=True) for n in (1, 2)]
    least = eur("50.00")
    coupons = [
        opening(each, 70 + n, stackable=True, minimum_order_amount=least)
        for n, each in enumerate(hidden)
    ]
    assert off(a_cart("54.00", codes=given(*coupons)), *hidden) == "10.26 of 54.00"


def test_a_promotion_s_own_minimum_behind_a_code_is_tested_too() -> None:
    # the coupon wants 20.00, the promotion 50.00: 50.00 - 30.00 = 20.00
    least = MinimumAmount(eur("50.00"))
    hidden = a_promotion(TENTH_OF_ITEMS, conditions=(least,), needs_code=True)
    coupon = opening(hidden, minimum_order_amount=eur("20.00"))
    assert standing(a_cart("30.00", codes=given(coupon)), hidden).missing_amount == eur("20.00")


@pytest.mark.parametrize(
    ("mine", "its", "taken"),
    [
        ("5.00", None, "5.00"),  # 10 % of 100.00 = 10.00, at most 5.00
        ("5.00", "8.00", "5.00"),  # the lower of both
        ("8.00", "5.00", "5.00"),
        (None, "5.00", "5.00"),
        ("20.00", "15.00", "10.00"),  # neither is reached
    ],
)
def test_the_lower_of_two_caps_counts(mine: str | None, its: str | None, taken: str) -> None:
    cap = None if its is None else eur(its)
    hidden = a_promotion(TENTH_OF_ITEMS, needs_code=True, maximum_discount=cap)
    most = None if mine is None else eur(mine)
    coupon = opening(hidden, maximum_discount_amount=most)
    assert off(a_cart("100.00", codes=given(coupon)), hidden) == f"{taken} of 100.00"


def test_one_code_alone_gives_way_to_a_better_one() -> None:
    # 5.00 or 10 % of 40.00 = 4.00
    five, tenth = a_coupon("5"), a_coupon("10", "percentage", number=71)
    appraisal = priced(a_cart("40.00", codes=given(tenth, five)))
    assert appraisal.quote.discount == eur("5.00")
    assert verdict(appraisal, "C71").displaced_by == ("C70",)


def test_codes_that_may_stack_act_together() -> None:
    # 5.00, then 10 % of 35.00 = 3.50
    codes = (
        a_coupon("5", stackable=True),
        a_coupon("10", "percentage", number=71, stackable=True),
    )
    assert off(a_cart("40.00", codes=given(*codes))) == "8.50 of 40.00"


@pytest.mark.parametrize(("alone", "taken"), [("8", "8.50"), ("9", "9.00")])
def test_all_that_stack_or_one_alone_whichever_leaves_less(alone: str, taken: str) -> None:
    # 5.00 + 3.50 = 8.50 together, or 8.00 or 9.00 alone
    codes = (
        a_coupon("5", stackable=True),
        a_coupon("10", "percentage", number=71, stackable=True),
        a_coupon(alone, number=72),
    )
    assert off(a_cart("40.00", codes=given(*codes))) == f"{taken} of 40.00"


def test_codes_that_give_alike_go_by_their_id() -> None:
    # 4.00 and 10 % of 40.00 = 4.00
    codes = a_coupon("10", "percentage", number=71), a_coupon("4")
    appraisal = priced(a_cart("40.00", codes=given(*codes)))
    assert standings(appraisal) == {"C70": "applied", "C71": "displaced"}


def test_a_code_that_does_not_apply_does_not_keep_others_out() -> None:
    # 90.00 off needs 100.00; 5.00 off needs nothing
    shut = a_coupon("90", minimum_order_amount=eur("100.00"))
    appraisal = priced(a_cart("40.00", codes=given(shut, a_coupon("5", number=71))))
    assert appraisal.quote.discount == eur("5.00")
    assert standings(appraisal) == {"C70": "refused", "C71": "applied"}


def test_a_code_acts_beside_automatic_promotions() -> None:
    # 50 % of 40.00 = 20.00, then 5.00
    half = a_promotion(PercentOffOrder(Decimal(50)), priority=9)
    assert off(a_cart("40.00", codes=given(a_coupon("5"))), half) == "25.00 of 40.00"


def test_an_exclusive_promotion_displaces_codes_too() -> None:
    # 1.00, and not 5.00 more
    alone = a_promotion(AmountOffOrder(eur("1.00")), exclusive=True)
    appraisal = priced(a_cart("40.00", codes=given(a_coupon("5"))), alone)
    assert appraisal.quote.discount == eur("1.00")
    assert verdict(appraisal, "C70").displaced_by == ("p1",)


def test_a_code_competes_in_the_group_of_its_promotion() -> None:
    # of one group: 5.00 by the code, 3.00 without
    hidden = a_promotion(AmountOffOrder(eur("5.00")), group="g", needs_code=True)
    other = a_promotion(AmountOffOrder(eur("3.00")), number=2, group="g")
    appraisal = priced(a_cart("40.00", codes=given(opening(hidden))), hidden, other)
    assert standings(appraisal) == {"C70": "applied", "p2": "displaced"}
    assert appraisal.quote.discount == eur("5.00")


def test_two_codes_do_not_open_one_promotion_twice() -> None:
    # 10 % of 40.00 once
    hidden = a_promotion(TENTH_OF_ITEMS, needs_code=True)
    codes = [opening(hidden, number, stackable=True) for number in (70, 71)]
    quote = priced(a_cart("40.00", codes=given(*codes)), hidden).quote
    assert quote.discount == eur("4.00")
    assert {each.code: each.reason for each in quote.codes} == {
        "C70": None,
        "C71": "not_combinable",
    }


def test_a_coupon_in_yen_takes_whole_yen() -> None:
    # 500 off 1999
    coupon = a_coupon("500.0000", currency="JPY")
    assert off(a_cart("1999", currency="JPY", codes=given(coupon))) == "500 of 1999"


def test_a_coupon_in_dinars_takes_fils() -> None:
    # 12.5 % of 1.999 = 0.249875 -> 0.250
    coupon = a_coupon("12.5", "percentage", currency="KWD")
    cart = a_cart("1.999", currency="KWD", codes=given(coupon))
    assert priced(cart).quote.discount == Money(250, "KWD")


@pytest.mark.parametrize(
    "terms",
    [
        {"minimum_order_amount": eur("5.00")},
        {"maximum_discount_amount": eur("1.00")},
    ],
)
def test_a_code_for_a_promotion_in_another_currency_says_so(terms: dict[str, Any]) -> None:
    # 500 yen off, at most 400, behind a code for carts in euros
    hidden = a_promotion(
        AmountOffOrder(Money(500, "JPY")), maximum_discount=Money(400, "JPY"), needs_code=True
    )
    cart = a_cart("10.00", codes=given(opening(hidden, **terms)))
    assert standing(cart, hidden).reason == "wrong_currency"
    assert off(cart, hidden) == "0.00 of 10.00"
