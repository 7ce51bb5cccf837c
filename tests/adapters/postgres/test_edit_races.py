"""Edits and what else happens to an order at once, on real connections: one winner each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from attrs import evolve, frozen

from automate_store.adapters.postgres.audit import PostgresAuditor
from automate_store.adapters.postgres.engine import Pool, PoolSettings
from automate_store.application.access import GUEST, SYSTEM, Actor, CartOwner, Role
from automate_store.application.carts import AddItem, add_to_cart
from automate_store.application.errors import VersionConflict
from automate_store.application.orders import (
    Addition,
    CancelOrder,
    EditView,
    ModifyItems,
    OrderView,
    PlaceOrder,
    ShipOrder,
    cancel_order,
    edit_order,
    expire_orders,
    place_order,
    ship_order,
)
from automate_store.application.payments import (
    ConfirmPayment,
    CreateIntent,
    PaymentView,
    confirm_payment,
    create_intent,
    settle_payment,
)
from automate_store.application.ports import Ports
from automate_store.domain.kernel.errors import StoreError
from automate_store.domain.kernel.ids import ShippingMethodId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import EditClosed, EditGone, Order, OrderState
from automate_store.domain.payments import GatewayReport, PaymentState
from automate_store.domain.shipping import FlatRate, ShippingMethod
from automate_store.entrypoints.properties.contracts.scene import Stocked, outcomes, put_stocked
from tests.application.trading import HOME
from tests.contracts.shops import ports_on

ROUNDS = 6
STAFF = Actor(Role.ADMIN, "sam")
UNTOLD = {"on hand", "ledger"}
"""What these shops are stocked without."""


@frozen
class Shop:
    """A shop whose works run side by side, at a time that stands still."""

    ports: Ports
    pool: Pool
    opened: datetime
    mug: Stocked
    jug: Stocked

    def at(self, minutes: int) -> Ports:
        """The same shop, so many minutes later."""
        return evolve(self.ports, clock=lambda: self.opened + timedelta(minutes=minutes))

    async def buy(self) -> OrderView:
        """An order of two mugs, paid."""
        item = AddItem(product_id=None, variant_id=self.mug.variant_id, quantity=2)
        token = (await add_to_cart(CartOwner.guest(None), (item,), ports=self.ports)).token
        assert token is not None
        wish = PlaceOrder(
            email="ann@example.com", shipping_address=HOME, shipping_method="standard"
        )
        owner = CartOwner.guest(token)
        bought = await place_order(wish, owner=owner, key="place", ports=self.ports)
        await self.confirm(bought, await self.intend(bought, "intend"), "confirm")
        return OrderView(order=await self.now(bought), token=bought.token)

    async def intend(self, bought: OrderView, key: str) -> PaymentView:
        """An attempt to pay what the order asks for."""
        wish = CreateIntent(order_id=bought.order.id, gateway="manual")
        return await create_intent(wish, token=bought.token, key=key, actor=GUEST, ports=self.ports)

    async def confirm(
        self, bought: OrderView, view: PaymentView, key: str, ports: Ports | None = None
    ) -> PaymentView:
        """The attempt, carried out."""
        wish = ConfirmPayment(order_id=bought.order.id, payment_id=view.payment.id)
        return await confirm_payment(
            wish, token=bought.token, key=key, actor=GUEST, ports=ports or self.ports
        )

    async def edit(self, bought: OrderView, key: str, *, mugs: int = 2, jugs: int = 0) -> EditView:
        """So many mugs of those that were bought, and so many jugs besides."""
        added = (Addition(variant_id=self.jug.variant_id, quantity=jugs),) if jugs else ()
        (item,) = (each for each in bought.order.items if each.quantity)
        return await edit_order(
            ModifyItems(order_id=bought.order.id, items={item.id: mugs}, added=added),
            token=bought.token,
            versions={bought.order.version},
            key=key,
            actor=GUEST,
            ports=self.ports,
        )

    async def cancel(self, bought: OrderView) -> Order:
        """The order, called off by whoever saw it as it was bought."""
        return await cancel_order(
            CancelOrder(order_id=bought.order.id),
            token=bought.token,
            versions={bought.order.version},
            key="cancel",
            actor=GUEST,
            ports=self.ports,
        )

    async def ship(self, bought: OrderView) -> Order:
        """All of the order, on its way."""
        wish = ShipOrder(order_id=bought.order.id)
        key = bought.order.number
        return await ship_order(wish, versions=None, key=key, actor=STAFF, ports=self.ports)

    async def now(self, bought: OrderView) -> Order:
        """The order as it is stored."""
        async with self.ports.reading() as reads:
            return await reads.orders.get(bought.order.id)

    async def wrong(self) -> list[str]:
        """What does not agree in the books."""
        report = await PostgresAuditor(self.pool).audit(shown=9)
        checks = [each for each in report.checks if each.check not in UNTOLD]
        return [f"{each.check}: {each.shown}" for each in checks if each.differences]


@pytest.fixture
async def shop(postgres_url: str) -> AsyncIterator[Shop]:
    pool = Pool(PoolSettings(url=postgres_url, pool_size=8, lock_timeout_s=30))
    opened = ports_on(pool).clock()
    ports = evolve(ports_on(pool), clock=lambda: opened)
    standard = ShippingMethod(
        id=ShippingMethodId(ports.ids.uuid()),
        code="standard",
        name="Standard",
        zones=(),
        rate=FlatRate(Money(500, "USD")),
        tax_class="standard",
        active=True,
        position=0,
    )
    async with ports.unit_of_work() as work:
        await work.rules.put_shipping_methods([standard])
    mug, jug = [await put_stocked(ports, slug, on_hand=500) for slug in ("mug", "jug")]
    yield Shop(ports, pool, opened, mug, jug)
    pool.close()


async def race(shop: Shop, round_of: Callable[[OrderView], list[Awaitable[Any]]]) -> list[Any]:
    """What each of the rounds came to, every one of an order of its own; the books agree."""
    orders = [await shop.buy() for _ in range(ROUNDS)]
    came_to = await asyncio.gather(*(outcomes(*round_of(each)) for each in orders))
    assert await shop.wrong() == []
    return [(bought, *told) for bought, told in zip(orders, came_to, strict=True)]


async def test_of_two_edits_from_one_version_one_is_made(shop: Shop) -> None:
    def both(bought: OrderView) -> list[Awaitable[Any]]:
        return [shop.edit(bought, "one", mugs=1), shop.edit(bought, "other", mugs=1, jugs=1)]

    for bought, *told in await race(shop, both):
        assert sorted(type(each).__name__ for each in told) == ["EditView", "VersionConflict"]
        assert (await shop.now(bought)).version == bought.order.version + 1


async def test_of_an_edit_and_a_cancellation_from_one_version_one_is_made(shop: Shop) -> None:
    def both(bought: OrderView) -> list[Awaitable[Any]]:
        return [shop.edit(bought, "edit", jugs=1), shop.cancel(bought)]

    for bought, edited, cancelled in await race(shop, both):
        assert isinstance(edited, VersionConflict) != isinstance(cancelled, VersionConflict)
        order = await shop.now(bought)
        assert (order.state is OrderState.CANCELLED) == isinstance(cancelled, Order)
        assert (order.staged is not None) == isinstance(edited, EditView)


async def test_what_shipped_is_not_edited_and_what_ships_gives_an_edit_up(shop: Shop) -> None:
    def both(bought: OrderView) -> list[Awaitable[Any]]:
        return [shop.edit(bought, "edit", mugs=2, jugs=1), shop.ship(bought)]

    for bought, edited, shipped in await race(shop, both):
        assert isinstance(shipped, Order)
        assert isinstance(edited, EditView | EditClosed | VersionConflict)
        order = await shop.now(bought)
        assert (order.staged, [each.shipped for each in order.items]) == (None, [2])


async def test_what_shipped_is_not_taken_out_and_what_is_out_does_not_ship(shop: Shop) -> None:
    def both(bought: OrderView) -> list[Awaitable[Any]]:
        return [shop.edit(bought, "edit", mugs=1), shop.ship(bought)]

    for bought, edited, shipped in await race(shop, both):
        assert isinstance(shipped, Order)
        (item,) = (await shop.now(bought)).items
        assert item.shipped == item.quantity == (1 if isinstance(edited, EditView) else 2)


async def test_a_difference_is_paid_or_its_edit_is_over(shop: Shop) -> None:
    intents: dict[Any, PaymentView] = {}
    bought = [await shop.buy() for _ in range(ROUNDS)]
    for each in bought:
        await shop.edit(each, "edit", jugs=1)
        intents[each.order.id] = await shop.intend(each, "rest")

    async def pay(each: OrderView) -> PaymentView:
        return await shop.confirm(each, intents[each.order.id], "rest-paid", shop.at(29))

    told = await outcomes(*map(pay, bought), *(expire_orders(ports=shop.at(31)) for _ in range(3)))

    assert await shop.wrong() == []
    for each, paid in zip(bought, told[:ROUNDS], strict=True):
        order = await shop.now(each)
        assert order.staged is None
        assert isinstance(paid, PaymentView | EditGone)
        assert len(order.items) == (2 if isinstance(paid, PaymentView) else 1)


async def test_money_for_a_difference_makes_the_edit_or_goes_back(shop: Shop) -> None:
    bought = [await shop.buy() for _ in range(ROUNDS)]
    intents = []
    for each in bought:
        await shop.edit(each, "edit", jugs=1)
        intents.append(await shop.intend(each, "rest"))

    async def land(view: PaymentView) -> Order:
        payment = view.payment
        report = GatewayReport(
            intent_id=payment.intent_id or "late",
            state=PaymentState.CAPTURED,
            amount=payment.amount,
        )
        ports = shop.at(31)
        async with ports.unit_of_work() as work:
            return (
                await settle_payment(payment, report, work=work, actor=SYSTEM, ports=ports)
            ).order

    expiring = [expire_orders(ports=shop.at(31)) for _ in range(3)]
    told = await outcomes(*map(land, intents), *expiring)

    assert [each for each in told if isinstance(each, StoreError)] == []
    assert await shop.wrong() == []
    for each in bought:
        order = await shop.now(each)
        async with shop.ports.reading() as reads:
            payments = await reads.payments.of_order(order.id)
        kept = Money.total((one.refundable for one in payments), "USD")
        assert (order.staged, kept) == (None, order.total)
