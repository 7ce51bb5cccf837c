"""The steps of a quote, in the order that prices are made in."""

from __future__ import annotations

from collections.abc import Sequence

from automate_store.domain.kernel.errors import StoreError
from automate_store.domain.kernel.money import Money
from automate_store.domain.pricing.basket import PricingRules
from automate_store.domain.pricing.discounting import (
    COUPONS,
    GIFTS,
    ORDER_DISCOUNTS,
    PROMOTIONS,
    SHIPPING_DISCOUNTS,
)
from automate_store.domain.pricing.draft import Draft, Step
from automate_store.domain.pricing.taxing import EXEMPTION, TAX
from automate_store.domain.shipping import Parcel, ShippingMethod, ShippingOffer, offer_by


def _subtotal(draft: Draft, _: PricingRules) -> Draft:
    """Multiply first: whatever a later step rounds, it rounds on the whole line."""
    return Draft(
        basket=draft.basket,
        entrants=draft.entrants,
        thorough=draft.thorough,
        found=draft.found,
        step=draft.step,
        written=draft.written,
        subtotals=tuple([line.unit_price.minor * line.quantity for line in draft.basket.lines]),
    )


def _shipping(draft: Draft, rules: PricingRules) -> Draft:
    basket, methods, parcel = draft.basket, rules.shipping_methods, _parcel(draft)
    code, place = basket.shipping_method, basket.destination
    chosen: ShippingOffer | StoreError | None = None
    if parcel and code is not None and (place is not None or _fetched(code, methods)):
        chosen = offer_by(code, methods, place, parcel, basket.carrier_rates)
    return draft.changed(
        parcel=parcel,
        offer=chosen if isinstance(chosen, ShippingOffer) else None,
        shipping_pending=parcel is not None and chosen is None,
        shipping_problem=chosen if isinstance(chosen, StoreError) else None,
    )


def _parcel(draft: Draft) -> Parcel | None:
    """What has to be carried, worth what the discounts on goods left; None where nothing has."""
    weight_g = quantity = value = 0
    for line, worth in zip(draft.lines, draft.values, strict=True):
        if line.requires_shipping:
            weight_g += line.weight_g * line.quantity
            quantity += line.quantity
            value += worth
    return Parcel(weight_g, quantity, Money(value, draft.basket.currency)) if quantity else None


def _fetched(code: str, methods: Sequence[ShippingMethod]) -> bool:
    return any(method.pickup for method in methods if method.code == code)


SUBTOTAL = Step("subtotal", _subtotal)
SHIPPING = Step("shipping", _shipping)

PIPELINE: tuple[Step, ...] = (
    SUBTOTAL,
    PROMOTIONS,
    COUPONS,
    ORDER_DISCOUNTS,
    GIFTS,
    SHIPPING,
    SHIPPING_DISCOUNTS,
    EXEMPTION,
    TAX,
)
"""Prices are made in this order; discounts on goods go before SHIPPING, all before EXEMPTION."""


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
