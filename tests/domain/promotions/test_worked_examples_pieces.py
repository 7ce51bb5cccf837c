"""Worked pieces: buy X get Y, N for a price, every Nth, the cheapest of N, the first and others."""

from decimal import Decimal

import pytest

from automate_store.domain.promotions import (
    FREE,
    BundlePrice,
    BuyGet,
    CheapestOf,
    Choice,
    EveryNth,
    FirstThenOthers,
    Off,
    PercentOffItems,
    Selection,
)
from tests.domain.promotions.counter import a_cart, a_promotion, eur, off, refusal

BUYS, GIVES = Selection(tags={"buy"}), Selection(tags={"get"})
HALF = Off(percent=Decimal(50))


@pytest.mark.parametrize(
    ("cart", "taken"),
    [
        ("12.00 10.00 8.00", "0.00 0.00 8.00"),  # the dear ones buy, the cheap one is given
        ("12.00 10.00", "0.00 0.00"),  # one short of a set
        ("12.00 10.00 8.00 7.00 6.00", "0.00 0.00 0.00 0.00 6.00"),  # one set of three in five
        ("9.00 8.00 7.00 6.00 5.00 4.00", "0.00 0.00 0.00 0.00 5.00 4.00"),  # two sets
    ],
)
def test_buy_two_get_one_of_the_same(cart: str, taken: str) -> None:
    quoted = off(a_cart(*cart.split()), a_promotion(BuyGet(buy_quantity=2, get_quantity=1)))
    assert quoted.split(" of ")[0] == taken


def test_of_the_same_set_the_dear_ones_buy_whatever_the_choice() -> None:
    # 12.00 buys, 8.00 is given
    action = BuyGet(buy_quantity=1, get_quantity=1, choice=Choice.DEAREST)
    assert off(a_cart("12.00", "8.00"), a_promotion(action)) == "0.00 8.00 of 20.00"


def test_pieces_of_one_line_buy_and_are_given_too() -> None:
    # 7 of 10.00: two sets of three, two given; the seventh is left over
    action = BuyGet(buy_quantity=2, get_quantity=1)
    assert off(a_cart("7 x 10.00"), a_promotion(action)) == "20.00 of 70.00"


def test_buy_one_get_one_for_half() -> None:
    # 50 % of 8.99 = 4.495 -> 4.50
    action = BuyGet(buy_quantity=1, get_quantity=1, off=HALF)
    assert off(a_cart("10.00", "8.99"), a_promotion(action)) == "0.00 4.50 of 18.99"


def test_buy_one_get_two_for_three_less_each() -> None:
    # 12.00 buys; 3.00 off 8.00 and 2.00 off 2.00, no more than it costs
    action = BuyGet(buy_quantity=1, get_quantity=2, off=Off(amount=eur("3.00")))
    assert off(a_cart("12.00", "8.00", "2.00"), a_promotion(action)) == "0.00 3.00 2.00 of 22.00"


@pytest.mark.parametrize(
    ("choice", "taken"),
    [
        (Choice.CHEAPEST, "0.00 0.00 5.00 of 45.00"),
        (Choice.DEAREST, "0.00 10.00 0.00 of 45.00"),
    ],
)
def test_of_two_sets_the_promotion_chooses_what_is_given(choice: Choice, taken: str) -> None:
    # a coat buys one of two shirts, of 10.00 and 5.00
    action = BuyGet(buy=BUYS, buy_quantity=1, get=GIVES, get_quantity=1, choice=choice)
    assert off(a_cart("30.00 #buy", "10.00 #get", "5.00 #get"), a_promotion(action)) == taken


@pytest.mark.parametrize(
    ("choice", "taken"),
    [
        (Choice.CHEAPEST, "0.00 8.00 0.00 0.00 of 33.00"),
        (Choice.DEAREST, "0.00 0.00 0.00 9.00 of 33.00"),
    ],
)
def test_what_is_in_both_sets_is_given_where_enough_others_buy(choice: Choice, taken: str) -> None:
    # 10.00 and 6.00 buy; 8.00 or 9.00 is given
    action = BuyGet(buy=BUYS, buy_quantity=2, get=GIVES, get_quantity=1, choice=choice)
    cart = a_cart("10.00 #buy", "8.00 #buy #get", "6.00 #buy", "9.00 #get")
    assert off(cart, a_promotion(action)) == taken


def test_what_is_in_both_sets_buys_where_it_has_to() -> None:
    # without 8.00 there are not two to buy, so that 9.00 is given though it is dearer
    action = BuyGet(buy=BUYS, buy_quantity=2, get=GIVES, get_quantity=1)
    cart = a_cart("10.00 #buy", "8.00 #buy #get", "9.00 #get")
    assert off(cart, a_promotion(action)) == "0.00 0.00 9.00 of 27.00"


def test_buy_some_get_some_as_often_as_it_may() -> None:
    # three sets of two in six pieces, of which one may be: 10.00
    action = BuyGet(buy_quantity=1, get_quantity=1, at_most=1)
    assert off(a_cart("6 x 10.00"), a_promotion(action)) == "10.00 of 60.00"


def test_a_piece_that_one_promotion_counted_is_gone_for_the_next() -> None:
    # 10.00 bought, 10.00 given; neither is left for another pair
    first = a_promotion(BuyGet(buy_quantity=1, get_quantity=1), priority=9)
    later = a_promotion(CheapestOf(quantity=2), number=2)
    assert off(a_cart("2 x 10.00"), first, later) == "10.00 of 20.00"
    assert refusal(a_cart("2 x 10.00"), first, later, rule="p2").reason == "nothing_eligible"


def test_a_piece_that_nobody_counted_is_there_for_the_next() -> None:
    # the third of three: 50 % of 10.00 = 5.00
    first = a_promotion(BuyGet(buy_quantity=1, get_quantity=1), priority=9)
    others = FirstThenOthers(first_percent=Decimal(50), others_percent=Decimal(0))
    assert off(a_cart("3 x 10.00"), first, a_promotion(others, number=2)) == "15.00 of 30.00"


def test_what_is_given_is_given_at_the_price_that_it_has_by_then() -> None:
    # 10 % off 12.00 and 8.00 first; then 8.00 - 0.80 = 7.20 is given
    first = a_promotion(PercentOffItems(Decimal(10)), priority=9)
    later = a_promotion(BuyGet(buy_quantity=1, get_quantity=1), number=2)
    assert off(a_cart("12.00", "8.00"), first, later) == "1.20 8.00 of 20.00"


def test_three_for_a_price_take_the_dearest() -> None:
    # 5.00 + 4.00 + 3.00 = 12.00 for 10.00 saves 2.00; over 5 : 4 : 3 = 0.83, 0.67, 0.50
    action = BundlePrice(quantity=3, price=eur("10.00"))
    cart = a_cart("5.00", "4.00", "3.00", "2.00")
    assert off(cart, a_promotion(action)) == "0.83 0.67 0.50 0.00 of 14.00"


@pytest.mark.parametrize(
    ("pieces", "at_most", "taken"),
    [
        (7, None, "4.00"),  # two bundles, each 12.00 - 10.00
        (7, 1, "2.00"),
        (2, None, "0.00"),  # no bundle
    ],
)
def test_as_many_bundles_as_there_are(pieces: int, at_most: int | None, taken: str) -> None:
    action = BundlePrice(quantity=3, price=eur("10.00"), at_most=at_most)
    assert off(a_cart(f"{pieces} x 4.00"), a_promotion(action)).startswith(f"{taken} of")


def test_a_bundle_that_would_cost_more_is_left_alone() -> None:
    # 3 x 3.00 = 9.00 < 10.00
    action = BundlePrice(quantity=3, price=eur("10.00"))
    assert off(a_cart("3 x 3.00"), a_promotion(action)) == "0.00 of 9.00"
    # 3 x 6.00 = 18.00 saves 8.00, 3 x 1.00 nothing
    assert off(a_cart("3 x 6.00", "3 x 1.00"), a_promotion(action)) == "8.00 0.00 of 21.00"


@pytest.mark.parametrize(
    ("action", "taken"),
    [
        (EveryNth(nth=3), "0.00 6.00 3.00"),  # 10 10 [6] 6 3 [3]
        (EveryNth(nth=3, at_most=1), "0.00 6.00 0.00"),
        (EveryNth(nth=2, off=HALF), "5.00 3.00 1.50"),  # 10 [10] 6 [6] 3 [3], half of each
        (EveryNth(nth=1, off=HALF), "10.00 6.00 3.00"),  # every one
        (EveryNth(nth=7), "0.00 0.00 0.00"),  # there are six
        (CheapestOf(quantity=3), "0.00 0.00 3.00"),  # the cheapest of all, once
        (CheapestOf(quantity=3, at_most=None), "0.00 0.00 6.00"),  # two sets: 3, 3
        (CheapestOf(quantity=2, at_most=None), "0.00 6.00 6.00"),  # three sets: 6, 3, 3
        (CheapestOf(quantity=6, off=Off(amount=eur("1.00"))), "0.00 0.00 1.00"),
    ],
)
def test_every_nth_and_the_cheapest_of_n(action: EveryNth | CheapestOf, taken: str) -> None:
    # from the dearest: 10.00 10.00 6.00 6.00 3.00 3.00
    cart = a_cart("2 x 10.00", "2 x 6.00", "2 x 3.00")
    assert off(cart, a_promotion(action)) == f"{taken} of 38.00"


def test_one_rate_for_the_first_and_another_for_the_others() -> None:
    # the dearest: 20 % of 10.00 = 2.00; others: 10 % of 10.00 and of 5.00 = 1.00, 0.50
    action = FirstThenOthers(first_percent=Decimal(20), others_percent=Decimal(10))
    assert off(a_cart("2 x 10.00", "5.00"), a_promotion(action)) == "3.00 0.50 of 25.00"


def test_the_first_at_full_price_and_all_further_ones_for_half() -> None:
    # 10.00 stays; 50 % of 2 x 10.00 = 10.00
    action = FirstThenOthers(first_percent=Decimal(0), others_percent=Decimal(50))
    assert off(a_cart("3 x 10.00"), a_promotion(action)) == "10.00 of 30.00"


def test_free_is_a_hundred_percent() -> None:
    # 9.99 of 9.99
    assert Off(percent=Decimal(100)) == FREE
    assert off(a_cart("9.99"), a_promotion(CheapestOf(quantity=1, off=FREE))) == "9.99 of 9.99"
