"""
What goes back for a return, line by line.

Goods are worth what was paid for exactly those units, discounts and taxes in it; whoever
returns one by one gets the same as whoever returns all at once. What is kept of it are lines
of their own; their sum is never below zero, and never above what the shop has of the order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from attrs import frozen

from automate_store.domain.kernel.ids import LineId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import Order, all_returned, paid_for_next
from automate_store.domain.returns.lives import ReturnKind
from automate_store.domain.returns.policy import ReturnPolicy


class RefundPart(StrEnum):
    """What a line of a refund is for."""

    GOODS = "goods"
    SHIPPING = "shipping"
    """What sending the order cost."""
    RETURN_SHIPPING = "return_shipping"
    RESTOCKING = "restocking"
    CLAWBACK = "clawback"
    """Discounts that the kept goods earn no more; above zero where some are given again."""
    GIVEN_BEFORE = "given_before"
    """What went back already, as a courtesy, and does not go back twice."""
    REPLACEMENT = "replacement"
    """What the goods cost that come for those that go back."""


@frozen(kw_only=True)
class RefundLine:
    """One reason for an amount; negative for what is kept."""

    part: RefundPart
    item_id: LineId | None = None
    quantity: int = 0
    amount: Money


@frozen(kw_only=True)
class RefundSum:
    """The lines, and what they come to; where that is below zero, it is what is ``due``."""

    lines: tuple[RefundLine, ...]
    total: Money

    @classmethod
    def nothing(cls, currency: str) -> RefundSum:
        """The sum of what comes to nothing."""
        return cls(lines=(), total=Money.zero(currency))

    @property
    def back(self) -> Money:
        """What the goods that go back are worth, less what is kept of it; zero or more."""
        lines = (line for line in self.lines if line.part is not RefundPart.REPLACEMENT)
        return Money.total((line.amount for line in lines), self.total.currency)

    @property
    def due(self) -> Money:
        """What the customer pays, where what comes costs more than what goes back; else zero."""
        return self.total - Money.total((line.amount for line in self.lines), self.total.currency)

    def less(self, replacements: Iterable[RefundLine]) -> RefundSum:
        """The same, less what the goods cost that come for others."""
        lines = (*self.lines, *replacements)
        total = Money.total((line.amount for line in lines), self.total.currency)
        return RefundSum(lines=lines, total=max(total, Money.zero(total.currency)))

    def in_money(self) -> RefundSum:
        """The same, where nothing comes for what goes back."""
        lines = tuple(line for line in self.lines if line.part is not RefundPart.REPLACEMENT)
        return RefundSum(lines=lines, total=self.back)

    def kept(self, part: RefundPart) -> Money:
        """How much is kept for that part, zero or more."""
        nothing = Money.zero(self.total.currency)
        amounts = (-line.amount for line in self.lines if line.part is part)
        return max(nothing, Money.total(amounts, nothing.currency))

    def at_most(self, worth: Money) -> RefundSum:
        """The same, where no more than that is kept of the order."""
        coming = [line for line in self.lines if line.part is RefundPart.REPLACEMENT]
        over = {RefundPart.GIVEN_BEFORE, RefundPart.REPLACEMENT}
        lines = tuple(line for line in self.lines if line.part not in over)
        total = Money.total((line.amount for line in lines), worth.currency)
        if total > worth:
            given = RefundLine(part=RefundPart.GIVEN_BEFORE, amount=worth - total)
            lines, total = (*lines, given), worth
        return RefundSum(lines=lines, total=total).less(coming)


def refund_sum(
    order: Order,
    taken: Mapping[LineId, int],
    reasons: Mapping[LineId, str],
    *,
    kind: ReturnKind,
    blameless: bool,
    policy: ReturnPolicy,
) -> RefundSum:
    """
    What goes back of the order for the units that are taken, each with its item's reason.

    ``blameless`` says whether all that came back before did so by the merchant's fault.
    """
    currency, paid = order.quote.currency, paid_for_next(order, taken)
    unwanted = {each for each in paid if not policy.blames_the_shop(kind, reasons[each])}
    back = [
        RefundLine(part=RefundPart.GOODS, item_id=item_id, quantity=taken[item_id], amount=amount)
        for item_id, amount in paid.items()
    ]
    if policy.original_shipping and blameless and not unwanted:
        back += _original_shipping(order, taken)
    price = Money.total((paid[each] for each in unwanted), currency)
    costs = [(RefundPart.RESTOCKING, price.portion(policy.restocking_rate, policy.rounding))]
    costs += [(RefundPart.RETURN_SHIPPING, policy.return_shipping)] if unwanted else []
    lines = (*back, *_kept(Money.total((line.amount for line in back), currency), costs))
    total = Money.total((line.amount for line in lines), currency)
    return RefundSum(lines=lines, total=total).at_most(order.worth)


def _original_shipping(order: Order, taken: Mapping[LineId, int]) -> list[RefundLine]:
    """What sending the order cost, where the last of its goods are taken back."""
    shipping = order.quote.shipping
    if shipping is None or not shipping.gross or not all_returned(order, taken):
        return []
    return [RefundLine(part=RefundPart.SHIPPING, amount=shipping.gross)]


def _kept(left: Money, costs: Iterable[tuple[RefundPart, Money]]) -> list[RefundLine]:
    """A line for each cost, cut to what is left to be kept of."""
    lines = []
    for part, cost in costs:
        cut = min(cost, left)
        left -= cut
        lines += [RefundLine(part=part, amount=-cut)] if cut else []
    return lines
