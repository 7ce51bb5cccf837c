"""The rules that prices are made by, in memory."""

from __future__ import annotations

from collections.abc import Sequence

from automate_store.adapters.memory.session import Session
from automate_store.domain.pricing import PricingRules
from automate_store.domain.promotions import (
    Promotion,
    PromotionCodeTaken,
    PromotionHasCoupons,
    PromotionNotFound,
)
from automate_store.domain.shipping import (
    ShippingMethod,
    ShippingMethodCodeTaken,
    ShippingMethodNotFound,
)
from automate_store.domain.taxes import TaxRate, TaxRateCodeTaken, TaxRateNotFound


class MemoryRules:
    """Implements ``ports.pricing.Rules``."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tables = session.tables

    async def current(self) -> PricingRules:
        """All that a quote needs beside the cart."""
        await self._session.turn()
        methods = self._tables.shipping_methods.values()
        methods.sort(key=lambda method: (method.position, method.code))
        rates = self._tables.tax_rates.values()
        rates.sort(key=lambda rate: rate.code)
        promotions = self._tables.promotions.values()
        promotions.sort(key=lambda promotion: promotion.code)
        return PricingRules(
            policy=self._session.pricing_policy,
            shipping_methods=tuple(methods),
            tax_rates=tuple(rates),
            promotions=tuple(promotions),
        )

    async def add_promotion(self, promotion: Promotion) -> None:
        """Store a new promotion; raises PromotionCodeTaken."""
        await self._session.turn()
        await self._session.take("promotion", promotion.code)
        if promotion.code in self._tables.promotions:
            raise PromotionCodeTaken(promotion.code)
        self._tables.promotions.put(promotion.code, promotion)

    async def change_promotion(self, promotion: Promotion) -> None:
        """Store the promotion of that id; raises PromotionNotFound or PromotionCodeTaken."""
        before = await self._known_promotion(promotion)
        await self._session.take("promotion", promotion.code)
        if before != promotion.code and promotion.code in self._tables.promotions:
            raise PromotionCodeTaken(promotion.code)
        self._tables.promotions.drop(before)
        self._tables.promotions.put(promotion.code, promotion)

    async def remove_promotion(self, promotion: Promotion) -> None:
        """Keep it no more; raises PromotionNotFound, or PromotionHasCoupons."""
        code = await self._known_promotion(promotion)
        if any(each.promotion_id == promotion.id for each in self._tables.coupons.values()):
            raise PromotionHasCoupons(promotion.code)
        self._tables.promotions.drop(code)

    async def put_shipping_methods(self, methods: Sequence[ShippingMethod]) -> None:
        """Store methods; one with the same code is replaced."""
        await self._session.turn()
        for method in methods:
            await self._session.take("shipping method", method.code)
            self._tables.shipping_methods.put(method.code, method)

    async def add_shipping_method(self, method: ShippingMethod) -> None:
        """Store a new method; raises ShippingMethodCodeTaken."""
        await self._session.turn()
        await self._session.take("shipping method", method.code)
        if method.code in self._tables.shipping_methods:
            raise ShippingMethodCodeTaken(method.code)
        self._tables.shipping_methods.put(method.code, method)

    async def change_shipping_method(self, method: ShippingMethod) -> None:
        """Store the method of that code as it is now; raises ShippingMethodNotFound."""
        await self._known_method(method.code)
        self._tables.shipping_methods.put(method.code, method)

    async def remove_shipping_method(self, code: str) -> None:
        """Keep no method of that code; raises ShippingMethodNotFound."""
        await self._known_method(code)
        self._tables.shipping_methods.drop(code)

    async def add_tax_rate(self, rate: TaxRate) -> None:
        """Store a new rate; raises TaxRateCodeTaken."""
        await self._session.turn()
        await self._session.take("tax rate", rate.code)
        if rate.code in self._tables.tax_rates:
            raise TaxRateCodeTaken(rate.code)
        self._tables.tax_rates.put(rate.code, rate)

    async def change_tax_rate(self, rate: TaxRate) -> None:
        """Store the rate of that code as it is now; raises TaxRateNotFound."""
        await self._known_tax_rate(rate.code)
        self._tables.tax_rates.put(rate.code, rate)

    async def remove_tax_rate(self, code: str) -> None:
        """Keep no rate of that code; raises TaxRateNotFound."""
        await self._known_tax_rate(code)
        self._tables.tax_rates.drop(code)

    async def put_tax_rates(self, rates: Sequence[TaxRate]) -> None:
        """Store rates; one with the same code is replaced."""
        await self._session.turn()
        for rate in rates:
            await self._session.take("tax rate", rate.code)
            self._tables.tax_rates.put(rate.code, rate)

    async def _known_promotion(self, promotion: Promotion) -> str:
        """The code that the promotion of that id has, its row taken."""
        await self._session.turn()
        await self._session.take("promotion", promotion.id)
        for code, known in self._tables.promotions.items():
            if known.id == promotion.id:
                return code
        raise PromotionNotFound(promotion.code)

    async def _known_method(self, code: str) -> None:
        await self._session.turn()
        await self._session.take("shipping method", code)
        if code not in self._tables.shipping_methods:
            raise ShippingMethodNotFound(code)

    async def _known_tax_rate(self, code: str) -> None:
        await self._session.turn()
        await self._session.take("tax rate", code)
        if code not in self._tables.tax_rates:
            raise TaxRateNotFound(code)
