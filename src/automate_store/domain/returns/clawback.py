"""
Clawback: what the kept goods no longer earn of their discounts, taken off what goes back.

What is owed hangs on what is kept and on nothing before it: each return bears what it adds
to that, or gives back what it takes from it, so that whoever returns everything is given
exactly what they paid, in any order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction

from attrs import evolve, frozen

from automate_store.domain.kernel.ids import LineId, VariantId
from automate_store.domain.kernel.money import Money, Rounding, divided, split_minor
from automate_store.domain.orders import Order
from automate_store.domain.pricing import (
    COUPONS,
    EXEMPTION,
    GIFTS,
    ORDER_DISCOUNTS,
    PROMOTIONS,
    SUBTOTAL,
    TAX,
    Basket,
    BasketLine,
    PricingRules,
    Quote,
    QuotedLine,
    quote,
    without,
)
from automate_store.domain.returns.sums import RefundLine, RefundPart, RefundSum
from automate_store.domain.taxes import TaxMode

GOODS_ALONE = (SUBTOTAL, PROMOTIONS, COUPONS, ORDER_DISCOUNTS, GIFTS, TAX)
"""The steps that take from goods; what shipping was spared is never taken back."""
_Rule = tuple[str, str, bool]
"""Its step, its name, and whether that is the merchant's word for it: what tells two apart."""
_Off = Mapping[_Rule, Mapping[LineId, int]]
"""What each rule takes off each line, in minor units."""


@frozen(kw_only=True)
class Terms:
    """
    What an order's goods can be priced by again: all that took something off them, as it is now.

    ``goods`` has a line for each variant that is or may come to be in the order. ``basket`` is
    anything of its circumstances, as of when it was placed, its codes as if it had not used them.
    """

    goods: Mapping[VariantId, BasketLine]
    basket: Basket
    rules: PricingRules

    @classmethod
    def of(
        cls, basket: Basket, goods: Iterable[BasketLine], rules: PricingRules, quoted: Quote
    ) -> Terms:
        """The same of any rules and codes: what took nothing off the quote's goods is left out."""
        took = {(each.rule, each.internal) for line in quoted.lines for each in line.adjustments}
        promotions = (
            each for each in rules.promotions if each.needs_code or (each.code, True) in took
        )
        codes = (each for each in basket.codes if (each.named, False) in took)
        return cls(
            goods={line.variant_id: line for line in goods},
            basket=evolve(basket, lines=(), codes=tuple(codes)),
            # No discount on goods hangs on what carries or taxes them.
            rules=PricingRules(
                policy=rules.policy,
                shipping_methods=(),
                tax_rates=(),
                promotions=tuple(promotions),
            ),
        )

    def know(self, quoted: Quote) -> bool:
        """Whether all that is in the quote can be priced again."""
        return all(line.gift or line.variant_id in self.goods for line in quoted.lines)

    def earned(self, quoted: Quote) -> _Off:
        """What the goods in the quote earn at the prices that they were bought at."""
        lines = tuple(self._again(line) for line in quoted.lines if not line.gift)
        return _off(quote(evolve(self.basket, lines=lines), self.rules, GOODS_ALONE))

    def _again(self, line: QuotedLine) -> BasketLine:
        known = self.goods[line.variant_id]
        return evolve(known, id=line.id, unit_price=line.unit_price, quantity=line.quantity)


def owed(
    order: Order,
    *,
    gone: Mapping[LineId, int],
    unwanted: Mapping[LineId, int],
    terms: Terms | None,
    rounding: Rounding,
) -> Money:
    """
    What the customer was spared for goods that they keep, and that these do not earn any more.

    ``gone`` counts the units that are back, ``unwanted`` those of them that the customer is
    to answer for: what is the merchant's fault costs no discount. Nothing without terms.
    """
    kept = without(order.quote, gone, carried=False)
    if terms is None or not kept.lines or not terms.know(order.quote):
        return Money.zero(order.quote.currency)
    borne, off = _off(kept), dict.fromkeys((line.id for line in kept.lines), 0)
    for rule, lost in _lost(order.quote, unwanted, terms).items():
        on_lines = borne.get(rule, {})
        sizes = list(on_lines.values())
        shares = split_minor(min(lost, sum(sizes)), sizes, sizes)
        for line_id, share in zip(on_lines, shares, strict=True):
            off[line_id] += share
    paid = (_spared(line, off[line.id], kept.tax_mode, rounding) for line in kept.lines)
    return Money(sum(paid), kept.currency)


def clawed_back(refund: RefundSum, owed: Money, *, before: Money, worth: Money) -> RefundSum:
    """
    The refund, less what is owed beyond what was taken before, or with what is not any more.

    It is never below zero; what could not be taken is left for a return to come.
    """
    lines = tuple(line for line in refund.lines if line.part is not RefundPart.GIVEN_BEFORE)
    there = Money.total((line.amount for line in lines), worth.currency)
    change = max(before - owed, -there)
    if not change:
        return refund
    taken = RefundLine(part=RefundPart.CLAWBACK, amount=change)
    return RefundSum(lines=(*lines, taken), total=there + change).at_most(worth)


def taken_before(refunds: Iterable[RefundSum], currency: str) -> Money:
    """What these refunds took back of discounts and have not given again."""
    lines = (line for refund in refunds for line in refund.lines)
    taken = (-line.amount for line in lines if line.part is RefundPart.CLAWBACK)
    return Money.total(taken, currency)


def _lost(quoted: Quote, unwanted: Mapping[LineId, int], terms: Terms) -> dict[_Rule, int]:
    """
    What each rule gives less for the goods without those than they bear of it.

    What it would not give any more for the whole order is no doing of a return: a rule that
    was ended, changed or forgotten since takes nothing back. Nor do odd cents, of which
    sharing out may move one onto each line.
    """
    left = without(quoted, unwanted, carried=False)
    whole, earned_by_all, earned = _off(quoted), terms.earned(quoted), terms.earned(left)
    found = {}
    for rule, lines in _off(left).items():
        missing = sum(lines.values()) - _sum(earned, rule)
        missing -= max(0, _sum(whole, rule) - _sum(earned_by_all, rule))
        if missing > len(lines):
            found[rule] = missing
    return found


def _sum(off: _Off, rule: _Rule) -> int:
    return sum(off.get(rule, {}).values())


def _off(quoted: Quote) -> _Off:
    found: dict[_Rule, dict[LineId, int]] = defaultdict(lambda: defaultdict(int))
    for line in quoted.lines:
        for each in line.adjustments:
            found[each.step, each.rule, each.internal][line.id] -= each.amount.minor
    return found


def _spared(line: QuotedLine, off: int, mode: TaxMode, rounding: Rounding) -> int:
    """What less was paid for the line because so much came off it, its tax with it."""
    if mode is TaxMode.EXCLUSIVE:
        # By its rates: a line that was free has no gross and net to tell the tax by.
        taxed = off * (1 + _rate(line))
        return divided(taxed.numerator, taxed.denominator, rounding)
    relief = sum(-each.amount.minor for each in line.adjustments if each.step == EXEMPTION.name)
    if not relief:
        return off
    return divided(off * line.gross.minor, line.gross.minor + relief, rounding)


def _rate(line: QuotedLine) -> Fraction:
    """What all of its taxes take of its net together."""
    total = Fraction()
    for share in line.taxes:
        total += Fraction(share.rate) * (1 + total if share.compound else 1)
    return total
