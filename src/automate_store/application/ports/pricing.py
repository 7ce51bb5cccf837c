"""The rules that prices are made by, as they are stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from automate_store.domain.pricing import PricingRules
from automate_store.domain.shipping import ShippingMethod
from automate_store.domain.taxes import TaxRate


class Rules(Protocol):
    """Shipping methods and tax rates; what changes is seen by the next quote."""

    async def current(self) -> PricingRules:
        """All that a quote needs beside the cart; cached, and checked for changes."""

    async def put_shipping_methods(self, methods: Sequence[ShippingMethod]) -> None:
        """Store methods; one with the same code is replaced."""

    async def put_tax_rates(self, rates: Sequence[TaxRate]) -> None:
        """Store rates; one with the same code is replaced."""
