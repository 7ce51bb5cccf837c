"""Returning: what comes back moves stock and money once, by whoever may."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from automate_store.adapters.memory import MemoryShop
from automate_store.application.access import GUEST, Actor, Role
from automate_store.application.errors import KeyInProgress, NotAllowed
from automate_store.application.orders import (
    CancelOrder,
    DeliverOrder,
    OrderView,
    ShipOrder,
    cancel_order,
    deliver_order,
    read_timeline,
    ship_order,
)
from automate_store.application.payments import RefundOrder, list_refunds, refund_order
from automate_store.application.returns import (
    ReceiveReturn,
    RequestReturn,
    ReturnView,
    approve_return,
    list_returns,
    page_returns,
    preview_return,
    receive_return,
    refund_return,
    reject_return,
    request_return,
    withdraw_return,
)
from automate_store.domain.catalog import Product
from automate_store.domain.inventory import MovementType
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import LineId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import Order, OrderNotFound, OrderStatus, PaymentStatus
from automate_store.domain.returns import (
    Condition,
    IllegalReturnMove,
    NotReturnable,
    Receipt,
    RefundPart,
    ReturnItem,
    ReturnKind,
    ReturnNotFound,
    ReturnPolicy,
    ReturnState,
    TooManyAccepted,
)
from automate_store.entrypoints.properties.returns import FAULTY, UNWANTED
from tests.application.trading import STAFF, Trade

SUPPORT = Actor(Role.SUPPORT, "sue")


def usd(cents: int) -> Money:
    return Money(cents, "USD")


async def delivered(trade: Trade, product: Product, quantity: int) -> OrderView:
    """An order of so many, paid and arrived."""
    bought, ports = await trade.buy(product, quantity), trade.shop.ports
    await trade.pay(bought)
    whole, there = ShipOrder(order_id=bought.order.id), DeliverOrder(order_id=bought.order.id)
    key = str(bought.order.id)
    await ship_order(whole, versions=None, key=f"s{key}", actor=STAFF, ports=ports)
    await deliver_order(there, versions=None, key=f"d{key}", actor=STAFF, ports=ports)
    return bought


def wish(bought: OrderView, quantity: int, reason: str = UNWANTED, **more: Any) -> RequestReturn:
    (item,) = bought.order.items
    items = (ReturnItem(item_id=item.id, quantity=quantity, reason=reason),)
    kind = more.pop("kind", ReturnKind.RETURN)
    return RequestReturn(order_id=bought.order.id, kind=kind, items=items, **more)


async def ask(
    trade: Trade, bought: OrderView, quantity: int, reason: str = UNWANTED, **more: Any
) -> ReturnView:
    """So many asked back by the guest who bought them."""
    key = more.pop("key", "ask")
    command = wish(bought, quantity, reason, **more)
    ports = trade.shop.ports
    return await request_return(command, token=bought.token, key=key, actor=GUEST, ports=ports)


async def approve(trade: Trade, view: ReturnView) -> ReturnView:
    key, ports = f"approve {view.returned.id}".replace(" ", "-"), trade.shop.ports
    return await approve_return(view.returned.id, key=key, actor=STAFF, ports=ports)


async def receive(
    trade: Trade,
    view: ReturnView,
    accepted: int,
    condition: Condition = Condition.NEW,
    *,
    reason: str | None = None,
    key: str = "receive",
) -> ReturnView:
    (item,) = view.returned.items
    receipt = Receipt(accepted=accepted, condition=condition, reason=reason)
    command = ReceiveReturn(return_id=view.returned.id, items={item.item_id: receipt})
    return await receive_return(command, key=key, actor=STAFF, ports=trade.shop.ports)


async def refund(trade: Trade, view: ReturnView, *, key: str = "refund") -> ReturnView:
    return await refund_return(view.returned.id, key=key, actor=STAFF, ports=trade.shop.ports)


async def balanced(trade: Trade) -> bool:
    """Whether the books agree; the shop was stocked without a ledger."""
    report = await trade.shop.store.auditor().audit(shown=10)
    wrong = [check for check in report.checks if check.differences]
    return [check for check in wrong if check.check not in {"on hand", "ledger"}] == []


def with_policy(trade: Trade, **changes: Any) -> Trade:
    """The same shop, which takes goods back in another way."""
    policy: ReturnPolicy = evolve(trade.shop.ports.policy.returns, **changes)
    store = evolve(trade.shop.ports.policy, returns=policy)
    shop: MemoryShop = evolve(trade.shop, ports=evolve(trade.shop.ports, policy=store))
    return evolve(trade, shop=shop)


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


async def arrive(trade: Trade, order: Order) -> None:
    """All parcels of the order are there, though some of it has not left."""
    async with trade.shop.ports.unit_of_work() as work:
        known = await work.orders.get(order.id)
        at = trade.shop.clock()
        parcels = tuple(evolve(each, delivered_at=at) for each in known.shipments)
        await work.orders.save(evolve(known, shipments=parcels))


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


async def several(trade: Trade, bought: OrderView) -> Any:
    for _ in range(2):
        yield await ask(trade, bought, 1)


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
