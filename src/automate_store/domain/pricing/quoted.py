"""
The quote: what a basket costs, line by line, and where each cent of it comes from.

It holds plain values only, so that an order can store it and read it back. Its classes have
no slots: a frozen one is made more quickly without, and a quote makes dozens.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from attrs import field, frozen

from automate_store.domain.kernel.errors import StoreError
from automate_store.domain.kernel.ids import LineId, ProductId, VariantId
from automate_store.domain.kernel.money import Money
from automate_store.domain.pricing.units import UnitShares
from automate_store.domain.pricing.verdicts import CodeStanding
from automate_store.domain.taxes import TaxMode


@frozen(slots=False)
class TaxShare:
    """
    What one rate takes from one line, or from the shipping.

    ``compound``: from its net and the taxes that are named before it.
    """

    code: str
    rate: Decimal
    amount: Money
    compound: bool = False


@frozen(kw_only=True, slots=False)
class Adjustment:
    """What a step did to one line, or to the shipping; negative for a discount."""

    step: str
    rule: str
    label: str
    amount: Money
    internal: bool = False
    """Whether the rule is the merchant's word for it; customers know it by its label."""


@frozen(kw_only=True, slots=False)
class QuotedLine:
    """
    A line, priced: ``net`` is what is taxed, after discount and without tax.

    ``gross`` is what is paid for it, tax included: net + tax, in either mode.
    """

    id: LineId
    product_id: ProductId
    variant_id: VariantId
    unit_price: Money
    quantity: int
    subtotal: Money
    discount: Money
    net: Money
    tax: Money
    gross: Money
    taxes: tuple[TaxShare, ...]
    adjustments: tuple[Adjustment, ...]
    discount_shares: UnitShares
    tax_shares: UnitShares
    gift: bool = False
    """Whether a promotion put it there, for nothing."""

    def gross_of_first(self, units: int, mode: TaxMode) -> Money:
        """
        What is paid for the first ``units``, tax included.

        Units leave a line in this order, each at its price less its share of the
        discount: three of 10.00 less 10.00 give back 6.66, 6.67, 6.67.
        """
        assert 0 <= units <= self.quantity, "units that are there"
        paid = self.unit_price.minor * units - self.discount_shares.of_first(units)
        added = self.tax_shares.of_first(units) if mode is TaxMode.EXCLUSIVE else 0
        return Money(paid + added, self.unit_price.currency)

    def gross_between(self, first: int, last: int, mode: TaxMode) -> Money:
        """What is paid for the units that leave once ``first`` have left, until ``last`` have."""
        return self.gross_of_first(last, mode) - self.gross_of_first(first, mode)


@frozen(kw_only=True, slots=False)
class QuotedShipping:
    """The shipping, priced: ``method`` is its code, ``amount`` its price before discounts."""

    method: str
    name: str
    amount: Money
    discount: Money
    net: Money
    tax: Money
    gross: Money
    taxes: tuple[TaxShare, ...]
    adjustments: tuple[Adjustment, ...]


@frozen(kw_only=True, slots=False)
class TaxTotal:
    """
    What one rate takes from the whole order; ``base`` is what it is taken from.

    That is the net of what bears it, and the taxes before it where it is compound.
    """

    code: str
    name: str
    rate: Decimal
    base: Money
    amount: Money


class Subject(StrEnum):
    """What an entry of the trail is about."""

    LINE = "line"
    SHIPPING = "shipping"
    ORDER = "order"


@frozen(kw_only=True, slots=False)
class TraceEntry:
    """
    One reason for an amount: which step and rule, on what, how much.

    The amounts about lines and shipping sum to the total; in inclusive mode without
    those of the step ``tax``, which the others contain.
    """

    step: str
    subject: Subject
    line_id: LineId | None
    rule: str
    amount: Money
    detail: str
    internal: bool = False
    """Whether the rule is the merchant's word for it; customers know it by its detail."""

    @property
    def shown(self) -> str:
        """What customers know the rule by."""
        return self.detail if self.internal else self.rule


def _said(problem: StoreError | None) -> object:
    # Exceptions are equal by identity only, and quotes are compared by what they say.
    return problem and (problem.code(), tuple(problem.fields().items()))


@frozen(kw_only=True, slots=False)
class Quote:
    """
    What a basket costs: its lines, its shipping, its taxes and their sums.

    By construction, with ``shipping_amount`` before its discounts,
    total = subtotal - discount + shipping_amount + tax where tax is added, and
    without + tax where prices contain it; 0 <= discount <= subtotal + shipping_amount.

    ``shipping_pending``: goods have to be carried, and where to or how is not chosen.
    ``shipping_problem``: the chosen method can't carry them; no shipping is in the total.
    ``tax_pending``: without a destination no tax is known, so none is in the quote.
    """

    currency: str
    tax_mode: TaxMode
    lines: tuple[QuotedLine, ...]
    shipping: QuotedShipping | None
    taxes: tuple[TaxTotal, ...]
    subtotal: Money
    discount: Money
    shipping_amount: Money
    tax: Money
    total: Money
    shipping_pending: bool
    shipping_problem: StoreError | None = field(eq=_said)
    tax_pending: bool
    codes: tuple[CodeStanding, ...] = ()
    """What became of each code that the customer gave, in their order."""

    @property
    def trace(self) -> tuple[TraceEntry, ...]:
        """Each cent of the total with its reason: lines, shipping, then the order."""
        return tuple(_trail(self))


@lru_cache(maxsize=256)
def percent(rate: Decimal) -> str:
    """The rate for people: 0.08875 is ``8.875 %``."""
    numerator, denominator = rate.as_integer_ratio()
    text = f"{Decimal(numerator * 100) / denominator:f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} %"


def _trail(quote: Quote) -> Iterator[TraceEntry]:
    for line in quote.lines:
        yield from _about_line(line, quote.tax_mode)
    yield from _about_shipping(quote)
    if quote.tax_pending:
        yield _entry("tax", Subject.ORDER, "pending", Money.zero(quote.currency), _NO_TAX_YET)
    count = len(quote.lines)
    said = f"{count} line" if count == 1 else f"{count} lines"
    yield _entry("totals", Subject.ORDER, "total", quote.total, said)


_NO_TAX_YET = "no tax is known before the destination"
_NO_SHIPPING_YET = "no shipping is known before the destination and the method"


def _about_line(line: QuotedLine, mode: TaxMode) -> Iterator[TraceEntry]:
    said = f"{line.quantity} x {line.unit_price}"
    yield _entry("subtotal", Subject.LINE, "unit_price", line.subtotal, said, line_id=line.id)
    yield from _changes(Subject.LINE, line.adjustments, line.id)
    yield from _shares(Subject.LINE, line, mode, line.id)


def _about_shipping(quote: Quote) -> Iterator[TraceEntry]:
    nothing, subject = Money.zero(quote.currency), Subject.SHIPPING
    if quote.shipping_problem is not None:
        problem = quote.shipping_problem
        yield _entry("shipping", subject, problem.code(), nothing, str(problem))
    elif quote.shipping_pending:
        yield _entry("shipping", subject, "pending", nothing, _NO_SHIPPING_YET)
    elif (parcel := quote.shipping) is not None:
        yield _entry("shipping", subject, parcel.method, parcel.amount, parcel.name)
        yield from _changes(subject, parcel.adjustments)
        yield from _shares(subject, parcel, quote.tax_mode)


def _changes(
    subject: Subject, adjustments: Iterable[Adjustment], line_id: LineId | None = None
) -> Iterator[TraceEntry]:
    for each in adjustments:
        yield TraceEntry(
            step=each.step,
            subject=subject,
            line_id=line_id,
            rule=each.rule,
            amount=each.amount,
            detail=each.label,
            internal=each.internal,
        )


def _shares(
    subject: Subject,
    part: QuotedLine | QuotedShipping,
    mode: TaxMode,
    line_id: LineId | None = None,
) -> Iterator[TraceEntry]:
    taxed = part.net
    for share in part.taxes:
        base = taxed if share.compound else part.net
        basis = f"on {base}" if mode is TaxMode.EXCLUSIVE else f"contained in {part.gross}"
        said = f"{percent(share.rate)} {basis}"
        yield _entry("tax", subject, share.code, share.amount, said, line_id=line_id)
        taxed += share.amount


def _entry(
    step: str,
    subject: Subject,
    rule: str,
    amount: Money,
    detail: str,
    *,
    line_id: LineId | None = None,
) -> TraceEntry:
    return TraceEntry(
        step=step, subject=subject, line_id=line_id, rule=rule, amount=amount, detail=detail
    )
