"""What customers are told of their orders."""

from __future__ import annotations

from automate_store.domain.notifications.notice import Notice
from automate_store.domain.orders import Order, OrderItem


def order_confirmation(order: Order, *, store_name: str) -> Notice:
    """What was bought, for how much, and where it goes."""
    quote = order.quote
    to = order.shipping_address
    lines = [
        f"Thank you for your order {order.number}.",
        "",
        *(_line(item) for item in order.items),
        "",
        f"Subtotal: {quote.subtotal}",
        *([f"Discount: -{quote.discount}"] if quote.discount else []),
        f"Shipping: {quote.shipping_amount}",
        f"Tax: {quote.tax}",
        f"Total: {quote.total}",
        "",
        "It goes to:",
        f"{to.first_name} {to.last_name}",
        to.address_line_1,
        *([to.address_line_2] if to.address_line_2 else []),
        " ".join(part for part in (to.postal_code, to.city, to.state, to.country) if part),
        "",
        store_name,
    ]
    return Notice(f"{store_name}: order {order.number} is confirmed", "\n".join(lines))


def _line(item: OrderItem) -> str:
    options = ", ".join(item.attributes.values())
    name = f"{item.name} ({options})" if options else item.name
    return f"{item.quantity} x {name}: {item.unit_price * item.quantity}"
