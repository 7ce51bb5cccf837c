"""Laws of promotions: with any of them, on any cart, each cent is where it belongs."""

from decimal import Decimal
from itertools import pairwise

from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from automate_store.domain.coupons import Coupon
from automate_store.domain.kernel.money import Money
from automate_store.domain.pricing import Basket, PricingRules, appraise, quote
from automate_store.domain.promotions import (
    FREE,
    Action,
    AmountOffOrder,
    AnyAction,
    Condition,
    Goods,
    Off,
    PercentOffItems,
    PercentOffOrder,
    PieceAction,
    Promotion,
    Scene,
)
from automate_store.entrypoints.properties.money import assert_parts_make_the_whole
from automate_store.entrypoints.properties.pricing import (
    assert_floors_hold,
    assert_net_to_gross_and_back_agrees,
    assert_nothing_is_below_zero,
    assert_only_minor_units_count,
    assert_order_does_not_matter,
    assert_quote_adds_up,
    assert_steps_may_run_again,
    assert_units_come_back_one_by_one,
    some_currencies,
    times,
)
from automate_store.entrypoints.properties.promotions import (
    actions,
    assert_a_coupon_s_refusal_can_be_met,
    assert_a_higher_percentage_never_gives_less,
    assert_a_refusal_can_be_met,
    assert_a_split_line_gets_the_same,
    assert_an_action_stays_within,
    assert_an_inapplicable_one_changes_nothing,
    assert_every_promotion_law,
    assert_no_piece_counts_twice,
    assert_simulating_what_is_active_changes_nothing,
    assert_spending_what_is_missing_will_do,
    assert_what_is_displaced_may_go,
    best_total,
    conditions,
    contests,
    coupons,
    goods,
    line_actions,
    percents,
    piece_actions,
    pieces_taken,
    promotions,
    sales,
    scenes,
    selections,
    shoppers,
)

Sale = tuple[Basket, PricingRules]
AMOUNTS_OR_ALL = st.one_of(
    st.just(FREE), st.integers(1, 2000).map(lambda minor: Off(amount=Money(minor, "EUR")))
)
NEVER_DRAWN = 99
OF_THE_ORDER = st.builds(PercentOffOrder, percents(), selections())
OF_ITEMS = st.builds(PercentOffItems, percents(), selections())
PERCENTAGES = st.one_of(OF_ITEMS, OF_THE_ORDER)


@st.composite
def parts_of_a_whole(draw: st.DrawFn, quantity: int) -> list[int]:
    """Two or more parts, or the whole where it is one: 3 as 2 and 1."""
    cuts = sorted({draw(st.integers(1, quantity)) for _ in range(draw(st.integers(1, 3)))})
    return [later - earlier for earlier, later in pairwise([0, *cuts, quantity]) if later > earlier]


@given(sale=sales())
def test_a_quote_with_promotions_keeps_every_law(sale: Sale) -> None:
    assert_every_promotion_law(*sale)


@given(sale=sales())
def test_quoting_twice_is_quoting_once(sale: Sale) -> None:
    assert_steps_may_run_again(*sale)


@given(sale=sales())
def test_the_order_of_lines_and_promotions_does_not_matter(sale: Sale) -> None:
    assert_order_does_not_matter(*sale)


@given(sale=sales())
def test_a_discount_is_never_below_nothing_nor_above_all_there_is(sale: Sale) -> None:
    assert_nothing_is_below_zero(quote(*sale))


@given(sale=sales())
def test_what_is_off_sums_up_and_leaves_the_floor_prices(sale: Sale) -> None:
    quoted = quote(*sale)
    assert_quote_adds_up(quoted)
    assert_floors_hold(quoted, sale[0])


@given(sale=sales())
def test_refunding_every_unit_one_by_one_gives_back_what_its_line_cost(sale: Sale) -> None:
    assert_units_come_back_one_by_one(quote(*sale))


@given(sale=sales())
def test_a_discounted_net_shown_gross_and_led_back_is_the_same_but_for_rounding(
    sale: Sale,
) -> None:
    assert_net_to_gross_and_back_agrees(quote(*sale), *sale)


@given(sale=contests())
def test_no_way_to_act_together_is_better_for_the_customer(sale: Sale) -> None:
    assert quote(*sale).total.minor == best_total(*sale)


@given(sale=sales("EUR"), other=promotions("EUR", NEVER_DRAWN))
def test_what_does_not_apply_changes_nothing(sale: Sale, other: Promotion) -> None:
    assert_an_inapplicable_one_changes_nothing(*sale, other)


@given(sale=contests())
def test_what_is_displaced_may_go(sale: Sale) -> None:
    assert_what_is_displaced_may_go(*sale)


@given(sale=sales())
def test_simulating_what_is_active_changes_nothing(sale: Sale) -> None:
    assert_simulating_what_is_active_changes_nothing(*sale)


@given(sale=sales(), currency=some_currencies())
def test_only_the_minor_units_count_with_promotions_too(sale: Sale, currency: str) -> None:
    assert_only_minor_units_count(*sale, currency)


@given(sale=sales("EUR"), promotion=promotions("EUR", 1), action=PERCENTAGES, percent=percents())
def test_a_higher_percentage_of_the_only_promotion_never_gives_less(
    sale: Sale, promotion: Promotion, action: PercentOffItems | PercentOffOrder, percent: Decimal
) -> None:
    only = evolve(promotion, actions=(action,))
    assert_a_higher_percentage_never_gives_less(*sale, only, percent)


@given(sale=sales(), action=OF_THE_ORDER, data=st.data())
def test_under_a_percentage_of_the_order_a_split_line_gets_what_it_gets_whole(
    sale: Sale, action: PercentOffOrder, data: st.DataObject
) -> None:
    assume(sale[0].lines)
    parts = data.draw(parts_of_a_whole(sale[0].lines[0].quantity))
    assert_a_split_line_gets_the_same(*sale, action, parts)


@given(sale=sales(), action=OF_ITEMS, data=st.data())
def test_under_a_percentage_of_items_it_does_but_for_a_minor_unit_for_each_line_more(
    sale: Sale, action: PercentOffItems, data: st.DataObject
) -> None:
    assume(sale[0].lines)
    parts = data.draw(parts_of_a_whole(sale[0].lines[0].quantity))
    assert_a_split_line_gets_the_same(*sale, action, parts)


@given(sale=sales("EUR"), action=actions("EUR"), minor=st.integers(1, 10**7))
def test_what_is_missing_to_a_minimum_is_what_has_to_be_spent(
    sale: Sale, action: AnyAction, minor: int
) -> None:
    assert_spending_what_is_missing_will_do(*sale, action, Money(minor, "EUR"))


@given(
    coupon=coupons("EUR", 1, ()),
    at=times(),
    currency=st.sampled_from(("EUR", "JPY")),
    shopper=shoppers(),
    used_by_you=st.integers(0, 2),
)
def test_a_refused_code_says_what_would_do(coupon: Coupon, **asked: object) -> None:
    assert_a_coupon_s_refusal_can_be_met(coupon, **asked)


@given(sale=sales("EUR"), pieces=st.lists(piece_actions("EUR"), min_size=2, max_size=4))
def test_a_piece_is_bought_or_given_once_whatever_promotions_there_are(
    sale: Sale, pieces: list[PieceAction]
) -> None:
    assert_no_piece_counts_twice(*sale, pieces)


@given(sale=sales("EUR"), minor=st.integers(1, 10**6), cap=st.integers(1, 10**6))
def test_what_is_off_the_order_is_all_that_can_be_and_lies_by_value(
    sale: Sale, minor: int, cap: int
) -> None:
    basket, rules = sale
    only = Promotion(
        id=rules.promotions[0].id,
        code="ONLY",
        name="Only",
        actions=(AmountOffOrder(Money(minor, "EUR")),),
        maximum_discount=Money(cap, "EUR"),
    )
    appraisal = appraise(evolve(basket, codes=()), evolve(rules, promotions=(only,)))
    taken = dict(appraisal.verdicts[0].lines)
    worth = [line.unit_price.minor * line.quantity for line in basket.lines]
    floors = [line.minimum_price.minor if line.minimum_price else 0 for line in basket.lines]
    room = [
        max(0, line.unit_price.minor - floor) * line.quantity
        for line, floor in zip(basket.lines, floors, strict=True)
    ]
    off = [taken.get(line.id, Money.zero("EUR")) for line in basket.lines]
    whole = Money(min(minor, cap, sum(room)), "EUR")
    assert_parts_make_the_whole(whole, off, worth, room)
    if room == worth and whole:
        assert_parts_make_the_whole(whole, off, worth)


@given(scene=scenes("EUR"), condition=conditions("EUR"))
def test_a_refused_condition_says_what_would_do(scene: Scene, condition: Condition) -> None:
    assert_a_refusal_can_be_met(condition, scene)


@given(there=goods("EUR"), action=st.one_of(line_actions("EUR"), piece_actions("EUR")))
def test_an_action_takes_no_more_than_there_is(there: Goods, action: Action) -> None:
    assert_an_action_stays_within(action, there)


@given(there=goods("EUR"), action=piece_actions("EUR", AMOUNTS_OR_ALL))
def test_pieces_by_runs_are_pieces_one_by_one(there: Goods, action: PieceAction) -> None:
    taking = action.take(there)
    found = None if taking is None else (sum(taking.off), sum(taking.used))
    assert found == pieces_taken(action, there)
