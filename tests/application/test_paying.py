"""Paying, expiring and shipping: each order ends one way, and its stock with it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from attrs import evolve

from automate_store.adapters.memory import MemoryGateway
from automate_store.application.access import GUEST, SYSTEM, CartOwner
from automate_store.application.carts import set_quantity
from automate_store.application.expiry import EXPIRY_BATCH
from automate_store.application.orders import (
    CancelOrder,
    OrderView,
    ShipOrder,
    cancel_order,
    expire_orders,
    ship_order,
)
from automate_store.application.payments import GATEWAY_GRACE, settle_payment
from automate_store.application.reactions import PERIODIC, REACTIONS
from automate_store.domain.inventory import OutOfStock
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import (
    FulfilmentState,
    IllegalMove,
    OrderNotFound,
    OrderOverdue,
    OrderStatus,
    ShipmentTooLarge,
)
from automate_store.domain.payments import GatewayReport, GatewayUnknown, Payment, PaymentState
from tests.application.trading import STAFF, Trade

HALF_AN_HOUR = timedelta(minutes=30)


async def test_a_paid_order_keeps_its_stock_for_good(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 3)

    paid = await trade.pay(bought)
    trade.shop.clock.advance(10 * HALF_AN_HOUR)
    expired = await expire_orders(ports=trade.shop.ports)

    assert paid.order.status is OrderStatus.PROCESSING
    assert paid.payment.captured == bought.order.total
    assert expired == 0
    assert (await trade.stock(tee)).reserved == 3


async def test_an_unpaid_order_gives_its_stock_back_once(trade: Trade) -> None:
    tee = await trade.stocked(10)
    await trade.buy(tee, 3)
    trade.shop.clock.advance(HALF_AN_HOUR)
    ports = trade.shop.ports

    expired = await asyncio.gather(*(expire_orders(ports=ports) for _ in range(5)))

    assert sum(expired) == 1
    assert (await trade.stock(tee)).available == 10


async def test_the_clocks_job_leaves_nothing_overdue_behind(trade: Trade) -> None:
    waiting = EXPIRY_BATCH + 1
    tee = await trade.stocked(waiting)
    for _ in range(waiting):
        await trade.buy(tee, 1)
    trade.shop.clock.advance(HALF_AN_HOUR)
    _, expire = PERIODIC["expire_orders"]

    settled = await expire(ports=trade.shop.ports)

    assert settled == waiting
    assert (await trade.stock(tee)).reserved == 0


async def test_the_clock_frees_stock_without_any_job(trade: Trade) -> None:
    tee = await trade.stocked(3)
    patient = await trade.cart(tee, 3)
    forgetful = await trade.buy(tee, 3)
    assert patient.token is not None
    with pytest.raises(OutOfStock):
        await trade.place(patient.token)
    trade.shop.clock.advance(HALF_AN_HOUR)

    bought = await trade.place(patient.token)

    assert bought.order.status is OrderStatus.PENDING
    assert (await trade.stock(tee)).reserved == 3
    with pytest.raises(IllegalMove):
        await trade.intend(forgetful)


async def test_the_clock_frees_stock_for_carts_too(trade: Trade) -> None:
    tee = await trade.stocked(3)
    patient = await trade.cart(tee, 1)
    await trade.buy(tee, 3)
    with pytest.raises(OutOfStock):
        await trade.cart(tee, 2)
    trade.shop.clock.advance(HALF_AN_HOUR)

    fresh = await trade.cart(tee, 2)
    assert patient.token is not None
    fuller = await set_quantity(
        CartOwner.guest(patient.token), patient.cart.lines[0].id, 3, ports=trade.shop.ports
    )

    assert fresh.cart.lines[0].quantity == 2
    assert fuller.cart.lines[0].quantity == 3


async def test_the_clock_frees_all_that_is_overdue_for_whoever_wants_it(trade: Trade) -> None:
    waiting = EXPIRY_BATCH + 1
    tee = await trade.stocked(waiting)
    for _ in range(waiting):
        await trade.buy(tee, 1)
    trade.shop.clock.advance(HALF_AN_HOUR)

    fresh = await trade.cart(tee, waiting)

    assert fresh.cart.lines[0].quantity == waiting


async def test_the_clock_frees_stock_for_everybody_at_once(trade: Trade) -> None:
    tee = await trade.stocked(20)
    patient = [await trade.cart(tee, 1) for _ in range(20)]
    for _ in range(4):
        await trade.buy(tee, 5)
    trade.shop.clock.advance(HALF_AN_HOUR)

    bought = await asyncio.gather(*(trade.place(cart.token or "") for cart in patient))

    assert {one.order.status for one in bought} == {OrderStatus.PENDING}
    assert (await trade.stock(tee)).available == 0


async def test_an_overdue_order_can_not_be_paid(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 1)
    intended = await trade.intend(bought)
    trade.shop.clock.advance(HALF_AN_HOUR)

    with pytest.raises(OrderOverdue):
        await trade.confirm(bought, intended)
    await expire_orders(ports=trade.shop.ports)
    with pytest.raises(IllegalMove):
        await trade.confirm(bought, intended)


class _Dawdling(MemoryGateway):
    """A gateway that takes minutes, while the clock's work goes on."""

    trade: Trade

    async def confirm(self, payment: Payment) -> GatewayReport:
        self.trade.shop.clock.advance(timedelta(minutes=4))
        await expire_orders(ports=self.trade.shop.ports)
        return await super().confirm(payment)


async def test_asking_a_gateway_keeps_the_stock_until_it_answers() -> None:
    slow = _Dawdling()
    slow.trade = trade = await Trade.open(slow)
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 1)
    trade.shop.clock.advance(HALF_AN_HOUR - timedelta(seconds=1))

    paid = await trade.pay(bought)

    assert paid.order.status is OrderStatus.PROCESSING
    assert (await trade.stock(tee)).reserved == 1


class _Fickle(MemoryGateway):
    """A gateway that takes so long that the shopper calls the order off meanwhile."""

    trade: Trade
    bought: OrderView
    waits_at: str

    async def create_intent(self, payment: Payment) -> GatewayReport:
        await self._called_off("create")
        return await super().create_intent(payment)

    async def confirm(self, payment: Payment) -> GatewayReport:
        await self._called_off("confirm")
        return await super().confirm(payment)

    async def _called_off(self, at: str) -> None:
        if at == self.waits_at:
            order_id, token = self.bought.order.id, self.bought.token
            command = CancelOrder(order_id=order_id, reason="changed my mind")
            await cancel_order(
                command,
                token=token,
                versions=None,
                key="off",
                actor=GUEST,
                ports=self.trade.shop.ports,
            )
            await self.trade.shop.store.react(REACTIONS, self.trade.shop.ports)


@pytest.mark.parametrize("waits_at", ["create", "confirm"])
async def test_an_order_called_off_while_its_gateway_is_asked_costs_nothing(waits_at: str) -> None:
    slow = _Fickle()
    slow.trade = trade = await Trade.open(slow)
    slow.waits_at = waits_at
    bought = slow.bought = await trade.buy(await trade.stocked(10), 1)

    intended = await trade.intend(bought)
    if waits_at == "confirm":
        await trade.confirm(bought, intended)
    await trade.shop.store.react(REACTIONS, trade.shop.ports)

    async with trade.shop.ports.reading() as reads:
        order = await reads.orders.get(bought.order.id)
        payment = await reads.payments.get(intended.payment.id)
    assert order.status is OrderStatus.CANCELLED
    assert (payment.state, payment.captured.minor) == (PaymentState.CANCELLED, 0)


async def test_asking_a_gateway_again_and_again_holds_no_stock_for_ever() -> None:
    trade = await Trade.open()
    trade.shop.gateway.decline("no cover")
    bought = await trade.buy(await trade.stocked(10), 1)
    trade.shop.clock.advance(HALF_AN_HOUR - timedelta(minutes=1))

    await trade.confirm(bought, await trade.intend(bought, key="one"), key="first")
    trade.shop.clock.advance(timedelta(minutes=3))
    again = await trade.confirm(bought, await trade.intend(bought, key="two"), key="second")
    trade.shop.clock.advance(timedelta(minutes=3))

    assert again.order.expires_at == bought.order.placed_at + HALF_AN_HOUR + GATEWAY_GRACE
    trade.shop.clock.advance(timedelta(minutes=1))
    assert await expire_orders(ports=trade.shop.ports) == 1


async def test_repeating_each_step_pays_once(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 1)

    intents = [await trade.intend(bought) for _ in range(3)]
    paid = [await trade.confirm(bought, intents[0]) for _ in range(3)]

    assert intents[0] == intents[1] == intents[2]
    assert paid[0] == paid[1] == paid[2]
    assert paid[0].payment.captured == bought.order.total


async def test_a_report_that_comes_again_changes_nothing(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 1)
    paid = await trade.pay(bought)
    ports = trade.shop.ports
    assert paid.payment.intent_id is not None
    report = GatewayReport(
        intent_id=paid.payment.intent_id, state=PaymentState.CAPTURED, amount=paid.payment.amount
    )

    async with ports.unit_of_work() as work:
        again = await settle_payment(paid.payment, report, work=work, actor=SYSTEM, ports=ports)

    assert again == paid


async def test_a_report_of_another_amount_parks_the_payment_and_pays_nothing(
    trade: Trade,
) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 1)
    intended = await trade.intend(bought)
    ports = trade.shop.ports
    assert intended.payment.intent_id is not None
    report = GatewayReport(
        intent_id=intended.payment.intent_id, state=PaymentState.CAPTURED, amount=Money(1, "USD")
    )

    async with ports.unit_of_work() as work:
        view = await settle_payment(intended.payment, report, work=work, actor=SYSTEM, ports=ports)

    assert view.payment.state is PaymentState.PARKED
    assert view.order.status is OrderStatus.PENDING


async def test_an_unknown_gateway_names_those_that_are_offered(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 1)
    with pytest.raises(GatewayUnknown) as refused:
        await evolve(trade, gateway="owl").intend(bought)
    assert refused.value.offered == (trade.gateway,)


async def test_a_foreign_token_can_not_pay(trade: Trade) -> None:
    tee = await trade.stocked(10)
    mine, theirs = await trade.buy(tee, 1), await trade.buy(tee, 1)
    with pytest.raises(OrderNotFound):
        await trade.intend(evolve(mine, token=theirs.token))


async def test_shipping_sells_in_parts_and_never_more(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 3)
    await trade.pay(bought)
    item = bought.order.items[0].id
    ports = trade.shop.ports

    async def ship(quantity: int, key: str) -> FulfilmentState:
        command = ShipOrder(order_id=bought.order.id, items={item: quantity})
        return (
            await ship_order(command, versions=None, key=key, actor=STAFF, ports=ports)
        ).fulfilment

    assert await ship(1, "first") is FulfilmentState.PARTLY_SHIPPED
    assert await ship(1, "first") is FulfilmentState.PARTLY_SHIPPED
    with pytest.raises(ShipmentTooLarge):
        await ship(3, "too-many")
    assert await ship(2, "rest") is FulfilmentState.SHIPPED
    stock = await trade.stock(tee)
    assert (stock.on_hand, stock.reserved) == (7, 0)


async def test_an_unpaid_order_does_not_ship(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 1)
    with pytest.raises(IllegalMove):
        await ship_order(
            ShipOrder(order_id=bought.order.id),
            versions=None,
            key="k",
            actor=STAFF,
            ports=trade.shop.ports,
        )


async def test_a_paid_order_is_confirmed_by_mail_once(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 1)
    await trade.pay(bought)

    await trade.shop.store.react(REACTIONS, trade.shop.ports)
    await trade.shop.store.react(REACTIONS, trade.shop.ports)

    (mail,) = trade.shop.mailer.sent
    assert mail.to == "ann@example.com"
    assert bought.order.number in mail.subject
    assert "24.99 USD" in mail.text
