"""The rules that prices are made by, as they are stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from automate_store.domain.pricing import PricingRules
from automate_store.domain.promotions import Promotion
from automate_store.domain.shipping import ShippingMethod
from automate_store.domain.taxes import TaxRate


class Rules(Protocol):
    """Shipping methods, tax rates and promotions; the next quote sees what changes."""

    async def current(self) -> PricingRules:
        """All that a quote needs beside the cart; cached, and checked for changes."""

    async def put_shipping_methods(self, methods: Sequence[ShippingMethod]) -> None:
        """Store methods; one with the same code is replaced."""

    async def add_shipping_method(self, method: ShippingMethod) -> None:
        """Store a new method; raises ShippingMethodCodeTaken, by the commit at the latest."""

    async def change_shipping_method(self, method: ShippingMethod) -> None:
        """Store the method as it is now; raises ShippingMethodNotFound by the commit."""

    async def remove_shipping_method(self, code: str) -> None:
        """Keep no method of that code; raises ShippingMethodNotFound by the commit."""

    async def add_tax_rate(self, rate: TaxRate) -> None:
        """Store a new rate; raises TaxRateCodeTaken, by the commit at the latest."""

    async def change_tax_rate(self, rate: TaxRate) -> None:
        """Store the rate of that code as it is now; raises TaxRateNotFound by the commit."""

    async def remove_tax_rate(self, code: str) -> None:
        """Keep no rate of that code; raises TaxRateNotFound by the commit."""

    async def put_tax_rates(self, rates: Sequence[TaxRate]) -> None:
        """Store rates; one with the same code is replaced."""

    async def add_promotion(self, promotion: Promotion) -> None:
        """Store a new promotion; raises PromotionCodeTaken, by the commit at the latest."""

    async def change_promotion(self, promotion: Promotion) -> None:
        """
        Store the promotion of that id as it is now.

        Raises PromotionNotFound or PromotionCodeTaken, by the commit at the latest.
        """

    async def remove_promotion(self, promotion: Promotion) -> None:
        """Keep it no more; raises PromotionNotFound or PromotionHasCoupons by the commit."""
