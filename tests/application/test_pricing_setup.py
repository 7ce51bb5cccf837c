"""Setting up shipping methods and tax rates: what is put counts from the next quote on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from attrs import evolve

from automate_store.adapters.memory import MemoryShop
from automate_store.application.access import GUEST, SYSTEM
from automate_store.application.errors import NotAllowed
from automate_store.application.policies import StorePolicy
from automate_store.application.shipping import (
    PutShippingMethod,
    list_shipping_methods,
    put_shipping_method,
)
from automate_store.application.taxes import PutTaxRate, list_tax_rates, put_tax_rate
from automate_store.domain.carts import CartPolicy
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.money import Money, Rounding
from automate_store.domain.kernel.periods import Period
from automate_store.domain.kernel.places import Zone
from automate_store.domain.pricing import PricingPolicy
from automate_store.domain.shipping import FlatRate
from automate_store.domain.taxes import TaxMode, TaxRounding

STANDARD = PutShippingMethod(code="standard", name="Standard", rate=FlatRate(Money(499, "USD")))
NEW_YORK = PutTaxRate(
    code="us-ny",
    name="New York",
    rate=Decimal("0.08875"),
    zone=Zone("US", "NY"),
    applies_to_shipping=True,
    period=Period(),
)


@pytest.fixture
def shop() -> MemoryShop:
    policy = StorePolicy(
        store_name="Test",
        currency="USD",
        cart=CartPolicy(max_lines=100, max_quantity=999),
        reservation_lifetime=timedelta(minutes=30),
        guest_cart_lifetime=timedelta(days=7),
        key_lifetime=timedelta(days=1),
        low_stock_threshold=5,
    )
    pricing = PricingPolicy(
        tax_mode=TaxMode.EXCLUSIVE,
        tax_rounding_level=TaxRounding.LINE,
        price_rounding=Rounding.HALF_UP,
        tax_rounding=Rounding.HALF_UP,
    )
    return MemoryShop.open(policy, pricing, at=datetime(2026, 1, 1, tzinfo=UTC))


async def test_a_method_that_was_put_is_listed(shop: MemoryShop) -> None:
    method = await put_shipping_method(STANDARD, actor=SYSTEM, ports=shop.ports)
    assert await list_shipping_methods(ports=shop.ports) == (method,)


async def test_a_method_with_a_known_code_replaces_the_other_under_its_id(shop: MemoryShop) -> None:
    first = await put_shipping_method(STANDARD, actor=SYSTEM, ports=shop.ports)
    dearer = evolve(STANDARD, rate=FlatRate(Money(599, "USD")))
    second = await put_shipping_method(dearer, actor=SYSTEM, ports=shop.ports)
    assert second.id == first.id
    assert await list_shipping_methods(ports=shop.ports) == (second,)


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (evolve(STANDARD, code="Not a code"), "code"),
        (evolve(STANDARD, code="a" * 101), "code"),
        (evolve(STANDARD, name="  "), "name"),
        (evolve(STANDARD, name="n" * 101), "name"),
        (evolve(STANDARD, rate=FlatRate(Money(499, "EUR"))), "rate"),
    ],
)
async def test_a_method_that_can_not_be_offered_is_refused_by_field(
    shop: MemoryShop, wish: PutShippingMethod, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        await put_shipping_method(wish, actor=SYSTEM, ports=shop.ports)
    assert [error.field for error in refused.value.errors] == [field]
    assert await list_shipping_methods(ports=shop.ports) == ()


async def test_a_tax_rate_that_was_put_is_listed(shop: MemoryShop) -> None:
    rate = await put_tax_rate(NEW_YORK, actor=SYSTEM, ports=shop.ports)
    assert await list_tax_rates(ports=shop.ports) == (rate,)


async def test_a_tax_rate_with_a_known_code_replaces_the_other(shop: MemoryShop) -> None:
    await put_tax_rate(NEW_YORK, actor=SYSTEM, ports=shop.ports)
    second = await put_tax_rate(
        evolve(NEW_YORK, rate=Decimal("0.09")), actor=SYSTEM, ports=shop.ports
    )
    assert await list_tax_rates(ports=shop.ports) == (second,)


async def test_a_tax_rate_without_a_name_is_refused(shop: MemoryShop) -> None:
    with pytest.raises(InvalidInput):
        await put_tax_rate(evolve(NEW_YORK, name=""), actor=SYSTEM, ports=shop.ports)


async def test_guests_set_no_prices(shop: MemoryShop) -> None:
    with pytest.raises(NotAllowed):
        await put_shipping_method(STANDARD, actor=GUEST, ports=shop.ports)
    with pytest.raises(NotAllowed):
        await put_tax_rate(NEW_YORK, actor=GUEST, ports=shop.ports)
