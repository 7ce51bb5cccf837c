"""Routes of payments: ask to be paid, carry it out, and give back."""

from __future__ import annotations

from automate_store.application import payments as use_cases
from automate_store.application.access import Permission
from automate_store.application.errors import GatewayUnavailable
from automate_store.application.ports.limits import Bucket
from automate_store.domain.kernel.ids import OrderId
from automate_store.domain.kernel.money import CurrencyMismatch
from automate_store.domain.orders import (
    EditGone,
    EditOverdue,
    IllegalMove,
    OrderNotFound,
    OrderOverdue,
)
from automate_store.domain.payments import GatewayUnknown, PaymentNotFound, RefundTooLarge
from automate_store.entrypoints.http.calls import Call
from automate_store.entrypoints.http.routes import Routes
from automate_store.entrypoints.http.wire.payments import (
    ConfirmPaymentInput,
    CreateIntentInput,
    Gateways,
    PaymentAnswer,
    RefundAnswer,
    RefundInput,
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
)


@routes.get("/payments/gateways", summary="List the ways to pay")
async def list_gateways(call: Call) -> Gateways:
    """The names that create-intent takes."""
    return Gateways(list(call.ports.ways_to_pay))


@routes.post(
    "/payments/create-intent",
    summary="Ask to pay an order",
    status=201,
    raises=_PAYING,
    keyed=True,
    opens="order",
)
async def create_intent(call: Call, body: CreateIntentInput) -> PaymentAnswer:
    """
    A payment of the order's whole total at the gateway; nothing is charged yet.

    Of a paid order beside which a change waits, it is of what the change costs more.
    """
    view = await use_cases.create_intent(
        body.command(), token=call.order_token, key=call.key, actor=call.actor, ports=call.ports
    )
    return payment_answer(view)


@routes.post(
    "/payments/confirm",
    summary="Carry a payment out",
    raises=(*_PAYING, EditGone, PaymentNotFound),
    keyed=True,
    opens="order",
)
async def confirm_payment(call: Call, body: ConfirmPaymentInput) -> PaymentAnswer:
    """The payment, carried out as far as the gateway can; its order, paid where it is."""
    view = await use_cases.confirm_payment(
        body.command(), token=call.order_token, key=call.key, actor=call.actor, ports=call.ports
    )
    return payment_answer(view)


@routes.post(
    "/payments/refund",
    summary="Refund an order's money",
    raises=(OrderNotFound, RefundTooLarge, IllegalMove, CurrencyMismatch, GatewayUnknown),
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
