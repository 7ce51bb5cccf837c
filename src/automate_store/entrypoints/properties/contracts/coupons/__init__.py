"""What every adapter of ``ports.coupons.Coupons`` promises."""

from automate_store.entrypoints.properties.contracts.coupons.kept import KeptCoupons
from automate_store.entrypoints.properties.contracts.coupons.used import UsedCoupons


class CouponsContract(KeptCoupons, UsedCoupons):
    """Coupons are kept under one spelling each, and never used once too often."""


__all__ = ["CouponsContract"]
