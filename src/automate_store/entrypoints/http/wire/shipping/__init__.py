"""Shipping methods on the wire; for staff only."""

from automate_store.entrypoints.http.wire.shipping.methods import (
    AddShippingMethod,
    ChangeShippingMethod,
    ShippingMethodAnswer,
    ShippingMethodList,
    ShippingMethodQuery,
    shipping_method_answer,
    shipping_method_list,
)

__all__ = [
    "AddShippingMethod",
    "ChangeShippingMethod",
    "ShippingMethodAnswer",
    "ShippingMethodList",
    "ShippingMethodQuery",
    "shipping_method_answer",
    "shipping_method_list",
]
