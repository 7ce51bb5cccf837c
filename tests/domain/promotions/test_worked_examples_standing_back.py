"""Who stands back for whom, who could not act anyway, and what each is told; worked by hand."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from attrs import evolve, frozen

from automate_store.domain.kernel.periods import Period
from automate_store.domain.kernel.places import Zone
from automate_store.domain.pricing import PresentedCode, PricingRules, explain, quote, simulate
from automate_store.domain.promotions import (
    Action,
    AmountOffOrder,
    Basis,
    BundlePrice,
    BuyGet,
    CustomerGroup,
    FreeShipping,
    Gift,
    Goods,
    MinimumAmount,
    Off,
    PercentOffItems,
    PercentOffOrder,
    Promotion,
    Scope,
    Selection,
    ShipsTo,
    Shopper,
    SignedIn,
    Taking,
    Tier,
    Tiered,
)
from automate_store.domain.promotions.promotion import MOST_PARTS
from tests.domain.promotions.counter import (
    AT,
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
    priced,
    standings,
    verdict,
)

FORTY_OFF_ITEMS = a_promotion(PercentOffItems(Decimal(40)), priority=9)
NOBODY = CustomerGroup({"nobody"})


def amount(euros: str, number: int, **facts: object) -> Promotion:
    return a_promotion(AmountOffOrder(eur(euros)), number=number, **facts)


def test_a_code_that_would_not_apply_without_the_other_is_told_what_it_lacks() -> None:
    # 20.00 - 40 % = 12.00; 15.00 - 12.00 = 3.00, whether or not the other code is there
    big = a_coupon("5.00", number=70, minimum_order_amount=eur("15.00"))
    small = a_coupon("1.00", number=71)
    for codes in ((big, small), (big,)):
        told = verdict(priced(a_cart("20.00", codes=given(*codes)), FORTY_OFF_ITEMS), "C70")
        assert told.detail == "3.00 EUR more to spend"


def test_of_a_group_one_that_falls_short_on_reduced_prices_is_refused() -> None:
    # 100.00 - 50 % = 50.00; 80.00 - 50.00 = 30.00
    half = a_promotion(PercentOffItems(Decimal(50)), priority=9)
    dear = amount("20.00", 2, group="g", conditions=(MinimumAmount(eur("80.00")),))
    found = priced(a_cart("100.00"), half, dear, amount("1.00", 3, group="g"))
    assert standings(found) == {"p1": "applied", "p2": "refused", "p3": "applied"}
    assert verdict(found, "p2").detail == "30.00 EUR more to spend"


def test_codes_that_stack_do_not_displace_each_other() -> None:
    # p1 takes 2.00 where C70 would take 1.00; C71 takes 3.00 beside either
    behind = amount("1.00", 2, needs_code=True, group="g")
    better = amount("2.00", 1, group="g")
    codes = given(opening(behind, 70, stackable=True), a_coupon("3.00", number=71, stackable=True))
    found = priced(a_cart("20.00", codes=codes), better, behind)
    assert standings(found) == {"p1": "applied", "C70": "displaced", "C71": "applied"}
    assert verdict(found, "C70").displaced_by == ("p1",)


def test_where_one_acts_alone_the_others_are_judged_beside_each_other() -> None:
    # without p1, 20.00 - 40 % = 12.00, and 15.00 - 12.00 = 3.00
    alone = amount("1.00", 2, exclusive=True)
    short = amount("1.00", 3, group="g", conditions=(MinimumAmount(eur("15.00")),))
    fits = amount("1.00", 4, group="h")
    found = priced(a_cart("20.00"), FORTY_OFF_ITEMS, alone, short, fits)
    assert standings(found)["p4"] == "displaced"
    assert verdict(found, "p3").detail == "3.00 EUR more to spend"


def groups(count: int) -> list[Promotion]:
    """Pairs of which the second is better by 0.01 for each group."""
    return [
        amount(f"0.{10 + number % 2:02}", number, group=f"g{number // 2}")
        for number in range(2, 2 + 2 * count)
    ]


def test_whoever_can_not_act_leaves_no_fewer_ways_to_be_tried() -> None:
    # 2 ** 8 ways, and as many with a third of the first group that is for nobody
    rules = PricingRules(
        policy=POLICY, tax_rates=(), shipping_methods=(), promotions=tuple(groups(8))
    )
    idle = [
        amount("9.00", 90 + number, group=f"g{1 + number}", conditions=(NOBODY,))
        for number in range(8)
    ]
    cart = a_cart("50.00")
    more = evolve(rules, promotions=(*rules.promotions, *idle))
    assert quote(cart, more) == quote(cart, rules)
    # 8 x 0.11 = 0.88
    assert quote(cart, more).discount == eur("0.88")


def test_beyond_the_trials_groups_are_settled_until_no_single_choice_is_better() -> None:
    # beside 0.02 the tiers give 5.00, more than 1.00; but beside 6.00 they give 0.50, which is less
    tiers = (
        Tier(Off(amount=eur("0.50")), amount=eur("0.00")),
        Tier(Off(amount=eur("5.00")), amount=eur("45.00")),
    )
    rivals = [
        a_promotion(Tiered(tiers), number=1, group="a", priority=1),
        amount("1.00", 2, group="a"),
        amount("0.02", 3, group="z", priority=9),
        amount("6.00", 4, group="z", priority=8),
    ]
    cents = [amount("0.01", 10 + n, group=f"m{n % 8}", priority=-1) for n in range(16)]
    found = priced(a_cart("50.00"), *rivals, *cents)
    # 6.00 + 1.00 + 8 x 0.01
    assert found.quote.discount == eur("7.08")


def test_a_promotion_full_of_conditions_bears_its_coupon_s_minimum_too() -> None:
    full = amount("1.00", 1, needs_code=True, conditions=(MinimumAmount(eur("0.01")),) * MOST_PARTS)
    codes = given(opening(full, minimum_order_amount=eur("30.00")))
    told = verdict(priced(a_cart("20.00", codes=codes), full), "C70")
    assert told.detail == "10.00 EUR more to spend"


def test_a_code_that_opens_nothing_is_told_of_with_the_promotions() -> None:
    ended = a_coupon("5.00", active=False)
    unknown = PresentedCode(code="nonsense", coupon=None)
    found = priced(a_cart("20.00", codes=(*given(ended), unknown)))
    assert standings(found) == {"C70": "refused", "nonsense": "refused"}
    told = explain(found.quote, found.verdicts).splitlines()
    assert told[-2:] == [
        "  C70: refused, it is not active",
        "  nonsense: refused, there is no such code",
    ]


def test_a_used_up_code_says_so_before_it_asks_for_anything() -> None:
    spent = a_coupon("5.00", usage_limit=1, used_count=1, sign_in_needed=True, active=False)
    found = priced(a_cart("20.00", codes=given(spent)))
    assert verdict(found, "C70").reason == "used_up"


def test_free_shipping_says_why_there_is_none_to_reduce() -> None:
    express = a_promotion(FreeShipping({"express"}))
    cart = a_cart("20.00", destination=BERLIN, shipping_method="parcel")
    parcel = a_parcel("4.90")
    assert verdict(priced(cart, express, methods=(parcel,))).detail == (
        "choose express as the way to ship"
    )
    free = evolve(parcel, free_from=eur("20.00"))
    assert verdict(priced(cart, a_promotion(FreeShipping()), methods=(free,))).detail == (
        "shipping is free already"
    )
    digital = evolve(cart, lines=tuple(evolve(x, requires_shipping=False) for x in cart.lines))
    assert verdict(priced(digital, a_promotion(FreeShipping()))).detail == (
        "nothing has to be shipped"
    )
    assert verdict(priced(a_cart("20.00"), a_promotion(FreeShipping()))).detail == (
        "there is no shipping to reduce yet"
    )


def test_a_gift_is_no_part_of_what_a_cap_is_for() -> None:
    # 50.00 for the gift, and 10 % of 80.00 = 8.00, at most 5.00
    promotion = a_promotion(
        Gift(a_giveaway("50.00", 1).variant_id),
        PercentOffOrder(Decimal(10)),
        maximum_discount=eur("5.00"),
    )
    found = priced(a_cart("80.00", giveaways=(a_giveaway("50.00", 1),)), promotion)
    assert found.quote.discount == eur("55.00")
    shipping = a_promotion(
        Gift(a_giveaway("50.00", 1).variant_id), FreeShipping(), maximum_discount=eur("5.00")
    )
    facts: dict[str, Any] = {"destination": BERLIN, "shipping_method": "parcel"}
    cart = a_cart("80.00", giveaways=(a_giveaway("50.00", 1),), **facts)
    assert verdict(priced(cart, shipping, methods=(a_parcel("4.90"),))).shipping == eur("4.90")


def test_a_promotion_whose_code_is_on_the_cart_is_tried_behind_it() -> None:
    # 10 % of 20.00 = 2.00 now, 20 % = 4.00 then
    stored = a_promotion(PercentOffOrder(Decimal(10)), needs_code=True)
    rules = PricingRules(policy=POLICY, tax_rates=(), shipping_methods=(), promotions=(stored,))
    cart = a_cart("20.00", codes=given(opening(stored)))
    tried = evolve(stored, actions=(PercentOffOrder(Decimal(20)),))
    found = simulate(tried, cart, rules)
    assert (found.before.total, found.after.total) == (eur("18.00"), eur("16.00"))
    assert (found.verdict.code, found.verdict.discount) == ("C70", eur("4.00"))


@frozen
class ForEachTag(Action):
    """An amount off each line of a tag, for a tag after the other."""

    kind = "for_each_tag"
    tags: tuple[str, ...]

    @property
    def scope(self) -> Scope:
        return Scope.ITEMS

    def take(self, goods: Goods) -> Taking:
        taken = [0] * len(goods.items)
        for tag in self.tags:
            for i in goods.eligible(Selection(tags={tag})):
                taken[i] += 100
        return Taking(taken)


def test_a_selection_made_on_the_fly_finds_its_own_lines() -> None:
    # 1.00 off each, once for its own tag
    cart = a_cart("10.00 #a", "10.00 #b")
    assert off(cart, a_promotion(ForEachTag(("a", "b", "c", "d")))) == "1.00 1.00 of 20.00"


def test_customers_are_told_of_promotions_by_their_names() -> None:
    inside = evolve(amount("2.00", 1), code="q3-dump", name="Season sale")
    better = evolve(amount("3.00", 2, group="g"), code="q4-dump", name="Winter sale")
    worse = evolve(amount("1.00", 3, group="g"), code="q5-dump", name="Summer sale")
    found = priced(a_cart("20.00"), inside, better, worse)
    told = explain(found.quote, found.verdicts, for_customers=True)
    assert "dump" not in told
    assert "order_discounts: Season sale" in told
    assert "  Summer sale: displaced, Winter sale applies instead" in told
    assert {each.shown for each in found.quote.trace if each.step == "order_discounts"} == {
        "Season sale",
        "Winter sale",
    }
    assert "q3-dump, Season sale" in explain(found.quote, found.verdicts)


def test_what_two_conditions_say_alike_is_said_once() -> None:
    dollars = evolve(eur("5.00"), currency="USD")
    found = priced(
        a_cart("20.00"),
        a_promotion(
            PercentOffOrder(Decimal(10)),
            conditions=(
                MinimumAmount(dollars),
                MinimumAmount(dollars, basis=Basis.NOW),
                SignedIn(),
            ),
        ),
    )
    assert verdict(found).detail.count(";") == 1
    assert verdict(found).detail.endswith("; sign in to use it")


def test_an_action_on_pieces_says_how_many_more_it_takes() -> None:
    # two of three; one of two apart; none of two
    mugs = Selection(tags={"mug"})
    third = a_promotion(BuyGet(buy=mugs, buy_quantity=2, get=mugs, get_quantity=1))
    found = verdict(priced(a_cart("2 x 9.90 #mug", "5.00"), third))
    assert found.detail == "1 more of what counts for it to add"
    assert measured(found.unmet[0]) == ("too_few", 2, 3, 1)
    apart = BuyGet(buy=mugs, buy_quantity=2, get=Selection(tags={"cup"}), get_quantity=1)
    assert verdict(priced(a_cart("9 x 9.90 #mug"), a_promotion(apart))).unmet[0].missing == 1
    pair = a_promotion(BundlePrice(quantity=2, price=eur("1.00"), of=mugs))
    assert verdict(priced(a_cart("5.00"), pair)).unmet[0].missing == 2


def test_rules_that_are_kept_know_each_place_shopper_and_time_apart() -> None:
    # 1.00 for friends, 2.00 to Germany, 4.00 once it has begun
    later = AT + timedelta(days=1)
    rules = PricingRules(
        policy=POLICY,
        tax_rates=(),
        shipping_methods=(),
        promotions=(
            amount("1.00", 1, conditions=(CustomerGroup({"friends"}),)),
            amount("2.00", 2, conditions=(ShipsTo((Zone("DE"),)),)),
            amount("4.00", 3, period=Period(later)),
        ),
    )
    friend = Shopper(groups=frozenset({"friends"}))
    cart = a_cart("20.00")
    for _ in range(2):
        assert quote(cart, rules).discount == eur("0.00")
        assert quote(evolve(cart, shopper=friend), rules).discount == eur("1.00")
        assert quote(evolve(cart, destination=BERLIN), rules).discount == eur("2.00")
        everything = evolve(cart, shopper=friend, destination=BERLIN, at=later)
        assert quote(everything, rules).discount == eur("7.00")
