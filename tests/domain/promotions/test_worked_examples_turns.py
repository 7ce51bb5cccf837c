"""Worked turns: who acts beside whom, on what is left, and who is displaced by whom."""

from __future__ import annotations

from decimal import Decimal

import pytest
from attrs import evolve

from automate_store.domain.pricing import MOST_TRIALS, PresentedCode, PricingRules, simulate
from automate_store.domain.pricing.carrying import parcel_of
from automate_store.domain.promotions import (
    AmountOffItems,
    AmountOffOrder,
    BuyGet,
    CheapestOf,
    FreeShipping,
    Gift,
    MinimumAmount,
    Off,
    OffShipping,
    PercentOffItems,
    PercentOffOrder,
    Promotion,
    Selection,
)
from tests.domain.promotions.counter import (
    BERLIN,
    POLICY,
    a_cart,
    a_coupon,
    a_giveaway,
    a_parcel,
    a_promotion,
    eur,
    given,
    measured,
    off,
    opening,
    own_id,
    priced,
    refusal,
    standings,
    verdict,
)

HALF = Off(percent=Decimal(50))
TENTH_OF_ITEMS = PercentOffItems(Decimal(10))
PAIR = BuyGet(buy_quantity=1, get_quantity=1)
PRESENT = Gift(own_id(99))


def amount(written: str, number: int = 1, **facts: object) -> Promotion:
    """So much off the order."""
    return a_promotion(AmountOffOrder(eur(written)), number=number, **facts)


def test_an_exclusive_code_of_higher_priority_acts_before_an_exclusive_promotion() -> None:
    # 1.00 at priority 9, and not 5.00 at priority 1
    hidden = amount("1.00", exclusive=True, priority=9, needs_code=True)
    other = amount("5.00", 2, exclusive=True, priority=1)
    appraisal = priced(a_cart("20.00", codes=given(opening(hidden))), hidden, other)
    assert appraisal.quote.discount == eur("1.00")
    assert standings(appraisal) == {"C70": "applied", "p2": "displaced"}


def test_who_loses_in_a_group_is_displaced_by_its_winner_and_by_nobody_else() -> None:
    # p3 and p1 act, p2 gives less than p1
    group = amount("3.00", group="g"), amount("2.00", 2, group="g")
    appraisal = priced(a_cart("20.00"), *group, amount("1.00", 3), amount("1.00", 4, group="h"))
    assert verdict(appraisal, "p2").displaced_by == ("p1",)
    assert appraisal.quote.discount == eur("5.00")


def test_who_finds_nothing_left_is_refused_whether_or_not_a_rival_is_chosen() -> None:
    # all 20.00 are gone before p2 and p3 have their turn, of which p2 goes first
    whole = a_promotion(PercentOffOrder(Decimal(100)), priority=9)
    appraisal = priced(
        a_cart("20.00"), whole, amount("1.00", 2, group="g"), amount("1.00", 3, group="g")
    )
    assert standings(appraisal) == {"p1": "applied", "p2": "refused", "p3": "refused"}
    assert verdict(appraisal, "p3").detail == "there is nothing left to reduce"


def ways(pairs: int) -> list[Promotion]:
    """5.00 and 5.00, or a cent each and then 12.00 more; and so many idle pairs."""
    dear = amount("5.00", 1, group="a", priority=9), amount("5.00", 2, group="b", priority=9)
    cheap = amount("0.01", 3, group="a", priority=8), amount("0.01", 4, group="b", priority=8)
    more = amount("12.00", 5, conditions=(MinimumAmount(eur("19.98")),))
    idle = [
        a_promotion(FreeShipping(), number=number, group=f"idle{number % pairs}")
        for number in range(10, 10 + 2 * pairs)
    ]
    return [*dear, *cheap, more, *idle]


def test_as_many_ways_as_there_are_trials_are_all_priced() -> None:
    # 2 ** 5 = 32 ways: 0.01 + 0.01 + 12.00 = 12.02
    assert MOST_TRIALS == 2 ** (2 + 3)
    assert off(a_cart("20.00"), *ways(3)) == "12.02 of 20.00"


def test_where_there_are_more_ways_each_group_takes_its_best_in_turn() -> None:
    # 2 ** 6 = 64 ways: of group a 5.00 beside 5.00 is better than 0.01, and so of group b
    assert off(a_cart("20.00"), *ways(4)) == "10.00 of 20.00"


def test_item_percentages_go_before_other_actions_of_their_promotion() -> None:
    # 10 % of 20.00 = 2.00, then 5.00; not 10 % of 15.00
    actions = AmountOffItems(eur("5.00")), TENTH_OF_ITEMS
    assert off(a_cart("20.00"), a_promotion(*actions)) == "7.00 of 20.00"


def test_what_a_promotion_used_up_is_gone_for_codes_too() -> None:
    # 10.00 for a pair; of three pieces one is left, and half of it is 5.00
    code = a_promotion(CheapestOf(quantity=1, off=HALF, at_most=3), number=2, needs_code=True)
    cart = a_cart("3 x 10.00", codes=given(opening(code)))
    assert off(cart, a_promotion(PAIR), code) == "15.00 of 30.00"


def test_what_is_left_for_a_code_costs_what_earlier_codes_left_of_it() -> None:
    # 10.00 for a pair; 10 % of 20.00 = 2.00; half of the 9.00 that the third piece costs by now
    tenth = a_promotion(TENTH_OF_ITEMS, number=2, needs_code=True, priority=9)
    half = a_promotion(CheapestOf(quantity=1, off=HALF, at_most=3), number=3, needs_code=True)
    codes = given(opening(tenth, stackable=True), opening(half, 71, stackable=True))
    quote = priced(a_cart("3 x 10.00", codes=codes), a_promotion(PAIR), tenth, half).quote
    assert [each.discount for each in quote.codes] == [eur("2.00"), eur("4.50")]
    assert quote.discount == eur("16.50")


def test_a_pair_of_which_the_given_piece_costs_nothing_uses_nothing_up() -> None:
    # the mugs are free, so that a pair would give 0.00; half of 3 x 4.00 is there for the code
    free = a_promotion(PercentOffItems(Decimal(100), of=Selection(tags={"mug"})), priority=9)
    code = a_promotion(CheapestOf(quantity=1, off=HALF, at_most=9), number=3, needs_code=True)
    cart = a_cart("3 x 10.00 #mug", "3 x 4.00", codes=given(opening(code)))
    appraisal = priced(cart, free, a_promotion(PAIR, number=2), code)
    assert [line.discount for line in appraisal.quote.lines] == [eur("30.00"), eur("6.00")]
    assert standings(appraisal) == {"p1": "applied", "p2": "refused", "C70": "applied"}


@pytest.mark.parametrize(
    ("cap", "taken"),
    [
        (None, "3.68"),  # 50 % of 4.90 = 2.45, 50 % of 2.45 = 1.225 -> 1.23
        ("3.00", "3.00"),
        ("9.00", "3.68"),
    ],
)
def test_two_reductions_of_shipping_in_one_promotion_compound_under_its_cap(
    cap: str | None, taken: str
) -> None:
    most = None if cap is None else eur(cap)
    promotion = a_promotion(OffShipping(HALF), OffShipping(HALF), maximum_discount=most)
    cart = a_cart("20.00", destination=BERLIN, shipping_method="parcel")
    assert priced(cart, promotion, methods=(a_parcel("4.90"),)).quote.discount == eur(taken)


def test_a_reduction_for_another_method_takes_nothing_beside_one_that_applies() -> None:
    # 50 % of 4.90 = 2.45, nothing for express
    actions = FreeShipping(methods={"express"}), OffShipping(HALF)
    cart = a_cart("20.00", destination=BERLIN, shipping_method="parcel")
    quote = priced(cart, a_promotion(*actions), methods=(a_parcel("4.90"),)).quote
    assert quote.discount == eur("2.45")


def test_shipping_that_is_free_already_leaves_nothing_to_take() -> None:
    # 4.90 of 4.90; the second finds 0.00
    free = [a_promotion(FreeShipping(), number=number) for number in (1, 2)]
    cart = a_cart("20.00", destination=BERLIN, shipping_method="parcel")
    appraisal = priced(cart, *free, methods=(a_parcel("4.90"),))
    assert appraisal.quote.discount == eur("4.90")
    assert standings(appraisal) == {"p1": "applied", "p2": "refused"}
    assert verdict(appraisal, "p2").detail == "shipping is free already"


def test_a_cap_that_is_used_up_on_goods_leaves_shipping_alone() -> None:
    # 10 % of 30.00 = 3.00, at most 3.00
    promotion = a_promotion(TENTH_OF_ITEMS, FreeShipping(), maximum_discount=eur("3.00"))
    cart = a_cart("30.00", destination=BERLIN, shipping_method="parcel")
    found = verdict(priced(cart, promotion, methods=(a_parcel("4.90"),)))
    assert (found.discount, found.shipping) == (eur("3.00"), eur("0.00"))


def test_a_cap_counts_the_actions_of_one_turn_together() -> None:
    # 5.00, then 3.00 of 4.00: at most 8.00
    actions = AmountOffOrder(eur("5.00")), AmountOffOrder(eur("4.00"))
    promotion = a_promotion(*actions, maximum_discount=eur("8.00"))
    assert off(a_cart("20.00"), promotion) == "8.00 of 20.00"


def test_a_capped_amount_stays_with_what_is_selected() -> None:
    # 6.00 of 8.00 over 10.00 : 20.00 = 2.00, 4.00; the third line is no mug
    action = AmountOffOrder(eur("8.00"), of=Selection(tags={"mug"}))
    promotion = a_promotion(action, maximum_discount=eur("6.00"))
    assert off(a_cart("10.00 #mug", "20.00 #mug", "30.00"), promotion) == "2.00 4.00 0.00 of 60.00"


def test_a_gift_is_given_as_long_as_there_is_one() -> None:
    # one is there: p1 gives it, p2 finds none
    cart = a_cart("20.00", giveaways=(a_giveaway("5.00", 1),))
    both = a_promotion(PRESENT), a_promotion(PRESENT, number=2)
    assert standings(priced(cart, *both)) == {"p1": "applied", "p2": "refused"}
    assert measured(refusal(cart, *both, rule="p2")) == ("gift_out_of_stock", 0, 1, 1)
    enough = evolve(cart, giveaways=(a_giveaway("5.00", 2),))
    assert standings(priced(enough, *both)) == {"p1": "applied", "p2": "applied"}


def test_two_gifts_of_a_promotion_are_given_both_or_not_at_all() -> None:
    # two of one variant where one is there; a cup where there is none
    cart = a_cart("20.00", giveaways=(a_giveaway("5.00", 1), a_giveaway("1.00", 0, 98)))
    twice = a_promotion(PRESENT, PRESENT)
    assert measured(refusal(cart, twice)) == ("gift_out_of_stock", 1, 2, 1)
    both = a_promotion(PRESENT, Gift(own_id(98)))
    assert len(priced(cart, both).quote.lines) == 1
    assert refusal(cart, both).condition == "gift"
    assert refusal(cart, both).detail == "the gift is out of stock"


def test_one_gift_given_twice_is_one_line_of_two() -> None:
    # 5.00 + 5.00 in one line, and each cent in the verdict
    cart = a_cart("20.00", giveaways=(a_giveaway("5.00", 2),))
    appraisal = priced(cart, a_promotion(PRESENT, PRESENT))
    assert [line.quantity for line in appraisal.quote.lines] == [1, 2]
    assert verdict(appraisal).discount == appraisal.quote.discount == eur("10.00")


def test_two_gifts_stand_behind_the_lines_each_with_its_own_price_off() -> None:
    # 2 x 5.00 and 1.00
    cart = a_cart("20.00", giveaways=(a_giveaway("5.00", 2), a_giveaway("1.00", 1, 98)))
    tenth = a_promotion(TENTH_OF_ITEMS, number=2)
    appraisal = priced(cart, a_promotion(Gift(own_id(99), 2), Gift(own_id(98))), tenth)
    lines = [(line.subtotal, line.discount, line.gift) for line in appraisal.quote.lines]
    assert lines == [
        (eur("20.00"), eur("2.00"), False),
        (eur("10.00"), eur("10.00"), True),
        (eur("1.00"), eur("1.00"), True),
    ]
    assert verdict(appraisal).discount == eur("11.00")


def test_a_gift_is_carried_with_the_others_and_taxed_as_what_it_is() -> None:
    # 100 g of goods and 2 x 250 g, worth 20.00 + 0.00
    present = a_giveaway("5.00", 2, weight_g=250)
    cart = a_cart("20.00", giveaways=(present,))
    promotion = a_promotion(Gift(own_id(99), 2))
    rules = PricingRules(policy=POLICY, shipping_methods=(), tax_rates=(), promotions=(promotion,))
    parcel = parcel_of(cart, rules)
    assert parcel is not None
    assert (parcel.weight_g, parcel.quantity, parcel.value) == (600, 3, eur("20.00"))
    digital = evolve(cart, giveaways=(evolve(present, requires_shipping=False),))
    lighter = parcel_of(digital, rules)
    assert lighter is not None
    assert (lighter.weight_g, lighter.quantity) == (100, 1)


def test_a_simulation_takes_the_place_of_the_form_that_is_there() -> None:
    # 3.00 today, 5.00 as it would be; it needs a code today
    today = amount("3.00", needs_code=True)
    rules = PricingRules(policy=POLICY, shipping_methods=(), tax_rates=(), promotions=(today,))
    would = simulate(amount("5.00", needs_code=True, active=False), a_cart("20.00"), rules)
    assert (would.before.total, would.after.total) == (eur("20.00"), eur("15.00"))
    assert (would.verdict.rule, would.verdict.discount) == ("p1", eur("5.00"))
    assert would.verdicts == (would.verdict,)


def test_a_simulation_tells_the_promotion_from_others_and_from_a_code_of_its_name() -> None:
    # the coupon P9 takes 1.00, p1 takes 0.50, the promotion P9 would take 2.00
    coupon = a_coupon("1.00", code="P9")
    cart = a_cart("20.00", codes=(PresentedCode(code="p9", coupon=coupon),))
    other = amount("0.50")
    rules = PricingRules(policy=POLICY, shipping_methods=(), tax_rates=(), promotions=(other,))
    would = simulate(evolve(amount("2.00", 9), code="P9"), cart, rules)
    assert (would.verdict.code, would.verdict.discount) == (None, eur("2.00"))
    assert would.after.discount == eur("3.50")


def test_who_would_take_nothing_beside_the_winner_is_refused_and_not_displaced() -> None:
    # 10 % of 0.05 = 0.005 -> 0.01; 10 % of the 0.04 left = 0.004 -> 0.00
    tenth, half = PercentOffOrder(Decimal(10)), PercentOffOrder(Decimal(50))
    first = a_promotion(tenth, group="second")
    idle = a_promotion(PercentOffOrder(Decimal(10), Selection(tags={"mug"})), number=2, group="one")
    later = a_promotion(tenth, number=4, group="one")
    hidden = a_promotion(
        half, number=51, group="second", conditions=(MinimumAmount(eur("0.05")),), needs_code=True
    )
    found = priced(a_cart("0.05", codes=given(opening(hidden))), first, idle, later, hidden)
    assert standings(found) == {
        "p1": "applied",
        "p2": "refused",
        "p4": "refused",
        "C70": "refused",
    }
