"""What has to be carried, and every way to carry it, priced as the cart would be with it."""

from __future__ import annotations

from attrs import evolve, frozen

from automate_store.domain.kernel.money import Money
from automate_store.domain.pricing.basket import Basket, PricingRules
from automate_store.domain.pricing.draft import Draft, Step
from automate_store.domain.pricing.entering import entry
from automate_store.domain.pricing.settling import competition
from automate_store.domain.pricing.steps import PIPELINE
from automate_store.domain.shipping import Parcel, ShippingOffer


@frozen(kw_only=True)
class ShippingOption:
    """An offer, and what comes off it by promotions and codes if it is chosen."""

    offer: ShippingOffer
    discount: Money

    @property
    def price(self) -> Money:
        """What is left to pay for it, before tax is added or with it contained."""
        return self.offer.amount - self.discount


def parcel_of(
    basket: Basket, rules: PricingRules, pipeline: tuple[Step, ...] = PIPELINE
) -> Parcel | None:
    """The parcel that a quote of the basket prices, None where nothing has to be carried."""
    return _settled(basket, rules, pipeline).parcel


def shipping_options(basket: Basket, rules: PricingRules) -> tuple[ShippingOption, ...]:
    """
    Every method that can carry the basket, cheapest first, then by position and code.

    Each is priced by a quote of its own, since promotions may hang on the method. Without
    a destination pickups alone can.
    """
    found = []
    for method in {each.code: each for each in rules.shipping_methods if each.active}.values():
        draft = _settled(evolve(basket, shipping_method=method.code), rules, PIPELINE)
        if draft.offer is not None:
            off = Money(draft.shipping_taken_off, basket.currency)
            option = ShippingOption(offer=draft.offer, discount=off)
            found.append(((option.price.minor, method.position, method.code), option))
    found.sort(key=lambda each: each[0])
    return tuple(option for _, option in found)


def _settled(basket: Basket, rules: PricingRules, pipeline: tuple[Step, ...]) -> Draft:
    candidates = entry(basket, rules).candidates
    return competition(candidates, basket, rules, pipeline, thorough=False).settle()
