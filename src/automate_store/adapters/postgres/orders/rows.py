"""Orders as rows: parameters of statements, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from attrs import frozen

from automate_store.adapters.postgres.rows import Row, from_json, json_text, to_money
from automate_store.domain.identity import Address
from automate_store.domain.kernel.ids import CartId, LineId, OrderId, ProductId, UserId, VariantId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import (
    FulfilmentState,
    Order,
    OrderItem,
    OrderPaymentState,
    OrderState,
    Shipment,
    StagedEdit,
    item_status,
)
from automate_store.domain.pricing import Quote


def to_row(order: Order) -> dict[str, object]:
    """The order as its row's parameters, items and events apart."""
    quote = order.quote
    rates = {tax.rate for tax in quote.taxes}
    last = order.shipments[-1] if order.shipments else None
    return {
        "id": order.id,
        "number": order.number,
        "cart_id": order.cart_id,
        "user_id": order.user_id,
        "email": order.email,
        "token_hash": order.token_hash,
        "status": order.status.value,
        "payment_status": order.payment_status.value,
        "state": order.state.value,
        "payment_state": order.payment.value,
        "fulfilment_state": order.fulfilment.value,
        "subtotal": quote.subtotal.decimal(),
        "tax_rate": rates.pop() if len(rates) == 1 else None,
        "tax_amount": quote.tax.decimal(),
        "shipping_amount": quote.shipping_amount.decimal(),
        "discount_amount": quote.discount.decimal(),
        "total_amount": quote.total.decimal(),
        **_beside(order),
        "currency": quote.currency,
        "details": json_text(quote),
        "shipping_address": json_text(order.shipping_address),
        "billing_address": json_text(order.billing_address),
        "shipping_method": quote.shipping.method if quote.shipping else None,
        "shipping_method_name": quote.shipping.name if quote.shipping else None,
        "notes": order.notes,
        "expires_at": order.expires_at,
        "version": order.version + 1,
        "placed_at": order.placed_at,
        "updated_at": order.updated_at,
        "shipped_at": last.shipped_at if last else None,
        "tracking_number": last.tracking_number if last else None,
        "delivered_at": order.delivered_at,
    }


def _beside(order: Order) -> dict[str, object]:
    """What stands beside the quote: credit, the end, and the edit that waits until when."""
    edit = order.staged
    return {
        "credited": order.credited.decimal(),
        "owed": order.owed.decimal(),
        "cancelled_at": order.cancelled_at,
        "cancelled_reason": order.cancelled_reason,
        "cancelled_by": order.cancelled_by,
        "staged": None if edit is None else json_text(edit),
        "staged_until": None if edit is None else edit.expires_at,
    }


def from_row(row: Row) -> Order:
    """The order of a row read by ``_GET``."""
    return Order(
        id=OrderId(row.id),
        number=row.order_number,
        cart_id=None if row.cart_id is None else CartId(row.cart_id),
        user_id=None if row.user_id is None else UserId(row.user_id),
        token_hash=None if row.token_hash is None else bytes(row.token_hash),
        email=row.guest_email,
        items=tuple(_item(item, row.currency) for item in from_json(row.items, list[_StoredItem])),
        quote=from_json(row.quote, Quote),
        shipping_address=from_json(row.shipping_address, Address),
        billing_address=from_json(row.billing_address, Address),
        notes=row.notes,
        state=OrderState(row.state),
        payment=OrderPaymentState(row.payment_state),
        fulfilment=FulfilmentState(row.fulfilment_state),
        credited=to_money(row.credited_amount, row.currency),
        owed=to_money(row.owed_amount, row.currency),
        staged=None if row.staged is None else from_json(row.staged, StagedEdit),
        shipments=from_json(row.shipments, tuple[Shipment, ...]) if row.shipments else (),
        expires_at=row.expires_at,
        placed_at=row.placed_at,
        updated_at=row.updated_at,
        cancelled_at=row.cancelled_at,
        cancelled_reason=row.cancelled_reason,
        cancelled_by=None if row.cancelled_by is None else UserId(row.cancelled_by),
        delivered_at=row.delivered_at,
        version=row.version,
    )


@frozen
class _Snapshot:
    attributes: Mapping[str, str]
    image_url: str | None
    requires_shipping: bool


@frozen
class _StoredItem:
    id: UUID
    product_id: UUID
    variant_id: UUID
    name: str
    sku: str
    snapshot: _Snapshot
    unit_price: str
    quantity: int
    cancelled: int
    shipped: int
    returning: int
    returned: int
    claimed: int
    lost: int
    handed_over_at: datetime | None


def _item(stored: _StoredItem, currency: str) -> OrderItem:
    return OrderItem(
        id=LineId(stored.id),
        product_id=ProductId(stored.product_id),
        variant_id=VariantId(stored.variant_id),
        name=stored.name,
        sku=stored.sku,
        attributes=stored.snapshot.attributes,
        image_url=stored.snapshot.image_url,
        requires_shipping=stored.snapshot.requires_shipping,
        unit_price=Money.parse(stored.unit_price, currency),
        quantity=stored.quantity,
        cancelled=stored.cancelled,
        shipped=stored.shipped,
        returning=stored.returning,
        returned=stored.returned,
        claimed=stored.claimed,
        lost=stored.lost,
        handed_over_at=stored.handed_over_at,
    )


def item_rows(order: Order) -> dict[str, object]:
    """Its items as parameters, a list a column."""
    items = order.items
    nothing = Decimal(0)
    quoted = {line.id: line for line in order.quote.lines}
    lines = [quoted.get(item.id) for item in items]
    return {
        "item_ids": [item.id for item in items],
        "product_ids": [item.product_id for item in items],
        "variant_ids": [item.variant_id for item in items],
        "positions": list(range(len(items))),
        "names": [item.name for item in items],
        "skus": [item.sku for item in items],
        "snapshots": [
            json_text(_Snapshot(item.attributes, item.image_url, item.requires_shipping))
            for item in items
        ],
        "quantities": [item.quantity + item.cancelled for item in items],
        "cancelled": [item.cancelled for item in items],
        "unit_prices": [item.unit_price.decimal() for item in items],
        "totals": [line.subtotal.decimal() if line else nothing for line in lines],
        "discounts": [line.discount.decimal() if line else nothing for line in lines],
        "taxes": [line.tax.decimal() if line else nothing for line in lines],
        "nets": [line.net.decimal() if line else nothing for line in lines],
        "grosses": [line.gross.decimal() if line else nothing for line in lines],
        "item_statuses": [item_status(order, item).value for item in items],
        "shipped": [item.shipped for item in items],
        "returning": [item.returning for item in items],
        "returned": [item.returned for item in items],
        "claimed": [item.claimed for item in items],
        "lost": [item.lost for item in items],
        "handed_over": [item.handed_over_at for item in items],
    }


def parcel_rows(order: Order) -> dict[str, object]:
    """Its parcels and what is in them as parameters, a list a column."""
    parcels = order.shipments
    content = [
        (parcel.id, item_id, quantity)
        for parcel in parcels
        for item_id, quantity in parcel.items.items()
    ]
    return {
        "id": order.id,
        "parcel_ids": [parcel.id for parcel in parcels],
        "carriers": [parcel.carrier for parcel in parcels],
        "tracking_numbers": [parcel.tracking_number for parcel in parcels],
        "tracking_urls": [parcel.tracking_url for parcel in parcels],
        "shipped_times": [parcel.shipped_at for parcel in parcels],
        "delivered_times": [parcel.delivered_at for parcel in parcels],
        "lost_times": [parcel.lost_at for parcel in parcels],
        "content_parcels": [parcel_id for parcel_id, _, _ in content],
        "content_items": [item_id for _, item_id, _ in content],
        "content_quantities": [quantity for _, _, quantity in content],
    }
