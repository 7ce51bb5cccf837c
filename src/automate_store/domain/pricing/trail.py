"""The trail: a quote told as text, each cent of it with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from automate_store.domain.kernel.money import Money
from automate_store.domain.pricing.quoted import Quote, TraceEntry
from automate_store.domain.pricing.verdicts import Verdict
from automate_store.domain.taxes import TaxMode


def explain(quote: Quote, verdicts: Sequence[Verdict] = (), *, for_customers: bool = False) -> str:
    """
    The trail of the quote as lines of text: what, why, how much in major units.

    The amounts of each part sum to the total; those in brackets are contained in
    the prices already. With verdicts it goes on to say of every promotion whether it
    was applied, and if not, what would satisfy it or what goes before it. Customers are
    told of promotions by their names, not by the merchant's codes.
    """
    rows = [*_parts(quote, for_customers=for_customers), *_sums(quote)]
    trail = _aligned(rows)
    if not verdicts:
        return trail
    told = [_told(each, for_customers=for_customers) for each in verdicts]
    return "\n".join([trail, "promotions", *told])


def _aligned(rows: Sequence[tuple[str, str]]) -> str:
    left = max(len(what) for what, _ in rows)
    right = max(len(amount) for _, amount in rows)
    return "\n".join(f"{what:<{left}}  {amount:>{right}}".rstrip() for what, amount in rows)


def _told(verdict: Verdict, *, for_customers: bool) -> str:
    rule = verdict.shown if for_customers else verdict.rule
    name = rule if verdict.name in {"", rule} else f"{rule} ({verdict.name})"
    return f"  {name}: {verdict.standing}, {verdict.detail}"


def _parts(quote: Quote, *, for_customers: bool) -> Iterator[tuple[str, str]]:
    numbers = {line.id: number for number, line in enumerate(quote.lines, start=1)}
    head = ""
    for entry in quote.trace[:-1]:
        part = entry.subject.value
        if entry.line_id is not None:
            part = f"line {numbers[entry.line_id]}, {entry.line_id}"
        if part != head:
            head = part
            yield part, ""
        rule = "" if for_customers and entry.internal else f"{entry.rule}, "
        yield f"  {entry.step}: {rule}{entry.detail}", _amount(entry, quote)


def _sums(quote: Quote) -> Iterator[tuple[str, str]]:
    yield f"total in {quote.currency}, tax {_HOW[quote.tax_mode]}", ""
    yield "  subtotal", _decimal(quote.subtotal)
    yield "  discount", _decimal(-quote.discount)
    yield "  shipping", _decimal(quote.shipping_amount)
    yield "  tax", _contained(quote.tax, quote.tax_mode)
    yield "  total", _decimal(quote.total)


_HOW = {TaxMode.EXCLUSIVE: "added", TaxMode.INCLUSIVE: "contained"}


def _amount(entry: TraceEntry, quote: Quote) -> str:
    if entry.step == "tax":
        return _contained(entry.amount, quote.tax_mode)
    return _decimal(entry.amount)


def _contained(tax: Money, mode: TaxMode) -> str:
    return f"({_decimal(tax)})" if mode is TaxMode.INCLUSIVE else _decimal(tax)


def _decimal(amount: Money) -> str:
    return f"{amount.decimal():f}"
