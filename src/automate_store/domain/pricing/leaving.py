"""
Leaving: a quote without some of its units, each with what it bore of discounts and taxes.

Nothing is priced anew: the units that stay bear what they bore, and what a line loses is what
``QuotedLine.gross_of_first`` says of the units that leave. So parts that leave one after the
other come to the same cent as all of them at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TypeVar

from attrs import evolve

from automate_store.domain.kernel.ids import LineId
from automate_store.domain.kernel.money import Money
from automate_store.domain.pricing.quoted import (
    Adjustment,
    Quote,
    QuotedLine,
    QuotedShipping,
    TaxShare,
    TaxTotal,
)
from automate_store.domain.pricing.units import UnitShares
from automate_store.domain.taxes import TaxMode

Part = TypeVar("Part", Adjustment, TaxShare)
_NONE: Mapping[LineId, int] = {}


def without(
    quote: Quote,
    leaving: Mapping[LineId, int],
    *,
    carried: bool,
    behind: Mapping[LineId, int] = _NONE,
) -> Quote:
    """
    The quote without the first so many units of each of these lines.

    Units that were returned before them left first: they stay in the quote, and those that
    leave are the ones ``behind`` so many. A line whose units all leave is gone; so is the
    shipping, where nothing is ``carried``.
    """
    lines = [
        _less(line, leaving.get(line.id, 0), behind.get(line.id, 0), quote.tax_mode)
        for line in quote.lines
    ]
    return summed(quote, [line for line in lines if line], quote.shipping if carried else None)


def some_units(line: QuotedLine, first: int, last: int, mode: TaxMode) -> QuotedLine:
    """The line of just those units that leave once ``first`` have left, until ``last`` have."""
    head = _less(line, line.quantity - last, last, mode)
    piece = head and _less(head, first, 0, mode)
    assert piece is not None, "at least one unit"
    return piece


def summed(quote: Quote, lines: Sequence[QuotedLine], shipping: QuotedShipping | None) -> Quote:
    """The quote of these lines and that shipping, all else as it is; their sums are its sums."""
    currency, nothing = quote.currency, Money.zero(quote.currency)
    parts: list[QuotedLine | QuotedShipping] = [*lines, *([shipping] if shipping else [])]
    return evolve(
        quote,
        lines=tuple(lines),
        shipping=shipping,
        taxes=_tax_totals(quote.taxes, parts),
        subtotal=Money.total((line.subtotal for line in lines), currency),
        discount=Money.total((part.discount for part in parts), currency),
        shipping_amount=shipping.amount if shipping else nothing,
        tax=Money.total((part.tax for part in parts), currency),
        total=Money.total((part.gross for part in parts), currency),
    )


def _less(line: QuotedLine, units: int, behind: int, mode: TaxMode) -> QuotedLine | None:
    """The line without the units behind its first few; None without any."""
    assert units >= 0 <= behind, "no fewer than none"
    assert behind + units <= line.quantity, "units that are there"
    if units == line.quantity:
        return None
    if not units:
        return line
    currency, last = line.unit_price.currency, behind + units
    subtotal = line.unit_price * (line.quantity - units)
    discount = line.discount - Money(line.discount_shares.between(behind, last), currency)
    tax = line.tax - Money(line.tax_shares.between(behind, last), currency)
    gross = line.gross - line.gross_between(behind, last, mode)
    left = line.quantity - units
    return evolve(
        line,
        quantity=left,
        subtotal=subtotal,
        discount=discount,
        net=gross - tax,
        tax=tax,
        gross=gross,
        taxes=_shared_out(tax, line.taxes),
        adjustments=tuple(each for each in _shared_out(-discount, line.adjustments) if each.amount),
        discount_shares=_rest(line.discount_shares, units, behind, left),
        tax_shares=_rest(line.tax_shares, units, behind, left),
    )


def _rest(shares: UnitShares, units: int, behind: int, left: int) -> UnitShares:
    """What the ``left`` units bear that stay: those before the ones that leave, and after."""
    before, after = min(shares.extra, behind), max(0, shares.extra - behind - units)
    odd = before + after
    return UnitShares(shares.base + 1, 0) if odd == left else UnitShares(shares.base, odd)


def _shared_out(amount: Money, parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts with what is left of their sum, each no larger than it was."""
    sizes = [abs(part.amount.minor) for part in parts]
    shares = amount.split(sizes, sizes)
    return tuple(evolve(part, amount=share) for part, share in zip(parts, shares, strict=True))


def _tax_totals(
    before: Sequence[TaxTotal], parts: Iterable[QuotedLine | QuotedShipping]
) -> tuple[TaxTotal, ...]:
    """What each rate takes from these parts, in the order that they were taken in."""
    base: dict[tuple[str, Decimal], int] = defaultdict(int)
    amount: dict[tuple[str, Decimal], int] = defaultdict(int)
    for part in parts:
        taxed = part.net
        for share in part.taxes:
            base[share.code, share.rate] += (taxed if share.compound else part.net).minor
            amount[share.code, share.rate] += share.amount.minor
            taxed += share.amount
    return tuple(
        evolve(
            each,
            base=Money(base[each.code, each.rate], each.base.currency),
            amount=Money(amount[each.code, each.rate], each.amount.currency),
        )
        for each in before
        if (each.code, each.rate) in base
    )
