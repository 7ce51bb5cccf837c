"""
Keeping: a basket priced around lines for which something was agreed before.

What came off them stays off, to the cent and per unit; nothing else comes off, whatever
promotions there are today. What is new is priced as it is today.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from attrs import evolve

from automate_store.domain.kernel.ids import LineId
from automate_store.domain.pricing.basket import PricingRules
from automate_store.domain.pricing.draft import Discount, Draft, Step
from automate_store.domain.pricing.leaving import summed
from automate_store.domain.pricing.quoted import (
    Adjustment,
    Quote,
    QuotedLine,
    QuotedShipping,
    TaxTotal,
)
from automate_store.domain.pricing.steps import SHIPPING, SUBTOTAL
from automate_store.domain.pricing.taxing import EXEMPTION, TAX


def keeping(kept: Quote) -> tuple[Step, ...]:
    """
    The pipeline by which the lines and the shipping of ``kept`` bear what they bore.

    Lines of the same ids lose what they lost; shipping, whatever it costs now, as much as it
    lost and never more than its price. Of the tax that prices contain an exempt customer is
    relieved anew.
    """

    def goods(draft: Draft, _: PricingRules) -> Draft:
        return draft.changed(discounts=(*draft.discounts, *_off_goods(draft, kept)))

    def shipping(draft: Draft, _: PricingRules) -> Draft:
        return draft.changed(discounts=(*draft.discounts, *_off_shipping(draft, kept)))

    return (
        SUBTOTAL,
        Step("kept", goods),
        SHIPPING,
        Step("kept_shipping", shipping),
        EXEMPTION,
        TAX,
    )


def joined(kept: Quote, priced: Quote) -> Quote:
    """
    What was kept, with what is new in ``priced`` and with its shipping.

    Lines that both have are those of ``kept``, so that no cent moves from one unit to another.
    """
    known = {line.id for line in kept.lines}
    lines = [*kept.lines, *(line for line in priced.lines if line.id not in known)]
    named = evolve(
        kept,
        taxes=tuple(_named([*kept.taxes, *priced.taxes])),
        shipping_pending=priced.shipping_pending,
        shipping_problem=priced.shipping_problem,
        tax_pending=priced.tax_pending,
    )
    return summed(named, lines, priced.shipping)


def staying(kept: Quote, priced: Quote, lines: Collection[LineId]) -> Quote:
    """What was priced, but those of its lines as they are in ``kept``, taxes and all."""
    before = {line.id: line for line in kept.lines if line.id in lines}
    named = evolve(priced, taxes=tuple(_named([*priced.taxes, *kept.taxes])))
    return summed(named, [before.get(line.id, line) for line in priced.lines], priced.shipping)


def extended(kept: Quote, lines: Sequence[QuotedLine], taxes: Sequence[TaxTotal]) -> Quote:
    """The quote and these lines, whose taxes have those names; no other cent of it moves."""
    named = evolve(kept, taxes=tuple(_named([*kept.taxes, *taxes])))
    return summed(named, [*kept.lines, *lines], kept.shipping)


def replacing(gone: QuotedLine) -> tuple[Step, ...]:
    """
    The pipeline by which a basket of one line bears what came off the line that it replaces.

    That is as much as its price has room for, and nothing else comes off.
    """

    def goods(draft: Draft, _: PricingRules) -> Draft:
        (left,), found = draft.subtotals, []
        for each in _agreed(gone):
            off = min(left, -each.amount.minor)
            left -= off
            found += [_discount(each, (off,), 0)] if off else []
        return draft.changed(discounts=(*draft.discounts, *found))

    return SUBTOTAL, Step("kept", goods), EXEMPTION, TAX


def with_gifts(quote: Quote, given: Collection[LineId]) -> Quote:
    """The quote, its lines of these ids known for gifts."""
    lines = tuple(evolve(each, gift=True) if each.id in given else each for each in quote.lines)
    return evolve(quote, lines=lines)


def _off_goods(draft: Draft, kept: Quote) -> Iterator[Discount]:
    lines = {line.id: line for line in kept.lines}
    for place, line in enumerate(draft.lines):
        if (agreed := lines.get(line.id)) is not None:
            assert agreed.quantity == line.quantity, "a line that is kept is kept whole"
            for each in _agreed(agreed):
                off = [0] * len(draft.lines)
                off[place] = -each.amount.minor
                yield _discount(each, off, 0)


def _off_shipping(draft: Draft, kept: Quote) -> Iterator[Discount]:
    if kept.shipping is None or draft.offer is None:
        return
    nothing, left = [0] * len(draft.lines), draft.shipping_value
    for each in _agreed(kept.shipping):
        off = min(left, -each.amount.minor)
        left -= off
        if off:
            yield _discount(each, nothing, off)


def _agreed(part: QuotedLine | QuotedShipping) -> Iterator[Adjustment]:
    return (each for each in part.adjustments if each.step != EXEMPTION.name)


def _discount(each: Adjustment, lines: Sequence[int], shipping: int) -> Discount:
    return Discount(
        each.step, each.rule, each.label, tuple(lines), shipping, internal=each.internal
    )


def _named(totals: Sequence[TaxTotal]) -> Iterator[TaxTotal]:
    """Each rate once, those that were known first."""
    seen = set()
    for each in totals:
        if (each.code, each.rate) not in seen:
            seen.add((each.code, each.rate))
            yield each
