"""Clawback in a shop: told before it is confirmed, taken once, and given again with the rest."""

from __future__ import annotations

from typing import cast

from attrs import evolve

from automate_store.application.access import GUEST
from automate_store.application.orders import DeliverOrder, OrderView, ShipOrder
from automate_store.application.orders import deliver_order as deliver
from automate_store.application.orders import ship_order as ship
from automate_store.application.ports.unit_of_work import Reads
from automate_store.application.reactions import REACTIONS
from automate_store.application.returns import ReturnView, list_returns, preview_return
from automate_store.application.terms import terms_of
from automate_store.domain.kernel.money import Money
from automate_store.domain.promotions import AmountOffOrder, FirstOrder, MinimumAmount
from automate_store.domain.returns import RefundPart
from tests.application.giving_back import (
    approve,
    ask,
    balanced,
    delivered,
    receive,
    usd,
    wish,
    with_policy,
)
from tests.application.test_editing_promotions import coded, put
from tests.application.trading import STAFF, Trade


def clawing(trade: Trade) -> Trade:
    return with_policy(trade, clawback=True)


async def arrive(trade: Trade, bought: OrderView) -> OrderView:
    await trade.pay(bought)
    order_id, ports = bought.order.id, trade.shop.ports
    await ship(ShipOrder(order_id=order_id), versions=None, key="s", actor=STAFF, ports=ports)
    await deliver(DeliverOrder(order_id=order_id), versions=None, key="d", actor=STAFF, ports=ports)
    return bought


async def bring_one(trade: Trade, bought: OrderView, key: str) -> ReturnView:
    asked = await ask(trade, bought, 1, key=key)
    return await receive(trade, await approve(trade, asked), 1, key=f"receive-{key}")


def clawed(view: ReturnView) -> list[Money]:
    return [line.amount for line in view.refund.lines if line.part is RefundPart.CLAWBACK]


async def three_for_fifty(trade: Trade) -> OrderView:
    """Three at 20.00, ten off from fifty."""
    tee = await trade.stocked(10, price=2000)
    await put(trade, AmountOffOrder(usd(1000)), MinimumAmount(usd(5000)))
    return await delivered(trade, tee, 3)


async def test_what_is_taken_back_is_told_before_it_is_confirmed(trade: Trade) -> None:
    trade = clawing(trade)
    bought, ports = await three_for_fifty(trade), trade.shop.ports
    told = await preview_return(wish(bought, 1), token=bought.token, actor=GUEST, ports=ports)
    assert [(line.part, line.amount) for line in told.refund.lines] == [
        (RefundPart.GOODS, usd(1666)),
        (RefundPart.CLAWBACK, usd(-666)),
    ]
    asked = await ask(trade, bought, 1)
    (listed,) = await list_returns(bought.order.id, token=bought.token, actor=GUEST, ports=ports)
    back = await receive(trade, await approve(trade, asked), 1)
    assert told.refund == asked.refund == listed.refund == back.refund
    assert await balanced(trade)


async def test_all_of_it_goes_back_with_the_last_of_the_goods(trade: Trade) -> None:
    trade = clawing(trade)
    bought = await three_for_fifty(trade)
    views = [await bring_one(trade, bought, key) for key in ("one", "two", "three")]
    assert [view.refund.total for view in views] == [usd(1000), usd(2000), usd(2000)]
    assert views[-1].order.worth == usd(500)
    assert await balanced(trade)


async def test_a_discount_stays_where_nothing_is_said(trade: Trade) -> None:
    bought = await three_for_fifty(trade)
    view = await bring_one(trade, bought, "one")
    assert view.refund.total == usd(1666)


async def test_a_code_that_is_used_up_by_the_order_itself_is_judged_as_it_was(
    trade: Trade,
) -> None:
    trade = clawing(trade)
    tee = await trade.stocked(10, price=1000)
    bought = await arrive(trade, await coded(trade, tee, 3))
    views = [await bring_one(trade, bought, key) for key in ("one", "two", "three")]
    # Ten per cent from 20.00 on: two still earn it, one does not, and then nothing is kept.
    assert [clawed(view) for view in views] == [[], [usd(-100)], [usd(100)]]
    assert [view.refund.total for view in views] == [usd(900), usd(800), usd(1000)]
    assert await balanced(trade)


async def test_a_promotion_that_was_ended_takes_nothing_back(trade: Trade) -> None:
    trade = clawing(trade)
    bought = await three_for_fifty(trade)
    async with trade.shop.ports.unit_of_work() as work:
        (known,) = (await work.rules.current()).promotions
        await work.rules.change_promotion(evolve(known, active=False))
    assert clawed(await bring_one(trade, bought, "one")) == []


async def test_a_first_order_is_judged_as_the_first_whatever_was_bought_since(
    trade: Trade,
) -> None:
    trade = clawing(trade)
    tee = await trade.stocked(10, price=2000)
    await put(trade, AmountOffOrder(usd(1000)), MinimumAmount(usd(5000)), FirstOrder())
    bought = await delivered(trade, tee, 3)
    token = (await trade.cart(tee, 1)).token
    assert token is not None
    await trade.place(token, key="later")
    assert clawed(await bring_one(trade, bought, "one")) == [usd(-666)]


async def test_the_mail_of_an_approval_tells_what_is_left(trade: Trade) -> None:
    trade = clawing(trade)
    bought = await three_for_fifty(trade)
    await approve(trade, await ask(trade, bought, 1))
    await trade.shop.store.react(REACTIONS, trade.shop.ports)
    assert "10.00 USD" in trade.shop.mailer.sent[-1].text


async def test_nothing_is_read_where_nothing_is_taken_back(trade: Trade) -> None:
    bought = await three_for_fifty(trade)
    nowhere = cast("Reads", None)
    assert await terms_of(bought.order, (), reads=nowhere, ports=trade.shop.ports) is None
    trade = clawing(trade)
    plain = await delivered(trade, await trade.stocked(10, price=100), 1)
    assert await terms_of(plain.order, (), reads=nowhere, ports=trade.shop.ports) is None
