"""Pricing around what was agreed: it bears what it bore, and only what is new costs anew."""

from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from automate_store.domain.pricing import (
    Basket,
    PricingRules,
    Quote,
    Step,
    joined,
    keeping,
    quote,
    without,
)
from automate_store.domain.promotions import Shopper
from automate_store.domain.taxes import TaxMode
from automate_store.entrypoints.properties.pricing import (
    assert_nothing_is_below_zero,
    assert_quote_adds_up,
    assert_taxes_agree,
    assert_trail_tells_all,
    assert_units_add_up,
    pipelines,
    pricings,
    relief,
)

Pricing = tuple[Basket, PricingRules]


def assert_sound(quoted: Quote) -> None:
    """The laws of every quote that do not ask how it was made."""
    assert_quote_adds_up(quoted)
    assert_nothing_is_below_zero(quoted)
    assert_taxes_agree(quoted)
    assert_units_add_up(quoted)
    assert_trail_tells_all(quoted)


@given(pricing=pricings(), pipeline=pipelines())
def test_a_quote_that_is_kept_whole_is_the_same_quote(
    pricing: Pricing, pipeline: tuple[Step, ...]
) -> None:
    basket, rules = pricing
    agreed = quote(basket, rules, pipeline)
    assert quote(basket, rules, keeping(agreed)) == agreed


@given(pricing=pricings())
def test_who_owes_no_tax_is_relieved_of_it_once(pricing: Pricing) -> None:
    basket, rules = pricing
    exempt = evolve(basket, shopper=Shopper(tax_exempt=True))
    contained = evolve(rules, policy=evolve(rules.policy, tax_mode=TaxMode.INCLUSIVE))
    agreed = quote(exempt, contained)
    assert quote(exempt, contained, keeping(agreed)) == agreed


@given(pricing=pricings(), pipeline=pipelines(), data=st.data())
def test_what_is_kept_keeps_its_units_and_what_is_new_bears_nothing(
    pricing: Pricing, pipeline: tuple[Step, ...], data: st.DataObject
) -> None:
    basket, rules = pricing
    assume(basket.lines)
    split = data.draw(st.integers(1, len(basket.lines)))
    old, new = basket.lines[:split], basket.lines[split:]
    agreed = quote(evolve(basket, lines=old), rules, pipeline)
    leaving = {line.id: data.draw(st.integers(0, line.quantity)) for line in agreed.lines}
    left = without(agreed, leaving, carried=True)
    quantities = {line.id: line.quantity for line in left.lines}
    staying = [evolve(each, quantity=quantities[each.id]) for each in old if each.id in quantities]

    priced = quote(evolve(basket, lines=(*staying, *new)), rules, keeping(left))
    together = joined(left, priced)

    assert_sound(together)
    lines = {line.id: line for line in together.lines}
    assert [lines[line.id] for line in left.lines] == list(left.lines)
    relieved = {line.id: line.discount + relief(line) for line in together.lines}
    assert not any(relieved[line.id] for line in new)
    assert together.shipping == priced.shipping
    assert lines.keys() == {*quantities, *(line.id for line in new)}


@given(pricing=pricings(), pipeline=pipelines(), elsewhere=pricings())
def test_in_another_place_the_goods_lose_what_they_lost(
    pricing: Pricing, pipeline: tuple[Step, ...], elsewhere: Pricing
) -> None:
    basket, rules = pricing
    agreed = quote(basket, rules, pipeline)
    moved = evolve(basket, destination=elsewhere[0].destination)
    there = quote(moved, rules, keeping(agreed))
    assert_sound(there)
    for before, after in zip(agreed.lines, there.lines, strict=True):
        assert before.discount + relief(before) == after.discount + relief(after)
    if agreed.shipping and there.shipping:
        off = there.shipping.discount + relief(there.shipping)
        before_off = agreed.shipping.discount + relief(agreed.shipping)
        assert off == min(before_off, there.shipping.amount)
