"""The steps that tax is made in: the last ones, on what all discounts have left."""

from __future__ import annotations

from automate_store.domain.pricing.basket import PricingRules
from automate_store.domain.pricing.draft import Discount, Draft, Step
from automate_store.domain.taxes import (
    NO_LEVY,
    Levy,
    Taxable,
    TaxMode,
    TaxRounding,
    taxes_borne,
    taxes_on,
)

EXEMPT = "tax_exempt"


def _exemption(draft: Draft, rules: PricingRules) -> Draft:
    """Prices that contain tax fall by it for a customer who owes none, floor prices too."""
    added = rules.policy.tax_mode is TaxMode.EXCLUSIVE
    if added or not draft.basket.shopper.tax_exempt:
        return draft
    contained = [sum(taxes) for taxes in _taxes(draft, rules, _due(draft, rules))]
    if not any(contained):
        return draft
    shipping = contained.pop() if draft.offer is not None else 0
    said = "the tax that the price contains"
    relief = Discount(draft.step, EXEMPT, said, tuple(contained), shipping)
    return draft.changed(discounts=(*draft.discounts, relief))


def _tax(draft: Draft, rules: PricingRules) -> Draft:
    exempt = draft.basket.shopper.tax_exempt
    levies = (NO_LEVY,) * _count(draft) if exempt else _due(draft, rules)
    # What an exempt customer is to be relieved of hangs on the place like the tax itself.
    nothing_due = exempt and rules.policy.tax_mode is TaxMode.EXCLUSIVE
    unknown = draft.basket.destination is None and bool(rules.tax_rates)
    return draft.changed(
        levies=levies,
        taxes=tuple(_taxes(draft, rules, levies)),
        tax_pending=unknown and not nothing_due,
    )


def _count(draft: Draft) -> int:
    """How many amounts may bear tax."""
    return len(draft.subtotals) + (draft.offer is not None)


def _due(draft: Draft, rules: PricingRules) -> tuple[Levy, ...]:
    """What each line bears there and then, and after them the shipping if there is any."""
    place = draft.basket.destination
    if place is None or not rules.tax_rates:
        return (NO_LEVY,) * _count(draft)
    there = rules.tax_table.levies(place, draft.basket.at)
    levies = [there.on_goods(line.tax_class) for line in draft.lines]
    if draft.offer is not None:
        levies.append(there.on_parcel(draft.offer.tax_class))
    return tuple(levies)


def _taxes(draft: Draft, rules: PricingRules, levies: tuple[Levy, ...]) -> list[tuple[int, ...]]:
    mode, rounding = rules.policy.tax_mode, rules.policy.tax_rounding
    level = rules.policy.tax_rounding_level
    if level is not TaxRounding.LINE:
        return taxes_on(_taxables(draft, levies), mode=mode, level=level, rounding=rounding)
    left = draft.values if draft.offer is None else (*draft.values, draft.shipping_value)
    pairs = zip(left, levies, strict=True)
    return [taxes_borne(amount, levy, mode, rounding) for amount, levy in pairs]


def _taxables(draft: Draft, levies: tuple[Levy, ...]) -> list[Taxable]:
    lines = zip(levies, draft.lines, draft.taken_off, strict=False)
    items = [Taxable(levy, line.unit_price.minor, line.quantity, off) for levy, line, off in lines]
    if draft.offer is not None:
        items.append(Taxable(levies[-1], draft.offer.amount.minor, 1, draft.shipping_taken_off))
    return items


EXEMPTION = Step("exemption", _exemption)
TAX = Step("tax", _tax)
