"""
What PayPal tells of, in our words: by webhook, or from its list of what it would have told.

An event shows one part of an order. Of an order that is captured at once its capture is all;
of one that is captured in parts a capture says nothing of the whole, which is asked for then.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import msgspec
from attrs import evolve

from automate_store.adapters.paypal.amounts import NAME, Amount
from automate_store.adapters.paypal.line import Link, PayPalLine
from automate_store.adapters.paypal.orders import LOST, TAKEN, Order, Part, report_of
from automate_store.adapters.paypal.refunds import is_whole, part_report, refund_of
from automate_store.adapters.paypal.vault import Token
from automate_store.application.errors import GatewayUnavailable, WebhookRefused
from automate_store.domain.kernel.errors import StoreError
from automate_store.domain.kernel.ids import PaymentId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import (
    Ask,
    DisputeReport,
    DisputeState,
    GatewayEvent,
    GatewayReport,
    OddReport,
    PaymentState,
    RefundNews,
    RefundReport,
    RefundState,
    SetupReport,
    SetupState,
)

NOT_READABLE = (msgspec.MsgspecError, RecursionError, StoreError, ValueError)
"""What is raised by an event that is none, or is nested too deep to be read."""
PATH = "/v1/notifications/webhooks-events"
PAGE = 100
MOST_PAGES = 500
"""Pages that are read of one span."""
SPAN = timedelta(days=1)
"""Of how much time events are asked for at once, and put in order."""
LOST_DISPUTES = frozenset({"RESOLVED_BUYER_FAVOUR", "ACCEPTED"})
"""Outcomes that cost the shop its money; with any other, it keeps it or PayPal pays."""


class _Event(msgspec.Struct, frozen=True):
    id: str
    event_type: str
    create_time: datetime
    resource: msgspec.Raw = msgspec.Raw(b"{}")


class _Page(msgspec.Struct, frozen=True):
    events: tuple[_Event, ...] = ()
    links: tuple[Link, ...] = ()


class _Disputed(msgspec.Struct, frozen=True):
    custom: str | None = None


class _Outcome(msgspec.Struct, frozen=True):
    outcome_code: str = ""


class _Dispute(msgspec.Struct, frozen=True):
    dispute_id: str
    dispute_amount: Amount
    reason: str = ""
    status: str = ""
    dispute_outcome: _Outcome = _Outcome()
    disputed_transactions: tuple[_Disputed, ...] = ()


def event_of(body: bytes) -> GatewayEvent:
    """The event that a webhook's body tells of; raises WebhookRefused for what is none."""
    try:
        return _translated(msgspec.json.decode(body, type=_Event))
    except NOT_READABLE:
        raise WebhookRefused(NAME, "it tells of no event") from None


async def listed(
    line: PayPalLine, *, since: datetime, until: datetime
) -> AsyncIterator[GatewayEvent]:
    """
    All of that time, the oldest first; raises PayPalSays.

    Raises GatewayUnavailable also for one that can't be kept.
    """
    start, told = since, frozenset[str]()
    while start < until:
        end = min(start + SPAN, until)
        try:
            found = {each.id: _translated(each) async for each in _listed(line, start, end)}
        except OddReport as wrong:
            raise GatewayUnavailable(NAME) from wrong
        for event in sorted(found.values(), key=lambda event: (event.at, event.id)):
            # Both ends of a span are in it, so that two share what happened where they meet.
            if event.id not in told:
                yield event
        start, told = end, frozenset(found)


async def _listed(line: PayPalLine, start: datetime, end: datetime) -> AsyncIterator[_Event]:
    """Page by page, the newest first."""
    query = {"start_time": _written(start), "end_time": _written(end), "page_size": str(PAGE)}
    for _ in range(MOST_PAGES):
        page = await line.get(PATH, _Page, **query)
        for event in page.events:
            yield event
        query = _next(page.links)
        if not page.events or not query:
            return
    raise GatewayUnavailable(NAME)


def _next(links: Sequence[Link]) -> dict[str, str]:
    """What asks for the page after it; of its address the question alone is believed."""
    href = next((link.href for link in links if link.rel == "next"), None)
    return {} if href is None else dict(parse_qsl(urlsplit(href).query))


def _written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _translated(event: _Event) -> GatewayEvent:
    bare = GatewayEvent(id=event.id, kind=event.event_type, at=event.create_time)
    translate = _KINDS.get(event.event_type)
    if translate is None:
        return bare
    try:
        return evolve(bare, **translate(event.resource))
    except NOT_READABLE:
        # It is PayPal's, and of a shape that is not known: what it means, reconciling finds.
        return bare


def _order(resource: msgspec.Raw) -> dict[str, Any]:
    order = msgspec.json.decode(resource, type=Order)
    told = {"payment_id": _payment_id(order.unit.custom_id), "intent_id": order.id}
    if order.status == "APPROVED":
        return {**told, "ask": Ask.CONFIRM}
    return {**told, "news": report_of(order, alone=False)}


def _capture(resource: msgspec.Raw) -> dict[str, Any]:
    capture = msgspec.json.decode(resource, type=Part)
    told = {"payment_id": _payment_id(capture.custom_id), "intent_id": capture.order_id}
    kind, _ = capture.parent or ("", "")
    if kind != "orders" or capture.order_id is None:
        return {**told, "ask": Ask.FETCH}
    taken = capture.money if capture.status in TAKEN else Money.zero(capture.money.currency)
    return {**told, "news": _whole(capture, captured=taken)}


def _whole(capture: Part, *, captured: Money) -> GatewayReport:
    assert capture.order_id is not None, "it is known whose capture it is"
    state, failure = PaymentState.PROCESSING, None
    if captured:
        state = PaymentState.CAPTURED
    elif capture.status in LOST:
        state, failure = PaymentState.FAILED, capture.status_details.reason or capture.status
    return GatewayReport(
        intent_id=capture.order_id,
        state=state,
        amount=capture.money,
        captured=captured,
        failure=failure,
    )


def _part(resource: msgspec.Raw) -> dict[str, Any]:
    """An authorisation: how much was captured of it, it does not say."""
    part = msgspec.json.decode(resource, type=Part)
    return {
        "payment_id": _payment_id(part.custom_id),
        "intent_id": part.order_id,
        "ask": Ask.FETCH,
    }


def _refund(resource: msgspec.Raw) -> dict[str, Any]:
    refund = msgspec.json.decode(resource, type=Part)
    told: dict[str, Any] = {
        "payment_id": _payment_id(refund.custom_id),
        "intent_id": refund.order_id,
    }
    ours, report = refund_of(refund), part_report(refund)
    if ours is not None and not is_whole(refund):
        if report.state is not RefundState.FAILED:
            # Of a refund in parts, one says nothing of the whole: whoever asked asks again.
            return told
        # Nobody asks for what is done, and a part that comes back then is for staff. It is
        # not the refund's own name that it goes by.
        report = evolve(report, gateway_id=None)
    return {**told, "news": RefundNews(refund_id=ours, amount=refund.money, report=report)}


def _reversal(resource: msgspec.Raw) -> dict[str, Any]:
    """
    Money that PayPal takes back by itself, of a capture.

    It went back, whatever PayPal calls its state, and is no refund of ours, though it be marked
    by what its capture is.
    """
    taken = msgspec.json.decode(resource, type=Part)
    done = RefundReport(state=RefundState.SUCCEEDED, gateway_id=taken.id)
    return {
        "payment_id": _payment_id(taken.custom_id),
        "intent_id": taken.order_id,
        "news": RefundNews(refund_id=None, amount=taken.money, report=done),
    }


def _dispute(resource: msgspec.Raw) -> dict[str, Any]:
    dispute = msgspec.json.decode(resource, type=_Dispute)
    state = DisputeState.OPEN
    if dispute.status == "RESOLVED":
        lost = dispute.dispute_outcome.outcome_code in LOST_DISPUTES
        state = DisputeState.LOST if lost else DisputeState.WON
    custom = next((each.custom for each in dispute.disputed_transactions), None)
    report = DisputeReport(
        dispute_id=dispute.dispute_id,
        amount=dispute.dispute_amount.money,
        reason=dispute.reason.lower() or "not said",
        state=state,
    )
    return {"payment_id": _payment_id(custom), "news": report}


def _kept(resource: msgspec.Raw) -> dict[str, Any]:
    token = msgspec.json.decode(resource, type=Token)
    report = SetupReport(
        setup_id=token.id,
        state=SetupState.SUCCEEDED,
        customer=token.customer.id,
        method=token.method,
    )
    return {"news": report}


def _payment_id(custom_id: str | None) -> PaymentId | None:
    try:
        return PaymentId(UUID(custom_id or ""))
    except ValueError:
        return None


_KINDS: dict[str, Callable[[msgspec.Raw], dict[str, Any]]] = {
    "CHECKOUT.ORDER.APPROVED": _order,
    "CHECKOUT.ORDER.COMPLETED": _order,
    "CHECKOUT.ORDER.VOIDED": _order,
    "PAYMENT.AUTHORIZATION.CREATED": _part,
    "PAYMENT.AUTHORIZATION.VOIDED": _part,
    "PAYMENT.CAPTURE.COMPLETED": _capture,
    "PAYMENT.CAPTURE.PENDING": _capture,
    "PAYMENT.CAPTURE.DENIED": _capture,
    "PAYMENT.CAPTURE.DECLINED": _capture,
    "PAYMENT.CAPTURE.REFUNDED": _refund,
    "PAYMENT.CAPTURE.REVERSED": _reversal,
    "PAYMENT.REFUND.PENDING": _refund,
    "PAYMENT.REFUND.FAILED": _refund,
    "CUSTOMER.DISPUTE.CREATED": _dispute,
    "CUSTOMER.DISPUTE.UPDATED": _dispute,
    "CUSTOMER.DISPUTE.RESOLVED": _dispute,
    "VAULT.PAYMENT-TOKEN.CREATED": _kept,
}
