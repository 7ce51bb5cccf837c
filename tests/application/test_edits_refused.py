"""Edits that are refused: too late, of what is over or not sold; and edits asked for twice."""

from __future__ import annotations

import asyncio

import pytest
from attrs import evolve

from automate_store.application.access import GUEST
from automate_store.application.errors import KeyInProgress, KeyMissing, VersionConflict
from automate_store.application.orders import (
    EditOutcome,
    EditView,
    ShipOrder,
    edit_order,
    expire_orders,
    ship_order,
)
from automate_store.domain.catalog import VariantNotFound
from automate_store.domain.inventory import OutOfStock
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.orders import (
    EditBar,
    EditClosed,
    NothingChanges,
    NothingLeft,
    OrderNotFound,
    OrderOverdue,
)
from tests.application.edits import (
    AN_HOUR,
    HALF_AN_HOUR,
    _wish,
    modify,
    now,
    paid_for,
    reserved,
)
from tests.application.test_cancelling import balanced, kept, usd
from tests.application.trading import STAFF, Trade


async def test_the_customer_has_an_hour_and_staff_until_something_shipped(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await paid_for(trade, tee, 3)
    (item,) = bought.order.items
    trade.shop.clock.advance(AN_HOUR)
    with pytest.raises(EditClosed) as refused:
        await modify(trade, bought, {item.id: 2})
    assert (refused.value.why, refused.value.allowed) == (EditBar.WINDOW_OVER, ("cancel",))
    assert refused.value.until == bought.order.placed_at + AN_HOUR
    by_staff = await modify(trade, bought, {item.id: 2}, actor=STAFF)
    assert by_staff.outcome is EditOutcome.APPLIED
    parcel = ShipOrder(order_id=bought.order.id, items={item.id: 1})
    await ship_order(parcel, versions=None, key="s", actor=STAFF, ports=trade.shop.ports)
    with pytest.raises(EditClosed) as refused:
        await modify(trade, bought, {item.id: 1}, actor=STAFF, key="late")
    assert refused.value.why is EditBar.SHIPPED
    async with trade.shop.ports.reading() as reads:
        (entry, *_) = await reads.trail.page(
            before=None, limit=9, subject=f"order:{bought.order.id}", account_id=None
        )
    assert entry.action == "ship_order"


async def test_what_is_over_stays_as_it_is(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 2)
    (item,) = bought.order.items
    trade.shop.clock.advance(HALF_AN_HOUR)
    with pytest.raises(OrderOverdue):
        await modify(trade, bought, {item.id: 1})
    await expire_orders(ports=trade.shop.ports)
    with pytest.raises(EditClosed) as refused:
        await modify(trade, bought, {item.id: 1})
    assert (refused.value.why, refused.value.allowed) == (EditBar.OVER, ())


async def test_a_refused_edit_changes_nothing(trade: Trade) -> None:
    tee, mug = await trade.stocked(10), await trade.stocked(1, price=700)
    bought = await paid_for(trade, tee, 2)
    other = await trade.buy(tee, 1)
    (item,) = bought.order.items
    before = await now(trade, bought)
    for wrong, wish in (
        (OutOfStock, modify(trade, bought, {item.id: 1}, (mug, 2), key="a")),
        (NothingChanges, modify(trade, bought, {item.id: 2}, key="b")),
        (NothingLeft, modify(trade, bought, {item.id: 0}, key="c")),
        (InvalidInput, modify(trade, bought, {other.order.items[0].id: 0}, key="d")),
        (VersionConflict, modify(trade, bought, {item.id: 1}, key="e", versions={99})),
        (OrderNotFound, modify(trade, evolve(bought, token=other.token), {item.id: 1}, key="f")),
    ):
        with pytest.raises(wrong):
            await wish
    with pytest.raises(KeyMissing):
        await edit_order(
            _wish(bought, {item.id: 1}, (), rerun=False),
            token=bought.token,
            versions=None,
            key=None,
            actor=GUEST,
            ports=trade.shop.ports,
        )
    assert await now(trade, bought) == before
    assert await reserved(trade, tee, mug) == [3, 0]


async def test_what_is_not_sold_any_more_is_not_added(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 2)
    async with trade.shop.ports.unit_of_work() as work:
        product = await work.products.get(tee.id)
        await work.products.save([product.archive(at=trade.shop.clock())])
    with pytest.raises(VariantNotFound):
        await modify(trade, bought, {bought.order.items[0].id: 3}, key="more")
    assert (await modify(trade, bought, {bought.order.items[0].id: 1})).order.total == usd(2499)


async def test_the_same_key_edits_once(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await paid_for(trade, tee, 3)
    (item,) = bought.order.items
    tries = (modify(trade, bought, {item.id: 2}) for _ in range(5))
    answers = await asyncio.gather(*tries, return_exceptions=True)
    views = [each for each in answers if not isinstance(each, KeyInProgress)]
    views.append(await modify(trade, bought, {item.id: 2}))
    assert {each.difference for each in views if isinstance(each, EditView)} == {usd(-1999)}
    assert await kept(trade, await now(trade, bought)) == usd(2 * 1999 + 500)
    assert await balanced(trade)
