"""Shops on real connections, and what is bought in them: the set-up of races and of counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from attrs import evolve, frozen

from automate_store.adapters.postgres.audit import PostgresAuditor
from automate_store.adapters.postgres.engine import Pool
from automate_store.application.access import GUEST, Actor, CartOwner, Role
from automate_store.application.carts import AddItem, add_to_cart
from automate_store.application.orders import (
    Addition,
    CancelOrder,
    DeliverOrder,
    EditView,
    ModifyItems,
    OrderView,
    PlaceOrder,
    ShipOrder,
    cancel_order,
    deliver_order,
    edit_order,
    place_order,
    ship_order,
)
from automate_store.application.payments import (
    ConfirmPayment,
    CreateIntent,
    PaymentView,
    confirm_payment,
    create_intent,
)
from automate_store.application.ports import Ports
from automate_store.domain.kernel.ids import ShippingMethodId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import Order
from automate_store.domain.shipping import FlatRate, ShippingMethod
from automate_store.entrypoints.properties.contracts.scene import Stocked
from tests.application.trading import HOME

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

    async def deliver(self, bought: OrderView) -> OrderView:
        """The order as it is once all of it was sent and arrived."""
        await self.ship(bought)
        there, key = DeliverOrder(order_id=bought.order.id), f"there-{bought.order.id}"
        await deliver_order(there, versions=None, key=key, actor=STAFF, ports=self.ports)
        return OrderView(order=await self.now(bought), token=bought.token)

    async def now(self, bought: OrderView) -> Order:
        """The order as it is stored."""
        async with self.ports.reading() as reads:
            return await reads.orders.get(bought.order.id)

    async def wrong(self) -> list[str]:
        """What does not agree in the books."""
        report = await PostgresAuditor(self.pool).audit(shown=9)
        checks = [each for each in report.checks if each.check not in UNTOLD]
        return [f"{each.check}: {each.shown}" for each in checks if each.differences]


async def bought(stocked: Sequence[Stocked], key: str, ports: Ports) -> OrderView:
    """An order of three of each."""
    items = tuple(
        AddItem(product_id=None, variant_id=each.variant_id, quantity=3) for each in stocked
    )
    token = (await add_to_cart(CartOwner.guest(None), items, ports=ports)).token
    assert token is not None
    wish = PlaceOrder(email=f"{key}@example.com", shipping_address=HOME, shipping_method="standard")
    return await place_order(wish, owner=CartOwner.guest(token), key=key, ports=ports)


async def paid(order: OrderView, key: str, ports: Ports) -> None:
    """The order, paid by hand."""
    wish = CreateIntent(order_id=order.order.id, gateway="manual")
    view = await create_intent(wish, token=order.token, key=f"{key}i", actor=GUEST, ports=ports)
    confirm = ConfirmPayment(order_id=order.order.id, payment_id=view.payment.id)
    await confirm_payment(confirm, token=order.token, key=f"{key}c", actor=GUEST, ports=ports)


async def put_up_shipping(ports: Ports) -> None:
    """One way to send everything everywhere."""
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
