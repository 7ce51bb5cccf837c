"""What customers are told of their orders: one letter an event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from automate_store.domain.identity import Address
from automate_store.domain.kernel.ids import LineId
from automate_store.domain.kernel.money import Money
from automate_store.domain.notifications.notice import Letter
from automate_store.domain.orders import Order, OrderItem, Shipment

_WEB = ("https://", "http://")


def order_confirmation(order: Order) -> Letter:
    """What was bought, for how much, and where it goes."""
    quote = order.quote
    bought = (item for item in order.items if item.quantity)
    lines = tuple(_line(item, item.quantity, _price(item)) for item in bought)
    totals = {
        "subtotal": str(quote.subtotal),
        "discount": _told(quote.discount),
        "shipping": str(quote.shipping_amount),
        "tax": str(quote.tax),
        "total": str(quote.total),
    }
    address = _address(order.shipping_address)
    return _letter("order_confirmation", order, lines=lines, totals=totals, address=address)


def order_shipped(order: Order, shipment: Shipment) -> Letter:
    """What is on its way, by whom, and where to follow it."""
    url = shipment.tracking_url
    parcel = {
        "carrier": shipment.carrier,
        "tracking_number": shipment.tracking_number,
        "tracking_link": url if url and url.startswith(_WEB) else None,
    }
    return _letter(
        "order_shipped",
        order,
        lines=_units(order, shipment.items),
        parcel=parcel,
        more_to_come=bool(order.unshipped),
        address=_address(order.shipping_address),
    )


def order_delivered(order: Order) -> Letter:
    """That every parcel arrived."""
    parcels: dict[LineId, int] = {}
    for shipment in order.shipments:
        for line_id, quantity in shipment.items.items():
            parcels[line_id] = parcels.get(line_id, 0) + quantity
    return _letter("order_delivered", order, lines=_units(order, parcels))


def parcel_lost(order: Order, shipment: Shipment) -> Letter:
    """What will not arrive, and that it is made good."""
    parcel = {"carrier": shipment.carrier, "tracking_number": shipment.tracking_number}
    return _letter("parcel_lost", order, lines=_units(order, shipment.items), parcel=parcel)


def order_cancelled(
    order: Order, units: Mapping[LineId, int] | None, *, reason: str | None, refund: str | None
) -> Letter:
    """
    What was called off and why, and what goes back of the money, such as ``19.99 USD``.

    ``units`` is how many of each item; None is the whole order.
    """
    every = {item.id: item.quantity for item in order.items}
    return _letter(
        "order_cancelled",
        order,
        whole=units is None,
        lines=_units(order, every if units is None else units),
        expired=order.expired,
        reason=reason,
        refund=refund,
    )


def order_changed(order: Order, *, moved: bool, more: Money | None, refund: str | None) -> Letter:
    """
    What is in the order now and where it goes, which is another place where it was ``moved``.

    ``more`` is what was paid for the change, ``refund`` what goes back, such as ``19.99 USD``.
    """
    held = (item for item in order.items if item.quantity)
    return _letter(
        "order_changed",
        order,
        lines=tuple(_line(item, item.quantity, _price(item)) for item in held),
        address=_address(order.shipping_address),
        moved=moved,
        more=None if more is None else str(more),
        refund=refund,
    )


def order_refunded(order: Order, amount: Money, *, reason: str | None) -> Letter:
    """How much money is on its way back, and why."""
    return _letter("order_refunded", order, amount=str(amount), reason=reason)


def return_approved(
    order: Order,
    units: Mapping[LineId, int],
    *,
    comes: Iterable[OrderItem],
    due: Money,
    refund: Money,
    instructions: str | None,
) -> Letter:
    """
    What may be sent back and how, what comes for it, and what will be paid back.

    ``due`` is what comes costs more than what goes back.
    """
    facts = _agreed(order, units, comes, due, refund)
    return _letter("return_approved", order, **facts, instructions=instructions)


def claim_approved(
    order: Order,
    units: Mapping[LineId, int],
    *,
    comes: Iterable[OrderItem],
    due: Money,
    refund: Money,
) -> Letter:
    """What is made good without being sent back: by what comes for it, or by its money."""
    return _letter("claim_approved", order, **_agreed(order, units, comes, due, refund))


def exchange_due(
    order: Order, comes: Iterable[OrderItem], *, amount: Money, until: datetime, claimed: bool
) -> Letter:
    """What comes for what went back or was claimed, what it costs more, and until when."""
    lines = tuple(_line(item, item.quantity, None) for item in comes)
    moment = f"{until:%Y-%m-%d %H:%M} UTC"
    facts = {"lines": lines, "amount": str(amount), "until": moment, "claimed": claimed}
    return _letter("exchange_due", order, **facts)


def return_rejected(
    order: Order, units: Mapping[LineId, int], *, reason: str | None, claimed: bool
) -> Letter:
    """What was not taken back, or not made good where it was ``claimed``, and why."""
    facts = {"lines": _units(order, units), "reason": reason, "claimed": claimed}
    return _letter("return_rejected", order, **facts)


def _agreed(
    order: Order,
    units: Mapping[LineId, int],
    comes: Iterable[OrderItem],
    due: Money,
    refund: Money,
) -> Mapping[str, object]:
    """What goes back or is made good, and what for."""
    others = tuple(_line(item, item.quantity, None) for item in comes)
    return {
        "lines": _units(order, units),
        "comes": others,
        "due": _told(due),
        "refund": str(refund) if refund or not others else None,
    }


def _letter(name: str, order: Order, **facts: object) -> Letter:
    to = order.shipping_address
    shared = {
        "order": {
            "number": order.number,
            "placed_on": f"{order.placed_at:%Y-%m-%d}",
            "total": str(order.total),
        },
        "customer": {"first_name": to.first_name, "last_name": to.last_name},
    }
    return Letter(name, {**shared, **facts})


def _units(order: Order, units: Mapping[LineId, int]) -> Sequence[Mapping[str, object]]:
    chosen = ((item, units.get(item.id, 0)) for item in order.items)
    return tuple(_line(item, quantity, None) for item, quantity in chosen if quantity)


def _line(item: OrderItem, quantity: int, amount: Money | None) -> Mapping[str, object]:
    return {
        "quantity": quantity,
        "name": item.name,
        "options": ", ".join(item.attributes.values()),
        "sku": item.sku,
        "amount": None if amount is None else str(amount),
    }


def _price(item: OrderItem) -> Money:
    return item.unit_price * item.quantity


def _told(amount: Money) -> str | None:
    return str(amount) if amount else None


def _address(to: Address) -> Sequence[str]:
    place = " ".join(part for part in (to.postal_code, to.city, to.state, to.country) if part)
    name = f"{to.first_name} {to.last_name}"
    return tuple(line for line in (name, to.address_line_1, to.address_line_2, place) if line)
