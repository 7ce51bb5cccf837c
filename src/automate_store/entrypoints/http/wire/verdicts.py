"""Verdicts on the wire: what became of promotions and codes; staff are told more."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.places import Destination
from automate_store.domain.pricing import Appraisal, Standing, Verdict, explain
from automate_store.domain.promotions import Unmet
from automate_store.entrypoints.http.wire.money import Amount, amount, maybe_amount
from automate_store.entrypoints.http.wire.pricing import QuoteAnswer, quote_answer

Fact = Amount | int | bool | str | list[str] | None
"""What a condition measures: times and places are told as text."""


class LineDiscount(Struct, frozen=True):
    """What a promotion took off one line."""

    line_id: UUID
    amount: Amount


class UnmetCondition(Struct, frozen=True):
    """
    A condition that does not hold, and what would do.

    ``actual`` is what it found, ``required`` the nearest that it accepts, ``missing`` the
    rest where that can be counted.
    """

    condition: str
    reason: str
    actual: Fact
    required: Fact
    missing: Fact
    detail: str


class PromotionVerdict(Struct, frozen=True):
    """
    What became of one promotion or code.

    ``rule`` is what its entries in the trace bear: for staff the promotion's code, for
    customers its name, and the code that they gave. ``reason`` is for programs, ``detail``
    for people: how much it takes, what would satisfy it, or what goes before it. Only staff
    are told ``unmet``: every condition that does not hold.
    """

    rule: str
    name: str
    code: str | None
    standing: Standing
    discount: Amount
    shipping_discount: Amount
    lines: list[LineDiscount]
    reason: str | None
    detail: str
    missing_amount: Amount | None
    missing_quantity: int | None
    displaced_by: list[str]
    unmet: list[UnmetCondition] | UnsetType = UNSET


class Explanation(Struct, frozen=True):
    """
    The cart's quote, what became of each promotion and code, and both as readable text.

    Customers are told of what applies, of their codes, and of what is advertised; staff
    of every active promotion that needs no code, with all reasons.
    """

    quote: QuoteAnswer
    promotions: list[PromotionVerdict]
    text: str


def explanation(appraisal: Appraisal, *, to_staff: bool) -> Explanation:
    """The appraisal, told to customers or to staff."""
    return Explanation(
        quote_answer(appraisal.quote, to_staff=to_staff),
        [verdict_answer(each, to_staff=to_staff) for each in appraisal.verdicts],
        explain(appraisal.quote, appraisal.verdicts, for_customers=not to_staff),
    )


def verdict_answer(verdict: Verdict, *, to_staff: bool) -> PromotionVerdict:
    """The verdict; ``unmet`` names groups and limits that are the merchant's own."""
    missing = verdict.unmet[0].missing if verdict.unmet else None
    return PromotionVerdict(
        verdict.rule if to_staff else verdict.shown,
        verdict.name,
        verdict.code,
        verdict.standing,
        amount(verdict.discount),
        amount(verdict.shipping),
        [LineDiscount(line_id, amount(off)) for line_id, off in verdict.lines],
        verdict.reason,
        verdict.detail,
        maybe_amount(missing) if isinstance(missing, Money) else None,
        missing if isinstance(missing, int) else None,
        list(verdict.displaced_by if to_staff else verdict.displaced_by_shown),
        [_unmet(each) for each in verdict.unmet] if to_staff else UNSET,
    )


def _unmet(unmet: Unmet) -> UnmetCondition:
    return UnmetCondition(
        unmet.condition,
        unmet.reason,
        _fact(unmet.actual),
        _fact(unmet.required),
        _fact(unmet.missing),
        unmet.detail,
    )


def _fact(fact: object) -> Fact:
    if fact is None or isinstance(fact, bool | int | str):
        return fact
    if isinstance(fact, Money):
        return amount(fact)
    if isinstance(fact, datetime):
        return fact.isoformat()
    if isinstance(fact, Destination):
        parts = (fact.country, fact.state, fact.postal_code)
        return ", ".join(part for part in parts if part)
    if isinstance(fact, tuple | frozenset):
        return [str(_fact(each)) for each in fact]
    # Conditions from outside the package may measure anything.
    return str(fact)
