"""Coupons under any sequence of purchases: a machine to hold a store to."""

from automate_store.entrypoints.properties.coupons.machine import (
    SPELLINGS,
    CouponMachine,
    Customer,
    Limits,
)
from automate_store.entrypoints.properties.coupons.shopping import Placed, Shopping, Whim

__all__ = [
    "SPELLINGS",
    "CouponMachine",
    "Customer",
    "Limits",
    "Placed",
    "Shopping",
    "Whim",
]
