"""The small shop of the examples, after its order was paid: called off in part, and refunded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from attrs import evolve
from msgspec import Struct

from automate_store.application.payments import RefundView
from automate_store.application.ports.order_lists import ListedItem, OrderRecord
from automate_store.domain.kernel.ids import RefundId, ShipmentId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import Order, Shipment, lose_parcel
from automate_store.domain.payments import PaymentState, Refund, RefundState
from automate_store.domain.shipping import tracking_page
from automate_store.entrypoints.http.openapi import examples
from automate_store.entrypoints.http.wire.order_lists import OrderList, order_list
from automate_store.entrypoints.http.wire.orders import CancelOrderInput
from automate_store.entrypoints.http.wire.payments import RefundInput
from automate_store.entrypoints.http.wire.shipments import (
    LoseShipmentInput,
    ShipmentList,
    StatusInput,
    TrackingAnswer,
    TrackingInput,
    shipment_list,
    tracking_answer,
)

_LINE = str(examples.LINE_ID)
BODIES: Mapping[type[Struct], Mapping[str, Any]] = {
    CancelOrderInput: {
        "items": [{"item_id": _LINE, "quantity": 1}],
        "reason": "One is enough.",
    },
    TrackingInput: {
        "carrier": "UPS",
        "tracking_number": "1Z999AA10123456784",
    },
    StatusInput: {
        "status": "shipped",
        "carrier": "UPS",
        "tracking_number": "1Z999AA10123456784",
    },
    LoseShipmentInput: {
        "reason": "The carrier's search came to nothing.",
    },
    RefundInput: {
        "order_id": str(examples.ORDER_ID),
        "amount": {"amount": "5.00", "currency": "USD"},
        "reason": "A stain on the sleeve.",
    },
}


def paid() -> Order:
    """The order, paid."""
    return examples.order().pay(examples.order().total, actor="guest", at=examples.AT)


def shipped() -> Order:
    """The paid order, on its way in one parcel."""
    parcel = Shipment(
        id=ShipmentId(UUID("0190a000-0000-7000-8000-000000000072")),
        order_id=examples.ORDER_ID,
        items={examples.LINE_ID: 2},
        carrier="UPS",
        tracking_number="1Z999AA10123456784",
        tracking_url=tracking_page("UPS", "1Z999AA10123456784"),
        shipped_at=examples.AT,
    )
    return paid().ship(parcel, actor="staff", at=examples.AT)


def delivered() -> Order:
    """The order whose parcel arrived."""
    return shipped().deliver(actor="staff", at=examples.AT)


def lost() -> Order:
    """The order whose parcel will not arrive, before its customer was made good."""
    (parcel,) = shipped().shipments
    reason = "The carrier's search came to nothing."
    return lose_parcel(shipped(), parcel.id, reason=reason, actor="staff", at=examples.AT)


def partly_cancelled() -> Order:
    """The paid order without one of its units, whose money is back."""
    units = {examples.LINE_ID: 1}
    order = paid().cancel("One is enough.", units=units, actor="guest", at=examples.AT)
    back = paid().total - order.total
    return order.refunded(
        back,
        of=order.total,
        reason="One is enough.",
        credit=Money.zero(back.currency),
        actor="guest",
        at=examples.AT,
    )


def refunds() -> RefundView:
    """What went back for that unit."""
    order = partly_cancelled()
    payment = examples.payment(PaymentState.CAPTURED).payment
    refund = Refund(
        id=RefundId(UUID("0190a000-0000-7000-8000-000000000071")),
        payment_id=payment.id,
        order_id=order.id,
        amount=paid().total - order.total,
        reason="One is enough.",
        state=RefundState.SUCCEEDED,
        gateway_id="manual_71",
        actor="guest",
        created_at=examples.AT,
        updated_at=examples.AT,
    )
    return RefundView(order=evolve(order, events=()), refunds=(refund,))


def listed() -> OrderRecord:
    """The paid order, as a list shows it."""
    order = paid()
    return OrderRecord(
        id=order.id,
        number=order.number,
        status=order.status,
        payment_status=order.payment_status,
        fulfilment=order.fulfilment,
        email=order.email,
        total=order.total,
        credited=order.credited,
        first_items=tuple(
            ListedItem(
                id=item.id,
                product_id=item.product_id,
                variant_id=item.variant_id,
                name=item.name,
                image_url=item.image_url,
                quantity=item.quantity,
            )
            for item in order.items
        ),
        units=sum(item.quantity for item in order.items),
        placed_at=order.placed_at,
        updated_at=order.updated_at,
    )


ANSWERS: Mapping[type[Struct], Callable[[], Struct]] = {
    OrderList: lambda: order_list([listed()], None),
    ShipmentList: lambda: shipment_list(shipped()),
    TrackingAnswer: lambda: tracking_answer(shipped()),
}
