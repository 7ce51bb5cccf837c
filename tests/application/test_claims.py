"""Claims: what was lost or broken is sent again, or paid back, by a word of the staff."""

from __future__ import annotations

from uuid import UUID

import pytest

from automate_store.application.access import GUEST
from automate_store.application.orders import (
    OrderView,
    ShipOrder,
    ship_order,
)
from automate_store.application.returns import (
    ReplaceReturn,
    ReturnView,
    replace_return,
    request_return,
)
from automate_store.domain.catalog import Product
from automate_store.domain.inventory import OutOfStock
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import LineId
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
        await replace_return(
            ReplaceReturn(return_id=asked.returned.id), key="no", actor=STAFF, ports=ports
        )
    await approve(trade, asked)
    done = await replace_return(
        ReplaceReturn(return_id=asked.returned.id), key="yes", actor=STAFF, ports=ports
    )
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
    waits = await replace_return(
        ReplaceReturn(return_id=asked.returned.id), key="yes", actor=STAFF, ports=ports
    )
    assert (waits.returned.state, waits.refund.due) == (ReturnState.RECEIVED, usd(3001))
    assert await balanced(trade)
    await pay_difference(trade, bought)
    assert (await the_return(trade, asked)).returned.state is ReturnState.EXCHANGED
    assert (await now(trade, bought)).worth == usd(1999 + 5000 + 500)
    assert await balanced(trade)


async def test_a_claim_that_asked_for_nothing_is_not_replaced(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await delivered(trade, tee, 1)
    ports = trade.shop.ports
    asked = await claimed(trade, bought, 1)
    await approve(trade, asked)
    with pytest.raises(NothingToReplace, match="name in items"):
        await replace_return(
            ReplaceReturn(return_id=asked.returned.id), key="yes", actor=STAFF, ports=ports
        )


async def replace(trade: Trade, claim: ReturnView, instead: Product | None = None) -> ReturnView:
    """What is claimed sent again by staff: the same of its only item, or another thing."""
    (item,) = claim.returned.items
    comes = None if instead is None else instead.variants[0].id
    command = ReplaceReturn(return_id=claim.returned.id, items={item.item_id: comes})
    return await replace_return(command, key="again", actor=STAFF, ports=trade.shop.ports)


async def claimed(trade: Trade, bought: OrderView, quantity: int) -> ReturnView:
    """So many claimed as lost, of which no word says that anything is to come for them."""
    plain, ports = wish(bought, quantity, "lost", kind=ReturnKind.CLAIM), trade.shop.ports
    return await request_return(plain, token=bought.token, key="a", actor=GUEST, ports=ports)


async def test_staff_may_send_again_what_nobody_asked_for(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await delivered(trade, tee, 2)
    asked = await claimed(trade, bought, 2)
    with pytest.raises(IllegalReturnMove):
        await replace(trade, asked)
    await approve(trade, asked)
    await trade.reprice(tee, 9900)

    done = await replace(trade, asked)

    assert (done.returned.state, done.refund.total) == (ReturnState.EXCHANGED, usd(0))
    assert [item.variant_id for item in done.order.items] == [tee.variants[0].id] * 2
    assert (await trade.stock(tee)).reserved == 2
    assert await balanced(trade)


async def test_staff_may_send_something_else_than_was_asked_for(trade: Trade) -> None:
    tee, cap = await trade.stocked(10), await trade.stocked(1)
    bought = await delivered(trade, tee, 1)
    asked = await exchange(trade, bought, 1, tee, "lost", kind=ReturnKind.CLAIM)
    await approve(trade, asked)

    done = await replace(trade, asked, cap)

    assert done.order.items[-1].variant_id == cap.variants[0].id
    assert ((await trade.stock(tee)).reserved, (await trade.stock(cap)).reserved) == (0, 1)
    assert await balanced(trade)


async def test_the_last_piece_that_is_kept_for_a_claim_may_be_named_again(trade: Trade) -> None:
    tee, last = await trade.stocked(10), await trade.stocked(1)
    bought = await delivered(trade, tee, 1)
    asked = await exchange(trade, bought, 1, last, "lost", kind=ReturnKind.CLAIM)
    await approve(trade, asked)
    assert (await trade.stock(last)).available == 0

    done = await replace(trade, asked, last)

    assert done.returned.state is ReturnState.EXCHANGED
    assert (await trade.stock(last)).reserved == 1
    assert await balanced(trade)


async def test_what_is_not_there_is_not_sent_again(trade: Trade) -> None:
    tee = await trade.stocked(1)
    bought = await delivered(trade, tee, 1)
    asked = await claimed(trade, bought, 1)
    await approve(trade, asked)
    with pytest.raises(OutOfStock):
        await replace(trade, asked)
    stranger = ReplaceReturn(return_id=asked.returned.id, items={LineId(UUID(int=1)): None})
    with pytest.raises(InvalidInput):
        await replace_return(stranger, key="no", actor=STAFF, ports=trade.shop.ports)
    assert (await the_return(trade, asked)).returned.state is ReturnState.APPROVED
