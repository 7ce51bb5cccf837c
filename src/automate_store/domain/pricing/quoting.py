"""Quoting: a basket and the rules in, the quote out; nothing else is asked or changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

from attrs import evolve, frozen

from automate_store.domain.kernel.errors import RuleBroken
from automate_store.domain.kernel.money import MINOR_LIMIT, Money
from automate_store.domain.pricing.basket import Basket, PricingRules
from automate_store.domain.pricing.competing import Competition
from automate_store.domain.pricing.draft import Discount, Draft, Step
from automate_store.domain.pricing.entering import Entry, entry
from automate_store.domain.pricing.quoted import (
    Adjustment,
    Quote,
    QuotedLine,
    QuotedShipping,
    TaxShare,
    TaxTotal,
)
from automate_store.domain.pricing.settling import competition
from automate_store.domain.pricing.steps import PIPELINE
from automate_store.domain.pricing.units import unit_shares
from automate_store.domain.pricing.verdicts import CodeStanding, Verdict, code_standing
from automate_store.domain.promotions import Promotion
from automate_store.domain.shipping import ShippingOffer
from automate_store.domain.taxes import Levy, TaxMode, TaxRate, in_order

AMOUNTS_REMEMBERED = 8_192
"""How many amounts are kept: a shop's prices recur, and to look one up is quicker."""
_money = lru_cache(maxsize=AMOUNTS_REMEMBERED)(Money)


@frozen
class QuoteTooLarge(RuleBroken):
    """The sums pass what an amount can hold."""

    says = "The total is larger than an amount can be; order less at once."


@frozen(kw_only=True)
class Appraisal:
    """A quote, with a verdict on every promotion and on every code that opened one."""

    quote: Quote
    verdicts: tuple[Verdict, ...]


@frozen(kw_only=True)
class Simulation:
    """What a promotion would do to a basket, and to the others that act on it."""

    before: Quote
    after: Quote
    verdict: Verdict
    """On the promotion itself."""
    verdicts: tuple[Verdict, ...]
    """On all of them, were it active."""


def quote(basket: Basket, rules: PricingRules, pipeline: tuple[Step, ...] = PIPELINE) -> Quote:
    """
    What the basket costs under the rules; raises QuoteTooLarge from MINOR_LIMIT on.

    Each step of the pipeline adds its part, and the sums come last.
    """
    entered = entry(basket, rules)
    rivals = competition(entered.candidates, basket, rules, pipeline, thorough=False)
    draft = rivals.settle()
    return _quote(draft, rivals, entered, rules)


def appraise(
    basket: Basket, rules: PricingRules, pipeline: tuple[Step, ...] = PIPELINE
) -> Appraisal:
    """
    The same quote, and for every promotion: applied, refused with all reasons, or displaced.

    Every one that is active and needs no code, and every code that was given.
    """
    entered = entry(basket, rules)
    rivals = competition(entered.candidates, basket, rules, pipeline, thorough=True)
    draft = rivals.settle()
    verdicts = (*rivals.verdicts(draft, of=lambda _: True), *entered.turned_away)
    return Appraisal(quote=_quote(draft, rivals, entered, rules), verdicts=verdicts)


def simulate(promotion: Promotion, basket: Basket, rules: PricingRules) -> Simulation:
    """
    What the promotion would do to the basket if it were active and needed no code.

    One that a code of the basket opens is tried behind that code. The basket's time says
    whether its period has come. Where the rules hold it in an earlier form, the new form
    takes its place.
    """
    coupons = [each.coupon for each in basket.codes if each.coupon]
    opening = {each.code for each in coupons if each.promotion_id == promotion.id}
    live = evolve(promotion, active=True, needs_code=bool(opening))
    others = tuple(each for each in rules.promotions if each.id != promotion.id)
    after = appraise(basket, evolve(rules, promotions=(*others, live)))
    return Simulation(
        before=quote(basket, rules),
        after=after.quote,
        verdict=next(each for each in after.verdicts if _is_on(each, live, opening)),
        verdicts=after.verdicts,
    )


def _is_on(verdict: Verdict, promotion: Promotion, opening: set[str]) -> bool:
    """Whether it is about the promotion, or about the code that opens it."""
    if opening:
        return verdict.code in opening
    return verdict.code is None and verdict.rule == promotion.code


def _quote(draft: Draft, rivals: Competition, entered: Entry, rules: PricingRules) -> Quote:
    if not draft.basket.codes:
        return _totals(draft, rules.policy.tax_mode, ())
    verdicts = rivals.verdicts(draft, of=lambda entrant: entrant.code is not None)
    # A code that was given twice is told of as what it did the first time.
    every = (*entered.turned_away, *verdicts)
    standings = {each.code: code_standing(each.code, each) for each in every if each.code}
    told = dict.fromkeys(each.named for each in draft.basket.codes)
    return _totals(draft, rules.policy.tax_mode, tuple(standings[code] for code in told))


def _totals(draft: Draft, mode: TaxMode, codes: tuple[CodeStanding, ...]) -> Quote:
    currency = draft.basket.currency
    subtotal, discount = sum(draft.subtotals), sum(draft.taken_off) + draft.shipping_taken_off
    shipping = draft.offer.amount.minor if draft.offer else 0
    tax = sum(map(sum, draft.taxes))
    if subtotal + shipping + tax >= MINOR_LIMIT:
        raise QuoteTooLarge
    added = tax if mode is TaxMode.EXCLUSIVE else 0
    return Quote(
        currency=currency,
        tax_mode=mode,
        lines=tuple(_lines(draft, mode)),
        shipping=_parcel(draft, draft.offer, mode) if draft.offer else None,
        taxes=_tax_totals(draft, mode),
        subtotal=_money(subtotal, currency),
        discount=_money(discount, currency),
        shipping_amount=_money(shipping, currency),
        tax=_money(tax, currency),
        total=_money(subtotal - discount + shipping + added, currency),
        shipping_pending=draft.shipping_pending,
        shipping_problem=draft.shipping_problem,
        tax_pending=draft.tax_pending,
        codes=codes,
    )


def _lines(draft: Draft, mode: TaxMode) -> Iterator[QuotedLine]:
    currency, levies = draft.basket.currency, _levies(draft)
    paid_for, touched = len(draft.basket.lines), _touched(draft)
    amounts = zip(draft.subtotals, draft.taken_off, draft.values, strict=True)
    for i, (line, (subtotal, off, value)) in enumerate(zip(draft.lines, amounts, strict=True)):
        net, tax, gross = _amounts(value, draft.taxes[i], mode)
        discount = _money(off, currency)
        borne = _money(tax, currency)
        yield QuotedLine(
            id=line.id,
            product_id=line.product_id,
            variant_id=line.variant_id,
            unit_price=line.unit_price,
            quantity=line.quantity,
            subtotal=_money(subtotal, currency),
            discount=discount,
            net=_money(net, currency),
            tax=borne,
            gross=_money(gross, currency),
            taxes=_shares(levies[i], draft.taxes[i], currency),
            adjustments=tuple(touched[i]) if i in touched else (),
            discount_shares=unit_shares(discount, line.quantity),
            tax_shares=unit_shares(borne, line.quantity),
            gift=i >= paid_for,
        )


def _touched(draft: Draft) -> dict[int, list[Adjustment]]:
    """The adjustments of each line that has some, by its place."""
    found: dict[int, list[Adjustment]] = defaultdict(list)
    for each in draft.discounts:
        for i, off in enumerate(each.lines):
            if off:
                found[i].append(_adjustment(each, off, draft.basket.currency))
    return found


def _parcel(draft: Draft, offer: ShippingOffer, mode: TaxMode) -> QuotedShipping:
    currency = draft.basket.currency
    net, tax, gross = _amounts(draft.shipping_value, draft.taxes[-1], mode)
    return QuotedShipping(
        method=offer.method,
        name=offer.name,
        amount=offer.amount,
        discount=_money(draft.shipping_taken_off, currency),
        net=_money(net, currency),
        tax=_money(tax, currency),
        gross=_money(gross, currency),
        taxes=_shares(_levies(draft)[-1], draft.taxes[-1], currency),
        adjustments=tuple(
            [
                _adjustment(each, each.shipping, currency)
                for each in draft.discounts
                if each.shipping
            ]
        ),
    )


def _amounts(value: int, taxes: tuple[int, ...], mode: TaxMode) -> tuple[int, int, int]:
    """Net, tax and gross of what is left after discounts."""
    tax = sum(taxes)
    return (value, tax, value + tax) if mode is TaxMode.EXCLUSIVE else (value - tax, tax, value)


def _shares(levy: Levy, taxes: tuple[int, ...], currency: str) -> tuple[TaxShare, ...]:
    both = zip(levy.rates, taxes, strict=True)
    return tuple(
        [TaxShare(rate.code, rate.rate, _money(tax, currency), rate.compound) for rate, tax in both]
    )


def _adjustment(discount: Discount, off: int, currency: str) -> Adjustment:
    return Adjustment(
        step=discount.step,
        rule=discount.rule,
        label=discount.label,
        amount=_money(-off, currency),
        internal=discount.internal,
    )


def _tax_totals(draft: Draft, mode: TaxMode) -> tuple[TaxTotal, ...]:
    """One for each rate that anything bears, in the order that they are taken in."""
    base: dict[int, int] = defaultdict(int)
    amount: dict[int, int] = defaultdict(int)
    rates: dict[int, TaxRate] = {}
    for levy, net, taxes in _by_levy(draft, mode):
        taxed = net
        for rate, tax in zip(levy.rates, taxes, strict=True):
            number = rate.id.int
            rates[number] = rate
            base[number] += taxed if rate.compound else net
            amount[number] += tax
            taxed += tax
    currency = draft.basket.currency
    return tuple(
        TaxTotal(
            code=rate.code,
            name=rate.name,
            rate=rate.rate,
            base=_money(base[rate.id.int], currency),
            amount=_money(amount[rate.id.int], currency),
        )
        for rate in in_order(rates.values())
    )


def _by_levy(draft: Draft, mode: TaxMode) -> Iterator[tuple[Levy, int, list[int]]]:
    """Each levy once, with the net that bears it and what each of its rates takes."""
    levies, taxes = _levies(draft), draft.taxes
    values = (*draft.values, draft.shipping_value) if draft.offer else draft.values
    bearing: dict[int, list[int]] = defaultdict(list)
    for i, levy in enumerate(levies):
        bearing[id(levy)].append(i)
    for rows in bearing.values():
        columns = [sum(column) for column in zip(*(taxes[i] for i in rows), strict=True)]
        contained = sum(columns) if mode is TaxMode.INCLUSIVE else 0
        yield levies[rows[0]], sum([values[i] for i in rows]) - contained, columns


def _levies(draft: Draft) -> tuple[Levy, ...]:
    assert draft.levies is not None, "a pipeline ends with tax"
    return draft.levies
