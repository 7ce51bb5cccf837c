"""Use cases of the cart: every answer is the cart with its quote of this moment."""

from automate_store.application.carts.changing import (
    AddItem,
    accept_prices,
    add_to_cart,
    clear_cart,
    purge_carts,
    remove_line,
    set_quantity,
    set_shipping,
)
from automate_store.application.carts.codes import add_code, remove_code, set_email
from automate_store.application.carts.merging import MergedCart, merge_carts
from automate_store.application.carts.viewing import (
    CartValidation,
    CartView,
    explain_cart,
    shipping_options,
    validate_cart,
    view_cart,
)

__all__ = [
    "AddItem",
    "CartValidation",
    "CartView",
    "MergedCart",
    "accept_prices",
    "add_code",
    "add_to_cart",
    "clear_cart",
    "explain_cart",
    "merge_carts",
    "purge_carts",
    "remove_code",
    "remove_line",
    "set_email",
    "set_quantity",
    "set_shipping",
    "shipping_options",
    "validate_cart",
    "view_cart",
]
