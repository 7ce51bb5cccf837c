"""Returning: what comes back moves stock and money once, by whoever may."""

from __future__ import annotations

from decimal import Decimal

import pytest

from automate_store.application.access import GUEST
from automate_store.application.orders import (
    CancelOrder,
    ShipOrder,
    cancel_order,
    ship_order,
)
from automate_store.application.payments import RefundOrder, list_refunds, refund_order
from automate_store.application.returns import (
    list_returns,
    preview_return,
)
from automate_store.domain.inventory import MovementType
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import LineId
from automate_store.domain.orders import OrderStatus, PaymentStatus
from automate_store.domain.returns import (
    Condition,
    IllegalReturnMove,
    RefundPart,
    ReturnKind,
    ReturnState,
    TooManyAccepted,
)
from automate_store.entrypoints.properties.returns import FAULTY, UNWANTED
from tests.application.giving_back import (
    approve,
    arrive,
    ask,
    balanced,
    delivered,
    receive,
    refund,
    usd,
    wish,
    with_policy,
)
from tests.application.trading import STAFF, Trade


async def test_what_comes_back_as_new_is_on_the_shelf_and_paid_back(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await delivered(trade, tee, 3)
    asked = await ask(trade, bought, 2)
    assert (asked.returned.state, asked.refund.total) == (ReturnState.REQUESTED, usd(3998))
    assert asked.order.items[0].returning == 2
    back = await receive(trade, await approve(trade, asked), 2)
    assert (back.returned.state, back.refund.total) == (ReturnState.REFUNDED, usd(3998))
    item = back.order.items[0]
    assert (item.returning, item.returned, item.to_return) == (0, 2, 1)
    assert back.order.worth == usd(1999 + 500)
    assert back.order.payment_status is PaymentStatus.PARTIALLY_REFUNDED
    assert (await trade.stock(tee)).on_hand == 9
    async with trade.shop.ports.reading() as reads:
        newest, *_ = await reads.stock.movements(tee.variants[0].id, before=None, limit=1)
    assert (newest.type, newest.quantity_change) == (MovementType.RETURN, 2)
    assert (newest.reference_type, newest.reference_id) == ("return", back.returned.id)
    assert await balanced(trade)


async def test_a_faulty_order_comes_back_whole_with_its_shipping(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await delivered(trade, tee, 2)
    first = await receive(trade, await approve(trade, await ask(trade, bought, 1, FAULTY)), 1)
    assert first.refund.total == usd(1999)
    again = await ask(trade, bought, 1, FAULTY, key="again")
    last = await receive(trade, await approve(trade, again), 1, Condition.DAMAGED, key="b")
    assert last.refund.total == usd(1999 + 500)
    assert (last.order.status, last.order.worth) == (OrderStatus.REFUNDED, usd(0))
    assert (await trade.stock(tee)).on_hand == 9
    assert await balanced(trade)


async def test_shipping_stays_where_something_came_back_that_was_only_unwanted(
    trade: Trade,
) -> None:
    tee = await trade.stocked(10)
    bought = await delivered(trade, tee, 2)
    await receive(trade, await approve(trade, await ask(trade, bought, 1, UNWANTED)), 1)
    again = await ask(trade, bought, 1, FAULTY, key="again")
    last = await receive(trade, await approve(trade, again), 1, key="b")
    assert last.refund.total == usd(1999)
    assert last.order.payment_status is PaymentStatus.PARTIALLY_REFUNDED


async def test_the_refund_is_shown_line_by_line_before_it_is_asked_for(trade: Trade) -> None:
    trade = with_policy(trade, restocking_rate=Decimal("0.1"), return_shipping=usd(495))
    tee = await trade.stocked(10)
    bought = await delivered(trade, tee, 2)
    ports = trade.shop.ports
    told = await preview_return(wish(bought, 1), token=bought.token, actor=GUEST, ports=ports)
    assert [(line.part, line.amount) for line in told.refund.lines] == [
        (RefundPart.GOODS, usd(1999)),
        (RefundPart.RESTOCKING, usd(-200)),
        (RefundPart.RETURN_SHIPPING, usd(-495)),
    ]
    assert told.refund.total == usd(1304)
    found = await list_returns(bought.order.id, token=bought.token, actor=GUEST, ports=ports)
    assert found == ()
    back = await receive(trade, await approve(trade, await ask(trade, bought, 1)), 1)
    assert back.refund == told.refund
    assert await balanced(trade)


async def test_staff_accept_fewer_with_a_reason_and_the_rest_may_be_asked_again(
    trade: Trade,
) -> None:
    tee = await trade.stocked(10)
    bought = await delivered(trade, tee, 3)
    approved = await approve(trade, await ask(trade, bought, 3))
    with pytest.raises(InvalidInput):
        await receive(trade, approved, 1)
    with pytest.raises(TooManyAccepted):
        await receive(trade, approved, 4)
    back = await receive(trade, approved, 1, reason="two were worn")
    assert back.refund.total == usd(1999)
    assert back.order.items[0].to_return == 2
    assert back.returned.items[0].refused_reason == "two were worn"
    assert await balanced(trade)


async def test_a_return_of_which_nothing_is_accepted_gives_nothing_back(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await delivered(trade, tee, 1)
    approved = await approve(trade, await ask(trade, bought, 1))
    back = await receive(trade, approved, 0, Condition.USED, reason="worn")
    assert (back.returned.state, back.refund.total) == (ReturnState.REJECTED, usd(0))
    assert back.order.worth == back.order.total
    assert (await trade.stock(tee)).on_hand == 9
    with pytest.raises(IllegalReturnMove):
        await refund(trade, back)


async def test_what_was_lost_is_claimed_and_paid_back_without_a_parcel(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought, ports = await trade.buy(tee, 2), trade.shop.ports
    await trade.pay(bought)
    whole = ShipOrder(order_id=bought.order.id)
    await ship_order(whole, versions=None, key="ship", actor=STAFF, ports=ports)
    claim = await approve(trade, await ask(trade, bought, 1, "lost", kind=ReturnKind.CLAIM))
    assert claim.refund.total == usd(1999)
    with pytest.raises(IllegalReturnMove):
        await receive(trade, claim, 1)
    paid = await refund(trade, claim)
    assert (paid.returned.state, paid.order.worth) == (ReturnState.REFUNDED, usd(1999 + 500))
    assert (await trade.stock(tee)).on_hand == 8
    with pytest.raises(IllegalReturnMove):
        await refund(trade, claim, key="twice")
    assert await balanced(trade)


async def test_money_waits_for_a_further_word_where_the_policy_says_so(trade: Trade) -> None:
    trade = with_policy(trade, refund_on_receipt=False)
    tee = await trade.stocked(10)
    bought = await delivered(trade, tee, 2)
    ports = trade.shop.ports
    back = await receive(trade, await approve(trade, await ask(trade, bought, 2)), 2)
    assert (back.returned.state, back.order.worth) == (ReturnState.RECEIVED, back.order.total)
    courtesy = RefundOrder(order_id=bought.order.id, amount=usd(1000), reason="for the wait")
    await refund_order(courtesy, key="courtesy", actor=STAFF, ports=ports)
    paid = await refund(trade, back)
    assert paid.refund.total == usd(3498)
    assert paid.refund.kept(RefundPart.GIVEN_BEFORE) == usd(500)
    view = await list_refunds(bought.order.id, token=bought.token, actor=GUEST, ports=ports)
    assert [each.return_id for each in view.refunds] == [None, back.returned.id]
    assert await balanced(trade)


async def test_what_is_called_off_after_a_return_is_what_comes_next(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought, ports = await trade.buy(tee, 3), trade.shop.ports
    await trade.pay(bought)
    (item,) = bought.order.items
    one = ShipOrder(order_id=bought.order.id, items={item.id: 1})
    await ship_order(one, versions=None, key="ship", actor=STAFF, ports=ports)
    await arrive(trade, bought.order)
    await receive(trade, await approve(trade, await ask(trade, bought, 1)), 1)
    rest: dict[LineId, int] = {item.id: 2}
    left = await cancel_order(
        CancelOrder(order_id=bought.order.id, items=rest),
        token=bought.token,
        versions=None,
        key="cancel",
        actor=GUEST,
        ports=ports,
    )
    assert (left.total, left.worth) == (usd(1999 + 500), usd(500))
    assert await balanced(trade)
