"""Quotes on the wire: what it costs, line by line, and the reason for each cent."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from msgspec import Struct

from automate_store.domain.pricing import (
    CodeStanding,
    Quote,
    QuotedLine,
    QuotedShipping,
    Standing,
    Subject,
    TaxShare,
    TaxTotal,
    TraceEntry,
)
from automate_store.domain.pricing import carrying as priced
from automate_store.domain.taxes import TaxMode
from automate_store.entrypoints.http.wire.money import Amount, amount, maybe_amount


class Tax(Struct, frozen=True):
    """What one rate takes; a rate of 1 is 100 %."""

    code: str
    rate: Decimal
    amount: Amount


class QuoteLine(Struct, frozen=True):
    """
    A line, priced: net is what is taxed, gross what is paid for it, tax included.

    A gift is a line that a promotion added, its whole price taken off.
    """

    id: UUID
    product_id: UUID
    variant_id: UUID
    unit_price: Amount
    quantity: int
    subtotal: Amount
    discount: Amount
    net: Amount
    tax: Amount
    gross: Amount
    taxes: list[Tax]
    gift: bool


class QuoteShipping(Struct, frozen=True):
    """The shipping, priced; amount is its price before discounts."""

    method: str
    name: str
    amount: Amount
    discount: Amount
    net: Amount
    tax: Amount
    gross: Amount
    taxes: list[Tax]


class TaxSum(Struct, frozen=True):
    """What one rate takes from the whole order; base is the net that it is taken from."""

    code: str
    name: str
    rate: Decimal
    base: Amount
    amount: Amount


class Reason(Struct, frozen=True):
    """One reason for an amount: which step and rule, about what, how much."""

    step: str
    subject: Subject
    line_id: UUID | None
    rule: str
    amount: Amount
    detail: str


class Code(Struct, frozen=True):
    """
    What became of a code: applied, refused, or displaced by what is better.

    ``reason`` is for programs, ``detail`` for people; what is missing is told where it can
    be counted.
    """

    code: str
    name: str | None
    standing: Standing
    discount: Amount
    reason: str | None
    detail: str
    missing_amount: Amount | None
    missing_quantity: int | None


class Refusal(Struct, frozen=True):
    """Why something can't be done: the code for programs, the detail for people."""

    code: str
    detail: str


class QuoteAnswer(Struct, frozen=True):
    """
    What it costs now, and why.

    total = subtotal - discount + shipping_amount, + tax where tax_mode is exclusive.
    shipping_pending: where to or how is not chosen yet. tax_pending: without a
    destination no tax is known.
    """

    currency: str
    tax_mode: TaxMode
    lines: list[QuoteLine]
    shipping: QuoteShipping | None
    taxes: list[TaxSum]
    subtotal: Amount
    discount: Amount
    shipping_amount: Amount
    tax: Amount
    total: Amount
    shipping_pending: bool
    shipping_problem: Refusal | None
    tax_pending: bool
    codes: list[Code]
    trace: list[Reason]


class ShippingOption(Struct, frozen=True):
    """
    A way that the cart could travel, and what it costs before tax is added.

    amount is its price, discount what promotions and codes take off it, price what is left.
    to_free is how much more goods would make it free: null where nothing does.
    """

    method: str
    name: str
    amount: Amount
    discount: Amount
    price: Amount
    to_free: Amount | None


class ShippingOptions(Struct, frozen=True):
    """Every way that the cart could travel, cheapest first."""

    items: list[ShippingOption]


def quote_answer(quote: Quote, *, to_staff: bool = False) -> QuoteAnswer:
    """The quote with its trail, in which staff alone are told what promotions are called inside."""
    problem = quote.shipping_problem
    return QuoteAnswer(
        currency=quote.currency,
        tax_mode=quote.tax_mode,
        lines=[_line(line) for line in quote.lines],
        shipping=_shipping(quote.shipping) if quote.shipping else None,
        taxes=[_sum(each) for each in quote.taxes],
        subtotal=amount(quote.subtotal),
        discount=amount(quote.discount),
        shipping_amount=amount(quote.shipping_amount),
        tax=amount(quote.tax),
        total=amount(quote.total),
        shipping_pending=quote.shipping_pending,
        shipping_problem=Refusal(problem.code(), str(problem)) if problem else None,
        tax_pending=quote.tax_pending,
        codes=[_code(each) for each in quote.codes],
        trace=[_reason(entry, to_staff=to_staff) for entry in quote.trace],
    )


def shipping_options(options: tuple[priced.ShippingOption, ...]) -> ShippingOptions:
    """The options, as a list."""
    return ShippingOptions(
        [
            ShippingOption(
                each.offer.method,
                each.offer.name,
                amount(each.offer.amount),
                amount(each.discount),
                amount(each.price),
                maybe_amount(each.offer.to_free),
            )
            for each in options
        ]
    )


def _line(line: QuotedLine) -> QuoteLine:
    return QuoteLine(
        line.id,
        line.product_id,
        line.variant_id,
        amount(line.unit_price),
        line.quantity,
        amount(line.subtotal),
        amount(line.discount),
        amount(line.net),
        amount(line.tax),
        amount(line.gross),
        [_tax(each) for each in line.taxes],
        line.gift,
    )


def _shipping(shipping: QuotedShipping) -> QuoteShipping:
    return QuoteShipping(
        shipping.method,
        shipping.name,
        amount(shipping.amount),
        amount(shipping.discount),
        amount(shipping.net),
        amount(shipping.tax),
        amount(shipping.gross),
        [_tax(each) for each in shipping.taxes],
    )


def _tax(share: TaxShare) -> Tax:
    return Tax(share.code, share.rate, amount(share.amount))


def _sum(total: TaxTotal) -> TaxSum:
    return TaxSum(total.code, total.name, total.rate, amount(total.base), amount(total.amount))


def _code(code: CodeStanding) -> Code:
    return Code(
        code.code,
        code.name,
        code.standing,
        amount(code.discount),
        code.reason,
        code.detail,
        maybe_amount(code.missing_amount),
        code.missing_quantity,
    )


def _reason(entry: TraceEntry, *, to_staff: bool) -> Reason:
    rule = entry.rule if to_staff else entry.shown
    return Reason(
        entry.step, entry.subject, entry.line_id, rule, amount(entry.amount), entry.detail
    )
