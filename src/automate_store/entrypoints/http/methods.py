"""Routes of saved ways to pay, and of money that is held: one's own, and the staff's."""

from __future__ import annotations

from automate_store.application import payments as use_cases
from automate_store.application.access import Permission
from automate_store.application.errors import GatewayRefused, GatewayUnavailable
from automate_store.application.payments import VoidPayment
from automate_store.domain.kernel.ids import MethodId, PaymentId
from automate_store.domain.payments import (
    CaptureOvertaken,
    CaptureTooLarge,
    GatewayUnknown,
    GatewayUnset,
    MethodNotFound,
    MethodsNotKept,
    PaymentMoveRefused,
    PaymentNotFound,
    SetupRefused,
    StillAsked,
    TooManyMethods,
)
from automate_store.entrypoints.http.calls import Call
from automate_store.entrypoints.http.routes import Routes
from automate_store.entrypoints.http.wire.methods import (
    CapturePaymentInput,
    MethodAnswer,
    MethodList,
    MethodSaved,
    SaveMethodInput,
    method_answer,
    method_list,
    method_saved,
    setup_begun,
)
from automate_store.entrypoints.http.wire.payments import PaymentAnswer, payment_answer

routes = Routes("Payments")
staff_routes = Routes("Staff: payments")
_HELD = (
    PaymentNotFound,
    PaymentMoveRefused,
    StillAsked,
    GatewayUnavailable,
    GatewayUnset,
    GatewayRefused,
)


@routes.get("/payments/methods", summary="List saved ways to pay", needs=Permission.HAVE_ACCOUNT)
async def list_methods(call: Call) -> MethodList:
    """The account's own, the oldest first; one that is expired says so, and pays nothing."""
    found = await use_cases.list_methods(actor=call.actor, ports=call.ports)
    return method_list(found, call.ports.clock())


@routes.post(
    "/payments/methods",
    summary="Save a way to pay",
    raises=(
        GatewayUnknown,
        MethodsNotKept,
        TooManyMethods,
        SetupRefused,
        GatewayUnavailable,
        GatewayRefused,
    ),
    needs=Permission.HAVE_ACCOUNT,
)
async def save_method(call: Call, body: SaveMethodInput) -> MethodSaved:
    """
    Without a token, what the browser needs to hand a card over to the gateway.

    With the token that it has then, and the setup_id, the saved method. No number of a card
    may come here.
    """
    finish, actor, ports = body.finish(), call.actor, call.ports
    if finish is None:
        return setup_begun(await use_cases.begin_setup(body.gateway, actor=actor, ports=ports))
    saved = await use_cases.finish_setup(finish, actor=actor, ports=ports)
    return method_saved(saved, ports.clock())


@routes.delete(
    "/payments/methods/{id}",
    summary="Remove a saved way to pay",
    raises=(MethodNotFound,),
    needs=Permission.HAVE_ACCOUNT,
)
async def remove_method(call: Call) -> MethodAnswer:
    """The method as it was; its gateway forgets it too."""
    method_id = MethodId(call.path_id("id", MethodNotFound))
    gone = await use_cases.remove_method(method_id, actor=call.actor, ports=call.ports)
    return method_answer(gone, call.ports.clock())


@staff_routes.post(
    "/admin/payments/{id}/capture",
    summary="Capture what was authorised",
    raises=(*_HELD, CaptureTooLarge, CaptureOvertaken),
    keyed=True,
    body_optional=True,
    needs=Permission.MOVE_MONEY,
)
async def capture_payment(call: Call, body: CapturePaymentInput) -> PaymentAnswer:
    """The payment with so much of it taken; its order, paid where that is enough."""
    wish = body.command(_payment_id(call))
    view = await use_cases.capture_payment(wish, key=call.key, actor=call.actor, ports=call.ports)
    return payment_answer(view, to_staff=True)


@staff_routes.post(
    "/admin/payments/{id}/void",
    summary="Give up what was not captured",
    raises=_HELD,
    keyed=True,
    needs=Permission.MOVE_MONEY,
)
async def void_payment(call: Call) -> PaymentAnswer:
    """The payment, given up; its order has a fresh time to be paid in another way."""
    wish = VoidPayment(payment_id=_payment_id(call))
    view = await use_cases.void_payment(wish, key=call.key, actor=call.actor, ports=call.ports)
    return payment_answer(view, to_staff=True)


def _payment_id(call: Call) -> PaymentId:
    return PaymentId(call.path_id("id", PaymentNotFound))
