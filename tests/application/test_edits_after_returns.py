"""Edits of an order of which something came back already, as downloads may."""

from __future__ import annotations

import pytest

from automate_store.application.access import GUEST
from automate_store.application.returns import RequestReturn, request_return
from automate_store.domain.orders import NotCancellable
from automate_store.domain.returns import ReturnItem, ReturnKind
from automate_store.entrypoints.properties.returns import FAULTY
from tests.application.edits import modify, now
from tests.application.giving_back import approve, receive, with_policy
from tests.application.test_cancelling import balanced
from tests.application.trading import Trade


async def test_what_came_back_can_be_taken_out_of_no_order(trade: Trade) -> None:
    trade = with_policy(trade, digital=True)
    tee, song = await trade.stocked(10), await trade.stocked(10, price=500, digital=True)
    bought = await trade.buy(tee, 1)
    await modify(trade, bought, None, (song, 2), key="song")
    await trade.pay(bought)
    _, item = (await now(trade, bought)).items
    back = ReturnItem(item_id=item.id, quantity=1, reason=FAULTY)
    wish = RequestReturn(order_id=bought.order.id, kind=ReturnKind.RETURN, items=(back,))
    ports = trade.shop.ports
    asked = await request_return(wish, token=bought.token, key="ask", actor=GUEST, ports=ports)
    await receive(trade, await approve(trade, asked), 1)
    with pytest.raises(NotCancellable) as refused:
        await modify(trade, bought, {item.id: 0})
    assert (refused.value.wanted, refused.value.left) == (2, 0)
    assert await balanced(trade)
