"""
What the store keeps on somebody, in values that JSON has: every adapter answers alike.

Amounts are text with their currency, times ISO 8601 in UTC. No secret is in it, nor the
hash of one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from attrs import asdict, frozen

from automate_store.application.ports.coupons import CouponUse
from automate_store.application.ports.identity import TrailEntry
from automate_store.application.ports.orders import TimelineEntry
from automate_store.domain.carts import Cart
from automate_store.domain.identity import Account, AddressBook, Session
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import Order
from automate_store.domain.payments import Payment
from automate_store.domain.returns import Return

Json = dict[str, Any]


@frozen(kw_only=True)
class KeptOrder:
    """An order with all that hangs on it."""

    order: Order
    timeline: tuple[TimelineEntry, ...]
    payments: tuple[Payment, ...]
    returns: tuple[Return, ...]


@frozen(kw_only=True)
class KeptUse:
    """A use of a coupon, by the coupon's code."""

    code: str
    use: CouponUse


@frozen(kw_only=True)
class Kept:
    """All that is kept on an account, each kind oldest first."""

    account: Account
    book: AddressBook
    sessions: tuple[Session, ...]
    orders: tuple[KeptOrder, ...]
    carts: tuple[Cart, ...]
    uses: tuple[KeptUse, ...]
    trail: tuple[TrailEntry, ...]
    """Changes by the account, and changes of it."""

    def as_json(self) -> Json:
        """It all, by the name of its kind."""
        return {
            "profile": _profile(self.account),
            "addresses": [
                {
                    "id": str(entry.id),
                    "type": entry.type.value,
                    "is_default": entry.is_default,
                    **asdict(entry.address),
                    "created_at": _time(entry.created_at),
                }
                for entry in self.book.entries
            ],
            "sessions": [_session(each) for each in self.sessions],
            "orders": [_order(each) for each in self.orders],
            "carts": [_cart(each) for each in self.carts],
            "coupon_uses": [
                {
                    "code": each.code,
                    "order_id": str(each.use.order_id),
                    "email": each.use.email,
                    "discount": _money(each.use.discount),
                }
                for each in self.uses
            ],
            "changes": [_change(each) for each in self.trail],
        }


def _profile(account: Account) -> Json:
    factor, pending = account.second_factor, account.pending_email
    return {
        "id": str(account.id),
        "email": account.email,
        "email_verified": account.email_verified,
        "pending_email": pending.email if pending else None,
        "first_name": account.first_name,
        "last_name": account.last_name,
        "phone": account.phone,
        "date_of_birth": _time(account.date_of_birth),
        "role": account.role.value,
        "groups": sorted(account.groups),
        "tax_exempt": account.tax_exempt,
        "second_factor_since": _time(factor.enabled_at) if factor else None,
        "last_login": _time(account.last_login),
        "created_at": _time(account.created_at),
        "updated_at": _time(account.updated_at),
    }


def _session(session: Session) -> Json:
    return {
        "id": str(session.id),
        "user_agent": session.user_agent,
        "address": session.address,
        "created_at": _time(session.created_at),
        "last_used_at": _time(session.last_used_at),
        "expires_at": _time(session.expires_at),
        "ended_at": _time(session.ended_at),
    }


def _order(kept: KeptOrder) -> Json:
    order = kept.order
    return {
        "id": str(order.id),
        "number": order.number,
        "status": order.status.value,
        "payment_status": order.payment_status.value,
        "email": order.email,
        "placed_at": _time(order.placed_at),
        "items": [
            {
                "name": item.name,
                "sku": item.sku,
                "attributes": dict(item.attributes),
                "unit_price": _money(item.unit_price),
                "quantity": item.quantity,
                "shipped": item.shipped,
            }
            for item in order.items
        ],
        **_amounts(order),
        "shipping_address": asdict(order.shipping_address),
        "billing_address": asdict(order.billing_address),
        "notes": order.notes,
        "cancelled_at": _time(order.cancelled_at),
        "cancelled_reason": order.cancelled_reason,
        "delivered_at": _time(order.delivered_at),
        "shipments": _shipments(order),
        "payments": [_payment(each) for each in kept.payments],
        "returns": [_return(each) for each in kept.returns],
        "timeline": [_fact(each) for each in kept.timeline],
    }


def _amounts(order: Order) -> Json:
    return {
        "subtotal": _money(order.quote.subtotal),
        "discount": _money(order.quote.discount),
        "shipping": _money(order.quote.shipping_amount),
        "tax": _money(order.quote.tax),
        "total": _money(order.total),
    }


def _shipments(order: Order) -> list[Json]:
    return [
        {
            "carrier": parcel.carrier,
            "tracking_number": parcel.tracking_number,
            "tracking_url": parcel.tracking_url,
            "shipped_at": _time(parcel.shipped_at),
            "delivered_at": _time(parcel.delivered_at),
            "lost_at": _time(parcel.lost_at),
        }
        for parcel in order.shipments
    ]


def _payment(payment: Payment) -> Json:
    return {
        "id": str(payment.id),
        "gateway": payment.gateway,
        "state": payment.state.value,
        "amount": _money(payment.amount),
        "refunded": _money(payment.refunded),
        "created_at": _time(payment.created_at),
    }


def _return(returned: Return) -> Json:
    return {
        "number": returned.number,
        "kind": returned.kind.value,
        "state": returned.state.value,
        "items": [
            {
                "item_id": str(item.item_id),
                "quantity": item.quantity,
                "reason": item.reason,
                "accepted": item.accepted,
                "condition": item.condition.value if item.condition else None,
                "refused_reason": item.refused_reason,
            }
            for item in returned.items
        ],
        "comments": returned.comments,
        "rejected_reason": returned.rejected_reason,
        "refund": _money(returned.refund.total) if returned.refund else None,
        "requested_at": _time(returned.requested_at),
        "ended_at": _time(returned.ended_at),
    }


def _fact(entry: TimelineEntry) -> Json:
    return {
        "at": _time(entry.at),
        "kind": entry.kind,
        "actor": entry.actor,
        "reason": entry.reason,
        "data": dict(entry.data),
    }


def _cart(cart: Cart) -> Json:
    return {
        "id": str(cart.id),
        "email": cart.email,
        "destination": asdict(cart.destination) if cart.destination else None,
        "codes": list(cart.codes),
        "lines": [
            {
                "product_id": str(line.product_id),
                "variant_id": str(line.variant_id),
                "quantity": line.quantity,
                "unit_price_seen": _money(line.unit_price_seen),
                "added_at": _time(line.added_at),
            }
            for line in cart.lines
        ],
        "created_at": _time(cart.created_at),
        "updated_at": _time(cart.updated_at),
    }


def _change(entry: TrailEntry) -> Json:
    return {
        "at": _time(entry.at),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "before": _plain(entry.before),
        "after": _plain(entry.after),
    }


def _money(money: Money) -> Json:
    return {"amount": f"{money.decimal():f}", "currency": money.currency}


def _time(at: date | None) -> str | None:
    return None if at is None else at.isoformat()


def _plain(values: Mapping[str, Any] | None) -> Json | None:
    return None if values is None else dict(values)


def subjects_of(account: Account, orders: Iterable[Order]) -> frozenset[str]:
    """What the trail calls the account and its orders."""
    named = [f"order:{name}" for order in orders for name in (order.id, order.number)]
    return frozenset([f"account:{account.id}", *named])
