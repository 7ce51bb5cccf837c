"""Entering: which promotions take part in a quote, and which codes are turned away at once."""

from __future__ import annotations

from attrs import frozen

from automate_store.domain.pricing.basket import Basket, Entrant, PresentedCode, PricingRules
from automate_store.domain.pricing.verdicts import Verdict, turned_away
from automate_store.domain.promotions import Promotion, Reason, Unmet


@frozen
class Entry:
    """Who takes part, and the codes that do not, with their reasons."""

    candidates: tuple[Entrant, ...]
    turned_away: tuple[Verdict, ...]


def bystanders(basket: Basket, rules: PricingRules) -> tuple[Entrant, ...]:
    """The automatic promotions of other times, places and shoppers: they only have to be told."""
    in_force = {each.promotion.id.int for each in rules.in_force(basket)}
    return tuple([Entrant(each) for each in rules.automatic if each.id.int not in in_force])


def entry(basket: Basket, rules: PricingRules) -> Entry:
    """The automatic promotions of the time, and what each code of the basket opens."""
    coded: list[Entrant] = []
    opened: set[int] = set()
    refused = []
    for presented in basket.codes:
        found = _opened(presented, basket, rules)
        if isinstance(found, Promotion) and found.id.int in opened:
            found = _unmet(Reason.NOT_COMBINABLE)
        if isinstance(found, Unmet):
            refused.append(_refused(presented, found, basket.currency))
            continue
        assert presented.coupon is not None, "only a coupon opens something"
        opened.add(found.id.int)
        coupon = presented.coupon
        coded.append(Entrant(found, coupon.code, stackable=coupon.stackable))
    return Entry((*rules.in_force(basket), *coded), tuple(refused))


def _opened(presented: PresentedCode, basket: Basket, rules: PricingRules) -> Promotion | Unmet:
    coupon = presented.coupon
    if coupon is None:
        return _unmet(Reason.UNKNOWN)
    refusal = coupon.refusal(
        at=basket.at,
        currency=basket.currency,
        shopper=basket.shopper,
        used_by_you=presented.used_by_you,
    )
    return refusal or coupon.opened(rules.coded) or _unmet(Reason.INACTIVE)


def _refused(presented: PresentedCode, unmet: Unmet, currency: str) -> Verdict:
    name = presented.coupon.name if presented.coupon else None
    return turned_away(presented.named, name, unmet, currency)


def _unmet(reason: Reason) -> Unmet:
    detail = _SAID[reason]
    return Unmet(condition="coupon", reason=reason, actual=False, required=True, detail=detail)


_SAID = {
    Reason.UNKNOWN: "there is no such code",
    Reason.INACTIVE: "it is not active",
    Reason.NOT_COMBINABLE: "another code opens the same promotion",
}
