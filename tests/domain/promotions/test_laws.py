"""Laws of promotions: with any of them, on any cart, each cent is where it belongs."""

from decimal import Decimal
from uuid import UUID

from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from automate_store.domain.kernel.ids import LineId
from automate_store.domain.kernel.money import Money
from automate_store.domain.pricing import Basket, PricingRules, appraise, quote
from automate_store.domain.promotions import (
    FREE,
    Action,
    AmountOffOrder,
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
    assert_only_minor_units_count,
    some_currencies,
)
from automate_store.entrypoints.properties.promotions import (
    assert_a_higher_percentage_never_gives_less,
    assert_a_refusal_can_be_met,
    assert_a_split_line_gets_the_same,
    assert_an_action_stays_within,
    assert_an_inapplicable_one_changes_nothing,
    assert_every_promotion_law,
    assert_simulating_what_is_active_changes_nothing,
    assert_what_is_displaced_may_go,
    best_total,
    conditions,
    goods,
    line_actions,
    percents,
    piece_actions,
    pieces_taken,
    promotions,
    sales,
    scenes,
    selections,
)

Sale = tuple[Basket, PricingRules]
AMOUNTS_OR_ALL = st.one_of(
    st.just(FREE), st.integers(1, 2000).map(lambda minor: Off(amount=Money(minor, "EUR")))
)
NEVER_DRAWN = 99
PERCENTAGES = st.one_of(
    st.builds(PercentOffItems, percents(), selections()),
    st.builds(PercentOffOrder, percents(), selections()),
)


@given(sale=sales())
def test_a_quote_with_promotions_keeps_every_law(sale: Sale) -> None:
    assert_every_promotion_law(*sale)


@given(sale=sales())
def test_no_way_to_act_together_is_better_for_the_customer(sale: Sale) -> None:
    assert quote(*sale).total.minor == best_total(*sale)


@given(sale=sales("EUR"), data=st.data())
def test_what_is_for_nobody_changes_nothing(sale: Sale, data: st.DataObject) -> None:
    shut = data.draw(promotions("EUR", NEVER_DRAWN))
    assert_an_inapplicable_one_changes_nothing(*sale, shut)


@given(sale=sales(max_promotions=4))
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
    assume(promotion.maximum_discount is None or promotion.maximum_discount.currency == "EUR")
    only = evolve(promotion, actions=(action,))
    assert_a_higher_percentage_never_gives_less(*sale, only, percent)


@given(sale=sales(), action=PERCENTAGES, new_id=st.uuids())
def test_a_split_line_gets_what_it_gets_whole(
    sale: Sale, action: PercentOffItems | PercentOffOrder, new_id: UUID
) -> None:
    basket, rules = sale
    assume(basket.lines and basket.lines[0].quantity > 1)
    assume(new_id not in {line.id for line in basket.lines})
    assert_a_split_line_gets_the_same(basket, rules, action, LineId(new_id))


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
    assume(action.kind != "first_then_others")
    taking = action.take(there)
    found = None if taking is None else (sum(taking.off), sum(taking.used))
    assert found == pieces_taken(action, there)
