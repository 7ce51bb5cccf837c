"""
Refunds of a payment that may have been captured in parts.

PayPal refunds captures, not payments: a refund is taken from the oldest capture that has
room, then from the next. Each part carries the refund's id, so that what was done already is
seen on the order, though an answer was lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from attrs import frozen

from automate_store.adapters.paypal.amounts import Amount, amount_of
from automate_store.adapters.paypal.line import PayPalLine, PayPalSays
from automate_store.adapters.paypal.orders import TAKEN, Order, Part
from automate_store.application.errors import GatewayRefused
from automate_store.domain.kernel.ids import RefundId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import Payment, Refund, RefundNews, RefundReport, RefundState

PART_OF = "_"
"""Stands between the refund's id and the capture's, where the refund is more than that part."""
_STATES = {"COMPLETED": RefundState.SUCCEEDED, "PENDING": RefundState.PENDING}


@frozen
class _Slice:
    """So much of a capture; ``first`` where it is the oldest."""

    capture_id: str
    amount: Money
    asked: Amount
    first: bool


async def give_back(
    payment: Payment, refund: Refund, order: Order, line: PayPalLine
) -> RefundReport:
    """
    What came of the refund, all its parts together; failed where none of it could be done.

    Raises GatewayUnavailable where that is not known.
    """
    done = [each for each in order.unit.payments.refunds if refund_of(each) == refund.id]
    gone = Money.total((each.money for each in done if _lives(each)), refund.amount.currency)
    said = None
    # One that failed has ended, and is not tried again in its own name.
    tried = any(not _lives(each) for each in done)
    try:
        # Planned to its end first: where a part can't be asked for, none is.
        for piece in () if tried else tuple(_planned(order, refund.amount - gone)):
            part = await _refund_part(piece, payment, refund, line)
            done.append(part)
    except (PayPalSays, GatewayRefused) as refused:
        said = refused.reason
    return _report(done, refund.amount, said)


def made(order: Order) -> tuple[RefundNews, ...]:
    """Every refund of the order; the parts of one of ours are one."""
    together: dict[str, list[Part]] = {}
    for part in order.unit.payments.refunds:
        ours = None if is_whole(part) else refund_of(part)
        together.setdefault(part.id if ours is None else str(ours), []).append(part)
    return tuple(_news(parts) for parts in together.values())


def _news(parts: Sequence[Part]) -> RefundNews:
    living = [part for part in parts if _lives(part)]
    total = Money.total((each.money for each in living or parts), parts[0].money.currency)
    return RefundNews(
        refund_id=refund_of(parts[0]), amount=total, report=_report(parts, total, None)
    )


def refund_of(part: Part) -> RefundId | None:
    """The refund of ours that it is, or is a part of."""
    try:
        return RefundId(UUID((part.invoice_id or "").split(PART_OF, 1)[0]))
    except ValueError:
        return None


def is_whole(part: Part) -> bool:
    """Whether it is all of its refund: what becomes of it becomes of the refund."""
    return PART_OF not in (part.invoice_id or "")


def part_report(part: Part) -> RefundReport:
    """What PayPal says of one refund of its own."""
    state = _STATES.get(part.status, RefundState.FAILED)
    failure = None
    if state is RefundState.FAILED:
        failure = part.status_details.reason or part.status
    return RefundReport(state=state, gateway_id=part.id, failure=failure)


async def _refund_part(piece: _Slice, payment: Payment, refund: Refund, line: PayPalLine) -> Part:
    whole = piece.amount == refund.amount
    own = str(refund.id)
    body = {
        "amount": piece.asked,
        "custom_id": str(payment.id),
        "invoice_id": own if whole else f"{own}{PART_OF}{piece.capture_id}",
    }
    return await line.post(
        f"/v2/payments/captures/{piece.capture_id}/refund",
        body,
        Part,
        key=own if piece.first else f"{own}:{piece.capture_id}",
    )


def _planned(order: Order, amount: Money) -> Iterator[_Slice]:
    """
    How much of each capture goes back; nothing where all of them have less room than that.

    Raises GatewayRefused for a part that PayPal can't move.
    """
    room = list(_room(order))
    if amount > Money.total((left for _, left in room), amount.currency):
        return
    for place, (capture, left) in enumerate(room):
        part = min(amount, left)
        if part.minor > 0:
            yield _Slice(capture.id, part, amount_of(part), place == 0)
            amount -= part


def _room(order: Order) -> Iterator[tuple[Part, Money]]:
    """What of each capture has not gone back, the oldest first."""
    refunds = order.unit.payments.refunds
    for capture in order.captures:
        if capture.status in TAKEN:
            of_it = (each for each in refunds if each.parent == ("captures", capture.id))
            gone = Money.total(
                (each.money for each in of_it if _lives(each)), capture.money.currency
            )
            yield capture, capture.money - gone


def _lives(part: Part) -> bool:
    return part.status in _STATES


def _report(done: Iterable[Part], wanted: Money, said: str | None) -> RefundReport:
    parts = sorted(done, key=lambda part: (part.create_time, part.id))
    # Named by its oldest part, dead or alive: it is the same refund whichever of them dies.
    name = parts[0].id if parts else None
    living = [part for part in parts if _lives(part)]
    dead = next((part for part in parts if not _lives(part)), None)
    if not living:
        why = part_report(dead).failure if dead is not None else said
        return RefundReport(
            state=RefundState.FAILED,
            gateway_id=name,
            failure=why or "less was captured and is still there",
        )
    gone = Money.total((part.money for part in living), wanted.currency)
    sure = gone >= wanted and all(part.status == "COMPLETED" for part in living)
    # Where a part went and the rest did not, it is neither done nor undone: it stays open.
    state = RefundState.SUCCEEDED if sure else RefundState.PENDING
    return RefundReport(state=state, gateway_id=name)
