"""Stripe's objects, read as far as they concern us, and what each comes to in our words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from msgspec import Struct, field

from automate_store.adapters.stripe.amounts import Unreadable, from_stripe
from automate_store.domain.kernel.ids import PaymentId, RefundId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import (
    DisputeReport,
    DisputeState,
    GatewayReport,
    MethodReport,
    PaymentState,
    RefundNews,
    RefundReport,
    RefundState,
    SetupReport,
    SetupState,
)

_Read = TypeVar("_Read")
PAYMENTS: Mapping[str, PaymentState] = {
    "requires_payment_method": PaymentState.PENDING,
    "requires_confirmation": PaymentState.PENDING,
    "requires_action": PaymentState.REQUIRES_ACTION,
    "processing": PaymentState.PROCESSING,
    "requires_capture": PaymentState.AUTHORISED,
    "succeeded": PaymentState.CAPTURED,
    "canceled": PaymentState.CANCELLED,
}
REFUNDS: Mapping[str, RefundState] = {
    "pending": RefundState.PENDING,
    "requires_action": RefundState.PENDING,
    "succeeded": RefundState.SUCCEEDED,
    "failed": RefundState.FAILED,
    "canceled": RefundState.FAILED,
}
ENDS: Mapping[str, DisputeState] = {
    "won": DisputeState.WON,
    "warning_closed": DisputeState.WON,
    "prevented": DisputeState.LOST,
    "lost": DisputeState.LOST,
}
"""
How disputes end; every other status is of one that is open.

An inquiry that closes took no money. A dispute that was prevented gave the money back
before the bank took it, so that it is no less gone.
"""
SETUPS: Mapping[str, SetupState] = {
    "requires_payment_method": SetupState.REQUIRES_ACTION,
    "requires_confirmation": SetupState.REQUIRES_ACTION,
    "requires_action": SetupState.REQUIRES_ACTION,
    "processing": SetupState.REQUIRES_ACTION,
    "succeeded": SetupState.SUCCEEDED,
    "canceled": SetupState.FAILED,
}


class Failure(Struct, frozen=True):
    """Why an attempt failed; the message is written for whoever pays."""

    message: str | None = None
    code: str | None = None

    @property
    def words(self) -> str:
        """What to tell; the code is for programs, and may say more than a shopper should hear."""
        return self.message or "declined"


class Intent(Struct, frozen=True):
    """A PaymentIntent."""

    id: str
    status: str
    amount: int
    currency: str
    amount_received: int | None = None
    amount_capturable: int | None = None
    client_secret: str | None = None
    last_payment_error: Failure | None = None
    latest_charge: str | dict[str, Any] | None = None
    metadata: dict[str, Any] = field(default_factory=dict)

    @property
    def attempt(self) -> str:
        """The last charge that was tried, none before the first one."""
        charge = self.latest_charge
        return str(charge.get("id", "")) if isinstance(charge, dict) else charge or ""

    @property
    def released(self) -> bool:
        """Whether no more follows what was captured of it, which is not all."""
        return self.status == "succeeded" and 0 < (self.amount_received or 0) < self.amount

    @property
    def _captured_whole(self) -> bool:
        """Whether parts left nothing to capture, though none was said to be the last."""
        return (
            self.status == "requires_capture"
            and bool(self.amount_received)
            and self.amount_capturable == 0
        )

    def report(self, client: Mapping[str, str]) -> GatewayReport:
        """What it comes to; ``client`` is for the browser. Raises Unreadable."""
        state, failed = _state(PAYMENTS, self.status), self.last_payment_error
        if failed and self.status == "requires_payment_method":
            state = PaymentState.FAILED
        if self._captured_whole or (state is PaymentState.CANCELLED and self.amount_received):
            state = PaymentState.CAPTURED
        return GatewayReport(
            intent_id=self.id,
            state=state,
            amount=from_stripe(self.amount, self.currency),
            authorised=self._promised(state),
            captured=self._sum(self.amount_received),
            failure=failed.words if failed and state is PaymentState.FAILED else None,
            client=client,
        )

    def _promised(self, state: PaymentState) -> Money | None:
        """What was authorised: all of it, where the last capture released the rest."""
        if state is PaymentState.CAPTURED:
            return from_stripe(self.amount, self.currency)
        if self.amount_capturable is None:
            return None
        return self._sum((self.amount_received or 0) + self.amount_capturable)

    def _sum(self, units: int | None) -> Money | None:
        return None if units is None else from_stripe(units, self.currency)


class MadeRefund(Struct, frozen=True):
    """A Refund."""

    id: str
    amount: int
    currency: str
    status: str | None = None
    payment_intent: str | None = None
    failure_reason: str | None = None
    metadata: dict[str, Any] | None = None

    def report(self) -> RefundReport:
        """What became of it; one without a status is on its way. Raises Unreadable."""
        state = _state(REFUNDS, self.status or "pending")
        reason = (self.failure_reason or self.status or "refused").replace("_", " ")
        failure = reason if state is RefundState.FAILED else None
        return RefundReport(state=state, gateway_id=self.id, failure=failure)

    def news(self) -> RefundNews:
        """It, with the row of ours that it is for, if any; raises Unreadable."""
        ours = uuid_in(self.metadata, "refund_id")
        return RefundNews(
            refund_id=None if ours is None else RefundId(ours),
            amount=from_stripe(self.amount, self.currency),
            report=self.report(),
        )


class Dispute(Struct, frozen=True):
    """A Dispute, or an inquiry that may become one."""

    id: str
    amount: int
    currency: str
    reason: str
    status: str
    payment_intent: str | None = None

    def report(self) -> DisputeReport:
        """What it comes to; raises Unreadable."""
        return DisputeReport(
            dispute_id=self.id,
            amount=from_stripe(self.amount, self.currency),
            reason=self.reason,
            state=ENDS.get(self.status, DisputeState.OPEN),
        )


class Numbered(Struct, frozen=True):
    """What people know a card or an account by."""

    last4: str | None = None
    brand: str | None = None
    exp_month: int | None = None
    exp_year: int | None = None


class Customer(Struct, frozen=True):
    """A Customer, or what is left of one."""

    id: str
    deleted: bool = False


class Method(Struct, frozen=True):
    """A PaymentMethod."""

    id: str
    type: str
    customer: str | None = None
    card: Numbered | None = None
    sepa_debit: Numbered | None = None
    us_bank_account: Numbered | None = None

    def report(self) -> MethodReport:
        """Its token, and what people know it by."""
        known = self.card or self.sepa_debit or self.us_bank_account or Numbered()
        return MethodReport(
            method_id=self.id,
            brand=known.brand or self.type,
            last_four=known.last4,
            expires_month=known.exp_month,
            expires_year=known.exp_year,
        )


class Setup(Struct, frozen=True):
    """A SetupIntent."""

    id: str
    status: str
    customer: str | None = None
    payment_method: str | Method | None = None
    client_secret: str | None = None
    last_setup_error: Failure | None = None
    metadata: dict[str, Any] | None = None

    def report(self, method: Method | None, client: Mapping[str, str]) -> SetupReport:
        """What it comes to, with the method that it saved; raises Unreadable."""
        state, failed = _state(SETUPS, self.status), self.last_setup_error
        if failed and self.status == "requires_payment_method":
            state = SetupState.FAILED
        saved = state is SetupState.SUCCEEDED and method is not None
        return SetupReport(
            setup_id=self.id,
            state=state,
            customer=self.customer or "",
            method=method.report() if saved and method else None,
            failure=failed.words if failed and state is SetupState.FAILED else None,
            client=client,
        )


def read(source: object, kind: type[_Read]) -> _Read:
    """The object, as one of the above; raises Unreadable."""
    try:
        return msgspec.convert(source, kind)
    except (msgspec.ValidationError, RecursionError) as wrong:
        raise Unreadable(f"no {kind.__name__}: {wrong}") from wrong


def uuid_in(metadata: Mapping[str, Any] | None, key: str) -> UUID | None:
    """The id of ours that the metadata hold under the key."""
    try:
        return UUID(str((metadata or {})[key]))
    except (KeyError, ValueError):
        return None


def payment_in(metadata: Mapping[str, Any] | None) -> PaymentId | None:
    """The payment of ours that the metadata name."""
    found = uuid_in(metadata, "payment_id")
    return None if found is None else PaymentId(found)


def _state(states: Mapping[str, _Read], status: str) -> _Read:
    try:
        return states[status]
    except KeyError:
        raise Unreadable(f"a status that is new: {status[:40]}") from None
