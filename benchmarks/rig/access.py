"""
Who gets through to which operation of the API: one row each, written by hand.

What a caller is told who does not get through stands in the row as well, so that the
table says all that access has to say. Nothing here is made from the store's own tables:
where the two differ, one of them is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from attrs import evolve, field, frozen


class Caller(StrEnum):
    """The eight that ask; what is asked for is the owner's."""

    ANONYMOUS = "anonymous"
    GUEST = "guest"
    """Nobody's account, with the token of the cart or the order."""
    OWNER = "owner"
    OTHER = "other"
    """Another customer."""
    VENDOR = "vendor"
    SUPPORT = "support"
    ADMIN = "admin"
    REVOKED = "revoked"
    """The owner, in a session that was ended."""


SIGN_IN = "401 sign_in_needed"
OVER = "401 session_over"
FORBIDDEN = "403 not_allowed"
NOT_THERE = "404 no_such_route"
REFUSALS = frozenset({SIGN_IN, OVER, FORBIDDEN, NOT_THERE})
"""What access alone answers; whoever is told something else got through to the operation."""


@frozen
class Row:
    """What each caller is told who does not get through."""

    told: Mapping[Caller, str]
    owners: bool = field(default=False, kw_only=True)
    """Whether it is about one thing of somebody's, which is missing for all others."""

    @property
    def through(self) -> frozenset[Caller]:
        """Who does."""
        return frozenset(Caller) - self.told.keys()


_OUTSIDE = (Caller.ANONYMOUS, Caller.GUEST)
_CUSTOMERS = (Caller.OWNER, Caller.OTHER)
_REVOKED = {Caller.REVOKED: OVER}
_STRANGERS = {**dict.fromkeys((*_OUTSIDE, *_CUSTOMERS), NOT_THERE), **_REVOKED}

ALIKE = Row({})
"""The same for everybody, so that nobody is asked who they are."""
ANYBODY = Row(_REVOKED)
"""Anybody, but whoever says who they are has to be right."""
SIGNED_IN = Row({**dict.fromkeys(_OUTSIDE, SIGN_IN), **_REVOKED})
VENDORS = Row(
    {
        **SIGNED_IN.told,
        **dict.fromkeys((*_CUSTOMERS, Caller.SUPPORT), FORBIDDEN),
    }
)
"""Vendors, and admins, who may do all that others may."""
SELLERS = Row({**_STRANGERS, Caller.SUPPORT: FORBIDDEN})
"""The same people, where for customers there is no such route."""
SUPPORT = Row({**_STRANGERS, Caller.VENDOR: FORBIDDEN})
"""Whoever helps customers; for customers there is no such route."""
ADMINS = Row({**SUPPORT.told, Caller.SUPPORT: FORBIDDEN})
MONEY = Row({**VENDORS.told, Caller.VENDOR: FORBIDDEN})
"""Admins, at a path that is there for customers too."""


def _one_of(row: Row, missing: str, *reaching: Caller) -> Row:
    """The row for one thing: its owner gets through, and whoever else reaches everybody's."""
    kept = {Caller.OWNER, *reaching, *row.told}
    others = {caller: missing for caller in Caller if caller not in kept}
    return evolve(row, told={**row.told, **others}, owners=True)


ONES_ORDER = _one_of(ANYBODY, "404 order_not_found", Caller.GUEST, Caller.SUPPORT, Caller.ADMIN)
ONES_ORDER_TO_PAY = _one_of(ANYBODY, "404 order_not_found", Caller.GUEST, Caller.ADMIN)
"""Support moves no money."""
ONES_ADDRESS = _one_of(SIGNED_IN, "404 address_not_found")
ONES_METHOD = _one_of(SIGNED_IN, "404 method_not_found")
ONES_SESSION = _one_of(SIGNED_IN, "404 session_not_found")
_FOREIGN = {Caller.VENDOR: "404 product_not_found"}
ONES_PRODUCT = Row({**VENDORS.told, **_FOREIGN}, owners=True)
"""Of the store's own: a vendor is told what it is told of none."""
ONES_SALE = _one_of(VENDORS, "404 order_not_found")

OPERATIONS: Mapping[str, Row] = {
    "list_products": ALIKE,
    "show_product": ALIKE,
    "list_categories": ALIKE,
    "list_brands": ALIKE,
    "show_liveness": ALIKE,
    "show_readiness": ALIKE,
    "show_cart": ANYBODY,
    "add_to_cart": ANYBODY,
    "change_quantity": ANYBODY,
    "remove_line": ANYBODY,
    "clear_cart": ANYBODY,
    "validate_cart": ANYBODY,
    "use_code": ANYBODY,
    "remove_code": ANYBODY,
    "set_email": ANYBODY,
    "explain_cart": ANYBODY,
    "list_shipping_options": ANYBODY,
    "choose_shipping": ANYBODY,
    "accept_prices": ANYBODY,
    "list_cart_gateways": ANYBODY,
    "merge_carts": SIGNED_IN,
    "place_order": ANYBODY,
    "list_orders": SIGNED_IN,
    "show_order": ONES_ORDER,
    "show_timeline": ONES_ORDER,
    "list_shipments": ONES_ORDER,
    "show_tracking": ONES_ORDER,
    "list_gateways": ONES_ORDER,
    "create_intent": ONES_ORDER_TO_PAY,
    "confirm_payment": ONES_ORDER_TO_PAY,
    "list_payments": ONES_ORDER,
    "page_payments": SUPPORT,
    "capture_payment": ADMINS,
    "void_payment": ADMINS,
    "list_methods": SIGNED_IN,
    "save_method": SIGNED_IN,
    "remove_method": ONES_METHOD,
    "cancel_order": ONES_ORDER_TO_PAY,
    "modify_items": ONES_ORDER_TO_PAY,
    "change_order_address": ONES_ORDER_TO_PAY,
    "take_webhook": ALIKE,
    "list_events": SUPPORT,
    "replay_event": ADMINS,
    "dismiss_event": ADMINS,
    "list_parked": SUPPORT,
    "resolve_payment": ADMINS,
    "page_refunds": SUPPORT,
    "list_disputes": SUPPORT,
    "list_refunds": ONES_ORDER,
    "refund_order": MONEY,
    "request_return": ONES_ORDER,
    "list_returns": ONES_ORDER,
    "withdraw_return": ONES_ORDER,
    "page_returns": SUPPORT,
    "approve_return": SUPPORT,
    "reject_return": SUPPORT,
    "receive_return": ADMINS,
    "refund_return": ADMINS,
    "replace_return": ADMINS,
    "show_sale": VENDORS,
    "register": ALIKE,
    "login": ALIKE,
    "refresh": ALIKE,
    "forgot_password": ALIKE,
    "reset_password": ALIKE,
    "verify_email": ANYBODY,
    "confirm_email": ANYBODY,
    "resend_verification": SIGNED_IN,
    "show_account": SIGNED_IN,
    "change_profile": SIGNED_IN,
    "change_password": SIGNED_IN,
    "change_email": SIGNED_IN,
    "logout": SIGNED_IN,
    "logout_everywhere": SIGNED_IN,
    "list_sessions": SIGNED_IN,
    "end_session": ONES_SESSION,
    "begin_second_factor": SIGNED_IN,
    "enable_second_factor": SIGNED_IN,
    "disable_second_factor": SIGNED_IN,
    "export_account": SIGNED_IN,
    "delete_account": SIGNED_IN,
    "list_addresses": SIGNED_IN,
    "add_address": SIGNED_IN,
    "change_address": ONES_ADDRESS,
    "remove_address": ONES_ADDRESS,
    "list_low_stock": SUPPORT,
    "list_movements": SUPPORT,
    "adjust_stock": ADMINS,
    "list_staff_orders": SUPPORT,
    "ship_order": ADMINS,
    "deliver_order": ADMINS,
    "deliver_shipment": ADMINS,
    "lose_shipment": ADMINS,
    "set_tracking": ADMINS,
    "set_status": ADMINS,
    "list_tax_rates": SUPPORT,
    "show_tax_rate": SUPPORT,
    "add_tax_rate": ADMINS,
    "change_tax_rate": ADMINS,
    "remove_tax_rate": ADMINS,
    "list_shipping_methods": SUPPORT,
    "show_shipping_method": SUPPORT,
    "add_shipping_method": ADMINS,
    "change_shipping_method": ADMINS,
    "remove_shipping_method": ADMINS,
    "list_promotions": SUPPORT,
    "show_promotion": SUPPORT,
    "simulate_promotion": SUPPORT,
    "create_promotion": ADMINS,
    "change_promotion": ADMINS,
    "remove_promotion": ADMINS,
    "list_coupons": SUPPORT,
    "show_coupon": SUPPORT,
    "create_coupon": ADMINS,
    "change_coupon": ADMINS,
    "deactivate_coupon": ADMINS,
    "list_batches": SUPPORT,
    "generate_coupons": ADMINS,
    "list_customers": SUPPORT,
    "show_customer": SUPPORT,
    "change_standing": ADMINS,
    "end_sessions_of": ADMINS,
    "read_audit": ADMINS,
    "list_staff_products": SELLERS,
    "show_staff_product": SELLERS,
    "create_product": VENDORS,
    "change_product": ONES_PRODUCT,
    "remove_product": ONES_PRODUCT,
    "add_variant": ONES_PRODUCT,
    "change_variant": ONES_PRODUCT,
    "remove_variant": ONES_PRODUCT,
    "add_image": ONES_PRODUCT,
    "arrange_images": ONES_PRODUCT,
    "remove_image": ONES_PRODUCT,
    "list_staff_categories": ADMINS,
    "show_staff_category": ADMINS,
    "create_category": ADMINS,
    "change_category": ADMINS,
    "remove_category": ADMINS,
    "list_staff_brands": ADMINS,
    "show_staff_brand": ADMINS,
    "create_brand": ADMINS,
    "change_brand": ADMINS,
    "remove_brand": ADMINS,
}
"""Every operation by its id; one that is not here is found missing by the tests and by P29."""
