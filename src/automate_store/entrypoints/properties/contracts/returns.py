"""What every adapter of ``ports.returns.Returns`` promises."""

from __future__ import annotations

import asyncio

import pytest
from attrs import evolve

from automate_store.application.errors import NumberTaken, VersionConflict
from automate_store.application.ports import Ports
from automate_store.domain.kernel.ids import LineId, ReturnId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import Order, ask_back, settle_return
from automate_store.domain.pricing import some_units
from automate_store.domain.returns import (
    Condition,
    Receipt,
    RefundLine,
    RefundPart,
    RefundSum,
    Replacement,
    Return,
    ReturnItem,
    ReturnKind,
    ReturnNotFound,
    ReturnState,
)
from automate_store.entrypoints.properties.contracts.scene import (
    STAFF,
    new_order,
    new_shipment,
    outcomes,
    put_order,
    put_stocked,
)
from automate_store.entrypoints.properties.moments import NOON


@pytest.mark.asyncio
class ReturnsContract:
    """Returns are kept whole, found by their order or in turn, and changed by one at a time."""

    async def test_a_return_comes_back_as_it_was_added(self, store: Ports) -> None:
        returned = await _added(store, await _order(store))
        assert await _now(store, returned) == returned

    async def test_how_much_of_a_claim_never_came_is_kept(self, store: Ports) -> None:
        asked = new_return(store, await _order(store))
        lost = tuple(evolve(item, missing=1) for item in asked.items)
        claim = evolve(asked, kind=ReturnKind.CLAIM, items=lost)
        async with store.unit_of_work() as work:
            await work.returns.add(claim)
        assert await _now(store, claim) == claim.saved()

    async def test_an_unknown_return_is_not_found(self, store: Ports) -> None:
        with pytest.raises(ReturnNotFound):
            await _now(store, new_return(store, await _order(store)))

    async def test_a_number_is_taken_once(self, store: Ports) -> None:
        order = await _order(store)
        returned = await _added(store, order)
        twin = evolve(new_return(store, order), number=returned.number)
        with pytest.raises(NumberTaken) as taken:
            async with store.unit_of_work() as work:
                await work.returns.add(twin)
        assert taken.value.number == returned.number

    async def test_what_became_of_it_is_kept(self, store: Ports) -> None:
        order = await _order(store)
        returned = (await _added(store, order)).approve(actor=STAFF, at=NOON)
        await _save(store, returned)
        received = returned.saved().receive(_receipts(returned), actor=STAFF, at=NOON)
        await _save(store, received.worth(_sum(order)))
        assert await _now(store, returned) == received.worth(_sum(order)).saved()
        paid = received.saved().pay_back(_sum(order), actor=STAFF, at=NOON)
        await _save(store, paid)
        assert await _now(store, returned) == paid.saved()

    async def test_why_it_was_rejected_is_kept(self, store: Ports) -> None:
        returned = await _added(store, await _order(store))
        rejected = returned.reject("worn for a year", actor=STAFF, at=NOON)
        await _save(store, rejected)
        assert await _now(store, returned) == rejected.saved()

    async def test_what_comes_for_its_goods_is_kept(self, store: Ports) -> None:
        order = await _order(store)
        asked = _exchange(store, order)
        async with store.unit_of_work() as work:
            await work.returns.add(asked)
        assert await _now(store, asked) == asked.saved()
        approved = asked.saved().approve(actor=STAFF, at=NOON)
        await _save(store, approved)
        received = approved.saved().receive(_receipts(approved), actor=STAFF, at=NOON)
        waiting = received.worth(_sum(order), in_money=_sum(order))
        await _save(store, waiting)
        assert await _now(store, asked) == waiting.saved()
        for_money = waiting.saved().for_money()
        await _save(store, for_money)
        assert await _now(store, asked) == for_money.saved()

    async def test_a_lost_update_is_refused(self, store: Ports) -> None:
        returned = await _added(store, await _order(store))
        await _save(store, returned.approve(actor=STAFF, at=NOON))
        with pytest.raises(VersionConflict):
            await _save(store, returned.reject("no", actor=STAFF, at=NOON))
        assert (await _now(store, returned)).state is ReturnState.APPROVED

    async def test_of_two_changes_at_once_one_is_refused(self, store: Ports) -> None:
        returned = await _added(store, await _order(store))
        both_loaded = asyncio.Barrier(2)

        async def reject(reason: str) -> None:
            async with store.unit_of_work() as work:
                loaded = await work.returns.get(returned.id)
                await both_loaded.wait()
                await work.returns.save(loaded.reject(reason, actor=STAFF, at=NOON))

        came_to = await outcomes(reject("one"), reject("two"))
        assert [type(each) for each in came_to if each is not None] == [VersionConflict]

    async def test_the_order_keeps_what_is_asked_back_and_what_came(self, store: Ports) -> None:
        order = await _order(store)
        shipped = order.pay(order.total, actor="guest", at=NOON).ship(
            new_shipment(store, order), actor=STAFF, at=NOON
        )
        asked = {item.id: item.quantity for item in order.items}
        missing = dict.fromkeys(asked, 1)
        waiting = evolve(shipped, items=ask_back(shipped, asked, missing=missing))
        async with store.unit_of_work() as work:
            await work.orders.save(waiting)
        assert await _order_now(store, order) == waiting.saved()
        one = dict.fromkeys(asked, 1)
        settled = settle_return(waiting, asked, taken=one, missing=missing)
        back = evolve(waiting.saved(), items=settled)
        async with store.unit_of_work() as work:
            await work.orders.save(back)
        assert await _order_now(store, order) == back.saved()

    async def test_the_order_keeps_when_a_download_was_handed_over(self, store: Ports) -> None:
        placed = new_order(store, await put_stocked(store), await put_stocked(store, "c"))
        tee, song = placed.items
        order = evolve(placed, items=(tee, evolve(song, requires_shipping=False)))
        async with store.unit_of_work() as work:
            await work.orders.add(order)
        paid = order.saved().pay(order.total, actor="guest", at=NOON)
        async with store.unit_of_work() as work:
            await work.orders.save(paid)
        assert await _order_now(store, order) == paid.saved()
        assert paid.items[1].handed_over_at == NOON

    async def test_the_returns_of_an_order_come_oldest_first(self, store: Ports) -> None:
        order = await _order(store)
        older, newer = await _added(store, order), await _added(store, order)
        await _added(store, await put_order(store, await put_stocked(store, "b")))
        async with store.reading() as reads:
            assert await reads.returns.of_order(order.id) == (older, newer)

    async def test_pages_lead_through_all_of_a_state_newest_first(self, store: Ports) -> None:
        order = await _order(store)
        asked = [await _added(store, order) for _ in range(4)]
        await _save(store, approved := asked.pop(1).approve(actor=STAFF, at=NOON))
        newest = asked[::-1]
        async with store.reading() as reads:
            page, state = reads.returns.page, ReturnState.REQUESTED
            first = await page(state=state, before=None, limit=2)
            rest = await page(state=state, before=first[-1].id, limit=2)
            every = await page(state=None, before=newest[0].id, limit=9)
        assert [*first, *rest] == newest
        assert [each.id for each in every] == [newest[1].id, approved.id, newest[2].id]


def new_return(store: Ports, order: Order) -> Return:
    """A wish to give one unit of each of the order's items back, not stored yet."""
    items = [ReturnItem(item_id=item.id, quantity=1, reason="defective") for item in order.items]
    return Return.request(
        id=ReturnId(store.ids.uuid()),
        number=store.ids.order_number(),
        order_id=order.id,
        order_number=order.number,
        kind=ReturnKind.RETURN,
        items=items,
        comments="It came in two.",
        actor="guest",
        at=store.clock(),
    )


def _exchange(store: Ports, order: Order) -> Return:
    """A wish to have others for one unit of each item: one at its own price, others for less."""
    asked, quoted = new_return(store, order), order.quote
    lines = {line.id: line for line in quoted.lines}
    items = []
    for nth, item in enumerate(order.items):
        comes = evolve(item, id=LineId(store.ids.uuid()), quantity=1)
        line = some_units(lines[item.id], 0, 1, quoted.tax_mode)
        priced = evolve(line, id=comes.id) if nth else None
        replacement = Replacement(item=comes, priced=priced, taxes=quoted.taxes)
        items.append(evolve(asked.items[nth], replacement=replacement))
    return evolve(asked, items=tuple(items))


def _receipts(returned: Return) -> dict[LineId, Receipt]:
    first, *rest = returned.asked
    taken = Receipt(accepted=1, condition=Condition.USED)
    refused = Receipt(accepted=0, condition=Condition.DAMAGED, reason="not ours")
    return {first: taken, **dict.fromkeys(rest, refused)}


def _sum(order: Order) -> RefundSum:
    """What goes back for one unit, a fee kept of it."""
    item, nothing = order.items[0], Money.zero(order.total.currency)
    fee = Money(1, nothing.currency)
    return RefundSum(
        lines=(
            RefundLine(part=RefundPart.GOODS, item_id=item.id, quantity=1, amount=item.unit_price),
            RefundLine(part=RefundPart.RETURN_SHIPPING, amount=-fee),
        ),
        total=item.unit_price - fee,
    )


async def _order(store: Ports) -> Order:
    return await put_order(store, await put_stocked(store), await put_stocked(store, "c"))


async def _added(store: Ports, order: Order) -> Return:
    returned = new_return(store, order)
    async with store.unit_of_work() as work:
        await work.returns.add(returned)
    return returned.saved()


async def _now(store: Ports, returned: Return) -> Return:
    async with store.reading() as reads:
        return await reads.returns.get(returned.id)


async def _order_now(store: Ports, order: Order) -> Order:
    async with store.reading() as reads:
        return await reads.orders.get(order.id)


async def _save(store: Ports, returned: Return) -> None:
    async with store.unit_of_work() as work:
        await work.returns.save(returned)
