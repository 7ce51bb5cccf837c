"""Exchanging: one for one, promised once it is approved, and paid by the difference alone."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from attrs import evolve

from automate_store.adapters.memory import MemoryGateway
from automate_store.application.access import GUEST
from automate_store.application.errors import GatewayUnavailable
from automate_store.application.orders import (
    CancelOrder,
    DeliverShipment,
    ShipOrder,
    cancel_order,
    deliver_shipment,
    expire_orders,
    read_timeline,
    ship_order,
)
from automate_store.application.payments import RefundOrder, refund_order
from automate_store.application.returns import (
    RequestReturn,
    preview_return,
    request_return,
    withdraw_return,
)
from automate_store.domain.catalog import VariantNotFound
from automate_store.domain.inventory import OutOfStock
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import LineId, VariantId
from automate_store.domain.orders import (
    EditOverdue,
    FulfilmentState,
    NothingToExchange,
    OrderState,
)
from automate_store.domain.returns import (
    RefundPart,
    ReturnItem,
    ReturnKind,
    ReturnState,
)
from automate_store.entrypoints.properties.returns import FAULTY
from tests.application.edits import lands
from tests.application.exchanging import (
    WEEK,
    exchange,
    now,
    pay_difference,
    refunds,
    the_return,
    wanted,
)
from tests.application.giving_back import (
    approve,
    balanced,
    delivered,
    receive,
    refund,
    usd,
    with_policy,
)
from tests.application.test_mails import mailed
from tests.application.trading import STAFF, Trade


async def test_what_comes_for_its_like_moves_no_cent(trade: Trade) -> None:
    tee, cap = await trade.stocked(10), await trade.stocked(10)
    bought = await delivered(trade, tee, 2)
    asked = await exchange(trade, bought, 1, cap)
    assert (asked.refund.total, asked.refund.due) == (usd(0), usd(0))
    assert (await trade.stock(cap)).reserved == 0
    approved = await approve(trade, asked)
    assert (await trade.stock(cap)).reserved == 1
    assert await balanced(trade)
    back = await receive(trade, approved, 1)
    assert back.returned.state is ReturnState.EXCHANGED
    assert await refunds(trade, bought) == []
    order = back.order
    assert (order.state, order.worth) == (OrderState.COMPLETED, usd(2 * 1999 + 500))
    comes = order.items[1]
    assert (comes.variant_id, comes.to_ship) == (cap.variants[0].id, 1)
    assert (await trade.stock(tee)).on_hand == 9
    assert (await trade.stock(cap)).reserved == 1
    assert await balanced(trade)


async def test_what_comes_is_sent_and_can_go_back_in_its_turn(trade: Trade) -> None:
    tee, cap = await trade.stocked(10), await trade.stocked(10)
    bought, ports = await delivered(trade, tee, 1), trade.shop.ports
    done = await receive(trade, await approve(trade, await exchange(trade, bought, 1, cap)), 1)
    assert done.order.allowed == ("ship", "cancel")
    whole = ShipOrder(order_id=bought.order.id)
    sent = await ship_order(whole, versions=None, key="again", actor=STAFF, ports=ports)
    assert (sent.state, sent.fulfilment) == (OrderState.COMPLETED, FulfilmentState.DELIVERED)
    parcel = sent.shipments[-1]
    there = DeliverShipment(order_id=sent.id, shipment_id=parcel.id)
    await deliver_shipment(there, versions=None, key="there", actor=STAFF, ports=ports)
    items = (ReturnItem(item_id=sent.items[1].id, quantity=1, reason=FAULTY),)
    command = RequestReturn(order_id=sent.id, kind=ReturnKind.RETURN, items=items)
    asked = await request_return(command, token=bought.token, key="back", actor=GUEST, ports=ports)
    back = await receive(trade, await approve(trade, asked), 1, key="r2")
    assert back.refund.total == usd(1999)
    assert (back.order.worth, await refunds(trade, bought)) == (usd(500), [1999])
    assert await balanced(trade)


async def test_a_cheaper_thing_gives_the_rest_back(trade: Trade) -> None:
    tee, pin = await trade.stocked(10), await trade.stocked(10, price=500)
    bought = await delivered(trade, tee, 2)
    asked = await exchange(trade, bought, 2, pin)
    assert [(line.part, line.amount) for line in asked.refund.lines] == [
        (RefundPart.GOODS, usd(3998)),
        (RefundPart.REPLACEMENT, usd(-1000)),
    ]
    await trade.reprice(pin, 900)
    back = await receive(trade, await approve(trade, asked), 2)
    assert back.refund == asked.refund, "the price is agreed when it is asked for"
    assert await refunds(trade, bought) == [2998]
    assert back.order.worth == usd(1000 + 500)
    assert await balanced(trade)


async def test_a_dearer_thing_waits_until_the_difference_is_paid(trade: Trade) -> None:
    tee, coat = await trade.stocked(10), await trade.stocked(10, price=5000)
    bought = await delivered(trade, tee, 1)
    back = await receive(trade, await approve(trade, await exchange(trade, bought, 1, coat)), 1)
    assert (back.returned.state, back.refund.due) == (ReturnState.RECEIVED, usd(3001))
    assert back.order.staged is not None
    assert back.order.staged.difference == usd(3001)
    assert back.order.total == usd(1999 + 500), "nothing has changed yet"
    assert await balanced(trade)
    await pay_difference(trade, bought)
    order = await now(trade, bought)
    assert (order.staged, order.worth) == (None, usd(5000 + 500))
    assert (await the_return(trade, back)).returned.state is ReturnState.EXCHANGED
    assert (await trade.stock(coat)).reserved == 1
    assert await refunds(trade, bought) == []
    assert await balanced(trade)


async def test_what_is_not_paid_in_time_is_paid_back_and_its_stock_free(trade: Trade) -> None:
    tee, coat = await trade.stocked(10), await trade.stocked(1, price=5000)
    bought = await delivered(trade, tee, 1)
    back = await receive(
        trade, await approve(trade, await exchange(trade, bought, 1, coat, FAULTY)), 1
    )
    trade.shop.clock.advance(WEEK - timedelta(seconds=1))
    assert await expire_orders(ports=trade.shop.ports) == 0
    trade.shop.clock.advance(timedelta(seconds=1))
    with pytest.raises(EditOverdue):
        await trade.intend(bought, key="late")
    assert await expire_orders(ports=trade.shop.ports) == 1
    ended = await the_return(trade, back)
    assert (ended.returned.state, ended.refund.total) == (ReturnState.REFUNDED, usd(1999 + 500))
    assert await refunds(trade, bought) == [1999 + 500], "the shipping too: all of it was faulty"
    assert (await trade.stock(coat)).reserved == 0
    assert (await now(trade, bought)).staged is None
    assert await balanced(trade)


async def test_a_gateway_that_is_asked_in_the_last_moment_has_a_while_to_answer(
    trade: Trade,
) -> None:
    gateway = trade.shop.ports.gateways[trade.gateway]
    if not isinstance(gateway, MemoryGateway):
        pytest.skip("what is handed over by hand waits for no gateway")
    tee, coat = await trade.stocked(10), await trade.stocked(1, price=5000)
    bought = await delivered(trade, tee, 1)
    await receive(trade, await approve(trade, await exchange(trade, bought, 1, coat)), 1)
    trade.shop.clock.advance(WEEK - timedelta(minutes=1))
    intended = await trade.intend(bought, key="i")
    gateway.hide(hidden=True)
    with pytest.raises(GatewayUnavailable):
        await trade.confirm(bought, intended, key="c")
    order = await now(trade, bought)
    assert order.staged is not None
    assert order.staged.expires_at == order.staged.staged_at + WEEK + timedelta(minutes=4)


async def test_whoever_is_short_of_stock_ends_an_exchange_that_is_overdue(trade: Trade) -> None:
    tee, coat = await trade.stocked(10), await trade.stocked(1, price=5000)
    bought = await delivered(trade, tee, 1)
    await receive(trade, await approve(trade, await exchange(trade, bought, 1, coat)), 1)
    with pytest.raises(OutOfStock):
        await trade.cart(coat, 1)
    trade.shop.clock.advance(WEEK)
    other = await exchange(trade, await delivered(trade, tee, 1), 1, coat, key="other")
    assert (await approve(trade, other)).returned.state is ReturnState.APPROVED
    assert (await now(trade, bought)).staged is None
    assert await balanced(trade)


async def test_where_staff_pay_back_an_unpaid_exchange_waits_for_their_word(trade: Trade) -> None:
    trade = with_policy(trade, refund_on_receipt=False)
    tee, coat = await trade.stocked(10), await trade.stocked(10, price=5000)
    bought = await delivered(trade, tee, 2)
    back = await receive(trade, await approve(trade, await exchange(trade, bought, 1, coat)), 1)
    trade.shop.clock.advance(WEEK)
    await expire_orders(ports=trade.shop.ports)
    waiting = await the_return(trade, back)
    assert (waiting.returned.state, waiting.refund.total) == (ReturnState.RECEIVED, usd(1999))
    assert await balanced(trade)
    paid = await refund(trade, back)
    assert (paid.returned.state, await refunds(trade, bought)) == (ReturnState.REFUNDED, [1999])
    assert await balanced(trade)


async def test_money_for_an_exchange_that_was_given_up_goes_back(trade: Trade) -> None:
    tee, coat = await trade.stocked(10), await trade.stocked(10, price=5000)
    bought = await delivered(trade, tee, 2)
    back = await receive(trade, await approve(trade, await exchange(trade, bought, 1, coat)), 1)
    intended = await trade.intend(bought, key="i")
    await refund(trade, back)
    assert (await trade.stock(coat)).reserved == 0
    late = await lands(trade, intended)
    assert late.worth == usd(1999 + 500)
    assert sum(await refunds(trade, bought)) == 1999 + 3001
    assert await balanced(trade)


async def test_fewer_that_are_accepted_hold_no_more_than_come_for_them(trade: Trade) -> None:
    tee, cap = await trade.stocked(10), await trade.stocked(10)
    bought = await delivered(trade, tee, 3)
    approved = await approve(trade, await exchange(trade, bought, 3, cap))
    assert (await trade.stock(cap)).reserved == 3
    back = await receive(trade, approved, 1, reason="two were worn")
    assert (await trade.stock(cap)).reserved == 1
    assert back.order.items[1].quantity == 1
    assert back.returned.state is ReturnState.EXCHANGED
    assert await balanced(trade)


async def test_a_return_that_ends_without_an_exchange_holds_nothing(trade: Trade) -> None:
    tee, cap = await trade.stocked(10), await trade.stocked(10)
    bought = await delivered(trade, tee, 2)
    first = await approve(trade, await exchange(trade, bought, 1, cap))
    await receive(trade, first, 0, reason="worn")
    assert (await trade.stock(cap)).reserved == 0
    again = await approve(trade, await exchange(trade, bought, 1, cap, key="b"))
    await withdraw_return(
        bought.order.id,
        again.returned.id,
        token=bought.token,
        key="w",
        actor=GUEST,
        ports=trade.shop.ports,
    )
    assert (await trade.stock(cap)).reserved == 0
    assert await balanced(trade)


async def test_costs_of_an_unwanted_thing_are_due(trade: Trade) -> None:
    trade = with_policy(trade, restocking_rate=Decimal("0.1"))
    tee, cap = await trade.stocked(10), await trade.stocked(10)
    bought = await delivered(trade, tee, 1)
    told = await preview_return(
        wanted(bought, 1, cap), token=bought.token, actor=GUEST, ports=trade.shop.ports
    )
    assert (told.refund.total, told.refund.due) == (usd(0), usd(200))
    await receive(trade, await approve(trade, await exchange(trade, bought, 1, cap)), 1)
    await pay_difference(trade, bought)
    assert (await now(trade, bought)).worth == usd(1999 + 200 + 500)
    assert await balanced(trade)


async def test_two_exchanges_wait_one_after_the_other(trade: Trade) -> None:
    tee, coat = await trade.stocked(10), await trade.stocked(10, price=5000)
    bought = await delivered(trade, tee, 2)
    first = await approve(trade, await exchange(trade, bought, 1, coat))
    await receive(trade, first, 1)
    second = await approve(trade, await exchange(trade, bought, 1, coat, key="second"))
    await receive(trade, second, 1, key="r2")
    assert (await the_return(trade, first)).returned.state is ReturnState.REFUNDED
    assert (await trade.stock(coat)).reserved == 1
    assert await balanced(trade)
    await pay_difference(trade, bought)
    assert (await now(trade, bought)).worth == usd(5000 + 500)
    assert await balanced(trade)


async def test_an_exchange_waits_while_the_rest_of_its_order_goes_on(trade: Trade) -> None:
    tee, coat = await trade.stocked(10), await trade.stocked(10, price=5000)
    bought, ports = await delivered(trade, tee, 3), trade.shop.ports
    even = await approve(trade, await exchange(trade, bought, 2, tee, FAULTY))
    await receive(trade, even, 2)
    dear = await approve(trade, await exchange(trade, bought, 1, coat, key="b"))
    await receive(trade, dear, 1, key="r2")
    one = (await now(trade, bought)).items[1].id
    off = CancelOrder(order_id=bought.order.id, items={one: 1})
    await cancel_order(off, token=bought.token, versions=None, key="c", actor=GUEST, ports=ports)
    some = ShipOrder(order_id=bought.order.id, items={one: 1})
    await ship_order(some, versions=None, key="t", actor=STAFF, ports=ports)
    assert (await now(trade, bought)).staged is not None
    assert await balanced(trade)
    await pay_difference(trade, bought)
    assert (await now(trade, bought)).worth == usd(1999 + 5000 + 500)
    assert await balanced(trade)


async def test_what_comes_has_to_be_sold_and_there(trade: Trade) -> None:
    tee, gone = await trade.stocked(10), await trade.stocked(0)
    bought = await delivered(trade, tee, 2)
    with pytest.raises(OutOfStock):
        await exchange(trade, bought, 1, gone)
    ports, token = trade.shop.ports, bought.token
    unknown = evolve(
        wanted(bought, 1, tee),
        replacements={bought.order.items[0].id: VariantId(ports.ids.uuid())},
    )
    with pytest.raises(VariantNotFound):
        await preview_return(unknown, token=token, actor=GUEST, ports=ports)
    elsewhere = evolve(
        wanted(bought, 1, tee), replacements={LineId(ports.ids.uuid()): tee.variants[0].id}
    )
    with pytest.raises(InvalidInput):
        await preview_return(elsewhere, token=token, actor=GUEST, ports=ports)


async def test_nothing_comes_for_an_order_whose_money_all_went_back(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought, ports = await delivered(trade, tee, 1), trade.shop.ports
    approved = await approve(trade, await exchange(trade, bought, 1, tee, FAULTY))
    all_of_it = RefundOrder(order_id=bought.order.id, amount=bought.order.total, reason="sorry")
    await refund_order(all_of_it, key="all", actor=STAFF, ports=ports)
    back = await receive(trade, approved, 1)
    assert (back.returned.state, back.refund.total) == (ReturnState.REFUNDED, usd(0))
    assert (await trade.stock(tee)).reserved == 0
    assert await balanced(trade)
    other = await delivered(trade, tee, 1)
    every = RefundOrder(order_id=other.order.id, amount=other.order.total, reason="sorry")
    await refund_order(every, key="every", actor=STAFF, ports=ports)
    with pytest.raises(NothingToExchange):
        await exchange(trade, other, 1, tee, key="no")


async def test_the_customer_is_told_what_comes_and_what_is_to_be_paid(trade: Trade) -> None:
    tee, coat = await trade.stocked(10), await trade.stocked(10, price=5000)
    bought = await delivered(trade, tee, 1)
    await receive(trade, await approve(trade, await exchange(trade, bought, 1, coat)), 1)
    told = {mail.subject: mail.text for mail in await mailed(trade)}
    name = f"Corner Shop: your return from order {bought.order.number}"
    assert "this comes for it" in told[name]
    assert "goes back" not in told[name]
    assert "That costs 30.01 USD more, to be paid once" in told[name]
    due = told["Corner Shop: 30.01 USD to pay for your exchange"]
    assert "until 2026-03-08 09:00 UTC" in due
    assert f"open your order {bought.order.number} at http://shop.example and pay" in due


async def test_a_download_that_comes_is_the_customers_at_once(trade: Trade) -> None:
    tee, film = await trade.stocked(10), await trade.stocked(10, price=1999, digital=True)
    bought = await delivered(trade, tee, 1)
    done = await receive(trade, await approve(trade, await exchange(trade, bought, 1, film)), 1)
    assert done.order.unshipped == {}
    assert (await trade.stock(film)).on_hand == 9
    assert await balanced(trade)


async def test_the_timeline_tells_what_came_for_what(trade: Trade) -> None:
    tee, coat = await trade.stocked(10), await trade.stocked(10, price=5000)
    bought = await delivered(trade, tee, 1)
    await receive(trade, await approve(trade, await exchange(trade, bought, 1, coat)), 1)
    await pay_difference(trade, bought)
    ports = trade.shop.ports
    told = await read_timeline(bought.order.id, token=bought.token, actor=GUEST, ports=ports)
    kinds = [entry.kind for entry in told]
    assert kinds[-3:] == ["order_exchange_staged", "order_items_replaced", "return_exchanged"]
