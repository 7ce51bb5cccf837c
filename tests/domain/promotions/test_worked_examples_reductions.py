"""Worked reductions: percentages, amounts, prices, tiers, and what is off shipping."""

from decimal import Decimal
from itertools import pairwise

import pytest
from attrs import evolve

from automate_store.domain.kernel.money import Money, Rounding
from automate_store.domain.promotions import (
    AmountOffItems,
    AmountOffOrder,
    AmountOffUnits,
    FixedPrice,
    FreeShipping,
    Off,
    OffShipping,
    PercentOffItems,
    PercentOffOrder,
    Selection,
    ShippingAction,
    Tier,
    Tiered,
)
from automate_store.domain.taxes import TaxMode
from tests.domain.promotions.counter import (
    BERLIN,
    POLICY,
    a_cart,
    a_parcel,
    a_promotion,
    eur,
    measured,
    off,
    priced,
    refusal,
    verdict,
)

MUGS = Selection(tags={"mug"})


def of_order(percent: str) -> PercentOffOrder:
    return PercentOffOrder(Decimal(percent))


def of_items(percent: str) -> PercentOffItems:
    return PercentOffItems(Decimal(percent))


def test_a_percentage_of_the_order_is_rounded_once() -> None:
    # 10 % of 39.98 = 3.998 -> 4.00, split 19.99 : 19.99
    assert off(a_cart("19.99", "19.99"), a_promotion(of_order("10"))) == "2.00 2.00 of 39.98"


def test_a_percentage_of_items_is_rounded_for_each_line() -> None:
    # 10 % of 2.55 = 0.255 -> 0.26, four times: 1.04
    cart = a_cart("2.55", "2.55", "2.55", "2.55")
    assert off(cart, a_promotion(of_items("10"))) == "0.26 0.26 0.26 0.26 of 10.20"


def test_the_order_way_gives_two_cents_less() -> None:
    # 10 % of 4 x 2.55 = 10.20 is 1.02; over four: 0.255 each, the two cents over go first
    cart = a_cart("2.55", "2.55", "2.55", "2.55")
    assert off(cart, a_promotion(of_order("10"))) == "0.26 0.26 0.25 0.25 of 10.20"


def test_item_percentages_of_one_promotion_add_up() -> None:
    # 20 % + 10 % = 30 % of 9.99 = 2.997 -> 3.00
    assert off(a_cart("9.99"), a_promotion(of_items("20"), of_items("10"))) == "3.00 of 9.99"


def test_item_percentages_of_two_promotions_compound() -> None:
    # 20 % of 9.99 = 1.998 -> 2.00; 10 % of 7.99 = 0.799 -> 0.80
    two = a_promotion(of_items("20")), a_promotion(of_items("10"), number=2)
    assert off(a_cart("9.99"), *two) == "2.80 of 9.99"


def test_percentages_that_add_up_to_more_than_all_take_all() -> None:
    # 60 % + 60 % = 120 % of 9.99, which is no more than 9.99
    assert off(a_cart("9.99"), a_promotion(of_items("60"), of_items("60"))) == "9.99 of 9.99"


def test_percentages_add_up_where_their_selections_meet() -> None:
    # mugs: 10 % + 5 % of 9.90 = 1.485 -> 1.49; others: 10 % of 20.00 = 2.00
    actions = of_items("10"), PercentOffItems(Decimal(5), of=MUGS)
    assert off(a_cart("9.90 #mug", "20.00"), a_promotion(*actions)) == "1.49 2.00 of 29.90"


@pytest.mark.parametrize("action", [of_order("100"), of_items("100")])
def test_a_hundred_percent_leaves_nothing(action: PercentOffOrder | PercentOffItems) -> None:
    # 3 x 3.33 + 0.01 = 10.00, all of it
    appraisal = priced(a_cart("3 x 3.33", "0.01"), a_promotion(action))
    assert (appraisal.quote.discount, appraisal.quote.total) == (eur("10.00"), eur("0.00"))


def test_99_99_percent_of_a_hundred_leaves_a_cent() -> None:
    # 99.99 % of 100.00 = 99.99
    assert off(a_cart("100.00"), a_promotion(of_order("99.99"))) == "99.99 of 100.00"


def test_99_99_percent_of_little_is_all_of_it() -> None:
    # 99.99 % of 49.99 = 49.985001 -> 49.99
    assert off(a_cart("49.99"), a_promotion(of_order("99.99"))) == "49.99 of 49.99"


@pytest.mark.parametrize(
    ("rounding", "taken"),
    [
        (Rounding.HALF_UP, "0.26"),  # 0.255 -> 0.26
        (Rounding.HALF_EVEN, "0.26"),  # 25 is odd, 26 even
        (Rounding.DOWN, "0.25"),
        (Rounding.UP, "0.26"),
    ],
)
def test_how_a_half_is_settled_is_a_policy(rounding: Rounding, taken: str) -> None:
    # 10 % of 2.55 = 0.255
    policy = evolve(POLICY, price_rounding=rounding)
    quote = priced(a_cart("2.55"), a_promotion(of_items("10")), policy=policy).quote
    assert quote.discount == eur(taken)


def test_a_percentage_of_yen_has_no_decimals() -> None:
    # 10 % of 3 x 333 = 999 is 99.9 -> 100
    assert off(a_cart("3 x 333", currency="JPY"), a_promotion(of_order("10"))) == "100 of 999"


def test_a_percentage_of_dinars_has_three_decimals() -> None:
    # 10 % of 1.255 = 0.1255 -> 0.126
    assert off(a_cart("1.255", currency="KWD"), a_promotion(of_order("10"))) == "0.126 of 1.255"


def test_yen_off_two_lines_go_by_value() -> None:
    # 100 over 500 : 250 = 66.7, 33.3 -> 67, 33
    action = AmountOffOrder(Money(100, "JPY"))
    assert off(a_cart("500", "250", currency="JPY"), a_promotion(action)) == "67 33 of 750"


def test_lines_that_cost_nothing_have_nothing_taken_off() -> None:
    # 10 % of 0.00 and 5.00 off 0.00 are nothing
    free = a_cart("2 x 0.00", "0.00")
    for action in (of_order("10"), of_items("10"), AmountOffOrder(eur("5.00"))):
        assert off(free, a_promotion(action)) == "0.00 0.00 of 0.00"
        assert refusal(free, a_promotion(action)).reason == "nothing_eligible"


def test_a_free_line_among_others_bears_nothing() -> None:
    # 5.00 over 0.00 : 20.00
    action = AmountOffOrder(eur("5.00"))
    assert off(a_cart("0.00", "20.00"), a_promotion(action)) == "0.00 5.00 of 20.00"


def test_one_cent_over_three_lines_goes_to_the_first() -> None:
    # 0.01 over 1.00 : 1.00 : 1.00, a third of a cent each
    action = AmountOffOrder(eur("0.01"))
    assert off(a_cart("1.00", "1.00", "1.00"), a_promotion(action)) == "0.01 0.00 0.00 of 3.00"


def test_an_amount_off_the_order_goes_by_value() -> None:
    # 10.00 over 10.00 : 30.00
    action = AmountOffOrder(eur("10.00"))
    assert off(a_cart("10.00", "3 x 10.00"), a_promotion(action)) == "2.50 7.50 of 40.00"


def test_an_amount_off_the_order_goes_by_what_earlier_promotions_left() -> None:
    # 20.00 - 50 % = 10.00; 6.00 over 10.00 : 20.00 = 2.00, 4.00
    half = a_promotion(PercentOffItems(Decimal(50), of=MUGS))
    later = a_promotion(AmountOffOrder(eur("6.00")), number=2)
    assert off(a_cart("20.00 #mug", "20.00"), half, later) == "12.00 4.00 of 40.00"


def test_a_fixed_amount_takes_no_more_than_the_eligible_lines_cost() -> None:
    # 30.00 off mugs for 19.80 is 19.80
    action = AmountOffOrder(eur("30.00"), of=MUGS)
    assert off(a_cart("2 x 9.90 #mug", "50.00"), a_promotion(action)) == "19.80 0.00 of 69.80"


def test_three_units_that_bear_ten_give_back_6_66_6_67_6_67() -> None:
    # 10.00 over three is 3.34, 3.33, 3.33; 10.00 less each
    (line,) = priced(a_cart("3 x 10.00"), a_promotion(AmountOffOrder(eur("10.00")))).quote.lines
    paid = [line.gross_of_first(units, TaxMode.EXCLUSIVE).minor for units in range(4)]
    assert [after - before for before, after in pairwise(paid)] == [
        666,
        667,
        667,
    ]


def test_an_amount_off_some_items_goes_by_value() -> None:
    # 10.00 over three of 10.00 = 3.34, 3.33, 3.33
    action = AmountOffItems(eur("10.00"))
    cart = a_cart("10.00", "10.00", "10.00")
    assert off(cart, a_promotion(action)) == "3.34 3.33 3.33 of 30.00"


def test_an_amount_off_each_piece() -> None:
    # 3 x 1.50 = 4.50 and 1 x 1.50
    action = AmountOffUnits(eur("1.50"))
    assert off(a_cart("3 x 10.00", "9.00"), a_promotion(action)) == "4.50 1.50 of 39.00"


def test_an_amount_off_each_piece_is_no_more_than_it_costs() -> None:
    # 3 x 1.00 < 3 x 1.50
    assert off(a_cart("3 x 1.00"), a_promotion(AmountOffUnits(eur("1.50")))) == "3.00 of 3.00"


def test_an_amount_off_the_two_dearest_pieces() -> None:
    # the one of 15.00 and one of 10.00: 1.50 each
    action = AmountOffUnits(eur("1.50"), at_most=2)
    cart = a_cart("2 x 10.00", "15.00", "9.00")
    assert off(cart, a_promotion(action)) == "1.50 1.50 0.00 of 44.00"


def test_an_amount_off_one_piece_of_a_line_is_no_more_than_that_piece_costs() -> None:
    # 15.00 off one of three that cost 10.00 each: that one is free, no more
    action = AmountOffUnits(eur("15.00"), at_most=1)
    assert off(a_cart("3 x 10.00"), a_promotion(action)) == "10.00 of 30.00"


def test_the_dearest_pieces_are_the_dearest_by_now() -> None:
    # 20.00 - 60 % = 8.00, so that 10.00 is the dearest: 12.00; 3.00
    first = a_promotion(PercentOffItems(Decimal(60), of=MUGS))
    later = a_promotion(AmountOffUnits(eur("3.00"), at_most=1), number=2)
    assert off(a_cart("20.00 #mug", "10.00"), first, later) == "12.00 3.00 of 30.00"


def test_a_price_for_each_piece() -> None:
    # 3 x (9.90 - 8.00) = 5.70; 7.00 is cheaper already
    action = FixedPrice(eur("8.00"))
    assert off(a_cart("3 x 9.90", "7.00"), a_promotion(action)) == "5.70 0.00 of 36.70"


def test_a_price_of_nothing_is_a_gift_of_what_is_in_the_cart() -> None:
    # 2 x 9.90 - 2 x 0.00 = 19.80
    action = FixedPrice(eur("0.00"), of=MUGS)
    assert off(a_cart("2 x 9.90 #mug", "5.00"), a_promotion(action)) == "19.80 0.00 of 24.80"


BY_AMOUNT = Tiered(
    tiers=(
        Tier(Off(percent=Decimal(5)), amount=eur("50.00")),
        Tier(Off(percent=Decimal(10)), amount=eur("100.00")),
        Tier(Off(amount=eur("25.00")), amount=eur("200.00")),
    )
)


@pytest.mark.parametrize(
    ("price", "taken"),
    [
        ("49.99", "0.00"),  # below the first
        ("50.00", "2.50"),  # 5 % of 50.00
        ("99.99", "5.00"),  # 5 % of 99.99 = 4.9995 -> 5.00
        ("100.00", "10.00"),  # 10 %, of all of it
        ("200.00", "25.00"),  # an amount
    ],
)
def test_more_off_for_more_money(price: str, taken: str) -> None:
    assert off(a_cart(price), a_promotion(BY_AMOUNT)) == f"{taken} of {price}"


@pytest.mark.parametrize(
    ("mugs", "taken"),
    [
        (1, "0.00"),  # below the first
        (2, "2.00"),  # 2 x 1.00
        (4, "4.00"),
        (5, "12.38"),  # 25 % of 49.50 = 12.375 -> 12.38
    ],
)
def test_more_off_for_more_pieces(mugs: int, taken: str) -> None:
    # what is off the line is its own: the 20.00 beside it stay
    tiers = Tier(Off(amount=eur("1.00")), quantity=2), Tier(Off(percent=Decimal(25)), quantity=5)
    action = Tiered(tiers=tiers, of=MUGS, of_order=False)
    quote = priced(a_cart(f"{mugs} x 9.90 #mug", "20.00"), a_promotion(action)).quote
    assert [line.discount for line in quote.lines] == [eur(taken), eur("0.00")]


@pytest.mark.parametrize(
    ("action", "taken"),
    [
        (FreeShipping(), "4.90"),  # all of 4.90
        (OffShipping(Off(percent=Decimal(50))), "2.45"),  # half of 4.90
        (OffShipping(Off(percent=Decimal("33.3333"))), "1.63"),  # 1.6333..
        (OffShipping(Off(amount=eur("2.00"))), "2.00"),
        (OffShipping(Off(amount=eur("9.00"))), "4.90"),  # no more than it costs
        (FreeShipping(methods={"parcel"}), "4.90"),  # that one
        (FreeShipping(methods={"express"}), "0.00"),  # another one
    ],
)
def test_what_is_off_shipping_is_a_discount_on_its_price(
    action: ShippingAction, taken: str
) -> None:
    cart = a_cart("20.00", destination=BERLIN, shipping_method="parcel")
    quote = priced(cart, a_promotion(action), methods=(a_parcel("4.90"),)).quote
    assert quote.shipping_amount == eur("4.90")
    assert quote.total == eur("24.90") - eur(taken)
    assert quote.lines[0].discount == eur("0.00")


def test_shipping_percentages_of_two_promotions_compound() -> None:
    # 50 % of 4.90 = 2.45; 50 % of 2.45 = 1.225 -> 1.23
    half = OffShipping(Off(percent=Decimal(50)))
    cart = a_cart("20.00", destination=BERLIN, shipping_method="parcel")
    two = a_promotion(half), a_promotion(half, number=2)
    assert priced(cart, *two, methods=(a_parcel("4.90"),)).quote.discount == eur("3.68")


def test_free_shipping_waits_for_shipping() -> None:
    # no destination and no method yet
    unmet = refusal(a_cart("20.00"), a_promotion(FreeShipping()))
    assert (unmet.reason, unmet.detail) == (
        "nothing_eligible",
        "there is no shipping to reduce yet",
    )


def test_an_order_discount_never_touches_shipping() -> None:
    # 30.00 off goods for 20.00 is 20.00; 4.90 are left
    cart = a_cart("20.00", destination=BERLIN, shipping_method="parcel")
    action = AmountOffOrder(eur("30.00"))
    appraisal = priced(cart, a_promotion(action), methods=(a_parcel("4.90"),))
    assert (appraisal.quote.discount, appraisal.quote.total) == (eur("20.00"), eur("4.90"))


def test_a_selection_that_holds_nothing_is_told() -> None:
    # there is no mug in the cart
    action = PercentOffItems(Decimal(10), of=MUGS)
    unmet = refusal(a_cart("20.00"), a_promotion(action))
    assert measured(unmet) == ("nothing_eligible", 0, 1, None)


def test_a_verdict_tells_what_was_taken_from_which_line() -> None:
    # 10 % of 9.90 = 0.99 of the mug alone
    found = verdict(
        priced(a_cart("20.00", "9.90 #mug"), a_promotion(PercentOffItems(Decimal(10), of=MUGS)))
    )
    assert (found.detail, [amount for _, amount in found.lines]) == ("0.99 EUR off", [eur("0.99")])
