"""The steps of a quote, in the order that prices are made in."""

from __future__ import annotations

from automate_store.domain.kernel.errors import StoreError
from automate_store.domain.pricing.basket import PricingRules
from automate_store.domain.pricing.discounting import (
    COUPONS,
    GIFTS,
    ORDER_DISCOUNTS,
    PROMOTIONS,
    SHIPPING_DISCOUNTS,
)
from automate_store.domain.pricing.draft import Draft, Step
from automate_store.domain.shipping import ShippingOffer, offer_by
from automate_store.domain.taxes import Levy, Taxable, TaxRate, levy_on, rates_in_force, taxes_on


def _subtotal(draft: Draft, _: PricingRules) -> Draft:
    """Multiply first: whatever a later step rounds, it rounds on the whole line."""
    return Draft(
        basket=draft.basket,
        entrants=draft.entrants,
        thorough=draft.thorough,
        found=draft.found,
        step=draft.step,
        subtotals=tuple([line.unit_price.minor * line.quantity for line in draft.basket.lines]),
    )


def _shipping(draft: Draft, rules: PricingRules) -> Draft:
    basket = draft.basket
    parcel = [line for line in draft.lines if line.requires_shipping]
    chosen: ShippingOffer | StoreError | None = None
    if parcel and basket.destination is not None and basket.shipping_method is not None:
        weight_g = sum(line.weight_g * line.quantity for line in parcel)
        code, methods = basket.shipping_method, rules.shipping_methods
        chosen = offer_by(code, methods, basket.destination, weight_g, basket.currency)
    return draft.changed(
        offer=chosen if isinstance(chosen, ShippingOffer) else None,
        shipping_pending=bool(parcel) and chosen is None,
        shipping_problem=chosen if isinstance(chosen, StoreError) else None,
    )


def _tax(draft: Draft, rules: PricingRules) -> Draft:
    basket, policy = draft.basket, rules.policy
    place = basket.destination
    rates: tuple[TaxRate, ...] = ()
    if place is not None:
        rates = rates_in_force(rules.rates_near(place), destination=place, at=basket.at)
    levies = _levies(draft, rates)
    taxes = taxes_on(
        _taxables(draft, levies),
        mode=policy.tax_mode,
        level=policy.tax_rounding_level,
        rounding=policy.tax_rounding,
    )
    pending = place is None and bool(rules.tax_rates)
    return draft.changed(levies=levies, taxes=tuple(taxes), tax_pending=pending)


def _levies(draft: Draft, rates: tuple[TaxRate, ...]) -> tuple[Levy, ...]:
    """What each line bears, then the shipping if there is any."""
    classes = {line.tax_class for line in draft.lines}
    on_goods = {name: levy_on(rates, name, shipping=False) for name in classes}
    levies = [on_goods[line.tax_class] for line in draft.lines]
    if draft.offer is not None:
        levies.append(levy_on(rates, draft.offer.tax_class, shipping=True))
    return tuple(levies)


def _taxables(draft: Draft, levies: tuple[Levy, ...]) -> list[Taxable]:
    lines = zip(levies, draft.lines, draft.taken_off, strict=False)
    items = [Taxable(levy, line.unit_price.minor, line.quantity, off) for levy, line, off in lines]
    if draft.offer is not None:
        items.append(Taxable(levies[-1], draft.offer.amount.minor, 1, draft.shipping_taken_off))
    return items


SUBTOTAL = Step("subtotal", _subtotal)
SHIPPING = Step("shipping", _shipping)
TAX = Step("tax", _tax)

PIPELINE: tuple[Step, ...] = (
    SUBTOTAL,
    PROMOTIONS,
    COUPONS,
    ORDER_DISCOUNTS,
    GIFTS,
    SHIPPING,
    SHIPPING_DISCOUNTS,
    TAX,
)
"""Prices are made in this order; discounts on goods go before SHIPPING, on shipping before TAX."""


def with_steps(*steps: Step, after: str, pipeline: tuple[Step, ...] = PIPELINE) -> tuple[Step, ...]:
    """
    The pipeline with steps put in behind the one named.

    Raises ValueError if none is, and for a name that is there already: a step drops what
    was written under its name before.
    """
    names = [step.name for step in pipeline]
    place = names.index(after) + 1
    if len({*names, *(step.name for step in steps)}) < len(names) + len(steps):
        raise ValueError("each step of a pipeline has a name of its own")
    return (*pipeline[:place], *steps, *pipeline[place:])
