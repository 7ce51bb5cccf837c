"""What is kept for an exchange that waits, beside what its order is promised for good."""

from __future__ import annotations

from automate_store.application.orders import ShipOrder, ship_order
from automate_store.domain.kernel.ids import LineId
from automate_store.domain.orders import OrderStatus
from tests.application.edits import modify, now
from tests.application.exchanging import WEEK, exchange
from tests.application.giving_back import approve, arrive, balanced, receive
from tests.application.trading import STAFF, Trade


async def test_what_ships_meanwhile_takes_no_deadline_from_an_exchange(trade: Trade) -> None:
    tee, coat = await trade.stocked(10), await trade.stocked(4, price=5000)
    bought = await trade.buy(tee, 1)
    await modify(trade, bought, None, (coat, 3))
    await trade.pay(bought)
    shirt, coats = (item.id for item in (await now(trade, bought)).items)

    async def ship(item: LineId, key: str) -> None:
        some = ShipOrder(order_id=bought.order.id, items={item: 1})
        await ship_order(some, versions=None, key=key, actor=STAFF, ports=trade.shop.ports)

    await ship(shirt, "shirt")
    await arrive(trade, bought.order)
    await receive(trade, await approve(trade, await exchange(trade, bought, 1, coat)), 1)
    for number in range(3):
        await ship(coats, f"coat-{number}")
    trade.shop.clock.advance(WEEK)

    assert (await trade.buy(coat, 1)).order.status is OrderStatus.PENDING
    assert (await now(trade, bought)).staged is None
    assert await balanced(trade)
