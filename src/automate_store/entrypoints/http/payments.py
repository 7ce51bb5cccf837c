"""Routes of payments: ask to be paid, and carry it out."""

from __future__ import annotations

from automate_store.application import payments as use_cases
from automate_store.application.errors import GatewayUnavailable
from automate_store.application.ports.limits import Bucket
from automate_store.domain.orders import IllegalMove, OrderNotFound, OrderOverdue
from automate_store.domain.payments import GatewayUnknown, PaymentNotFound
from automate_store.entrypoints.http.calls import Call
from automate_store.entrypoints.http.routes import Routes
from automate_store.entrypoints.http.wire.payments import (
    ConfirmPaymentInput,
    CreateIntentInput,
    Gateways,
    PaymentAnswer,
    payment_answer,
)

routes = Routes("Payments", write_limit=Bucket.CHECKOUT)
_PAYING = (
    OrderNotFound,
    OrderOverdue,
    IllegalMove,
    GatewayUnknown,
    GatewayUnavailable,
)


@routes.get("/payments/gateways", summary="List the ways to pay")
async def list_gateways(call: Call) -> Gateways:
    """The names that create-intent takes."""
    return Gateways(sorted(call.ports.gateways))


@routes.post(
    "/payments/create-intent",
    summary="Ask to pay an order",
    status=201,
    raises=_PAYING,
    keyed=True,
    opens="order",
)
async def create_intent(call: Call, body: CreateIntentInput) -> PaymentAnswer:
    """A payment of the order's whole total at the gateway; nothing is charged yet."""
    view = await use_cases.create_intent(
        body.command(), token=call.order_token, key=call.key, actor=call.actor, ports=call.ports
    )
    return payment_answer(view)


@routes.post(
    "/payments/confirm",
    summary="Carry a payment out",
    raises=(*_PAYING, PaymentNotFound),
    keyed=True,
    opens="order",
)
async def confirm_payment(call: Call, body: ConfirmPaymentInput) -> PaymentAnswer:
    """The payment, carried out as far as the gateway can; its order, paid where it is."""
    view = await use_cases.confirm_payment(
        body.command(), token=call.order_token, key=call.key, actor=call.actor, ports=call.ports
    )
    return payment_answer(view)
