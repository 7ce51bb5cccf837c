"""The small shop of the examples: ways to pay that are saved, and money that is held."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from attrs import evolve
from msgspec import Struct

from automate_store.application.payments import (
    BegunSetup,
    OrderPayments,
    PaymentView,
    WayToPay,
)
from automate_store.domain.kernel.ids import MethodId, UserId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import Funds, PaymentState, SavedMethod, SetupReport, SetupState
from automate_store.entrypoints.http.openapi import examples
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
from automate_store.entrypoints.http.wire.payment_lists import (
    PaymentPage,
    PaymentsOfOrder,
    payment_page,
    payments_of_order,
)
from automate_store.entrypoints.http.wire.payments import (
    Gateways,
    PaymentAnswer,
    gateways_answer,
    payment_answer,
)

_SETUP_ID = UUID("0190a000-0000-7000-8000-000000000092")
BODIES: Mapping[type[Struct], Mapping[str, Any]] = {
    SaveMethodInput: {
        "gateway": "stripe",
        "setup_id": str(_SETUP_ID),
        "token": "seti_1PgafT2eZvKYlo2C",
    },
    CapturePaymentInput: {"amount": {"amount": "5.00", "currency": "USD"}, "final": False},
}


def method() -> SavedMethod:
    """A card of a customer's."""
    return SavedMethod(
        id=MethodId(UUID("0190a000-0000-7000-8000-000000000091")),
        user_id=UserId(UUID("0190a000-0000-7000-8000-000000000061")),
        gateway="stripe",
        token="pm_1PgafB2eZvKYlo2C",  # noqa: S106 - it is not shown, and opens nothing
        brand="visa",
        last_four="4242",
        expires_month=12,
        expires_year=2030,
        created_at=examples.AT,
    )


def begun() -> BegunSetup:
    """One that waits for the browser."""
    report = SetupReport(
        setup_id="seti_1PgafT2eZvKYlo2C",
        state=SetupState.REQUIRES_ACTION,
        customer="cus_QXg1o8vcGmoR32",
        client={"client_secret": "seti_..._secret_...", "publishable_key": "pk_live_..."},
    )
    return BegunSetup(setup_id=_SETUP_ID, gateway="stripe", report=report)


def given_up() -> PaymentView:
    """A payment that was authorised, and given up."""
    view = examples.payment(PaymentState.AUTHORISED)
    voided = evolve(view.payment, state=PaymentState.CANCELLED, events=())
    return PaymentView(payment=voided, order=view.order)


def attempts() -> OrderPayments:
    """An order whose money is held for staff."""
    view = examples.payment(PaymentState.AUTHORISED)
    currency = view.payment.amount.currency
    return OrderPayments(
        order=view.order,
        payments=(view.payment,),
        funds=Funds.of((view.payment,), currency),
        to_pay=Money.zero(currency),
    )


def ways() -> tuple[WayToPay, ...]:
    """Two ways to pay, one of which is away."""
    manual = WayToPay(
        name="manual", works=True, takes=True, keeps_methods=False, publishable_key=None
    )
    stripe = WayToPay(
        name="stripe", works=False, takes=True, keeps_methods=True, publishable_key="pk_live_..."
    )
    return (manual, stripe)


SPECIAL: Mapping[str, Callable[[], Struct]] = {
    "capture_payment": lambda: payment_answer(
        examples.payment(PaymentState.CAPTURED), to_staff=True
    ),
    "void_payment": lambda: payment_answer(given_up(), to_staff=True),
    "save_method": lambda: setup_begun(begun()),
}
ANSWERS: Mapping[type[Struct], Callable[[], Struct]] = {
    PaymentAnswer: lambda: payment_answer(examples.payment(PaymentState.PENDING), to_staff=False),
    PaymentsOfOrder: lambda: payments_of_order(attempts()),
    PaymentPage: lambda: payment_page(attempts().payments, None),
    MethodAnswer: lambda: method_answer(method(), examples.AT),
    MethodList: lambda: method_list([method()], examples.AT),
    MethodSaved: lambda: method_saved(method(), examples.AT),
    Gateways: lambda: gateways_answer(ways(), examples.order().total),
}
