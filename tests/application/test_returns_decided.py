"""Returns as they are asked for and decided on: in time, by whom, once, and told of."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from automate_store.application.access import GUEST
from automate_store.application.errors import KeyInProgress, NotAllowed
from automate_store.application.orders import (
    OrderView,
    read_timeline,
)
from automate_store.application.returns import (
    ReceiveReturn,
    ReturnView,
    approve_return,
    page_returns,
    receive_return,
    refund_return,
    reject_return,
    withdraw_return,
)
from automate_store.domain.orders import OrderNotFound
from automate_store.domain.returns import (
    IllegalReturnMove,
    NotReturnable,
    ReturnNotFound,
    ReturnState,
    WhyNot,
)
from tests.application.giving_back import (
    SUPPORT,
    approve,
    ask,
    balanced,
    delivered,
    receive,
    refund,
    several,
    usd,
    with_policy,
)
from tests.application.trading import STAFF, Trade


async def test_no_more_is_asked_back_than_came_and_only_in_time(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 2)
    with pytest.raises(NotReturnable):
        await ask(trade, bought, 1)
    bought = await delivered(trade, tee, 2)
    await ask(trade, bought, 1)
    with pytest.raises(NotReturnable) as refused:
        await ask(trade, bought, 2, key="more")
    assert refused.value.left == 1
    trade.shop.clock.advance(timedelta(days=30))
    with pytest.raises(NotReturnable):
        await ask(trade, bought, 1, key="late")


async def test_whoever_withdraws_may_ask_again(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought, other = await delivered(trade, tee, 1), await delivered(trade, tee, 1)
    approved = await approve(trade, await ask(trade, bought, 1))
    ports = trade.shop.ports

    async def withdraw(order: OrderView, token: str | None, key: str) -> ReturnView:
        returned = approved.returned.id
        return await withdraw_return(
            order.order.id, returned, token=token, key=key, actor=GUEST, ports=ports
        )

    with pytest.raises(ReturnNotFound):
        await withdraw(other, other.token, "a")
    with pytest.raises(OrderNotFound):
        await withdraw(bought, other.token, "b")
    gone = await withdraw(bought, bought.token, "c")
    assert (gone.returned.state, gone.refund.total) == (ReturnState.WITHDRAWN, usd(0))
    with pytest.raises(IllegalReturnMove):
        await receive(trade, approved, 1)
    again = await ask(trade, bought, 1, key="again")
    assert again.returned.state is ReturnState.REQUESTED


async def test_support_decides_and_moves_no_money(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await delivered(trade, tee, 2)
    asked = await ask(trade, bought, 2)
    ports, returned = trade.shop.ports, asked.returned.id
    with pytest.raises(NotAllowed):
        await approve_return(returned, key="a", actor=GUEST, ports=ports)
    approved = await approve_return(returned, key="b", actor=SUPPORT, ports=ports)
    with pytest.raises(NotAllowed):
        await receive_return(
            ReceiveReturn(return_id=returned, items={}), key="c", actor=SUPPORT, ports=ports
        )
    with pytest.raises(NotAllowed):
        await refund_return(returned, key="d", actor=SUPPORT, ports=ports)
    back = await receive(trade, approved, 2)
    async with ports.reading() as reads:
        of_order = f"order:{bought.order.id}"
        trail = await reads.trail.page(before=None, limit=9, subject=of_order, account_id=None)
    assert [each.action for each in trail][:2] == ["receive_return", "approve_return"]
    assert back.returned.state is ReturnState.REFUNDED


async def test_a_rejected_return_says_why_and_frees_its_units(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await delivered(trade, tee, 1)
    asked = await ask(trade, bought, 1)
    ports = trade.shop.ports
    told = await reject_return(
        asked.returned.id, "it is worn", key="no", actor=SUPPORT, ports=ports
    )
    assert told.returned.rejected_reason == "it is worn"
    assert told.order.items[0].to_return == 1
    page = await page_returns(
        state=ReturnState.REJECTED, before=None, limit=5, actor=SUPPORT, ports=ports
    )
    assert [each.id for each in page] == [asked.returned.id]


async def test_the_same_key_asks_and_receives_once(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await delivered(trade, tee, 3)
    asked = [each async for each in several(trade, bought)]
    assert len({each.returned.id for each in asked}) == 1
    approved = await approve(trade, asked[0])
    tries = (receive(trade, approved, 1) for _ in range(4))
    told = await asyncio.gather(*tries, return_exceptions=True)
    wrong = [each for each in told if not isinstance(each, ReturnView | KeyInProgress)]
    assert wrong == []
    assert (await trade.stock(tee)).on_hand == 8
    assert await balanced(trade)


async def test_of_two_that_ask_for_the_same_unit_one_is_refused(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await delivered(trade, tee, 1)
    told = await asyncio.gather(
        ask(trade, bought, 1, key="one"), ask(trade, bought, 1, key="two"), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in told) == ["NotReturnable", "ReturnView"]


async def test_of_two_that_receive_one_return_one_is_refused(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await delivered(trade, tee, 2)
    approved = await approve(trade, await ask(trade, bought, 2))
    told = await asyncio.gather(
        receive(trade, approved, 2, key="one"),
        receive(trade, approved, 2, key="two"),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in told) == ["IllegalReturnMove", "ReturnView"]
    assert (await trade.stock(tee)).on_hand == 10
    assert await balanced(trade)


async def test_the_order_tells_of_its_returns(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought, ports = await delivered(trade, tee, 1), trade.shop.ports
    await receive(trade, await approve(trade, await ask(trade, bought, 1)), 1)
    told = await read_timeline(bought.order.id, bought.token, actor=GUEST, ports=ports)
    assert [each.kind for each in told][-5:] == [
        "return_requested",
        "return_approved",
        "return_received",
        "order_refunded",
        "return_refunded",
    ]


async def test_what_was_received_is_paid_back_and_not_rejected_any_more(trade: Trade) -> None:
    trade = with_policy(trade, refund_on_receipt=False)
    tee = await trade.stocked(10)
    bought = await delivered(trade, tee, 3)
    back = await receive(trade, await approve(trade, await ask(trade, bought, 1)), 1)
    await ask(trade, bought, 1, key="another")

    with pytest.raises(IllegalReturnMove) as refused:
        await reject_return(
            back.returned.id, "after all not", key="no", actor=STAFF, ports=trade.shop.ports
        )

    assert refused.value.allowed == (ReturnState.EXCHANGED, ReturnState.REFUNDED)
    assert (await refund(trade, back, key="paid")).refund.total == usd(1999)
    assert await balanced(trade)


async def test_a_download_may_be_returned_for_as_long_as_the_customer_has_had_it(
    trade: Trade,
) -> None:
    while_it_waits, window = timedelta(minutes=20), timedelta(minutes=15)
    trade = with_policy(trade, digital=True, window=window)
    bought = await trade.buy(await trade.stocked(3, digital=True), 2)
    trade.shop.clock.advance(while_it_waits)
    await trade.pay(bought)

    await ask(trade, bought, 1)

    trade.shop.clock.advance(window)
    with pytest.raises(NotReturnable) as refused:
        await ask(trade, bought, 1, key="late")
    assert refused.value.why is WhyNot.TOO_LATE
