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
from automate_store.application.taxes import (
    PutTaxRate,
    add_tax_rate,
    change_tax_rate,
    get_tax_rate,
    list_tax_rates,
    put_tax_rate,
    remove_tax_rate,
)
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.money import Money, Rounding
from automate_store.domain.kernel.periods import Period
from automate_store.domain.kernel.places import Zone
from automate_store.domain.pricing import PricingPolicy
from automate_store.domain.shipping import FlatRate
from automate_store.domain.taxes import TaxMode, TaxRateCodeTaken, TaxRateNotFound, TaxRounding
from automate_store.entrypoints.properties.accounts import POLICY as ACCOUNT_POLICY
from automate_store.entrypoints.properties.carts import POLICY as CART_POLICY
from automate_store.entrypoints.properties.returns import POLICY as RETURN_POLICY

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
        cart=CART_POLICY,
        reservation_lifetime=timedelta(minutes=30),
        edit_window=timedelta(minutes=60),
        guest_cart_lifetime=timedelta(days=7),
        key_lifetime=timedelta(days=1),
        low_stock_threshold=5,
        accounts=ACCOUNT_POLICY,
        returns=RETURN_POLICY,
        url="http://shop.example",
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
    assert await list_shipping_methods(actor=SYSTEM, ports=shop.ports) == (method,)


async def test_a_method_with_a_known_code_replaces_the_other_under_its_id(shop: MemoryShop) -> None:
    first = await put_shipping_method(STANDARD, actor=SYSTEM, ports=shop.ports)
    dearer = evolve(STANDARD, rate=FlatRate(Money(599, "USD")))
    second = await put_shipping_method(dearer, actor=SYSTEM, ports=shop.ports)
    assert second.id == first.id
    assert await list_shipping_methods(actor=SYSTEM, ports=shop.ports) == (second,)


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
    assert await list_shipping_methods(actor=SYSTEM, ports=shop.ports) == ()


async def test_a_tax_rate_that_was_put_is_listed(shop: MemoryShop) -> None:
    rate = await put_tax_rate(NEW_YORK, actor=SYSTEM, ports=shop.ports)
    assert await list_tax_rates(actor=SYSTEM, ports=shop.ports) == (rate,)


async def test_a_tax_rate_with_a_known_code_replaces_the_other(shop: MemoryShop) -> None:
    await put_tax_rate(NEW_YORK, actor=SYSTEM, ports=shop.ports)
    second = await put_tax_rate(
        evolve(NEW_YORK, rate=Decimal("0.09")), actor=SYSTEM, ports=shop.ports
    )
    assert await list_tax_rates(actor=SYSTEM, ports=shop.ports) == (second,)


async def test_a_tax_rate_without_a_name_is_refused(shop: MemoryShop) -> None:
    with pytest.raises(InvalidInput):
        await put_tax_rate(evolve(NEW_YORK, name=""), actor=SYSTEM, ports=shop.ports)


async def test_a_new_tax_rate_takes_no_known_code(shop: MemoryShop) -> None:
    rate = await add_tax_rate(NEW_YORK, actor=SYSTEM, ports=shop.ports)
    with pytest.raises(TaxRateCodeTaken):
        await add_tax_rate(evolve(NEW_YORK, name="Other"), actor=SYSTEM, ports=shop.ports)
    assert await list_tax_rates(actor=SYSTEM, ports=shop.ports) == (rate,)


async def test_a_changed_tax_rate_stays_the_same_one(shop: MemoryShop) -> None:
    rate = await add_tax_rate(NEW_YORK, actor=SYSTEM, ports=shop.ports)
    wish = evolve(NEW_YORK, compound=True, position=3)
    changed = await change_tax_rate(wish, actor=SYSTEM, ports=shop.ports)
    assert changed == evolve(rate, compound=True, position=3)
    assert await get_tax_rate("us-ny", actor=SYSTEM, ports=shop.ports) == changed


async def test_a_removed_tax_rate_is_gone(shop: MemoryShop) -> None:
    rate = await add_tax_rate(NEW_YORK, actor=SYSTEM, ports=shop.ports)
    assert await remove_tax_rate("us-ny", actor=SYSTEM, ports=shop.ports) == rate
    assert await list_tax_rates(actor=SYSTEM, ports=shop.ports) == ()


async def test_a_tax_rate_that_is_not_there_is_not_found(shop: MemoryShop) -> None:
    with pytest.raises(TaxRateNotFound):
        await get_tax_rate("us-ny", actor=SYSTEM, ports=shop.ports)
    with pytest.raises(TaxRateNotFound):
        await change_tax_rate(NEW_YORK, actor=SYSTEM, ports=shop.ports)
    with pytest.raises(TaxRateNotFound):
        await remove_tax_rate("us-ny", actor=SYSTEM, ports=shop.ports)


async def test_tax_rates_are_listed_page_by_page(shop: MemoryShop) -> None:
    codes = ("us-ny", "ca-qc", "de", "us")
    for code in codes:
        await add_tax_rate(evolve(NEW_YORK, code=code), actor=SYSTEM, ports=shop.ports)
    first = await list_tax_rates(limit=2, actor=SYSTEM, ports=shop.ports)
    rest = await list_tax_rates(after=first[-1].code, actor=SYSTEM, ports=shop.ports)
    assert [rate.code for rate in (*first, *rest)] == sorted(codes)


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (evolve(NEW_YORK, code="US NY"), "code"),
        (evolve(NEW_YORK, tax_class=" "), "tax_class"),
        (evolve(NEW_YORK, tax_class="c" * 101), "tax_class"),
        (evolve(NEW_YORK, rate=Decimal(1000)), "rate"),
        (evolve(NEW_YORK, position=-1), "position"),
        (evolve(NEW_YORK, position=1000), "position"),
        (evolve(NEW_YORK, period=Period(datetime.min.replace(tzinfo=UTC))), "starts_at"),
        (evolve(NEW_YORK, period=Period(None, datetime.max.replace(tzinfo=UTC))), "ends_at"),
    ],
)
async def test_a_tax_rate_that_can_not_be_collected_is_refused_by_field(
    shop: MemoryShop, wish: PutTaxRate, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        await add_tax_rate(wish, actor=SYSTEM, ports=shop.ports)
    assert [error.field for error in refused.value.errors] == [field]
    assert await list_tax_rates(actor=SYSTEM, ports=shop.ports) == ()


async def test_guests_set_no_prices(shop: MemoryShop) -> None:
    with pytest.raises(NotAllowed):
        await put_shipping_method(STANDARD, actor=GUEST, ports=shop.ports)
    with pytest.raises(NotAllowed):
        await put_tax_rate(NEW_YORK, actor=GUEST, ports=shop.ports)
    for asked in (add_tax_rate, change_tax_rate):
        with pytest.raises(NotAllowed):
            await asked(NEW_YORK, actor=GUEST, ports=shop.ports)
    for named in (get_tax_rate, remove_tax_rate):
        with pytest.raises(NotAllowed):
            await named("us-ny", actor=GUEST, ports=shop.ports)
    with pytest.raises(NotAllowed):
        await list_tax_rates(actor=GUEST, ports=shop.ports)
