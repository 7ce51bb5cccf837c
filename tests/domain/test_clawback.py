"""Clawback: a discount that the kept goods earn no more is taken back, where a shop says so."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from math import prod
from uuid import UUID

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from automate_store.domain.kernel.ids import (
    ProductId,
    PromotionId,
    VariantId,
)
from automate_store.domain.orders import Order
from automate_store.domain.pricing import (
    Giveaway,
    PricingRules,
    QuotedLine,
)
from automate_store.domain.promotions import (
    AmountOffOrder,
    BuyGet,
    Gift,
    MinimumAmount,
    PercentOffItems,
    PercentOffOrder,
    Shopper,
)
from automate_store.domain.returns import RefundPart, Terms
from automate_store.domain.taxes import TaxMode
from automate_store.entrypoints.properties.clawback import (
    Desk,
    assert_all_comes_back,
    assert_no_return_pays_more_at_once,
    bargains,
    clawing_policy,
)
from automate_store.entrypoints.properties.returns import (
    FAULTY,
    UNWANTED,
    paid_for_goods,
    units_of,
)
from tests.domain.clawing import (
    CAP,
    FIRST,
    SECOND,
    TEN_OFF_FROM_FIFTY,
    Shop,
    back,
    clawed,
    coupon,
    line,
    one_by_one,
    promotion,
    usd,
)


def test_ten_off_from_fifty_is_lost_with_the_first_of_three_at_twenty() -> None:
    # 60.00 less 10.00 lies on them as 3.34, 3.33, 3.33. The first one gives back 16.66, less
    # the 6.66 that the other two do not earn: they cost 40.00, as if bought alone.
    desk = one_by_one(Shop(promotions=(TEN_OFF_FROM_FIFTY,)).sold())
    assert clawed(desk) == [-666, 333, 333]
    assert back(desk) == [1000, 2000, 2000]


def test_where_tax_is_added_the_tax_on_the_discount_is_taken_back_with_it() -> None:
    # 50.00 and 5.00 tax on it (1.67, 1.67, 1.66). The first gives back 16.66 + 1.67, less
    # 6.66 and its tax: 7.326, so 7.33. Of the next, 3.33 and its tax, 3.66, is owed.
    desk = one_by_one(Shop(promotions=(TEN_OFF_FROM_FIFTY,), percent=10).sold())
    assert clawed(desk) == [-733, 367, 366]
    assert back(desk) == [1833 - 733, 1834 + 367, 1833 + 366]
    assert sum(back(desk)) == 5500


def test_where_prices_contain_tax_a_discount_is_worth_what_it_took_off_them() -> None:
    shop = Shop(promotions=(TEN_OFF_FROM_FIFTY,), percent=10, mode=TaxMode.INCLUSIVE)
    desk = one_by_one(shop.sold())
    assert clawed(desk) == [-666, 333, 333]
    assert back(desk) == [1000, 2000, 2000]


def test_who_owes_no_tax_was_spared_no_tax_either() -> None:
    # 50.00 contains 4.55 of tax, which is not owed. The other two were 40.00 less 6.67 less
    # 3.03 for the tax, and would be 36.36 without the tax alone: 6.06 more than 30.30.
    shop = Shop(promotions=(TEN_OFF_FROM_FIFTY,), percent=10, mode=TaxMode.INCLUSIVE)
    desk = evolve(shop, shopper=Shopper(tax_exempt=True)).sold()
    assert desk.order.total == usd(4545)
    assert clawed(desk.take_back({FIRST: 1}, UNWANTED)) == [-606]


def test_each_line_bears_the_tax_of_its_own_share() -> None:
    # 10.00 off 60.00: 3.33 of it on the 20.00, 6.67 on the two of 20.00 of which one leaves.
    lines = (line(FIRST, 2000, 1), line(SECOND, 2000, 2))
    desk = Shop(promotions=(TEN_OFF_FROM_FIFTY,), lines=lines, percent=10).sold()
    assert [each.discount.minor for each in desk.order.quote.lines] == [333, 667]
    # Kept are 3.33 and 3.33 (the first of the two bore 3.34): 3.66 each with its tax.
    assert clawed(desk.take_back({SECOND: 1}, UNWANTED)) == [-732]


def test_a_percentage_that_the_kept_goods_still_earn_stays() -> None:
    desk = one_by_one(Shop(codes=(coupon(10, least=None),)).sold())
    assert clawed(desk) == [0, 0, 0]
    assert back(desk) == [1800, 1800, 1800]


def test_odd_cents_of_a_percentage_are_no_loss() -> None:
    # 0.10 off three at 0.33 lies on them as 4, 3 and 3 cents; alone the first earns 3.
    lines = tuple(line(each, 33, 1) for each in (FIRST, SECOND, CAP))
    desk = Shop(codes=(coupon(10, least=None),), lines=lines).sold()
    assert [each.discount.minor for each in desk.order.quote.lines] == [4, 3, 3]
    desk = desk.take_back({SECOND: 1}, UNWANTED).take_back({CAP: 1}, UNWANTED)
    assert clawed(desk) == [0, 0]


def test_a_coupon_with_a_minimum_is_earned_until_less_is_kept() -> None:
    # 6.00 off 60.00, from 40.00 on: two still earn it. One does not: its 2.00 are taken back.
    desk = one_by_one(Shop(codes=(coupon(10, least=4000),)).sold())
    assert clawed(desk) == [0, -200, 200]
    assert back(desk) == [1800, 1600, 2000]


def test_only_what_is_lost_is_taken_back() -> None:
    # 10 % on all, and 5.00 off where 50.00 are left after it.
    all_off = evolve(promotion(PercentOffItems(Decimal(10))), id=PromotionId(UUID(int=7)))
    more = promotion(AmountOffOrder(usd(500)), least=5000)
    desk = Shop(promotions=(evolve(all_off, code="ALL", priority=1), more)).sold()
    assert desk.order.total == usd(4900)
    # 11.00 lie on them as 3.67, 3.67, 3.66; of the 7.33 that are kept, 5 in 11 are 3.33.
    assert clawed(desk.take_back({FIRST: 1}, UNWANTED)) == [-333]


def test_three_for_two_is_earned_by_as_many_threes_as_are_kept() -> None:
    # Two of six are free: 20.00 lie on them as 3.34, 3.34 and four times 3.33. Five earn one
    # of them and bear 16.66, four bear 13.32, and three no more than they earn.
    free = promotion(BuyGet(buy_quantity=2, get_quantity=1))
    desk = one_by_one(Shop(promotions=(free,), lines=(line(FIRST, 1000, 6),)).sold())
    assert clawed(desk) == [-666, 334, 332]
    assert back(desk) == [0, 1000, 667 + 332]


def test_a_gift_that_is_kept_has_its_price_where_it_is_not_earned() -> None:
    giveaway = Giveaway(
        product_id=ProductId(CAP),
        variant_id=VariantId(CAP),
        unit_price=usd(700),
        weight_g=0,
        requires_shipping=False,
        tax_class="standard",
        available=1,
    )
    given = promotion(Gift(VariantId(CAP), 1), least=4000)
    desk = Shop(promotions=(given,), giveaways=(giveaway,), percent=10).sold()
    (gift,) = (each.id for each in desk.order.quote.lines if each.gift)
    desk = one_by_one(desk, units=2)
    assert clawed(desk) == [0, -770]
    assert back(desk) == [2200, 2200 - 770]
    assert back(desk.take_back({gift: 1}, UNWANTED))[-1] == 770


def test_what_is_the_merchants_fault_costs_no_discount() -> None:
    desk = Shop(promotions=(TEN_OFF_FROM_FIFTY,)).sold().take_back({FIRST: 1}, FAULTY)
    assert (clawed(desk), back(desk)) == ([0], [1666])
    # Of the two that are left one goes for no fault: with the faulty one there were 40.00.
    desk = desk.take_back({FIRST: 1}, UNWANTED)
    assert (clawed(desk), back(desk)) == ([0, -333], [1666, 1334])


def test_a_refund_is_not_below_zero_and_what_was_not_taken_is_not_given_again() -> None:
    lines = (line(FIRST, 100, 1), line(SECOND, 4900, 1))
    desk = Shop(promotions=(TEN_OFF_FROM_FIFTY,), lines=lines).sold()
    desk = desk.take_back({FIRST: 1}, UNWANTED)
    assert (clawed(desk), back(desk)) == ([-80], [0])
    desk = desk.take_back({SECOND: 1}, UNWANTED)
    assert (clawed(desk), back(desk)) == ([-80, 80], [0, 4000])


def test_what_was_not_taken_is_taken_from_a_later_return() -> None:
    lines = (line(FIRST, 100, 1), line(SECOND, 2450, 2))
    desk = Shop(promotions=(TEN_OFF_FROM_FIFTY,), lines=lines).sold()
    # 0.20 and 9.80 came off; of the two, which bore 4.90 each, one stays and owes that.
    desk = desk.take_back({FIRST: 1}, UNWANTED).take_back({SECOND: 1}, UNWANTED)
    assert (clawed(desk), back(desk)) == ([-80, -410], [0, 1960 - 410])


def ended(rules: PricingRules) -> PricingRules:
    return evolve(rules, promotions=tuple(evolve(e, active=False) for e in rules.promotions))


def forgotten(rules: PricingRules) -> PricingRules:
    return evolve(rules, promotions=())


def dearer(rules: PricingRules) -> PricingRules:
    least = (MinimumAmount(usd(9000)),)
    return evolve(rules, promotions=tuple(evolve(e, conditions=least) for e in rules.promotions))


@pytest.mark.parametrize("change", [ended, forgotten, dearer])
def test_a_rule_that_would_not_give_it_any_more_takes_nothing_back(
    change: Callable[[PricingRules], PricingRules],
) -> None:
    shop = Shop(promotions=(TEN_OFF_FROM_FIFTY,))
    desk = shop.sold(later=change(shop.rules))
    assert clawed(one_by_one(desk)) == [0, 0, 0]


def test_a_promotion_that_was_not_there_is_not_asked() -> None:
    shop = Shop(promotions=(TEN_OFF_FROM_FIFTY,))
    new = evolve(
        promotion(PercentOffOrder(Decimal(50))),
        id=PromotionId(UUID(int=7)),
        code="NEW",
        exclusive=True,
    )
    desk = shop.sold(later=evolve(shop.rules, promotions=(TEN_OFF_FROM_FIFTY, new)))
    assert clawed(one_by_one(desk)) == [-666, 333, 333]


def test_a_shop_that_ends_the_policy_gives_again_what_it_took() -> None:
    desk = Shop(promotions=(TEN_OFF_FROM_FIFTY,)).sold().take_back({FIRST: 1}, UNWANTED)
    desk = one_by_one(evolve(desk, terms=None), units=2)
    assert clawed(desk) == [-666, 666, 0]
    assert sum(back(desk)) == 5000


@given(bought=bargains(), data=st.data())
def test_all_comes_back_one_by_one_in_any_order_for_any_reason(
    bought: tuple[Order, Terms], data: st.DataObject
) -> None:
    order, terms = bought
    units = data.draw(st.permutations(units_of(order)))
    reasons = [data.draw(st.sampled_from([UNWANTED, FAULTY])) for _ in units]
    assert_all_comes_back(order, terms, list(zip(units, reasons, strict=True)))


@given(bought=bargains(), data=st.data())
def test_one_by_one_or_at_once(bought: tuple[Order, Terms], data: st.DataObject) -> None:
    order, terms = bought
    units = data.draw(st.permutations(units_of(order)))
    some = units[: data.draw(st.integers(1, len(units)))]
    assert_no_return_pays_more_at_once(order, terms, some, UNWANTED)


def with_tax(bought: QuotedLine, units: int, mode: TaxMode) -> Fraction:
    """What so many units cost with nothing taken off, or a little more."""
    price = Fraction(bought.unit_price.minor * units)
    return price * prod(1 + Fraction(e.rate) for e in bought.taxes if mode is TaxMode.EXCLUSIVE)


@given(bought=bargains(), data=st.data())
def test_what_is_kept_never_costs_more_than_its_price(
    bought: tuple[Order, Terms], data: st.DataObject
) -> None:
    order, terms = bought
    quoted, units = order.quote, data.draw(st.permutations(units_of(order)))
    desk = Desk(order=order, terms=terms, policy=clawing_policy(quoted.currency))
    for unit in units[: data.draw(st.integers(1, len(units)))]:
        desk = desk.take_back({unit: 1}, UNWANTED)
    left = {item.id: item.quantity - item.returned for item in desk.order.items}
    full = sum(with_tax(each, left[each.id], quoted.tax_mode) for each in quoted.lines)
    a_cent_a_tax = sum(2 + len(each.taxes) for each in quoted.lines)
    assert (paid_for_goods(quoted) - desk.given).minor <= full + a_cent_a_tax


@given(bought=bargains(), data=st.data())
def test_without_the_policy_every_return_is_worth_what_it_was(
    bought: tuple[Order, Terms], data: st.DataObject
) -> None:
    order, _ = bought
    desk = Desk(order=order, terms=None, policy=clawing_policy(order.quote.currency))
    for unit in data.draw(st.permutations(units_of(order))):
        desk = desk.take_back({unit: 1}, UNWANTED)
        assert {each.part for each in desk.refunds[-1].lines} <= {RefundPart.GOODS}
    assert not desk.taken
