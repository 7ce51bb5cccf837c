"""Stripe's events, as a webhook or the list of them tells, in our words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import structlog
from attrs import frozen
from msgspec import Struct

from automate_store.adapters.stripe.amounts import Unreadable
from automate_store.adapters.stripe.reading import (
    Dispute,
    Intent,
    MadeRefund,
    Method,
    Setup,
    payment_in,
    read,
)
from automate_store.domain.kernel.ids import PaymentId
from automate_store.domain.payments import GatewayEvent, News, OddReport, SetupReport, SetupState

LISTED = (
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.processing",
    "payment_intent.requires_action",
    "payment_intent.canceled",
    "payment_intent.amount_capturable_updated",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "setup_intent.succeeded",
    "setup_intent.setup_failed",
    "setup_intent.canceled",
    "payment_method.attached",
)
"""The kinds that change something here, to be sent to a webhook; Stripe lists at most 20."""


class _Data(Struct, frozen=True):
    object: dict[str, Any]


class Happened(Struct, frozen=True):
    """An Event."""

    id: str
    type: str
    created: int
    data: _Data
    livemode: bool = False

    def told(self) -> GatewayEvent:
        """
        It in our words; without news where it is of a kind that changes nothing here.

        Raises Unreadable where it has no name or time to be kept by.
        """
        found = _Found()
        try:
            reader = next(
                (read_it for kind, read_it in _READERS if self.type.startswith(kind)), None
            )
            found = reader(self.data.object) if reader else found
        except (Unreadable, OddReport) as wrong:
            # A webhook that is refused comes again for days, and this one never reads better.
            structlog.get_logger().error("stripe_event_unread", event_id=self.id, why=str(wrong))
        try:
            return GatewayEvent(
                id=self.id,
                kind=self.type,
                at=datetime.fromtimestamp(self.created, UTC),
                payment_id=found.payment_id,
                intent_id=found.intent_id,
                news=found.news,
            )
        except (OddReport, ValueError, OverflowError, OSError) as wrong:
            raise Unreadable(f"an event that can't be kept: {wrong}") from wrong


@frozen
class _Found:
    payment_id: PaymentId | None = None
    intent_id: str | None = None
    news: News | None = None


class _Refunds(Struct, frozen=True):
    data: list[dict[str, Any]] | None = None


class _Charge(Struct, frozen=True):
    payment_intent: str | None = None
    metadata: dict[str, Any] | None = None
    refunds: _Refunds | None = None


def _intent(source: Mapping[str, Any]) -> _Found:
    intent = read(source, Intent)
    # What opens the payment for a browser is not kept with events.
    return _Found(payment_in(intent.metadata), intent.id, intent.report({}))


def _refund(source: Mapping[str, Any]) -> _Found:
    refund = read(source, MadeRefund)
    return _Found(payment_in(refund.metadata), refund.payment_intent, refund.news())


def _charge(source: Mapping[str, Any]) -> _Found:
    """Its newest refund, where it lists them, as it did before 2022; ``refund.created`` has it."""
    charge = read(source, _Charge)
    listed = (charge.refunds.data if charge.refunds else None) or []
    news = read(listed[0], MadeRefund).news() if listed else None
    return _Found(payment_in(charge.metadata), charge.payment_intent, news)


def _dispute(source: Mapping[str, Any]) -> _Found:
    dispute = read(source, Dispute)
    return _Found(None, dispute.payment_intent, dispute.report())


def _setup(source: Mapping[str, Any]) -> _Found:
    """The setup alone: what it saved is told by ``payment_method.attached``."""
    return _Found(news=read(source, Setup).report(None, {}))


def _attached(source: Mapping[str, Any]) -> _Found:
    """What was saved, however it was: by a setup, or with a payment."""
    method = read(source, Method)
    saved = SetupReport(
        setup_id=method.id,
        state=SetupState.SUCCEEDED,
        customer=method.customer or "",
        method=method.report(),
    )
    return _Found(news=saved)


_READERS: tuple[tuple[str, Callable[[Mapping[str, Any]], _Found]], ...] = (
    ("payment_intent.", _intent),
    ("refund.", _refund),
    ("charge.refund.", _refund),
    ("charge.refunded", _charge),
    ("charge.dispute.", _dispute),
    ("setup_intent.", _setup),
    ("payment_method.attached", _attached),
)
