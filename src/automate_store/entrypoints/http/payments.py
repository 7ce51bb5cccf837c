"""Routes of payments: ask to be paid, carry it out, and give back."""

from __future__ import annotations

from automate_store.application import payments as use_cases
from automate_store.application.access import Permission
from automate_store.application.errors import GatewayRefused, GatewayUnavailable, SignInNeeded
from automate_store.application.ports.limits import Bucket
from automate_store.domain.kernel.ids import OrderId
from automate_store.domain.orders import (
    EditGone,
    EditOverdue,
    IllegalMove,
    MoreThanDue,
    NothingDue,
    OrderNotFound,
    OrderOverdue,
    PaidWholeOnly,
)
from automate_store.domain.payments import (
    GatewayUnknown,
    GatewayUnset,
    MethodElsewhere,
    MethodExpired,
    MethodNotFound,
    MethodsNotKept,
    PaymentNotFound,
    RefundDisputed,
    RefundTooLarge,
    TooManyMethods,
)
from automate_store.entrypoints.http.calls import Call
from automate_store.entrypoints.http.routes import Routes
from automate_store.entrypoints.http.wire.payments import (
    ConfirmPaymentInput,
    CreateIntentInput,
    GatewayQuery,
    Gateways,
    PaymentAnswer,
    RefundAnswer,
    RefundInput,
    gateways_answer,
    payment_answer,
    refund_answer,
)

routes = Routes("Payments", write_limit=Bucket.CHECKOUT)
_PAYING = (
    OrderNotFound,
    OrderOverdue,
    EditOverdue,
    IllegalMove,
    GatewayUnknown,
    GatewayUnavailable,
    GatewayUnset,
    GatewayRefused,
)


@routes.get(
    "/payments/gateways",
    summary="List the ways to pay",
    raises=(OrderNotFound, OrderOverdue, EditOverdue, IllegalMove),
    opens="order",
)
async def list_gateways(call: Call, query: GatewayQuery) -> Gateways:
    """
    Each of them, whether it works now, and whether it can save a way to pay.

    For an order: whether it takes what is still to be paid of it. For a cart, see
    /cart/gateways.
    """
    asked = None
    if query.order_id is not None:
        asked = await use_cases.amount_of_order(
            OrderId(query.order_id), call.order_token, actor=call.actor, ports=call.ports
        )
    return gateways_answer(use_cases.ways_to_pay(asked, ports=call.ports), asked)


@routes.post(
    "/payments/create-intent",
    summary="Ask to pay an order",
    status=201,
    raises=(
        *_PAYING,
        NothingDue,
        MoreThanDue,
        PaidWholeOnly,
        SignInNeeded,
        MethodNotFound,
        MethodElsewhere,
        MethodExpired,
        MethodsNotKept,
        TooManyMethods,
    ),
    keyed=True,
    opens="order",
)
async def create_intent(call: Call, body: CreateIntentInput) -> PaymentAnswer:
    """
    A payment at the gateway of what is still to be paid of the order, or of a part of that.

    Nothing is charged yet. Several payments may pay an order; it is paid once they are enough.
    Of a paid order beside which a change waits, it is of all that the change costs more. Where
    the gateway is away, the refusal says which others work.
    """
    view = await use_cases.create_intent(
        body.command(), token=call.order_token, key=call.key, actor=call.actor, ports=call.ports
    )
    return payment_answer(view, to_staff=False)


@routes.post(
    "/payments/confirm",
    summary="Carry a payment out",
    raises=(*_PAYING, EditGone, PaymentNotFound, NothingDue, MoreThanDue),
    keyed=True,
    opens="order",
)
async def confirm_payment(call: Call, body: ConfirmPaymentInput) -> PaymentAnswer:
    """The payment, carried out as far as the gateway can; its order, paid where it is."""
    view = await use_cases.confirm_payment(
        body.command(), token=call.order_token, key=call.key, actor=call.actor, ports=call.ports
    )
    return payment_answer(view, to_staff=False)


@routes.post(
    "/payments/refund",
    summary="Refund an order's money",
    raises=(OrderNotFound, RefundTooLarge, RefundDisputed, IllegalMove),
    keyed=True,
    needs=Permission.MOVE_MONEY,
    limit=Bucket.GENERAL,
)
async def refund_order(call: Call, body: RefundInput) -> RefundAnswer:
    """
    That much of the order's money is on its way back, the goods staying with the customer.

    The oldest payment gives first. What is called off or returned is refunded by itself.
    """
    view = await use_cases.refund_order(
        body.command(), key=call.key, actor=call.actor, ports=call.ports
    )
    return refund_answer(view)


@routes.get(
    "/orders/{id}/refunds",
    summary="List what went back of an order's money",
    raises=(OrderNotFound,),
    opens="order",
)
async def list_refunds(call: Call) -> RefundAnswer:
    """Every refund of the order, the oldest first."""
    order_id = OrderId(call.path_id("id", OrderNotFound))
    view = await use_cases.list_refunds(
        order_id, token=call.order_token, actor=call.actor, ports=call.ports
    )
    return refund_answer(view)
