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
from automate_store.domain.pricing.taxing import EXEMPTION, TAX
from automate_store.domain.shipping import ShippingOffer, offer_by


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
