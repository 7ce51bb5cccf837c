"""Payments of one order at once, in memory and on PostgreSQL: each ends one way, and adds up."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from attrs import evolve, frozen

from automate_store.adapters.memory import MemoryGateway
from automate_store.application.access import SYSTEM, CartOwner
from automate_store.application.orders import CancelOrder, OrderView, cancel_order
from automate_store.application.payments import (
    CapturePayment,
    ConfirmPayment,
    CreateIntent,
    PaymentView,
    VoidPayment,
    capture_payment,
    confirm_payment,
    create_intent,
    settle_payment,
    void_payment,
)
from automate_store.application.ports import Ports
from automate_store.domain.kernel.errors import StoreError
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import Order, OrderState
from automate_store.domain.payments import CaptureMode, Funds, Payment, PaymentState
from tests.application.shopping import Street
from tests.application.trading import STAFF


@frozen
class Till:
    """A street whose staff take what shoppers agreed to, and one order in it."""

    ports: Ports
    gateway: MemoryGateway
    owner: CartOwner
    bought: OrderView

    @classmethod
    async def open(cls, street: Street, capture: CaptureMode) -> Till:
        gateway = MemoryGateway()
        policy = evolve(street.ports.policy, capture=capture)
        ports = evolve(street.ports, gateways={gateway.name: gateway}, policy=policy, offered=None)
        owner = await street.guest()
        return cls(ports, gateway, owner, await street.place(owner))

    def part(self, percent: int) -> Money:
        total = self.bought.order.total
        return Money(total.minor * percent // 100, total.currency)

    async def intend(self, key: str, percent: int = 100) -> PaymentView:
        command = CreateIntent(
            order_id=self.bought.order.id, gateway=self.gateway.name, amount=self.part(percent)
        )
        token = self.bought.token
        return await create_intent(command, token=token, key=key, actor=STAFF, ports=self.ports)

    async def confirm(self, view: PaymentView) -> PaymentView:
        command = ConfirmPayment(order_id=view.order.id, payment_id=view.payment.id)
        key = f"confirm-{view.payment.id}"
        return await confirm_payment(
            command, token=self.bought.token, key=key, actor=STAFF, ports=self.ports
        )

    async def capture(self, view: PaymentView, percent: int) -> PaymentView:
        wish = CapturePayment(payment_id=view.payment.id, amount=self.part(percent))
        return await capture_payment(wish, key=f"c{percent}", actor=STAFF, ports=self.ports)

    async def void(self, view: PaymentView) -> PaymentView:
        wish = VoidPayment(payment_id=view.payment.id)
        return await void_payment(wish, key="void", actor=STAFF, ports=self.ports)

    async def land(self, view: PaymentView) -> PaymentView:
        """The gateway says of its own accord that it was captured."""
        report = await self.gateway.confirm(view.payment)
        async with self.ports.unit_of_work() as work:
            return await settle_payment(
                view.payment, report, work=work, actor=SYSTEM, ports=self.ports
            )

    async def cancel(self) -> Order:
        return await cancel_order(
            CancelOrder(order_id=self.bought.order.id),
            token=self.bought.token,
            versions=None,
            key="cancel",
            actor=STAFF,
            ports=self.ports,
        )

    async def now(self) -> tuple[Order, tuple[Payment, ...]]:
        async with self.ports.reading() as reads:
            order = await reads.orders.get(self.bought.order.id)
            return order, await reads.payments.of_order(order.id)


async def done(*works: Any) -> list[bool]:
    """Which of the works were done, all begun at once; the others were refused."""
    came_to = await asyncio.gather(*works, return_exceptions=True)
    for each in came_to:
        assert not isinstance(each, BaseException) or isinstance(each, StoreError), each
    return [not isinstance(each, BaseException) for each in came_to]


@pytest.fixture
async def till(street: Street) -> Till:
    return await Till.open(street, CaptureMode.MANUAL)


async def test_of_captures_at_once_each_is_taken_once_or_refused(till: Till) -> None:
    held = await till.confirm(await till.intend("one"))
    parts = (20, 30, 40)

    took = await done(*(till.capture(held, part) for part in parts))

    _, (payment,) = await till.now()
    assert any(took)
    taken = sum(till.part(part).minor for part, was in zip(parts, took, strict=True) if was)
    assert (payment.captured.minor, payment.instruction) == (taken, None)


async def test_of_a_capture_and_a_void_at_once_one_is_done(till: Till) -> None:
    held = await till.confirm(await till.intend("one"))

    assert sum(await done(till.capture(held, 100), till.void(held))) == 1

    order, (payment,) = await till.now()
    assert (order.state is OrderState.CONFIRMED) == (payment.state is PaymentState.CAPTURED)
    assert payment.state in {PaymentState.CAPTURED, PaymentState.CANCELLED}


async def test_of_a_capture_and_a_cancellation_at_once_nothing_is_kept(till: Till) -> None:
    held = await till.confirm(await till.intend("one"))

    await done(till.capture(held, 100), till.cancel())

    order, payments = await till.now()
    assert order.state is OrderState.CANCELLED
    assert not Funds.of(payments, order.total.currency).kept


async def test_of_parts_that_land_at_once_no_more_than_the_total_is_kept(street: Street) -> None:
    till = await Till.open(street, CaptureMode.AUTOMATIC)
    parts = [await till.intend(f"part-{n}", 60) for n in range(3)]

    # Of many at once some may have to be told again, as a provider does.
    for _ in range(3):
        await done(*(till.land(each) for each in parts))

    order, payments = await till.now()
    assert order.state is OrderState.CONFIRMED
    assert {each.state for each in payments} == {PaymentState.CAPTURED}
    assert Funds.of(payments, order.total.currency).kept == order.total


async def test_of_a_part_that_lands_and_a_cancellation_at_once_nothing_is_kept(
    street: Street,
) -> None:
    till = await Till.open(street, CaptureMode.AUTOMATIC)
    part = await till.intend("part", 60)

    await done(till.land(part), till.cancel())
    await till.land(part)

    order, payments = await till.now()
    assert order.state is OrderState.CANCELLED
    assert not Funds.of(payments, order.total.currency).kept
