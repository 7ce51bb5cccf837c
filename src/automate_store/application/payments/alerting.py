"""Alerting: staff are told of money that asks for somebody's eyes, by mail or in the log."""

from __future__ import annotations

import logging
from uuid import NAMESPACE_OID, UUID, uuid5

from automate_store.application.ports import Ports
from automate_store.application.posting import post
from automate_store.domain.kernel.ids import OrderId, RefundId
from automate_store.domain.kernel.money import Money
from automate_store.domain.notifications import Alert, staff_alert
from automate_store.domain.orders import OrderDisputed
from automate_store.domain.payments import (
    PaymentParked,
    RefundFailed,
    StrangeMoneyTold,
    ToldEvent,
)

_log = logging.getLogger(__name__)


async def alert_of_parked(event: PaymentParked, event_id: UUID, ports: Ports) -> None:
    """A gateway tells something of a payment that does not fit it."""
    async with ports.reading() as reads:
        payment = await reads.payments.get(event.payment_id)
    why = f"it says {event.reported}"
    await _alert(
        Alert.PAYMENT_PARKED,
        event.order_id,
        gateway=payment.gateway,
        amount=event.expected,
        why=why,
        mail_id=event_id,
        ports=ports,
    )


async def alert_of_failed_refund(event: RefundFailed, event_id: UUID, ports: Ports) -> None:
    """Money that should have gone back is still here."""
    async with ports.reading() as reads:
        refund = await reads.refunds.get(event.refund_id)
        payment = await reads.payments.get(refund.payment_id)
    await _alert(
        Alert.REFUND_FAILED,
        event.order_id,
        gateway=payment.gateway,
        amount=event.amount,
        why=event.reason,
        mail_id=event_id,
        ports=ports,
    )


async def alert_of_stuck_refund(refund_id: RefundId, why: str, ports: Ports) -> None:
    """Money is on its way back, and its gateway can't be asked for it; told once."""
    async with ports.reading() as reads:
        refund = await reads.refunds.get(refund_id)
        payment = await reads.payments.get(refund.payment_id)
    await _alert(
        Alert.REFUND_FAILED,
        refund.order_id,
        gateway=payment.gateway,
        amount=refund.amount,
        why=why.rstrip("."),
        mail_id=uuid5(NAMESPACE_OID, f"stuck refund: {refund_id}"),
        ports=ports,
    )


async def alert_of_dispute(event: OrderDisputed, event_id: UUID, ports: Ports) -> None:
    """A payment is contested at the bank, which waits for an answer."""
    await _alert(
        Alert.PAYMENT_DISPUTED,
        event.order_id,
        gateway=event.actor,
        amount=event.amount,
        why=event.reason or "no reason is told",
        mail_id=event_id,
        ports=ports,
    )


async def alert_of_strange_money(
    event: StrangeMoneyTold,
    event_id: UUID,  # noqa: ARG001 - the same money is the same mail, whatever tells of it
    ports: Ports,
) -> None:
    """Money moved at a gateway, and no payment here is about it."""
    async with ports.reading() as reads:
        told = await reads.told.get(event.told_id)
    assert told.money is not None, "it is told of for its money"
    if told.ended:
        return
    await _tell(
        Alert.MONEY_UNKNOWN,
        None,
        gateway=told.gateway,
        amount=told.money,
        why=f"{told.event.kind} of {told.event.intent_id or told.event.id}",
        mail_id=uuid5(NAMESPACE_OID, f"strange money: {told.strange}"),
        ports=ports,
    )


def log_of_nobodys(told: ToldEvent) -> None:
    """
    A gateway tells of money that no payment here is about.

    It is an error in the log each time, and in the list of events; mailed of is what moved
    money alone, for an account that several shops share tells each of them of the others'.
    """
    message = "payment_of_nobody: %s of %s tells %s of intent %s, and it is parked"
    event = told.event
    _log.error(message, event.id, told.gateway, event.kind, event.intent_id)


async def _alert(
    alert: Alert,
    order_id: OrderId,
    *,
    gateway: str,
    amount: Money,
    why: str,
    mail_id: UUID,
    ports: Ports,
) -> None:
    async with ports.reading() as reads:
        order = await reads.orders.get(order_id)
    await _tell(
        alert, order.number, gateway=gateway, amount=amount, why=why, mail_id=mail_id, ports=ports
    )


async def _tell(
    alert: Alert,
    number: str | None,
    *,
    gateway: str,
    amount: Money,
    why: str,
    mail_id: UUID,
    ports: Ports,
) -> None:
    if ports.policy.staff_email is None:
        told = "%s: order %s, %s through %s: %s"
        _log.error(told, alert.value, number or "unknown", amount, gateway, why)
        return
    letter = staff_alert(alert, number=number, gateway=gateway, amount=amount, why=why)
    await post(letter, ports.policy.staff_email, mail_id=mail_id, ports=ports)
