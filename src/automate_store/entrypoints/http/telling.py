"""Routes of what gateways tell, and of the money that staff have to look at."""

from __future__ import annotations

from automate_store.application import payments as use_cases
from automate_store.application.access import Permission
from automate_store.application.errors import (
    BadCursor,
    GatewayRefused,
    GatewayUnavailable,
    WebhookRefused,
    WebhooksNotHeard,
)
from automate_store.domain.kernel.ids import DisputeId, PaymentId, RefundId, ToldId
from automate_store.domain.kernel.money import CurrencyMismatch
from automate_store.domain.orders import IllegalMove, MoneyKept
from automate_store.domain.payments import (
    EventNotFound,
    GatewayUnset,
    LessThanCaptured,
    NothingToDismiss,
    NotParked,
    PaymentNotFound,
    RefundTooLarge,
)
from automate_store.entrypoints.http.calls import Call
from automate_store.entrypoints.http.errors import BodyTooSlow
from automate_store.entrypoints.http.routes import Routes
from automate_store.entrypoints.http.wire.paging import id_before, one_page
from automate_store.entrypoints.http.wire.telling import (
    DismissEventInput,
    DisputePage,
    DisputeQuery,
    EventAnswer,
    EventPage,
    EventQuery,
    ParkedPage,
    ParkedPayment,
    ParkedQuery,
    RefundListQuery,
    ResolvePaymentInput,
    StaffRefundPage,
    WebhookTaken,
    dispute_page,
    event_answer,
    event_page,
    parked_page,
    resolved_answer,
    staff_refund_page,
)

routes = Routes("Payments")
staff_routes = Routes("Staff: payments")


@routes.post(
    "/payments/{gateway}/webhook",
    summary="Be told by a payment provider",
    raises=(WebhooksNotHeard, WebhookRefused, GatewayUnavailable, BodyTooSlow),
    anonymous=True,
    limit=None,
)
async def take_webhook(call: Call) -> WebhookTaken:
    """
    For providers alone, who sign what they send in their own way; the body is theirs as well.

    It is kept and answered at once, and has its effect in a moment. What was told before is
    answered alike, and does nothing.
    """
    await use_cases.take_webhook(
        call.path("gateway"), call.headers_sent, await call.raw_body(), ports=call.ports
    )
    return WebhookTaken(received=True)


@staff_routes.get(
    "/admin/payments/events",
    summary="List what payment providers told",
    raises=(BadCursor,),
    needs=Permission.READ_ORDERS,
)
async def list_events(call: Call, query: EventQuery) -> EventPage:
    """Every event that was heard of, the last first, and why it had no effect where it had none."""
    before = id_before(query)
    found = await use_cases.page_told_events(
        state=query.status,
        gateway=query.gateway,
        before=None if before is None else ToldId(before),
        limit=query.limit + 1,
        actor=call.actor,
        ports=call.ports,
    )
    return event_page(*one_page(found, query, lambda each: each.id))


@staff_routes.post(
    "/admin/payments/events/{id}/replay",
    summary="Hear an event again",
    raises=(EventNotFound, GatewayUnset, GatewayUnavailable),
    needs=Permission.MOVE_MONEY,
)
async def replay_event(call: Call) -> EventAnswer:
    """The event, heard once more; what had its effect already has none again."""
    told_id = ToldId(call.path_id("id", EventNotFound))
    return event_answer(await use_cases.replay_event(told_id, actor=call.actor, ports=call.ports))


@staff_routes.post(
    "/admin/payments/events/{id}/dismiss",
    summary="Dismiss an event",
    raises=(EventNotFound, NothingToDismiss),
    needs=Permission.MOVE_MONEY,
)
async def dismiss_event(call: Call, body: DismissEventInput) -> EventAnswer:
    """
    The event, to have no effect: it is not this store's, or was dealt with at the provider.

    Of a payment that this store knows nothing of, all that is parked is dismissed with it, and
    what is told of it from now on: that is how another shop's payments, on an account that both
    use, are left alone.
    """
    command = body.command(ToldId(call.path_id("id", EventNotFound)))
    return event_answer(await use_cases.dismiss_event(command, actor=call.actor, ports=call.ports))


@staff_routes.get(
    "/admin/payments/parked",
    summary="List payments that wait for a decision",
    raises=(BadCursor,),
    needs=Permission.READ_ORDERS,
)
async def list_parked(call: Call, query: ParkedQuery) -> ParkedPage:
    """Payments of which a provider reports another amount, currency or intent than was asked."""
    before = id_before(query)
    found = await use_cases.page_parked(
        before=None if before is None else PaymentId(before),
        limit=query.limit + 1,
        actor=call.actor,
        ports=call.ports,
    )
    return parked_page(*one_page(found, query, lambda each: each.id))


@staff_routes.post(
    "/admin/payments/{id}/resolve",
    summary="Decide on a parked payment",
    raises=(
        PaymentNotFound,
        NotParked,
        CurrencyMismatch,
        LessThanCaptured,
        MoneyKept,
        RefundTooLarge,
        IllegalMove,
        GatewayUnset,
        GatewayRefused,
        GatewayUnavailable,
    ),
    keyed=True,
    needs=Permission.MOVE_MONEY,
)
async def resolve_payment(call: Call, body: ResolvePaymentInput) -> ParkedPayment:
    """
    The payment, as was decided once somebody had looked at the provider.

    Money in another currency is neither taken nor given back here: that is done there, and
    the payment dismissed. Money that pays for an order which goes on is given back by
    cancelling the order or its items, or by a refund.
    """
    payment_id = PaymentId(call.path_id("id", PaymentNotFound))
    view = await use_cases.resolve_payment(
        body.command(payment_id), key=call.key, actor=call.actor, ports=call.ports
    )
    return resolved_answer(view)


@staff_routes.get(
    "/admin/payments/refunds",
    summary="List refunds",
    raises=(BadCursor,),
    needs=Permission.READ_ORDERS,
)
async def page_refunds(call: Call, query: RefundListQuery) -> StaffRefundPage:
    """
    Refunds of every order, the last begun first.

    Those that failed are still with the shop, which owes them: another one is made by
    `POST /payments/refund`, however it is paid this time.
    """
    before = id_before(query)
    found = await use_cases.page_refunds(
        state=query.status,
        before=None if before is None else RefundId(before),
        limit=query.limit + 1,
        actor=call.actor,
        ports=call.ports,
    )
    return staff_refund_page(*one_page(found, query, lambda each: each.id))


@staff_routes.get(
    "/admin/disputes",
    summary="List disputes",
    raises=(BadCursor,),
    needs=Permission.READ_ORDERS,
)
async def list_disputes(call: Call, query: DisputeQuery) -> DisputePage:
    """Payments that are contested at the bank, the last first; they are answered there."""
    before = id_before(query)
    found = await use_cases.page_disputes(
        state=query.status,
        before=None if before is None else DisputeId(before),
        limit=query.limit + 1,
        actor=call.actor,
        ports=call.ports,
    )
    return dispute_page(*one_page(found, query, lambda each: each.id))
