"""Claims: what was lost or broken is sent again, or paid back, by a word of the staff."""

from __future__ import annotations

import pytest

from automate_store.application.access import GUEST
from automate_store.application.orders import (
    ShipOrder,
    ship_order,
)
from automate_store.application.returns import (
    replace_return,
    request_return,
)
from automate_store.domain.orders import (
    FulfilmentState,
    OrderState,
)
from automate_store.domain.returns import (
    IllegalReturnMove,
    NothingToReplace,
    ReturnKind,
    ReturnState,
)
from tests.application.exchanging import (
    exchange,
    now,
    pay_difference,
    the_return,
)
from tests.application.giving_back import (
    approve,
    balanced,
    delivered,
    refund,
    usd,
    wish,
)
from tests.application.trading import STAFF, Trade


async def test_what_was_lost_is_sent_again_by_a_word_of_the_staff(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 2)
    await trade.pay(bought)
    ports = trade.shop.ports
    whole = ShipOrder(order_id=bought.order.id)
    await ship_order(whole, versions=None, key="s", actor=STAFF, ports=ports)
    await trade.reprice(tee, 9900)
    asked = await exchange(trade, bought, 2, tee, "lost", kind=ReturnKind.CLAIM)
    with pytest.raises(IllegalReturnMove):
        await replace_return(asked.returned.id, key="no", actor=STAFF, ports=ports)
    await approve(trade, asked)
    done = await replace_return(asked.returned.id, key="yes", actor=STAFF, ports=ports)
    assert (done.returned.state, done.refund.total) == (ReturnState.EXCHANGED, usd(0))
    assert (done.order.state, done.order.fulfilment) == (
        OrderState.CONFIRMED,
        FulfilmentState.SHIPPED,
    )
    assert done.order.worth == usd(2 * 1999 + 500)
    assert (await trade.stock(tee)).on_hand == 8
    sent = await ship_order(whole, versions=None, key="t", actor=STAFF, ports=ports)
    assert sent.unshipped == {}
    assert await balanced(trade)


async def test_a_claim_may_be_paid_back_instead(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await delivered(trade, tee, 2)
    asked = await exchange(trade, bought, 1, tee, "damaged", kind=ReturnKind.CLAIM)
    await approve(trade, asked)
    paid = await refund(trade, asked)
    assert (paid.returned.state, paid.refund.total) == (ReturnState.REFUNDED, usd(1999))
    assert (await trade.stock(tee)).reserved == 0
    assert await balanced(trade)


async def test_a_claim_for_something_dearer_waits_to_be_paid_too(trade: Trade) -> None:
    tee, coat = await trade.stocked(10), await trade.stocked(10, price=5000)
    bought = await delivered(trade, tee, 2)
    asked = await exchange(trade, bought, 1, coat, "damaged", kind=ReturnKind.CLAIM)
    await approve(trade, asked)
    ports = trade.shop.ports
    waits = await replace_return(asked.returned.id, key="yes", actor=STAFF, ports=ports)
    assert (waits.returned.state, waits.refund.due) == (ReturnState.RECEIVED, usd(3001))
    assert await balanced(trade)
    await pay_difference(trade, bought)
    assert (await the_return(trade, asked)).returned.state is ReturnState.EXCHANGED
    assert (await now(trade, bought)).worth == usd(1999 + 5000 + 500)
    assert await balanced(trade)


async def test_a_claim_that_asked_for_nothing_is_not_replaced(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await delivered(trade, tee, 1)
    plain = wish(bought, 1, "lost", kind=ReturnKind.CLAIM)
    ports = trade.shop.ports
    asked = await request_return(plain, token=bought.token, key="a", actor=GUEST, ports=ports)
    await approve(trade, asked)
    with pytest.raises(NothingToReplace):
        await replace_return(asked.returned.id, key="yes", actor=STAFF, ports=ports)
