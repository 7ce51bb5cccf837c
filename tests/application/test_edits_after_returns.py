"""Edits of an order of which something came back already, as downloads may."""

from __future__ import annotations

import pytest

from automate_store.application.access import GUEST
from automate_store.application.orders import OrderView
from automate_store.application.returns import RequestReturn, ReturnView, request_return
from automate_store.domain.catalog import Product
from automate_store.domain.kernel.ids import LineId
from automate_store.domain.orders import NotCancellable
from automate_store.domain.returns import NotReturnable, ReturnItem, ReturnKind, WhyNot
from automate_store.entrypoints.properties.returns import FAULTY
from tests.application.edits import AWAY, modify, move, now, promote, tax
from tests.application.giving_back import approve, receive, usd, with_policy
from tests.application.test_cancelling import balanced, kept
from tests.application.trading import Trade


async def test_what_came_back_can_be_taken_out_of_no_order(trade: Trade) -> None:
    trade, bought, song, _ = await with_song_and_tee(trade)
    asked = await ask_back(trade, bought, song, key="ask")
    await receive(trade, await approve(trade, asked), 1)
    with pytest.raises(NotCancellable) as refused:
        await modify(trade, bought, {song: 0})
    assert (refused.value.wanted, refused.value.left) == (2, 0)
    assert await balanced(trade)


async def test_what_is_asked_back_while_an_edit_waits_is_not_forgotten(trade: Trade) -> None:
    trade, bought, song, tee = await with_song_and_tee(trade)
    await modify(trade, bought, None, (tee, 1), key="more")
    asked = await ask_back(trade, bought, song, key="ask")

    await trade.confirm(bought, await trade.intend(bought, key="i"), key="c")
    await receive(trade, await approve(trade, asked), 1)

    item = next(each for each in (await now(trade, bought)).items if each.id == song)
    assert (item.quantity, item.returning, item.returned) == (2, 0, 1)
    assert await balanced(trade)


async def test_what_came_back_while_an_edit_waited_comes_back_once(trade: Trade) -> None:
    trade, bought, song, tee = await with_song_and_tee(trade)
    await modify(trade, bought, None, (tee, 1), key="more")
    asked = await ask_back(trade, bought, song, key="ask", quantity=2)
    await receive(trade, await approve(trade, asked), 2)

    await trade.confirm(bought, await trade.intend(bought, key="i"), key="c")

    with pytest.raises(NotReturnable) as refused:
        await ask_back(trade, bought, song, key="again")
    assert (refused.value.left, refused.value.why) == (0, WhyNot.ASKED_BEFORE)
    assert await balanced(trade)


async def test_what_came_back_is_not_taxed_anew_at_another_address(trade: Trade) -> None:
    await tax(trade, "NY", "0.1")
    trade, bought, song, _ = await with_song_and_tee(trade)
    asked = await ask_back(trade, bought, song, key="ask")
    back = await receive(trade, await approve(trade, asked), 1)
    assert back.refund.total == usd(550)

    view = await move(trade, bought, AWAY)

    assert view.comes_back == usd(200 + 50)
    assert view.order.worth == usd(1999 + 500 + 550)
    assert await kept(trade, view.order) == view.order.worth
    assert await balanced(trade)


async def test_what_was_handed_over_is_taxed_where_that_was(trade: Trade) -> None:
    await tax(trade, "CA", "0.1")
    trade, bought, song, _ = await with_song_and_tee(trade)

    view = await move(trade, bought, AWAY)

    assert view.to_pay == usd(200 + 50)
    line = next(each for each in view.quote.lines if each.id == song)
    assert (line.tax, line.gross) == (usd(0), usd(1000))


async def test_what_came_back_keeps_its_price_where_promotions_are_run_again(trade: Trade) -> None:
    trade, bought, song, tee = await with_song_and_tee(trade)
    asked = await ask_back(trade, bought, song, key="ask")
    await receive(trade, await approve(trade, asked), 1)
    await promote(trade, 10)

    view = await modify(trade, bought, None, (tee, 1), rerun=True)

    line = next(each for each in view.quote.lines if each.id == song)
    assert line.gross == usd(1000)


async def with_song_and_tee(trade: Trade) -> tuple[Trade, OrderView, LineId, Product]:
    """A shop that takes downloads back, and a paid order of a shirt and two songs in it."""
    trade = with_policy(trade, digital=True)
    tee, song = await trade.stocked(10), await trade.stocked(10, price=500, digital=True)
    bought = await trade.buy(tee, 1)
    await modify(trade, bought, None, (song, 2), key="song")
    await trade.pay(bought)
    _, item = (await now(trade, bought)).items
    return trade, bought, item.id, tee


async def ask_back(
    trade: Trade, bought: OrderView, item_id: LineId, *, key: str, quantity: int = 1
) -> ReturnView:
    """So many of the item, asked back because they are faulty."""
    back = ReturnItem(item_id=item_id, quantity=quantity, reason=FAULTY)
    wish = RequestReturn(order_id=bought.order.id, kind=ReturnKind.RETURN, items=(back,))
    ports = trade.shop.ports
    return await request_return(wish, token=bought.token, key=key, actor=GUEST, ports=ports)
