"""
PayPal's orders, and what they say of a payment.

One order has one purchase unit: it is authorised or captured once, or authorised once and
captured in parts. Its captures say how much was taken, whatever the order's own word is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec

from automate_store.adapters.paypal.amounts import NAME, Amount, amount_of
from automate_store.adapters.paypal.line import Link, PayPalAccount
from automate_store.application.errors import GatewayUnavailable
from automate_store.domain.kernel.errors import StoreError
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import CaptureMode, GatewayReport, Payment, PaymentState

TAKEN = frozenset({"COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED"})
"""What PayPal calls a capture whose money arrived, whatever went back of it since."""
LOST = frozenset({"DECLINED", "FAILED", "DENIED"})
WAYS_ON = ("payer-action", "approve", "redirect")
"""The links that lead the shopper on, the one that PayPal likes best first."""


class _RelatedIds(msgspec.Struct, frozen=True):
    order_id: str | None = None


class _Supplementary(msgspec.Struct, frozen=True):
    related_ids: _RelatedIds = _RelatedIds()


class _Why(msgspec.Struct, frozen=True):
    reason: str = ""


class Part(msgspec.Struct, frozen=True):
    """An authorisation, a capture or a refund: a part of a payment, of whichever kind."""

    id: str
    status: str
    amount: Amount | None = None
    final_capture: bool = False
    custom_id: str | None = None
    invoice_id: str | None = None
    create_time: str = ""
    status_details: _Why = _Why()
    supplementary_data: _Supplementary = _Supplementary()
    links: tuple[Link, ...] = ()

    @property
    def money(self) -> Money:
        """How much of it; raises GatewayUnavailable where that does not say."""
        return _money(self.amount)

    @property
    def order_id(self) -> str | None:
        """The order that it belongs to, where it says so."""
        kind, parent = self.parent or ("", None)
        return self.supplementary_data.related_ids.order_id or (
            parent if kind == "orders" else None
        )

    @property
    def parent(self) -> tuple[str, str] | None:
        """The kind and id of what it was made of, as ``("captures", "3C6…")``."""
        for link in self.links:
            segments = urlsplit(link.href).path.split("/")
            if link.rel == "up" and len(segments) > 1:
                return segments[-2], segments[-1]
        return None


class Parts(msgspec.Struct, frozen=True):
    """What came of a purchase unit so far."""

    authorizations: tuple[Part, ...] = ()
    captures: tuple[Part, ...] = ()
    refunds: tuple[Part, ...] = ()


class _Unit(msgspec.Struct, frozen=True):
    amount: Amount | None = None
    custom_id: str | None = None
    payments: Parts = Parts()


class Order(msgspec.Struct, frozen=True):
    """An order as PayPal shows it."""

    id: str
    status: str
    intent: str = "CAPTURE"
    purchase_units: tuple[_Unit, ...] = ()
    links: tuple[Link, ...] = ()

    @property
    def unit(self) -> _Unit:
        """Its one purchase unit; raises GatewayUnavailable where it is not shown."""
        if not self.purchase_units:
            raise GatewayUnavailable(NAME)
        return self.purchase_units[0]

    @property
    def amount(self) -> Money:
        """What is to be paid."""
        return _money(self.unit.amount)

    @property
    def authorization(self) -> Part | None:
        """The authorisation that counts: the last one."""
        return max(self.unit.payments.authorizations, key=_made, default=None)

    @property
    def captures(self) -> Sequence[Part]:
        """The oldest first."""
        return sorted(self.unit.payments.captures, key=_made)

    def showing(self, capture: Part) -> Order:
        """The order with a capture that it may not show yet."""
        parts = self.unit.payments
        if any(each.id == capture.id for each in parts.captures):
            return self
        parts = msgspec.structs.replace(parts, captures=(*parts.captures, capture))
        unit = msgspec.structs.replace(self.unit, payments=parts)
        return msgspec.structs.replace(self, purchase_units=(unit,))


def asked_for(payment: Payment, account: PayPalAccount) -> dict[str, Any]:
    """The order that asks for the payment, by its terms."""
    terms = payment.terms
    unit = {"custom_id": str(payment.id), "amount": amount_of(payment.amount)}
    manual = terms.capture is CaptureMode.MANUAL
    order: dict[str, Any] = {
        "intent": "AUTHORIZE" if manual else "CAPTURE",
        "purchase_units": [unit],
    }
    if terms.method is not None:
        # Named at its creation, a saved method would be charged before anybody confirms.
        return order
    wallet: dict[str, Any] = {
        "experience_context": {
            "return_url": account.return_url,
            "cancel_url": account.cancel_url,
            "user_action": "PAY_NOW",
            "shipping_preference": "NO_SHIPPING",
        }
    }
    if terms.keep_method:
        wallet["attributes"] = {"vault": {"store_in_vault": "ON_SUCCESS", "usage_type": "MERCHANT"}}
        if terms.customer is not None:
            wallet["attributes"]["customer"] = {"id": terms.customer}
    return {**order, "payment_source": {"paypal": wallet}}


def report_of(order: Order, *, alone: bool) -> GatewayReport:
    """
    What the order says of its payment; ``alone`` where it needs no shopper to go on.

    Raises GatewayUnavailable for one that does not say how much it is about.
    """
    state, failure = _state(order, alone=alone)
    waiting = state in {PaymentState.REQUIRES_ACTION, PaymentState.FAILED}
    return GatewayReport(
        intent_id=order.id,
        state=state,
        amount=order.amount,
        authorised=_authorised(order),
        captured=_taken(order),
        failure=failure,
        client=for_browser(order.id, order.links) if waiting else {},
    )


def for_browser(order_id: str, links: Iterable[Link]) -> dict[str, str]:
    """What the shopper's browser needs to go on: PayPal's page, and the order for its buttons."""
    told = {"order_id": order_id}
    hrefs = {link.rel: link.href for link in links}
    way_on = next((hrefs[rel] for rel in WAYS_ON if rel in hrefs), None)
    return told if way_on is None else {**told, "approve_url": way_on}


def _state(order: Order, *, alone: bool) -> tuple[PaymentState, str | None]:
    if order.authorization is not None:
        return _state_of_authorised(order, order.authorization)
    if order.captures:
        return _state_of_capture(order.captures[-1])
    if order.status == "VOIDED":
        return PaymentState.CANCELLED, None
    return PaymentState.PENDING if alone else PaymentState.REQUIRES_ACTION, None


def _state_of_capture(capture: Part) -> tuple[PaymentState, str | None]:
    if capture.status in TAKEN:
        return PaymentState.CAPTURED, None
    if capture.status in LOST:
        return PaymentState.FAILED, _why(capture)
    return PaymentState.PROCESSING, None


def _state_of_authorised(order: Order, authorization: Part) -> tuple[PaymentState, str | None]:
    if authorization.status in LOST:
        return PaymentState.FAILED, _why(authorization)
    if authorization.status == "PENDING":
        return PaymentState.PROCESSING, None
    taken = [each for each in order.captures if each.status in TAKEN]
    last = any(each.final_capture for each in taken)
    if last or (taken and _taken(order) >= authorization.money):
        return PaymentState.CAPTURED, None
    if authorization.status in {"VOIDED", "EXPIRED"}:
        return PaymentState.CAPTURED if taken else PaymentState.CANCELLED, None
    return PaymentState.AUTHORISED, None


def _taken(order: Order) -> Money:
    taken = (each.money for each in order.captures if each.status in TAKEN)
    return Money.total(taken, order.amount.currency)


def _authorised(order: Order) -> Money:
    """What was promised: never less than what was taken of it."""
    authorization = order.authorization
    if authorization is None or authorization.status in LOST | {"PENDING"}:
        return _taken(order)
    return max(authorization.money, _taken(order))


def _why(part: Part) -> str:
    return part.status_details.reason or part.status


def _made(part: Part) -> tuple[str, str]:
    return part.create_time, part.id


def _money(amount: Amount | None) -> Money:
    if amount is None:
        raise GatewayUnavailable(NAME)
    try:
        return amount.money
    except StoreError as wrong:
        raise GatewayUnavailable(NAME) from wrong
