"""Laws of the quote: with any basket, rules and discounts, each cent is where it belongs."""

from uuid import UUID

from hypothesis import assume, given
from hypothesis import strategies as st

from automate_store.domain.kernel.ids import LineId
from automate_store.domain.kernel.money import Money
from automate_store.domain.pricing import (
    PIPELINE,
    Basket,
    Draft,
    PricingRules,
    Step,
    cumulative_share,
    quote,
    unit_shares,
    with_steps,
)
from automate_store.entrypoints.properties.money import currencies, money
from automate_store.entrypoints.properties.pricing import (
    assert_a_free_line_changes_nothing_else,
    assert_every_law,
    assert_only_minor_units_count,
    discount_steps,
    parts_of,
    pipelines,
    pricings,
    relief,
)

Pricing = tuple[Basket, PricingRules]
ALL = 10**30
"""More than any line is worth."""


def _all_off(draft: Draft, _: PricingRules) -> Draft:
    return draft.take_off("all", "all of it", [ALL] * len(draft.subtotals))


def _all_shipping_off(draft: Draft, _: PricingRules) -> Draft:
    return draft.take_off_shipping("free", "free shipping", ALL)


GIVE_AWAY = with_steps(
    Step("free", _all_shipping_off),
    after="shipping",
    pipeline=with_steps(Step("gift", _all_off), after="subtotal"),
)


@given(pricing=pricings(), pipeline=pipelines())
def test_a_quote_keeps_every_law_whatever_is_taken_off(
    pricing: Pricing, pipeline: tuple[Step, ...]
) -> None:
    assert_every_law(*pricing, pipeline)


@given(pricing=pricings())
def test_a_quote_without_discounts_takes_nothing_off(pricing: Pricing) -> None:
    quoted = assert_every_law(*pricing)
    reliefs = Money.total(map(relief, parts_of(quoted)), quoted.currency)
    assert quoted.discount == -reliefs
    assert not reliefs or pricing[0].shopper.tax_exempt


@given(pricing=pricings())
def test_what_is_given_away_costs_nothing_above_its_floor_prices(pricing: Pricing) -> None:
    basket, rules = pricing
    quoted = assert_every_law(basket, rules, GIVE_AWAY)
    floors = [line.minimum_price for line in basket.lines]
    left = [line.subtotal - line.discount for line in quoted.lines]
    free = [not rest for rest, floor in zip(left, floors, strict=True) if floor is None]
    assert all(free)
    assert quoted.discount >= quoted.shipping_amount


@given(pricing=pricings(), line_id=st.uuids())
def test_a_free_line_without_tax_changes_nothing_else(pricing: Pricing, line_id: UUID) -> None:
    basket, rules = pricing
    assume(basket.lines and line_id not in {line.id for line in basket.lines})
    assert_a_free_line_changes_nothing_else(basket, rules, LineId(line_id))


@given(pricing=pricings(), currency=currencies())
def test_only_the_minor_units_count_not_their_decimals(pricing: Pricing, currency: str) -> None:
    assert_only_minor_units_count(*pricing, currency)


@given(pricing=pricings(), step=discount_steps("early"), data=st.data())
def test_a_discount_never_raises_the_total_unless_it_makes_shipping_dearer(
    pricing: Pricing, step: Step, data: st.DataObject
) -> None:
    place = data.draw(st.sampled_from(["subtotal", "shipping"]))
    basket, rules = pricing
    less, whole = quote(basket, rules, with_steps(step, after=place)), quote(basket, rules)
    # What is free from an amount on is not, where the goods are worth less.
    assert less.total <= whole.total or less.shipping_amount > whole.shipping_amount


@given(pricing=pricings(), pipeline=pipelines())
def test_a_step_sees_what_earlier_steps_left(pricing: Pricing, pipeline: tuple[Step, ...]) -> None:
    seen: list[Draft] = []

    def look(draft: Draft, _: PricingRules) -> Draft:
        seen.append(draft)
        return draft

    last = pipeline[-2].name
    quoted = quote(*pricing, with_steps(Step("look", look), after=last, pipeline=pipeline))
    (draft,) = seen
    for line, value in zip(quoted.lines, draft.values, strict=True):
        assert value == line.subtotal.minor - line.discount.minor
    assert all(0 <= room <= value for room, value in zip(draft.room, draft.values, strict=True))


@given(amount=money(max=10**15), quantity=st.integers(1, 999), data=st.data())
def test_unit_shares_are_the_even_split_and_leave_without_loss(
    amount: Money, quantity: int, data: st.DataObject
) -> None:
    shares = unit_shares(amount, quantity)
    even = amount.split([1] * quantity)
    cut = data.draw(st.integers(0, quantity))
    assert shares.of_first(cut) == sum(part.minor for part in even[:cut])
    assert cumulative_share(amount, quantity, quantity) == amount


@given(amount=money(max=10**9), quantity=st.integers(1, 99), data=st.data())
def test_returning_units_in_any_parcels_gives_back_the_whole(
    amount: Money, quantity: int, data: st.DataObject
) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(1, quantity))) | {quantity})
    given_back = [
        cumulative_share(amount, quantity, upto) - cumulative_share(amount, quantity, start)
        for start, upto in zip([0, *cuts], cuts, strict=False)
    ]
    assert Money.total(given_back, amount.currency) == amount
    assert all(part >= Money.zero(amount.currency) for part in given_back)


def test_the_pipeline_is_in_the_order_that_prices_are_made_in() -> None:
    assert [step.name for step in PIPELINE] == [
        "subtotal",
        "promotions",
        "coupons",
        "order_discounts",
        "gifts",
        "shipping",
        "shipping_discounts",
        "exemption",
        "tax",
    ]
    names = [step.name for step in GIVE_AWAY]
    assert names.index("gift") == names.index("subtotal") + 1
    assert names.index("free") == names.index("shipping") + 1
