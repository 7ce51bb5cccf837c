"""Whatever the rules allow comes back from PostgreSQL as it was put there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator
from itertools import count
from typing import TypeVar
from uuid import UUID

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from automate_store.adapters.postgres.engine import Pool, PoolSettings
from automate_store.application.ports import Ports
from automate_store.domain.carts import Cart
from automate_store.domain.catalog import Product
from automate_store.domain.coupons import Coupon
from automate_store.domain.inventory import StockItem
from automate_store.domain.kernel.ids import (
    CartId,
    CouponId,
    ImageId,
    LineId,
    OrderId,
    PaymentId,
    ProductId,
    PromotionId,
    ShippingMethodId,
    VariantId,
)
from automate_store.domain.orders import Order
from automate_store.domain.payments import Payment
from automate_store.domain.promotions import Promotion
from automate_store.domain.shipping import ShippingMethod
from automate_store.entrypoints.properties.carts import carts
from automate_store.entrypoints.properties.catalog import products
from automate_store.entrypoints.properties.contracts.scene import new_product
from automate_store.entrypoints.properties.inventory import stock_items
from automate_store.entrypoints.properties.orders import orders, payments, reports
from automate_store.entrypoints.properties.pricing import shipping_methods
from automate_store.entrypoints.properties.promotions import coupons, promotions
from tests.contracts.shops import ports_on

T = TypeVar("T")
FEWER = settings(
    max_examples=settings().max_examples // 2,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
"""Each example is several transactions."""
_numbers = count(1)


class Database:
    """One database and one loop for all examples of the module."""

    def __init__(self, url: str) -> None:
        self._runner = asyncio.Runner()
        self._pool = self.run(self._open(url))
        self.ports: Ports = ports_on(self._pool)

    def run(self, work: Awaitable[T]) -> T:
        async def waited() -> T:
            return await work

        return self._runner.run(waited())

    def close(self) -> None:
        async def end() -> None:
            self._pool.close()

        self.run(end())
        self._runner.close()

    @staticmethod
    async def _open(url: str) -> Pool:
        return Pool(PoolSettings(url=url))


@pytest.fixture(scope="module")
def database(module_postgres_url: str) -> Iterator[Database]:
    opened = Database(module_postgres_url)
    yield opened
    opened.close()


@FEWER
@given(product=products())
def test_a_product_comes_back(database: Database, product: Product) -> None:
    fresh = unique(product)

    async def there_and_back() -> Product:
        async with database.ports.unit_of_work() as work:
            await work.products.add([fresh])
        async with database.ports.unit_of_work() as work:
            return await work.products.get(fresh.id)

    assert database.run(there_and_back()) == fresh.saved()


@FEWER
@given(product=products("USD"), revised=products("USD"))
def test_a_revised_product_comes_back(
    database: Database, product: Product, revised: Product
) -> None:
    fresh = unique(product)
    wanted = evolve(unique(revised), id=fresh.id, version=1, created_at=fresh.created_at)

    async def there_and_back() -> Product:
        async with database.ports.unit_of_work() as work:
            await work.products.add([fresh])
        async with database.ports.unit_of_work() as work:
            await work.products.save([wanted])
        async with database.ports.unit_of_work() as work:
            return await work.products.get(fresh.id)

    assert database.run(there_and_back()) == wanted.saved()


@FEWER
@given(item=stock_items())
def test_stock_comes_back(database: Database, item: StockItem) -> None:
    product = unique(new_product(database.ports, "mug"))
    fresh = evolve(item, variant_id=product.variants[0].id)

    async def there_and_back() -> StockItem:
        async with database.ports.unit_of_work() as work:
            await work.products.add([product])
            await work.stock.put([fresh])
        async with database.ports.reading() as reads:
            return (await reads.stock.of([fresh.variant_id]))[fresh.variant_id]

    assert database.run(there_and_back()) == fresh


@FEWER
@given(cart=carts())
def test_a_cart_comes_back(database: Database, cart: Cart) -> None:
    shelf = [unique(new_product(database.ports, "mug")) for _ in cart.lines]
    now = database.ports.clock()
    fresh = evolve(
        cart,
        id=CartId(database.ports.ids.uuid()),
        token_hash=database.ports.ids.uuid().bytes,
        updated_at=now,
        lines=tuple(
            evolve(
                line,
                id=LineId(database.ports.ids.uuid()),
                product_id=product.id,
                variant_id=product.variants[0].id,
            )
            for line, product in zip(cart.lines, shelf, strict=True)
        ),
    )

    async def there_and_back() -> Cart:
        async with database.ports.unit_of_work() as work:
            await work.products.add(shelf)
            await work.carts.add(fresh)
        async with database.ports.reading() as reads:
            assert fresh.token_hash is not None
            return (await reads.carts.by_token(fresh.token_hash)).cart

    found = database.run(there_and_back())
    in_order = tuple(sorted(fresh.lines, key=lambda line: (line.added_at, line.id)))
    assert found == evolve(fresh.saved(), lines=in_order)


@FEWER
@given(order=orders())
def test_an_order_comes_back(database: Database, order: Order) -> None:
    fresh, shelf = on_sale(database.ports, order)

    async def there_and_back() -> Order:
        async with database.ports.unit_of_work() as work:
            await work.products.add(shelf)
            await work.orders.add(fresh)
        async with database.ports.reading() as reads:
            return await reads.orders.get(fresh.id)

    assert database.run(there_and_back()) == fresh.saved()


@FEWER
@given(order=orders(), payment=payments(), data=st.data())
def test_a_payment_comes_back_whatever_the_gateway_said(
    database: Database, order: Order, payment: Payment, data: st.DataObject
) -> None:
    placed, shelf = on_sale(database.ports, order)
    fresh = evolve(payment, id=PaymentId(database.ports.ids.uuid()), order_id=placed.id)
    intent = evolve(data.draw(reports(fresh)), intent_id=str(fresh.id))
    settled = evolve(fresh.settle(intent, at=fresh.created_at), version=1)

    async def there_and_back() -> Payment:
        async with database.ports.unit_of_work() as work:
            await work.products.add(shelf)
            await work.orders.add(placed)
            await work.payments.add(fresh)
        async with database.ports.unit_of_work() as work:
            await work.payments.save(settled)
        async with database.ports.reading() as reads:
            return await reads.payments.get(fresh.id)

    assert database.run(there_and_back()) == settled.saved()


def unique(product: Product) -> Product:
    """The product under names that no other example has."""
    number = next(_numbers)
    variants = tuple(
        evolve(each, id=VariantId(fresh_id(number, place)), sku=f"{each.sku}-{number}")
        for place, each in enumerate(product.variants)
    )
    images = tuple(
        evolve(each, id=ImageId(fresh_id(number, 100 + place)))
        for place, each in enumerate(sorted(product.images, key=lambda image: image.sort_order))
    )
    return evolve(
        product,
        id=ProductId(fresh_id(number, 10_000)),
        slug=f"{product.slug}-{number}",
        variants=variants,
        images=images,
    )


def on_sale(ports: Ports, order: Order) -> tuple[Order, list[Product]]:
    """The order under fresh names, its items those of products that can be stored."""
    shelf = {item.id: unique(new_product(ports, "mug")) for item in order.items}
    fresh = {item.id: LineId(ports.ids.uuid()) for item in order.items}
    items = tuple(
        evolve(
            item,
            id=fresh[item.id],
            product_id=shelf[item.id].id,
            variant_id=shelf[item.id].variants[0].id,
        )
        for item in order.items
    )
    lines = tuple(
        evolve(
            line,
            id=fresh[line.id],
            product_id=shelf[line.id].id,
            variant_id=shelf[line.id].variants[0].id,
        )
        for line in order.quote.lines
    )
    renamed = evolve(
        order,
        id=OrderId(ports.ids.uuid()),
        number=ports.ids.order_number(),
        cart_id=CartId(ports.ids.uuid()),
        items=items,
        quote=evolve(order.quote, lines=lines),
        events=(),
    )
    return renamed, list(shelf.values())


def fresh_id(number: int, place: int) -> UUID:
    """An id that sorts by its place."""
    return UUID(int=number << 64 | place)


@FEWER
@given(methods=shipping_methods("USD"))
def test_shipping_methods_come_back(
    database: Database, methods: tuple[ShippingMethod, ...]
) -> None:
    number = next(_numbers)
    fresh = {
        method.code: evolve(method, id=ShippingMethodId(fresh_id(number, place)))
        for place, method in enumerate(methods)
    }

    async def there_and_back() -> dict[str, ShippingMethod]:
        async with database.ports.unit_of_work() as work:
            for known in (await work.rules.current()).shipping_methods:
                await work.rules.remove_shipping_method(known.code)
            for method in fresh.values():
                await work.rules.add_shipping_method(method)
        async with database.ports.reading() as reads:
            return {each.code: each for each in (await reads.rules.current()).shipping_methods}

    assert database.run(there_and_back()) == fresh


@FEWER
@given(promotion=promotions("USD", 1))
def test_a_promotion_comes_back(database: Database, promotion: Promotion) -> None:
    number = next(_numbers)
    fresh = evolve(promotion, id=PromotionId(fresh_id(number, 1)), code=f"promotion-{number}")

    async def there_and_back() -> list[Promotion]:
        async with database.ports.unit_of_work() as work:
            await work.rules.add_promotion(fresh)
        async with database.ports.reading() as reads:
            return [each for each in (await reads.rules.current()).promotions if each == fresh]

    assert database.run(there_and_back()) == [fresh]


@FEWER
@given(coupon=coupons("USD", 1, ()))
def test_a_coupon_comes_back_unused(database: Database, coupon: Coupon) -> None:
    number = next(_numbers)
    fresh = evolve(coupon, id=CouponId(fresh_id(number, 1)), code=f"Coupon-{number}")

    async def there_and_back() -> Coupon:
        async with database.ports.unit_of_work() as work:
            await work.coupons.add([fresh])
        async with database.ports.reading() as reads:
            return (await reads.coupons.get(fresh.code)).coupon

    assert database.run(there_and_back()) == evolve(fresh, used_count=0)
