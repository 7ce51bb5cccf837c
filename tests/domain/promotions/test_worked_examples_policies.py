"""Worked policies: floors, caps, gifts, and which promotions act together."""

from decimal import Decimal

import pytest

from automate_store.domain.kernel.money import Money
from automate_store.domain.pricing import MOST_TRIALS, simulate
from automate_store.domain.pricing.basket import PricingRules
from automate_store.domain.promotions import (
    AmountOffItems,
    AmountOffOrder,
    FreeShipping,
    Gift,
    MinimumAmount,
    MinimumQuantity,
    PercentOffItems,
    PercentOffOrder,
    Promotion,
    Selection,
)
from tests.domain.promotions.counter import (
    BERLIN,
    POLICY,
    a_cart,
    a_giveaway,
    a_line,
    a_parcel,
    a_promotion,
    eur,
    measured,
    off,
    own_id,
    priced,
    refusal,
    standings,
    verdict,
)

FLOORED = a_line("10.00", minimum_price="9.00")
HALF_OF_ORDER = PercentOffOrder(Decimal(50))
PRESENT = Gift(own_id(99))


def amount(written: str, number: int = 1, **facts: object) -> Promotion:
    """So much off the order."""
    return a_promotion(AmountOffOrder(eur(written)), number=number, **facts)


def test_a_floor_price_moves_an_order_discount_to_the_others() -> None:
    # 6.00 over 10.00 : 10.00 = 3.00 each; the first can bear 1.00, the other bears 5.00
    assert off(a_cart(FLOORED, "10.00"), amount("6.00")) == "1.00 5.00 of 20.00"


def test_what_a_floor_keeps_goes_to_the_others_in_proportion() -> None:
    # the first is at its floor; 8.00 over 10.00 : 30.00 = 2.00, 6.00
    fixed = a_line("10.00", minimum_price="10.00")
    assert off(a_cart(fixed, "10.00", "30.00"), amount("8.00")) == "0.00 2.00 6.00 of 50.00"


def test_what_nobody_can_take_is_lost() -> None:
    # 10.00 - 9.00 = 1.00 and 10.00 - 8.00 = 2.00; 3.00 of 6.00 are lost
    second = a_line("10.00", number=2, minimum_price="8.00")
    assert off(a_cart(FLOORED, second), amount("6.00")) == "1.00 2.00 of 20.00"


def test_a_floor_is_that_of_each_unit() -> None:
    # 3 x (10.00 - 9.00) = 3.00 of 15.00
    three = a_line("3 x 10.00", minimum_price="9.00")
    assert off(a_cart(three), a_promotion(HALF_OF_ORDER)) == "3.00 of 30.00"


def test_a_percentage_of_items_stops_at_the_floor() -> None:
    # 50 % of 10.00 = 5.00, of which 1.00; the other line keeps to its own 50 %
    promotion = a_promotion(PercentOffItems(Decimal(50)))
    assert off(a_cart(FLOORED, "10.00"), promotion) == "1.00 5.00 of 20.00"


def test_a_floor_holds_however_many_promotions_push() -> None:
    # 10 % of 10.00 = 1.00 brings it to 9.00; the next finds no room
    first = a_promotion(PercentOffItems(Decimal(10)), priority=9)
    later = a_promotion(PercentOffItems(Decimal(10)), number=2)
    assert off(a_cart(FLOORED), first, later) == "1.00 of 10.00"


def test_a_floor_above_the_price_leaves_the_price_alone() -> None:
    # 12.00 > 10.00: there is nothing to take, and nothing to add
    dear = a_line("10.00", minimum_price="12.00")
    assert off(a_cart(dear, "10.00"), amount("4.00")) == "0.00 4.00 of 20.00"


def test_a_maximum_caps_a_percentage() -> None:
    # 50 % of 100.00 = 50.00, at most 20.00; over 75.00 : 25.00 = 15.00, 5.00
    promotion = a_promotion(HALF_OF_ORDER, maximum_discount=eur("20.00"))
    assert off(a_cart("75.00", "25.00"), promotion) == "15.00 5.00 of 100.00"


def test_a_capped_discount_goes_by_value_and_then_by_floor() -> None:
    # 50 % of 20.00 = 10.00, at most 5.00: 2.50 each; the first bears 1.00, the other 4.00
    promotion = a_promotion(HALF_OF_ORDER, maximum_discount=eur("5.00"))
    assert off(a_cart(FLOORED, "10.00"), promotion) == "1.00 4.00 of 20.00"


def test_a_maximum_caps_item_percentages_together() -> None:
    # 10 % of 30.00 and of 20.00 = 3.00, 2.00; at most 4.00, over 3 : 2 = 2.40, 1.60
    promotion = a_promotion(PercentOffItems(Decimal(10)), maximum_discount=eur("4.00"))
    assert off(a_cart("30.00", "20.00"), promotion) == "2.40 1.60 of 50.00"


def test_a_maximum_caps_all_that_a_promotion_takes() -> None:
    # 10 % of 30.00 = 3.00; of 5.00 in all 2.00 are left for 4.90 of shipping
    actions = PercentOffItems(Decimal(10)), FreeShipping()
    promotion = a_promotion(*actions, maximum_discount=eur("5.00"))
    cart = a_cart("30.00", destination=BERLIN, shipping_method="parcel")
    found = verdict(priced(cart, promotion, methods=(a_parcel("4.90"),)))
    assert (found.discount, found.shipping) == (eur("5.00"), eur("2.00"))


def test_many_promotions_never_go_below_zero() -> None:
    # 7.00 + 7.00 + 7.00 off 10.00: 7.00, 3.00, nothing
    promotions = [amount("7.00", number) for number in (1, 2, 3)]
    appraisal = priced(a_cart("10.00"), *promotions)
    assert [each.discount for each in appraisal.verdicts] == [eur("7.00"), eur("3.00"), eur("0")]
    assert appraisal.quote.total == eur("0.00")


def test_a_higher_priority_goes_first() -> None:
    # 50 % of 20.00 = 10.00, then 5.00; the other way round 5.00, then 50 % of 15.00 = 7.50
    half, five = a_promotion(HALF_OF_ORDER, priority=5), amount("5.00", 2)
    assert off(a_cart("20.00"), half, five) == "15.00 of 20.00"
    assert off(a_cart("20.00"), half, amount("5.00", 2, priority=6)) == "12.50 of 20.00"


def test_items_go_before_the_order_whatever_the_priority() -> None:
    # 5.00 off the items leaves 15.00; 50 % of 15.00 = 7.50
    items = a_promotion(AmountOffItems(eur("5.00")), number=2)
    assert off(a_cart("20.00"), a_promotion(HALF_OF_ORDER, priority=9), items) == "12.50 of 20.00"


def test_an_exclusive_promotion_acts_alone_whatever_others_would_give() -> None:
    # 1.00, and not 10.00
    appraisal = priced(a_cart("20.00"), amount("1.00", exclusive=True), amount("10.00", 2))
    assert appraisal.quote.discount == eur("1.00")
    assert verdict(appraisal, "p2").displaced_by == ("p1",)


def test_of_two_exclusive_ones_the_higher_priority_acts() -> None:
    # 1.00 at priority 2, and not 10.00 at priority 1
    first = amount("1.00", exclusive=True, priority=2)
    other = amount("10.00", 2, exclusive=True, priority=1)
    appraisal = priced(a_cart("20.00"), first, other)
    assert appraisal.quote.discount == eur("1.00")
    assert standings(appraisal) == {"p1": "applied", "p2": "displaced"}


def test_of_two_exclusive_ones_of_one_priority_the_lower_total_acts() -> None:
    # 10.00 leaves 10.00, 1.00 would leave 19.00
    two = amount("1.00", exclusive=True), amount("10.00", 2, exclusive=True)
    assert off(a_cart("20.00"), *two) == "10.00 of 20.00"


def test_of_two_exclusive_ones_that_give_alike_the_lower_id_acts() -> None:
    # 50 % of 20.00 = 10.00, as 10.00 is
    two = amount("10.00", 2, exclusive=True), a_promotion(HALF_OF_ORDER, exclusive=True)
    assert standings(priced(a_cart("20.00"), *two)) == {"p1": "applied", "p2": "displaced"}


def test_an_exclusive_one_that_does_not_apply_stands_in_nobody_s_way() -> None:
    # 100.00 are not reached, so 10.00 off
    shut = a_promotion(HALF_OF_ORDER, exclusive=True, conditions=(MinimumAmount(eur("100.00")),))
    appraisal = priced(a_cart("20.00"), shut, amount("10.00", 2))
    assert appraisal.quote.discount == eur("10.00")
    assert standings(appraisal) == {"p1": "refused", "p2": "applied"}


@pytest.mark.parametrize(
    ("price", "acts", "taken"),
    [
        ("20.00", "p2", "3.00"),  # 3.00 > 10 % of 20.00 = 2.00
        ("50.00", "p1", "5.00"),  # 10 % of 50.00 = 5.00 > 3.00
        ("30.00", "p1", "3.00"),  # both 3.00: the lower id
    ],
)
def test_of_a_group_the_one_that_is_best_for_the_customer_acts(
    price: str, acts: str, taken: str
) -> None:
    tenth = a_promotion(PercentOffOrder(Decimal(10)), group="welcome")
    appraisal = priced(a_cart(price), tenth, amount("3.00", 2, group="welcome"))
    assert appraisal.quote.discount == eur(taken)
    assert verdict(appraisal, acts).standing == "applied"


def test_of_a_tie_in_a_group_the_higher_priority_acts() -> None:
    # 3.00 both ways
    group = [amount("3.00", number, group="g", priority=number) for number in (1, 2)]
    assert standings(priced(a_cart("30.00"), *group)) == {"p1": "displaced", "p2": "applied"}


def test_the_one_of_a_group_acts_at_its_own_priority_beside_others() -> None:
    # 5.00 first, then 50 % of 15.00 = 7.50 (and not 10.00 first, then 5.00)
    five = amount("5.00", 2, group="g", priority=9)
    less = amount("1.00", 3, group="g")
    assert off(a_cart("20.00"), a_promotion(HALF_OF_ORDER), five, less) == "12.50 of 20.00"


def test_the_whole_total_counts_and_not_the_group_s_own_discount() -> None:
    # p1 takes 6.00 and shuts out p3 (14.00 < 15.00): 6.00; p2 takes 5.00, and p3 4.00: 9.00
    group = amount("6.00", group="g", priority=9), amount("5.00", 2, group="g", priority=9)
    later = amount("4.00", 3, conditions=(MinimumAmount(eur("15.00")),))
    appraisal = priced(a_cart("20.00"), *group, later)
    assert appraisal.quote.discount == eur("9.00")
    assert standings(appraisal) == {"p1": "displaced", "p2": "applied", "p3": "applied"}


def test_the_lowest_total_counts_even_where_another_group_is_left_with_nothing() -> None:
    # p1: 100.00 - 50.00 = 50.00, too little for p3; p2 and p3: 100.00 - 1.00 - 5.00 = 94.00
    group = amount("50.00", group="g", priority=9), amount("1.00", 2, group="g", priority=9)
    alone = amount("5.00", 3, group="h", conditions=(MinimumAmount(eur("60.00")),))
    appraisal = priced(a_cart("100.00"), *group, alone)
    assert appraisal.quote.total == eur("50.00")
    assert verdict(appraisal, "p1").standing == "applied"


def test_who_does_not_apply_does_not_win_a_group() -> None:
    # p1 takes 1.00 and shuts out p3: 19.00; were it idle p3 would take 5.00, but p2 can't act
    first = amount("1.00", group="g", priority=9)
    shut = amount("9.00", 2, group="g", conditions=(MinimumQuantity(7),))
    later = amount("5.00", 3, conditions=(MinimumAmount(eur("20.00")),))
    appraisal = priced(a_cart("20.00"), first, shut, later)
    assert appraisal.quote.total == eur("19.00")
    assert standings(appraisal) == {"p1": "applied", "p2": "refused", "p3": "refused"}


def test_groups_beyond_the_trials_are_settled_one_after_another() -> None:
    # 5 groups of 4: 4 ** 5 = 1024 ways; each group's best is 4.00: 5 x 4.00 = 20.00
    assert MOST_TRIALS < 4**5
    promotions = [
        amount(f"{each}.00", group * 4 + each, group=f"g{group}")
        for group in range(5)
        for each in (1, 2, 3, 4)
    ]
    assert off(a_cart("100.00"), *promotions) == "20.00 of 100.00"


def test_a_gift_is_a_line_with_all_of_its_price_off() -> None:
    # 20.00 + 5.00 - 5.00 = 20.00
    cart = a_cart("20.00", giveaways=(a_giveaway("5.00", available=1),))
    appraisal = priced(cart, a_promotion(PRESENT))
    (_, gift) = appraisal.quote.lines
    assert (gift.gift, gift.subtotal, gift.discount) == (True, eur("5.00"), eur("5.00"))
    assert appraisal.quote.total == eur("20.00")


def test_two_of_a_gift_that_costs_nothing_are_given_too() -> None:
    # 2 x 0.00 off is nothing, but the two are there
    cart = a_cart("20.00", giveaways=(a_giveaway("0.00", available=2),))
    appraisal = priced(cart, a_promotion(Gift(own_id(99), 2)))
    assert [line.quantity for line in appraisal.quote.lines] == [1, 2]
    assert verdict(appraisal).detail == "a gift"


def test_a_gift_that_is_out_of_stock_is_told() -> None:
    # there is one, and two are given: 2 - 1 = 1 is missing
    cart = a_cart("20.00", giveaways=(a_giveaway("5.00", available=1),))
    unmet = refusal(cart, a_promotion(Gift(own_id(99), 2)))
    assert measured(unmet) == ("gift_out_of_stock", 1, 2, 1)
    assert len(priced(cart, a_promotion(Gift(own_id(99), 2))).quote.lines) == 1


def test_a_gift_that_nobody_has_is_out_of_stock() -> None:
    # it is no longer sold
    assert measured(refusal(a_cart("20.00"), a_promotion(PRESENT))) == (
        "gift_out_of_stock",
        0,
        1,
        1,
    )


def test_what_is_in_the_cart_already_is_not_given_away_too() -> None:
    # 2 there, 2 in the cart: 2 - 2 = 0 are left
    cart = a_cart(a_line("2 x 5.00", number=99), giveaways=(a_giveaway("5.00", available=2),))
    assert measured(refusal(cart, a_promotion(PRESENT))) == ("gift_out_of_stock", 0, 1, 1)


def test_no_condition_and_no_discount_sees_a_gift() -> None:
    # 10 % of 20.00 = 2.00, not of 25.00; one piece, not two
    cart = a_cart("20.00", giveaways=(a_giveaway("5.00", available=1),))
    gift = a_promotion(PRESENT, priority=9)
    tenth = a_promotion(PercentOffOrder(Decimal(10)), number=2)
    two = amount("1.00", 3, conditions=(MinimumQuantity(2),))
    appraisal = priced(cart, gift, tenth, two)
    assert [line.discount for line in appraisal.quote.lines] == [eur("2.00"), eur("5.00")]
    assert verdict(appraisal, "p3").standing == "refused"


def test_an_empty_cart_is_given_nothing() -> None:
    # no line to lay it beside
    appraisal = priced(a_cart(giveaways=(a_giveaway("5.00", 1),)), a_promotion(PRESENT))
    assert (appraisal.quote.lines, appraisal.quote.total) == ((), eur("0.00"))


def test_a_simulation_tells_what_a_promotion_would_change() -> None:
    # 20.00 - 3.00 = 17.00 today; with 5.00 in the same group 15.00
    today = amount("3.00", group="g")
    rules = PricingRules(policy=POLICY, shipping_methods=(), tax_rates=(), promotions=(today,))
    would = simulate(amount("5.00", 2, group="g", active=False), a_cart("20.00"), rules)
    assert (would.before.total, would.after.total) == (eur("17.00"), eur("15.00"))
    assert [each.standing.value for each in would.verdicts] == ["displaced", "applied"]


def test_a_split_by_dinars_keeps_every_fils() -> None:
    # 1.000 over three of 2.500 = 0.334, 0.333, 0.333
    promotion = a_promotion(AmountOffOrder(Money(1000, "KWD")))
    cart = a_cart("2.500", "2.500", "2.500", currency="KWD")
    assert off(cart, promotion) == "0.334 0.333 0.333 of 7.500"


def test_a_selection_narrows_what_bears_a_discount_and_its_redistribution() -> None:
    # 4.00 over the two mugs, 2.00 each; the floor leaves 1.00, the other mug bears 3.00
    first = a_line("10.00 #mug", minimum_price="9.00")
    action = AmountOffOrder(eur("4.00"), of=Selection(tags={"mug"}))
    assert off(a_cart(first, "10.00 #mug", "50.00"), a_promotion(action)) == (
        "1.00 3.00 0.00 of 70.00"
    )
