"""Parcels that never arrive: their order is over once the customer was made good, not before."""

from __future__ import annotations

from datetime import timedelta

import pytest

from automate_store.application.orders import (
    DeliverOrder,
    DeliverShipment,
    LoseShipment,
    OrderView,
    ShipOrder,
    deliver_order,
    deliver_shipment,
    lose_shipment,
    read_timeline,
    ship_order,
)
from automate_store.application.payments import RefundOrder, refund_order
from automate_store.application.returns import ReplaceReturn, replace_return, withdraw_return
from automate_store.domain.kernel.ids import ShipmentId
from automate_store.domain.orders import (
    AlreadyDelivered,
    AlreadyLost,
    FulfilmentState,
    LostAndOwed,
    Order,
    OrderState,
    OrderStatus,
    PaymentStatus,
    ShipmentState,
    item_status,
    next_statuses,
)
from automate_store.domain.returns import NotReturnable, ReturnKind, ReturnState
from tests.application.edits import modify
from tests.application.exchanging import exchange, now
from tests.application.giving_back import approve, ask, balanced, receive, refund, usd
from tests.application.test_mails import mailed
from tests.application.trading import STAFF, Trade

LOST, DAMAGED, CLAIM = "lost", "damaged", ReturnKind.CLAIM


@pytest.fixture
async def trade() -> Trade:
    return await Trade.open()


async def sent(trade: Trade, *parcels: int, more: int = 0) -> OrderView:
    """An order that left in parcels of so many units, and so many that did not leave."""
    bought = await trade.buy(await trade.stocked(20), sum(parcels) + more)
    await trade.pay(bought)
    (item,), ports = bought.order.items, trade.shop.ports
    for nth, many in enumerate(parcels):
        some = ShipOrder(order_id=bought.order.id, items={item.id: many})
        await ship_order(some, versions=None, key=f"s{nth}", actor=STAFF, ports=ports)
        trade.shop.clock.advance(timedelta(seconds=1))
    return bought


async def parcel(trade: Trade, bought: OrderView, nth: int) -> ShipmentId:
    return (await now(trade, bought)).shipments[nth].id


async def lose(trade: Trade, bought: OrderView, nth: int = 0) -> Order:
    gone = await parcel(trade, bought, nth)
    news = LoseShipment(order_id=bought.order.id, shipment_id=gone, reason="searched in vain")
    key, ports = f"l{nth}{(await now(trade, bought)).version}", trade.shop.ports
    return await lose_shipment(news, versions=None, key=key, actor=STAFF, ports=ports)


async def comes(trade: Trade, bought: OrderView, nth: int = 0) -> Order:
    news = DeliverShipment(order_id=bought.order.id, shipment_id=await parcel(trade, bought, nth))
    key, ports = f"c{nth}", trade.shop.ports
    return await deliver_shipment(news, versions=None, key=key, actor=STAFF, ports=ports)


async def claimed(
    trade: Trade, bought: OrderView, many: int, reason: str = LOST, *, key: str = "claim"
) -> Order:
    """The order once so many were claimed and paid back."""
    asked = await ask(trade, bought, many, reason, kind=CLAIM, key=key)
    return (await refund(trade, await approve(trade, asked), key=f"r{key}")).order


async def test_an_order_that_was_lost_and_refunded_whole_is_over(trade: Trade) -> None:
    bought = await sent(trade, 2)

    order = await claimed(trade, bought, 2)

    assert (order.state, order.fulfilment) == (OrderState.COMPLETED, FulfilmentState.LOST)
    assert (order.status, order.payment_status) == (OrderStatus.REFUNDED, PaymentStatus.REFUNDED)
    assert order.delivered_at is None
    (gone,) = order.shipments
    assert (gone.state, gone.delivered_at) == (ShipmentState.LOST, None)
    assert [item_status(order, item) for item in order.items] == [OrderStatus.REFUNDED]
    assert order.worth == usd(0)
    assert await balanced(trade)


async def test_its_timeline_says_that_it_was_lost(trade: Trade) -> None:
    bought = await sent(trade, 1)
    await claimed(trade, bought, 1)
    ports = trade.shop.ports

    told = await read_timeline(bought.order.id, None, actor=STAFF, ports=ports)

    kinds = [entry.kind for entry in told]
    assert "order_delivered" not in kinds
    (gone,) = (entry for entry in told if entry.kind == "parcel_claimed_lost")
    assert (gone.actor, (gone.reason or "").startswith("claim R-")) == (STAFF.name, True)
    assert "order_closed" in kinds


async def test_a_parcel_that_staff_gave_up_is_owed_until_it_is_made_good(trade: Trade) -> None:
    bought = await sent(trade, 2)

    order = await lose(trade, bought)

    assert (order.state, order.status) == (OrderState.CONFIRMED, OrderStatus.SHIPPED)
    assert next_statuses(order) == ()
    assert order.shipments[0].state is ShipmentState.LOST
    assert (await claimed(trade, bought, 2)).status is OrderStatus.REFUNDED


async def test_what_is_lost_and_owed_is_not_delivered(trade: Trade) -> None:
    bought = await sent(trade, 1, 1)
    order, there = await lose(trade, bought), DeliverOrder(order_id=bought.order.id)

    with pytest.raises(LostAndOwed) as refused:
        await deliver_order(there, versions=None, key="d", actor=STAFF, ports=trade.shop.ports)

    assert refused.value.shipments == (str(order.shipments[0].id),)
    assert (await comes(trade, bought, 1)).state is OrderState.CONFIRMED


async def test_what_came_beside_a_lost_parcel_is_delivered(trade: Trade) -> None:
    bought = await sent(trade, 1, 1)
    await comes(trade, bought, 1)

    order = await claimed(trade, bought, 1)

    assert (order.state, order.fulfilment) == (OrderState.COMPLETED, FulfilmentState.DELIVERED)
    assert [each.state for each in order.shipments] == [
        ShipmentState.LOST,
        ShipmentState.DELIVERED,
    ]
    assert order.delivered_at == order.shipments[1].delivered_at
    assert (order.status, order.worth) == (OrderStatus.DELIVERED, usd(1999 + 500))


async def test_a_parcel_is_lost_once_all_that_was_in_it_was_made_good(trade: Trade) -> None:
    bought = await sent(trade, 2)

    some = await claimed(trade, bought, 1, key="one")
    assert (some.shipments[0].state, some.state) == (ShipmentState.SHIPPED, OrderState.CONFIRMED)

    rest = await claimed(trade, bought, 1, key="two")
    assert (rest.shipments[0].state, rest.state) == (ShipmentState.LOST, OrderState.COMPLETED)


async def test_a_parcel_is_not_lost_where_some_of_its_items_were_not_claimed(trade: Trade) -> None:
    bought = await trade.buy(await trade.stocked(5), 1)
    await modify(trade, bought, None, (await trade.stocked(5), 1))
    await trade.pay(bought)
    whole, ports = ShipOrder(order_id=bought.order.id), trade.shop.ports
    await ship_order(whole, versions=None, key="s", actor=STAFF, ports=ports)

    order = await claimed(trade, bought, 1)

    assert [item.lost for item in order.items] == [1, 0]
    assert (order.shipments[0].state, order.state) == (ShipmentState.SHIPPED, OrderState.CONFIRMED)


async def test_what_came_damaged_was_not_lost(trade: Trade) -> None:
    bought = await sent(trade, 1)
    order = await claimed(trade, bought, 1, DAMAGED)
    assert (order.shipments[0].state, order.state) == (ShipmentState.SHIPPED, OrderState.CONFIRMED)


async def test_what_is_lost_and_not_sent_yet_keeps_the_order_open(trade: Trade) -> None:
    bought = await sent(trade, 1, more=1)
    order = await claimed(trade, bought, 1)
    assert order.shipments[0].state is ShipmentState.LOST
    assert (order.state, order.status) == (OrderState.CONFIRMED, OrderStatus.PROCESSING)


async def test_a_claim_of_what_never_came_leaves_what_came_to_be_returned(trade: Trade) -> None:
    bought = await sent(trade, 1, 1)
    await comes(trade, bought, 0)
    await claimed(trade, bought, 1)

    back = await receive(trade, await approve(trade, await ask(trade, bought, 1)), 1)

    assert (back.returned.state, back.order.status) == (ReturnState.REFUNDED, OrderStatus.DELIVERED)
    assert back.order.worth == usd(500)
    assert await balanced(trade)
    with pytest.raises(NotReturnable):
        await ask(trade, bought, 1, key="more")


async def test_a_claim_that_waits_leaves_what_came_to_be_returned(trade: Trade) -> None:
    bought, ports = await sent(trade, 1, 1), trade.shop.ports
    await comes(trade, bought, 0)
    waits = await ask(trade, bought, 1, LOST, kind=CLAIM, key="claim")
    await ask(trade, bought, 1)
    with pytest.raises(NotReturnable):
        await ask(trade, bought, 1, key="more")

    await withdraw_return(
        waits.order.id, waits.returned.id, token=bought.token, key="w", actor=STAFF, ports=ports
    )

    assert (await now(trade, bought)).items[0].claimed == 0


async def test_a_courtesy_of_all_of_it_makes_good_too(trade: Trade) -> None:
    bought = await sent(trade, 1)
    await lose(trade, bought)
    whole = RefundOrder(order_id=bought.order.id, reason="lost")

    view = await refund_order(whole, key="all", actor=STAFF, ports=trade.shop.ports)

    assert (view.order.state, view.order.status) == (OrderState.COMPLETED, OrderStatus.REFUNDED)


async def test_what_is_sent_again_for_a_lost_parcel_ends_its_order(trade: Trade) -> None:
    bought, ports = await sent(trade, 1), trade.shop.ports
    asked = await exchange(trade, bought, 1, await trade.stocked(5), LOST, kind=CLAIM)
    await approve(trade, asked)

    done = await replace_return(
        ReplaceReturn(return_id=asked.returned.id), key="replace", actor=STAFF, ports=ports
    )
    assert done.order.shipments[0].state is ShipmentState.LOST
    assert done.order.state is OrderState.CONFIRMED

    again = ShipOrder(order_id=bought.order.id)
    await ship_order(again, versions=None, key="again", actor=STAFF, ports=ports)
    order = await comes(trade, bought, 1)
    assert (order.state, order.fulfilment) == (OrderState.COMPLETED, FulfilmentState.DELIVERED)


async def test_an_order_waits_for_what_comes_for_a_lost_parcel_to_be_paid(trade: Trade) -> None:
    bought, coat, ports = (
        await sent(trade, 1),
        await trade.stocked(5, price=5000),
        trade.shop.ports,
    )
    await lose(trade, bought)
    asked = await exchange(trade, bought, 1, coat, LOST, kind=CLAIM)
    await approve(trade, asked)

    done = await replace_return(
        ReplaceReturn(return_id=asked.returned.id), key="replace", actor=STAFF, ports=ports
    )

    assert (done.order.state, done.order.status) == (OrderState.CONFIRMED, OrderStatus.SHIPPED)
    sorry = RefundOrder(order_id=bought.order.id, amount=usd(100), reason="sorry")
    view = await refund_order(sorry, key="sorry", actor=STAFF, ports=ports)
    assert view.order.state is OrderState.CONFIRMED
    assert (await refund(trade, done)).order.status is OrderStatus.REFUNDED


async def test_a_lost_parcel_may_turn_up(trade: Trade) -> None:
    bought = await sent(trade, 1)
    await claimed(trade, bought, 1)

    order = await comes(trade, bought)

    assert (order.fulfilment, order.status) == (FulfilmentState.DELIVERED, OrderStatus.REFUNDED)
    assert order.shipments[0].lost_at is None
    assert order.delivered_at == order.shipments[0].delivered_at
    with pytest.raises(NotReturnable):
        await ask(trade, bought, 1)


async def test_a_parcel_is_lost_once_and_not_once_it_came(trade: Trade) -> None:
    bought = await sent(trade, 1, 1)
    await lose(trade, bought)
    with pytest.raises(AlreadyLost):
        await lose(trade, bought)
    await comes(trade, bought, 1)
    with pytest.raises(AlreadyDelivered):
        await lose(trade, bought, 1)


async def test_the_customer_is_told_what_staff_gave_up(trade: Trade) -> None:
    bought = await sent(trade, 2)
    await mailed(trade)

    await lose(trade, bought)

    (mail,) = await mailed(trade)
    assert "is lost" in mail.subject
    assert "2 x" in mail.text


async def test_of_what_was_claimed_the_refund_alone_is_told(trade: Trade) -> None:
    bought = await sent(trade, 1)
    await mailed(trade)
    await claimed(trade, bought, 1)
    assert [mail.subject for mail in await mailed(trade) if "lost" in mail.subject] == []


async def test_what_can_be_done_names_edits_returns_and_claims(trade: Trade) -> None:
    bought = await trade.buy(await trade.stocked(20), 2)
    assert (await now(trade, bought)).allowed == ("pay", "edit", "cancel")
    await trade.pay(bought)
    assert (await now(trade, bought)).allowed == ("edit", "ship", "cancel")

    gone = await sent(trade, 1, 1)
    assert (await now(trade, gone)).allowed == ("deliver", "claim")
    assert (await comes(trade, gone, 0)).allowed == ("deliver", "return", "claim")
    assert (await comes(trade, gone, 1)).allowed == ("return", "claim")
    assert (await claimed(trade, gone, 2)).allowed == ()
