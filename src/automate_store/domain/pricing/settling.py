"""Settling: who of a basket's promotions competes, each way to act together priced whole."""

from __future__ import annotations

from collections.abc import Sequence

from automate_store.domain.pricing.basket import Basket, Entrant, PricingRules
from automate_store.domain.pricing.competing import Competition
from automate_store.domain.pricing.draft import Draft, Step
from automate_store.domain.pricing.entering import bystanders
from automate_store.domain.promotions import Found, Goods, Scene
from automate_store.domain.taxes import TaxMode


def competition(
    candidates: Sequence[Entrant],
    basket: Basket,
    rules: PricingRules,
    pipeline: tuple[Step, ...],
    *,
    thorough: bool,
) -> Competition:
    """The competition of these; ``thorough`` where every promotion wants a verdict."""
    found: Found = {}

    def price(acting: tuple[Entrant, ...]) -> tuple[Draft, int]:
        draft = Draft(basket=basket, entrants=acting, thorough=thorough, found=found)
        for step in pipeline:
            draft = step.write(draft.at_step(step.name), rules)
        return draft, _total(draft, rules.policy.tax_mode)

    hopeless = _hopeless(candidates, basket, rules, found)
    rivals = tuple(each for each in candidates if each not in hopeless) if hopeless else candidates
    told = hopeless if thorough else [each for each in hopeless if each.code]
    late = bystanders(basket, rules) if thorough else ()
    return Competition(tuple(rivals), price, bystanders=(*late, *told))


def _hopeless(
    candidates: Sequence[Entrant], basket: Basket, rules: PricingRules, found: Found
) -> list[Entrant]:
    """Those that others need not be tried against: they can't act, whoever else does."""
    rivals = [each for each in candidates if each.competes]
    if not rivals:
        return rivals
    scene = _opening(basket, rules, found)
    return [each for each in rivals if each.promotion.is_hopeless(scene)]


def _opening(basket: Basket, rules: PricingRules, found: Found) -> Scene:
    """The goods before anything is taken off them."""
    full = [line.unit_price.minor * line.quantity for line in basket.lines]
    goods = Goods(
        items=basket.lines,
        currency=basket.currency,
        values=full,
        room=full,
        spare=[line.quantity for line in basket.lines],
        spare_values=full,
        rounding=rules.policy.price_rounding,
        found=found,
    )
    return Scene(
        goods=goods,
        before_order=full,
        at=basket.at,
        destination=basket.destination,
        shopper=basket.shopper,
    )


def _total(draft: Draft, mode: TaxMode) -> int:
    tax = sum(map(sum, draft.taxes)) if mode is TaxMode.EXCLUSIVE else 0
    return sum(draft.values) + draft.shipping_value + tax
