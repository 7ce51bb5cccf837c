"""What every adapter of ``ports.audit.Auditor`` promises."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

import pytest
from attrs import evolve

from automate_store.application.ports import Ports
from automate_store.application.ports.audit import Auditor, AuditReport
from automate_store.domain.inventory import MovementType, ReservationState, sell
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import Order, OrderState, ask_back
from automate_store.domain.payments import GatewayReport, PaymentState
from automate_store.entrypoints.properties.contracts.returns import new_return
from automate_store.entrypoints.properties.contracts.scene import (
    Stocked,
    new_edit,
    new_movement,
    new_order,
    new_payment,
    new_product,
    new_reservation,
    new_shipment,
    put_product,
    put_reservation,
    staged,
)

EVERYTHING = 100


class Books(Protocol):
    """A store, and the auditor of its books."""

    @property
    def ports(self) -> Ports:
        """What the books are written with; nothing has been written yet."""

    @property
    def auditor(self) -> Auditor:
        """The adapter under test."""


@pytest.mark.asyncio
class AuditorContract:
    """Books that agree are clean, and each thing that does not agree is found and named."""

    async def test_an_empty_store_is_clean(self, books: Books) -> None:
        report = await books.auditor.audit(shown=EVERYTHING)
        assert report.clean
        assert {check.looked_at for check in report.checks} == {0}

    async def test_an_honest_sale_leaves_clean_books(self, books: Books) -> None:
        store = books.ports
        stocked = await _stocked(store, 10)
        order = await _placed(store, stocked)
        assert (await books.auditor.audit(shown=EVERYTHING)).clean
        await _paid_and_shipped(store, order, stocked)
        report = await books.auditor.audit(shown=EVERYTHING)
        assert report.clean
        looked_at = {check.check: check.looked_at for check in report.checks}
        assert (looked_at["ledger"], looked_at["sold"], looked_at["bounds"]) == (2, 1, 1)

    async def test_goods_that_moved_without_the_ledger_are_found(self, books: Books) -> None:
        stocked = await _stocked(books.ports, 10)
        async with books.ports.unit_of_work() as work:
            await work.stock.apply([stocked.change(on_hand=-3)])
        await _only(books, "on hand", "MUG-1", "10", "7")

    async def test_a_movement_that_does_not_continue_the_ledger_is_found(
        self, books: Books
    ) -> None:
        stocked = await _stocked(books.ports, 10)
        async with books.ports.unit_of_work() as work:
            await work.stock.apply([stocked.change(on_hand=1)])
            await work.stock.record([new_movement(books.ports, stocked, 1, 12)])
        assert await _found(books) == {"ledger"}

    async def test_stock_that_is_reserved_for_nobody_is_found(self, books: Books) -> None:
        stocked = await _stocked(books.ports, 10)
        async with books.ports.unit_of_work() as work:
            await work.stock.apply([stocked.change(reserved=2)])
        await _only(books, "reserved", "MUG-1", "0", "2")

    async def test_an_order_that_holds_less_than_it_has_to_ship_is_found(
        self, books: Books
    ) -> None:
        stocked = await _stocked(books.ports, 10)
        order = await _placed(books.ports, stocked)
        async with books.ports.unit_of_work() as work:
            held = await work.stock.held(order.id)
            await work.stock.close(held, ReservationState.RELEASED)
            await work.stock.apply([stocked.change(reserved=-2)])
        await _only(books, "holds", f"{order.number}, MUG-1", "2", "0")

    async def test_an_edit_holds_what_it_adds_and_no_less(self, books: Books) -> None:
        store = books.ports
        stocked = await _stocked(store, 10)
        order = await _placed(store, stocked)
        await _paid(store, order)
        async with store.unit_of_work() as work:
            paid = await work.orders.get(order.id)
            edit = new_edit(store, paid, stocked, quantity=3)
            await work.orders.save(staged(store, paid, edit))
        await _only(books, "holds", f"{order.number}, MUG-1", "5", "2")
        await put_reservation(store, order, stocked, 3)
        assert (await books.auditor.audit(shown=EVERYTHING)).clean

    async def test_a_sale_of_what_did_not_ship_is_found(self, books: Books) -> None:
        stocked = await _stocked(books.ports, 10)
        order = await _placed(books.ports, stocked)
        sale = evolve(
            new_movement(books.ports, stocked, -1, 9),
            type=MovementType.SALE,
            reference_type="order",
            reference_id=order.id,
        )
        async with books.ports.unit_of_work() as work:
            await work.stock.apply([stocked.change(on_hand=-1)])
            await work.stock.record([sale])
        assert await _found(books) == {"sold"}

    async def test_a_total_that_is_not_the_sum_of_its_parts_is_found(self, books: Books) -> None:
        stocked = await _stocked(books.ports, 10)
        honest = new_order(books.ports, stocked)
        quote = evolve(honest.quote, total=honest.total - stocked.product.price)
        await _hold(books.ports, evolve(honest, quote=quote), stocked)
        assert await _found(books) == {"totals"}

    async def test_an_order_that_was_paid_by_nobody_is_found(self, books: Books) -> None:
        stocked = await _stocked(books.ports, 10)
        order = await _placed(books.ports, stocked)
        async with books.ports.unit_of_work() as work:
            paid = order.pay(order.total, actor="nobody", at=books.ports.clock())
            await work.orders.save(paid)
        assert await _found(books) == {"paid"}

    async def test_an_order_that_waits_keeps_less_than_it_costs(self, books: Books) -> None:
        stocked = await _stocked(books.ports, 10)
        order = await _placed(books.ports, stocked)
        at, one = books.ports.clock(), Money(1, order.total.currency)
        for number, amount in (("part", order.total - one), ("rest", one)):
            assert (await books.auditor.audit(shown=EVERYTHING)).clean
            report = GatewayReport(intent_id=number, state=PaymentState.CAPTURED, amount=amount)
            payment = evolve(new_payment(books.ports, order), amount=amount)
            async with books.ports.unit_of_work() as work:
                await work.payments.add(payment.settle(report, at=at))
        assert await _found(books) == {"paid"}

    async def test_money_that_went_back_without_a_refund_is_found(self, books: Books) -> None:
        stocked = await _stocked(books.ports, 10)
        order = await _placed(books.ports, stocked)
        await _paid_and_shipped(books.ports, order, stocked)
        async with books.ports.unit_of_work() as work:
            (payment,) = await work.payments.of_order(order.id)
            one = Money(1, payment.amount.currency)
            await work.payments.save(payment.refund(one, at=books.ports.clock()))
            shipped = await work.orders.get(order.id)
            await work.orders.save(evolve(shipped, credited=one))
        assert await _found(books) == {"refunds"}

    async def test_goods_that_came_back_without_a_return_are_found(self, books: Books) -> None:
        stocked = await _stocked(books.ports, 10)
        order = await _placed(books.ports, stocked)
        await _paid_and_shipped(books.ports, order, stocked)
        asked = new_return(books.ports, order)
        async with books.ports.unit_of_work() as work:
            shipped = await work.orders.get(order.id)
            await work.orders.save(
                evolve(shipped, items=ask_back(shipped, asked.asked, missing={}))
            )
        told = ("0 asked back, 0 back", "1 asked back, 0 back")
        await _only(books, "returned", f"{order.number}, MUG-1", *told)
        async with books.ports.unit_of_work() as work:
            await work.returns.add(asked)
        assert (await books.auditor.audit(shown=EVERYTHING)).clean
        async with books.ports.unit_of_work() as work:
            await work.returns.save(asked.saved().withdraw(actor="guest", at=books.ports.clock()))
        assert await _found(books) == {"returned"}

    async def test_an_order_whose_lives_disagree_is_found(self, books: Books) -> None:
        stocked = await _stocked(books.ports, 10)
        order = await _placed(books.ports, stocked)
        async with books.ports.unit_of_work() as work:
            await work.orders.save(evolve(order, state=OrderState.CONFIRMED))
        assert await _found(books) == {"states"}

    async def test_as_many_are_shown_as_were_asked_for_and_all_are_counted(
        self, books: Books
    ) -> None:
        for slug in ("a", "b", "c"):
            stocked = await _stocked(books.ports, 1, slug)
            async with books.ports.unit_of_work() as work:
                await work.stock.apply([stocked.change(reserved=1)])
        for shown in (0, 2, EVERYTHING):
            report = await books.auditor.audit(shown=shown)
            (check,) = (each for each in report.checks if each.differences)
            assert (check.differences, len(check.shown)) == (3, min(shown, 3))
            assert report.differences == 3


async def _found(books: Books) -> set[str]:
    report: AuditReport = await books.auditor.audit(shown=EVERYTHING)
    return {check.check for check in report.checks if check.differences}


async def _only(books: Books, name: str, subject: str, expected: str, found: str) -> None:
    report = await books.auditor.audit(shown=EVERYTHING)
    (check,) = (each for each in report.checks if each.differences)
    (one,) = check.shown
    assert (check.check, one.subject, one.expected, one.found) == (name, subject, expected, found)


async def _stocked(store: Ports, on_hand: int, slug: str = "mug") -> Stocked:
    stocked = await put_product(store, new_product(store, slug), on_hand=0)
    async with store.unit_of_work() as work:
        await work.stock.apply([stocked.change(on_hand=on_hand)])
        await work.stock.record([new_movement(store, stocked, on_hand, on_hand)])
    return stocked


async def _placed(store: Ports, stocked: Stocked) -> Order:
    order = new_order(store, stocked)
    await _hold(store, order, stocked)
    return order.saved()


async def _hold(store: Ports, order: Order, stocked: Stocked) -> None:
    quantity = order.items[0].quantity
    async with store.unit_of_work() as work:
        await work.orders.add(order)
        await work.stock.apply([stocked.change(reserved=quantity)])
        held = new_reservation(store, order, stocked, quantity, timedelta(hours=1))
        await work.stock.hold([held])


async def _paid(store: Ports, order: Order) -> None:
    report = GatewayReport(intent_id="1", state=PaymentState.CAPTURED, amount=order.total)
    at = store.clock()
    async with store.unit_of_work() as work:
        await work.payments.add(new_payment(store, order).settle(report, at=at))
        await work.orders.save(order.pay(order.total, actor="gateway", at=at))


async def _paid_and_shipped(store: Ports, order: Order, stocked: Stocked) -> None:
    payment = new_payment(store, order)
    report = GatewayReport(intent_id="1", state=PaymentState.CAPTURED, amount=order.total)
    at = store.clock()
    async with store.unit_of_work() as work:
        await work.payments.add(payment.settle(report, at=at))
        paid = order.pay(order.total, actor="gateway", at=at)
        held = await work.stock.held(order.id)
        sale = sell(held, order.wanted, new_id=store.ids.uuid)
        await work.stock.close(sale.closed, ReservationState.SOLD)
        (after,) = await work.stock.apply(sale.changes)
        movement = evolve(
            new_movement(store, stocked, sale.changes[0].on_hand, after.on_hand),
            type=MovementType.SALE,
            reference_type="order",
            reference_id=order.id,
        )
        await work.stock.record([movement])
        shipped = paid.ship(new_shipment(store, paid), actor="staff", at=at)
        await work.orders.save(shipped)
