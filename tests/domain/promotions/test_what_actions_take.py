"""What an action takes off each line, which pieces it uses up, and what these cost."""

from __future__ import annotations

from decimal import Decimal

import pytest

from automate_store.domain.kernel.money import Rounding
from automate_store.domain.promotions import (
    EVERYTHING,
    AmountOffItems,
    AmountOffOrder,
    AmountOffUnits,
    BundlePrice,
    BuyGet,
    CheapestOf,
    Choice,
    EveryNth,
    FirstThenOthers,
    FixedPrice,
    Goods,
    Off,
    PercentOffItems,
    PercentOffOrder,
    PieceAction,
    Selection,
    Taking,
    Tier,
    Tiered,
)
from tests.domain.promotions.counter import a_line, eur

BUYS, GIVES, MUGS = (Selection(tags={tag}) for tag in ("buy", "get", "mug"))
HALF = Off(percent=Decimal(50))
HALF_OF_FIRST = FirstThenOthers(first_percent=Decimal(50), others_percent=Decimal(0))
STEPS = ("2 x 10.00", "2 x 6.00", "2 x 3.00")


def on_the_counter(*lines: str, values: list[int] | None = None) -> Goods:
    """The lines at their prices, or at what earlier promotions left of them."""
    items = [a_line(line, number) for number, line in enumerate(lines, start=1)]
    worth = values or [item.unit_price.minor * item.quantity for item in items]
    return Goods(
        items=items,
        currency="EUR",
        values=worth,
        room=worth,
        spare=[item.quantity for item in items],
        spare_values=worth,
        rounding=Rounding.HALF_UP,
    )


def told(taking: Taking | None) -> tuple[list[int], list[int], list[int]]:
    """What is off each line, how many pieces are used up, and what these cost."""
    assert taking is not None
    found = list(taking.off), list(taking.used), list(taking.used_values)
    assert all(type(each) is int for part in found for each in part), "no fraction of anything"
    return found


@pytest.mark.parametrize(
    ("action", "off", "used", "cost"),
    [
        # one set of three: the dearest two buy, the cheapest is given
        (BuyGet(buy_quantity=2, get_quantity=1, at_most=1), [0, 0, 300], [2, 0, 1], [2000, 0, 300]),
        # [10 10 6] for 20.00 saves 6.00 over 20 : 6 = 4.615, 1.385; [6 3 3] costs less
        (BundlePrice(quantity=3, price=eur("20.00")), [462, 138, 0], [2, 1, 0], [2000, 600, 0]),
        # 10 [10] 6 [6]: the two cheapest pieces are not counted
        (EveryNth(nth=2, at_most=2), [1000, 600, 0], [2, 2, 0], [2000, 1200, 0]),
        # 10 10 6 [6]: there is no second four
        (EveryNth(nth=4), [0, 600, 0], [2, 2, 0], [2000, 1200, 0]),
        # 3.00 is given, and the three dearest make the four full
        (CheapestOf(quantity=4), [0, 0, 300], [2, 1, 1], [2000, 600, 300]),
        (CheapestOf(quantity=4, at_most=None), [0, 0, 300], [2, 1, 1], [2000, 600, 300]),
        (HALF_OF_FIRST, [500, 0, 0], [2, 2, 2], [2000, 1200, 600]),
    ],
)
def test_what_is_counted_is_used_up(
    action: PieceAction, off: list[int], used: list[int], cost: list[int]
) -> None:
    assert told(action.take(on_the_counter(*STEPS))) == (off, used, cost)


def test_what_is_in_both_sets_buys_as_much_as_has_to_and_no_more() -> None:
    # 10.00 and one of 8.00 buy, another of 8.00 is given; two of 8.00 and 9.00 are left
    action = BuyGet(buy=BUYS, buy_quantity=2, get=GIVES, get_quantity=1, at_most=1)
    goods = on_the_counter("10.00 #buy", "4 x 8.00 #buy #get", "9.00 #get")
    assert told(action.take(goods)) == ([0, 800, 0], [1, 2, 0], [1000, 1600, 0])


def test_a_piece_that_is_given_does_not_buy() -> None:
    # the dearer is given, so that the other one buys
    action = BuyGet(buy=BUYS, buy_quantity=1, get=GIVES, get_quantity=1, choice=Choice.DEAREST)
    goods = on_the_counter("9.00 #buy #get", "8.00 #buy #get")
    assert told(action.take(goods)) == ([900, 0], [1, 1], [900, 800])


def test_of_pieces_that_cost_the_same_the_later_is_given() -> None:
    # 5.00 and 5.00
    action = BuyGet(buy_quantity=1, get_quantity=1)
    assert told(action.take(on_the_counter("5.00", "5.00")))[0] == [0, 500]
    apart = BuyGet(buy=BUYS, buy_quantity=1, get=GIVES, get_quantity=1)
    goods = on_the_counter("9.00 #buy", "5.00 #get", "5.00 #get")
    assert told(apart.take(goods))[0] == [0, 0, 500]


def test_of_pieces_that_cost_the_same_the_earlier_is_given_where_the_dearest_is() -> None:
    # 5.00 and 5.00
    action = BuyGet(buy=BUYS, buy_quantity=1, get=GIVES, get_quantity=1, choice=Choice.DEAREST)
    goods = on_the_counter("9.00 #buy", "5.00 #get", "5.00 #get")
    assert told(action.take(goods))[0] == [0, 500, 0]


@pytest.mark.parametrize(
    ("buy", "get", "lines"),
    [
        (2, 1, ("10.00 #buy", "5 x 5.00 #get")),  # one of two to buy, though there are six
        (1, 2, ("5 x 10.00 #buy", "5.00 #get")),  # one of two to give
        (1, 1, ("6 x 10.00 #buy",)),  # none to give
    ],
)
def test_a_set_takes_enough_of_both_sides(buy: int, get: int, lines: tuple[str, ...]) -> None:
    action = BuyGet(buy=BUYS, buy_quantity=buy, get=GIVES, get_quantity=get)
    assert action.take(on_the_counter(*lines)) is None


def test_bundles_run_over_the_lines() -> None:
    # [5 5 4] saves 4.00 over 10 : 4 = 2.857, 1.143; [4 4 4] saves 2.00; one of 4.00 is left
    action = BundlePrice(quantity=3, price=eur("10.00"))
    goods = on_the_counter("2 x 5.00", "5 x 4.00")
    assert told(action.take(goods)) == ([286, 314], [2, 4], [1000, 1600])


def test_a_line_may_be_in_two_bundles() -> None:
    # [5 5 5] saves 5.00; [5 4 4] saves 3.00 over 5 : 8 = 1.154, 1.846
    action = BundlePrice(quantity=3, price=eur("10.00"))
    goods = on_the_counter("4 x 5.00", "2 x 4.00")
    assert told(action.take(goods)) == ([615, 185], [4, 2], [2000, 800])


def test_bundles_that_are_alike_save_alike() -> None:
    # twice [5 5 5] saves 2 x 5.00
    action = BundlePrice(quantity=3, price=eur("10.00"))
    assert told(action.take(on_the_counter("6 x 5.00"))) == ([1000], [6], [3000])


@pytest.mark.parametrize(("price", "saved"), [("9.99", 1), ("10.00", None), ("10.01", None)])
def test_a_bundle_that_saves_nothing_uses_nothing_up(price: str, saved: int | None) -> None:
    # 2 x 5.00 = 10.00
    action = BundlePrice(quantity=2, price=eur(price))
    taking = action.take(on_the_counter("2 x 5.00"))
    assert (None if taking is None else sum(taking.off)) == saved


def test_every_nth_counts_on_from_line_to_line() -> None:
    # 10 [6] 6 [3] 3 [3]
    action = EveryNth(nth=2)
    goods = on_the_counter("10.00", "2 x 6.00", "3 x 3.00")
    assert told(action.take(goods)) == ([0, 600, 600], [1, 2, 3], [1000, 1200, 900])


def test_the_rates_of_the_first_and_the_others_are_rounded_for_each_line() -> None:
    # 50 % of 9.99 = 4.995 -> 5.00; 50 % of 2 x 0.25 = 0.25
    action = FirstThenOthers(first_percent=Decimal(0), others_percent=Decimal(50))
    goods = on_the_counter("10.00", "9.99", "2 x 0.25")
    assert told(action.take(goods))[0] == [0, 500, 25]


@pytest.mark.parametrize(
    ("action", "off", "used", "cost"),
    [
        (CheapestOf(quantity=3), 333, 3, 1000),  # of 3.34 3.33 [3.33]
        (EveryNth(nth=2), 333, 2, 667),  # 3.34 [3.33], and one of 3.33 is left
        (BuyGet(buy_quantity=1, get_quantity=1), 333, 2, 667),
        (HALF_OF_FIRST, 167, 3, 1000),  # 50 % of 3.34
        (BundlePrice(quantity=2, price=eur("6.00")), 67, 2, 667),  # 3.34 + 3.33 - 6.00
    ],
)
def test_the_odd_cent_of_a_line_lies_on_its_first_piece(
    action: PieceAction, off: int, used: int, cost: int
) -> None:
    # 10.00 for three is 3.34, 3.33, 3.33
    goods = on_the_counter("3 x 4.00", values=[1000])
    assert told(action.take(goods)) == ([off], [used], [cost])


def test_pieces_stand_by_their_price_and_not_by_their_line() -> None:
    # 7.01 for two is 3.51, 3.50; 3.51 [3.51] of the other line, and 3.50 is left
    goods = on_the_counter("2 x 4.00", "4.00", values=[701, 351])
    assert told(EveryNth(nth=2).take(goods)) == ([0, 351], [1, 1], [351, 351])


@pytest.mark.parametrize(
    ("amount", "at_most", "taken"),
    [
        ("15.00", 1, 334),  # the first costs a cent more than the others
        ("15.00", 2, 667),  # 3.34 + 3.33
        ("15.00", None, 1000),  # all three
        ("3.34", None, 1000),  # 3.34 + 3.33 + 3.33
        ("3.33", None, 999),
        ("1.00", 2, 200),
    ],
)
def test_an_amount_off_pieces_of_a_line_that_does_not_go_up_in_them(
    amount: str, at_most: int | None, taken: int
) -> None:
    # 10.00 for three is 3.34, 3.33, 3.33
    action = AmountOffUnits(eur(amount), at_most=at_most)
    goods = on_the_counter("3 x 4.00", values=[1000])
    assert told(action.take(goods))[0] == [taken]


@pytest.mark.parametrize(
    ("action", "off"),
    [
        (AmountOffUnits(eur("1.00"), of=MUGS), 200),  # 2 x 1.00
        (FixedPrice(eur("9.00"), of=MUGS), 200),  # 2 x (10.00 - 9.00)
        (PercentOffItems(Decimal(10), of=MUGS), 200),  # 10 % of 20.00
        (Tiered([Tier(HALF, quantity=2)], of=MUGS, of_order=False), 1000),  # 50 % of 20.00
        (Tiered([Tier(HALF, amount=eur("20.00"))], of=MUGS), 1000),
    ],
)
def test_what_is_not_selected_keeps_its_price_and_stays_whole(
    action: AmountOffUnits | FixedPrice | PercentOffItems | Tiered, off: int
) -> None:
    assert told(action.take(on_the_counter("5.00", "2 x 10.00 #mug"))) == ([0, off], [], [])
    assert action.take(on_the_counter("5.00", "2 x 10.00")) is None


@pytest.mark.parametrize(
    "action",
    [
        PercentOffOrder(Decimal(10), of=MUGS),  # 10 % of 40.00
        AmountOffOrder(eur("4.00"), of=MUGS),
        AmountOffItems(eur("4.00"), of=MUGS),
    ],
)
def test_an_amount_lies_by_the_value_of_what_is_selected(
    action: PercentOffOrder | AmountOffOrder | AmountOffItems,
) -> None:
    # 4.00 over 10.00 : 30.00 = 1.00, 3.00
    taking = action.take(on_the_counter("10.00 #mug", "5.00", "30.00 #mug"))
    assert taking is not None
    assert (list(taking.off), list(taking.by)) == ([100, 0, 300], [1000, 0, 3000])


def test_what_a_selection_holds_is_the_same_when_it_is_asked_again() -> None:
    goods = on_the_counter("10.00 #mug", "5.00", "30.00 #mug")
    for of, held in ((MUGS, [0, 2]), (BUYS, []), (EVERYTHING, [0, 1, 2])) * 2:
        assert goods.eligible(of) == held


def test_a_percentage_with_four_decimals_is_taken_exactly() -> None:
    # 33.3333 % of 300.00 = 99.9999 -> 100.00; 0.0001 % of 9,999.99 = 0.00999999 -> 0.01
    goods = on_the_counter("300.00 #mug", "9999.99 #cup")
    third = PercentOffItems(Decimal("33.3333"), of=MUGS)
    least = PercentOffItems(Decimal("0.0001"), of=Selection(tags={"cup"}))
    assert told(third.take(goods))[0] == [10000, 0]
    assert told(least.take(goods))[0] == [0, 1]


def test_a_selection_tells_of_one_item_whether_it_holds_it() -> None:
    mug, cup = a_line("10.00 #mug"), a_line("5.00 #cup", 2)
    assert [MUGS.holds(each) for each in (mug, cup)] == [True, False]
    assert EVERYTHING.holds(cup) is True
