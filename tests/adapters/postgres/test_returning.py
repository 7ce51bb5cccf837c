"""Returns of one order at once, on real connections: stock and money move once."""

from __future__ import annotations

from automate_store.application.access import GUEST
from automate_store.application.orders import OrderView
from automate_store.application.returns import (
    ReceiveReturn,
    RequestReturn,
    ReturnView,
    approve_return,
    receive_return,
    refund_return,
    request_return,
)
from automate_store.domain.returns import Condition, Receipt, ReturnItem, ReturnKind
from automate_store.entrypoints.properties.contracts.scene import (
    outcomes,
    stock_now,
)
from tests.adapters.postgres.shops import STAFF, Shop

TRIES = 6


async def ask(
    shop: Shop, bought: OrderView, key: str, *, quantity: int, kind: ReturnKind
) -> ReturnView:
    reason = "damaged"
    items = (ReturnItem(item_id=bought.order.items[0].id, quantity=quantity, reason=reason),)
    wish = RequestReturn(order_id=bought.order.id, kind=kind, items=items)
    return await request_return(wish, token=bought.token, key=key, actor=GUEST, ports=shop.ports)


async def approved(shop: Shop, kind: ReturnKind) -> ReturnView:
    asked = await ask(shop, await shop.deliver(await shop.buy()), "ask", quantity=2, kind=kind)
    return await approve_return(asked.returned.id, key="yes", actor=STAFF, ports=shop.ports)


async def test_of_many_that_ask_for_the_same_units_one_gets_them(shop: Shop) -> None:
    bought = await shop.deliver(await shop.buy())
    wishes = (
        ask(shop, bought, f"k{turn}", quantity=2, kind=ReturnKind.RETURN) for turn in range(TRIES)
    )
    told = sorted(type(each).__name__ for each in await outcomes(*wishes))
    assert told == ["NotReturnable"] * (TRIES - 1) + ["ReturnView"]
    assert (await shop.now(bought)).items[0].returning == 2
    assert await shop.wrong() == []


async def test_what_many_receive_at_once_is_on_the_shelf_and_paid_once(shop: Shop) -> None:
    view = await approved(shop, ReturnKind.RETURN)
    look = {view.returned.items[0].item_id: Receipt(accepted=2, condition=Condition.NEW)}
    wish = ReceiveReturn(return_id=view.returned.id, items=look)
    received = (
        receive_return(wish, key=f"k{turn}", actor=STAFF, ports=shop.ports) for turn in range(TRIES)
    )
    told = sorted(type(each).__name__ for each in await outcomes(*received))
    assert told == ["IllegalReturnMove"] * (TRIES - 1) + ["ReturnView"]
    assert (await stock_now(shop.ports, shop.mug)).on_hand == 500
    async with shop.ports.reading() as reads:
        assert len(await reads.refunds.of_order(view.order.id)) == 1
    assert await shop.wrong() == []


async def test_a_claim_that_many_pay_back_at_once_is_paid_once(shop: Shop) -> None:
    view = await approved(shop, ReturnKind.CLAIM)
    refunds = (
        refund_return(view.returned.id, key=f"k{turn}", actor=STAFF, ports=shop.ports)
        for turn in range(TRIES)
    )
    told = sorted(type(each).__name__ for each in await outcomes(*refunds))
    assert told == ["IllegalReturnMove"] * (TRIES - 1) + ["ReturnView"]
    async with shop.ports.reading() as reads:
        (refund,) = await reads.refunds.of_order(view.order.id)
    assert refund.amount == view.order.total, "the shipping too: all was damaged"
    assert await shop.wrong() == []
