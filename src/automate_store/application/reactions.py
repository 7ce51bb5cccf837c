"""Reactions: what follows an event, or the clock; the only place where subdomains meet."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from automate_store.application import identity, notifications, payments
from automate_store.application.carts import purge_carts
from automate_store.application.errors import GatewayRefused
from automate_store.application.idempotency import purge_keys
from automate_store.application.orders import expire_orders
from automate_store.application.ports import Ports
from automate_store.application.refunding import send_refund
from automate_store.domain.identity import (
    CredentialsChanged,
    EmailChangeAsked,
    EmailReplaced,
    PasswordResetAsked,
    RegistrationRepeated,
    VerificationAsked,
)
from automate_store.domain.kernel.events import Event
from automate_store.domain.orders import (
    OrderAddressChanged,
    OrderCancelled,
    OrderDelivered,
    OrderDisputed,
    OrderEdited,
    OrderExchangeStaged,
    OrderExpired,
    OrderItemsCancelled,
    OrderPaid,
    OrderRefunded,
    OrderShipped,
    ParcelLost,
)
from automate_store.domain.payments import (
    CustomerLeft,
    GatewayTold,
    GatewayUnset,
    MethodRemoved,
    MethodsToKeep,
    PaymentParked,
    RefundAsked,
    RefundFailed,
    StrangeMoneyTold,
    VoidAsked,
)
from automate_store.domain.returns import ReturnApproved, ReturnRejected

Reaction = Callable[[Any, UUID, Ports], Awaitable[None]]
"""Takes the event, its id and the ports; may come more than once for the same id."""


async def _send_refund(event: RefundAsked, event_id: UUID, ports: Ports) -> None:  # noqa: ARG001 - the refund's own id keeps it from being sent twice
    try:
        await send_refund(event.refund_id, ports=ports)
    except (GatewayUnset, GatewayRefused) as stuck:
        await payments.alert_of_stuck_refund(event.refund_id, str(stuck), ports)
        raise


async def _give_up(event: VoidAsked, event_id: UUID, ports: Ports) -> None:  # noqa: ARG001 - a gateway gives a payment up once
    await payments.give_payment_up(event.payment_id, ports=ports)


async def _detach(event: MethodRemoved, event_id: UUID, ports: Ports) -> None:  # noqa: ARG001 - a gateway forgets it once
    await payments.detach_method(event.method_id, ports=ports)


async def _forget(event: CustomerLeft, event_id: UUID, ports: Ports) -> None:  # noqa: ARG001 - a gateway forgets somebody once
    await payments.forget_customer(event, ports=ports)


async def _keep_saved(event: MethodsToKeep, event_id: UUID, ports: Ports) -> None:  # noqa: ARG001 - a token is kept once
    await payments.keep_what_was_saved(event, ports=ports)


REACTIONS: Mapping[type[Event], Reaction] = {
    OrderPaid: notifications.mail_confirmation,
    OrderShipped: notifications.mail_shipment,
    OrderDelivered: notifications.mail_delivery,
    ParcelLost: notifications.mail_loss,
    OrderCancelled: notifications.mail_cancellation,
    OrderItemsCancelled: notifications.mail_cancellation,
    OrderExpired: notifications.mail_cancellation,
    OrderEdited: notifications.mail_change,
    OrderAddressChanged: notifications.mail_change,
    OrderRefunded: notifications.mail_refund,
    RefundAsked: _send_refund,
    VoidAsked: _give_up,
    MethodRemoved: _detach,
    CustomerLeft: _forget,
    MethodsToKeep: _keep_saved,
    RefundFailed: payments.alert_of_failed_refund,
    PaymentParked: payments.alert_of_parked,
    OrderDisputed: payments.alert_of_dispute,
    StrangeMoneyTold: payments.alert_of_strange_money,
    GatewayTold: payments.hear,
    OrderExchangeStaged: notifications.mail_exchange_due,
    ReturnApproved: notifications.mail_return_approved,
    ReturnRejected: notifications.mail_return_rejected,
    VerificationAsked: identity.mail_verification,
    RegistrationRepeated: identity.mail_account_exists,
    PasswordResetAsked: identity.mail_password_reset,
    EmailChangeAsked: identity.mail_email_change,
    EmailReplaced: identity.mail_email_replaced,
    CredentialsChanged: identity.mail_credentials_changed,
}
"""Which events leave a job behind, and what the job does."""


async def _expire(*, ports: Ports) -> int:
    """All that is overdue, a batch at a time, until a batch finds nothing to settle."""
    settled = 0
    while expired := await expire_orders(ports=ports):
        settled += expired
    return settled


PERIODIC: Mapping[str, tuple[str, Callable[..., Awaitable[int]]]] = {
    "expire_orders": ("* * * * *", _expire),
    "purge_carts": ("17 * * * *", purge_carts),
    "purge_keys": ("47 * * * *", purge_keys),
    "purge_sessions": ("27 3 * * *", identity.purge_sessions),
    "drop_old_keys": ("37 * * * *", identity.drop_old_keys),
    "reconcile": ("23 * * * *", payments.reconcile_lately),
    "compare_refunds": ("41 2 * * *", payments.compare_lately),
    "purge_told_events": ("57 3 * * *", payments.purge_told_events),
    "trust_old_changes": ("7 * * * *", identity.trust_old_changes),
}
"""Name -> when (cron, UTC) and what; safe anywhere and twice; gives how many it settled."""
