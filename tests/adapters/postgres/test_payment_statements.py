"""What payments and their lists cost in statements, however much there is of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Sequence
from typing import Any, TypeVar

import pytest
from attrs import evolve, field, frozen

from automate_store.adapters.memory import MemorySavingGateway
from automate_store.adapters.postgres.engine import PoolSettings
from automate_store.application.access import GUEST, SYSTEM, Actor
from automate_store.application.orders import OrderView, list_orders
from automate_store.application.payments import (
    CapturePayment,
    ConfirmPayment,
    CreateIntent,
    FinishSetup,
    ResolvePayment,
    VoidPayment,
    amount_of_order,
    begin_setup,
    capture_payment,
    confirm_payment,
    create_intent,
    finish_setup,
    hear_event,
    list_methods,
    list_payments,
    page_disputes,
    page_parked,
    page_payments,
    page_refunds,
    page_told_events,
    remove_method,
    replay_event,
    resolve_payment,
    void_payment,
)
from automate_store.application.ports import Ports
from automate_store.application.ports.order_lists import OrderFilter
from automate_store.domain.kernel.ids import DisputeId, PaymentId, RefundId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import (
    CaptureMode,
    Dispute,
    DisputeState,
    GatewayEvent,
    Payment,
    PaymentState,
    Resolution,
)
from automate_store.entrypoints.properties.contracts.methods import new_method
from automate_store.entrypoints.properties.contracts.payments import new_refund
from automate_store.entrypoints.properties.contracts.scene import (
    Stocked,
    new_payment,
    put_stocked,
)
from tests.adapters.postgres.shops import STAFF, bought, put_up_shipping
from tests.adapters.postgres.test_purchase_statements import CountingPool
from tests.application.telling import Desk

MANY, FULL = 6, 5
T = TypeVar("T")
MOVES = {
    "webhook": 4,
    "webhook again": 3,
    "hear": 14,
    "replay": 15,
    "capture": 21,
    "void": 20,
    "fetch": 17,
    "accept": 20,
    "give_back": 19,
    "dismiss": 13,
}
"""
What each takes with its key, its locks and its commits; one more is to be explained.

What has a gateway asked takes two transactions: of what is wanted, and of what came of it.
Accepting and giving back look whether the intent is another payment's.
"""
METHODS = {"begin": 2, "finish": 6, "remove": 5}
"""Finishing counts what the account has, for a gateway may have saved more meanwhile."""


@frozen
class Counting:
    """A desk that takes money by hand, and counts its statements by what they are for."""

    desk: Desk
    keeper: MemorySavingGateway
    pool: CountingPool
    stocked: list[Stocked]
    ran: dict[str, int] = field(factory=dict)

    @property
    def ports(self) -> Ports:
        return self.desk.ports

    async def step(self, name: str, doing: Awaitable[T]) -> T:
        """What is done, counted."""
        before = self.pool.ran
        done = await doing
        self.ran[name] = self.pool.ran - before
        return done

    async def intended(self, key: str, lines: int) -> Payment:
        """The last of so many attempts to pay an order of so many lines."""
        order = await bought(self.stocked[:lines], key, self.ports)
        for number in range(lines - 1):
            await self.intend(order, f"{key}-{number}")
        return await self.intend(order, key)

    async def intend(self, order: OrderView, key: str) -> Payment:
        """An attempt to pay all of the order."""
        wish = CreateIntent(order_id=order.order.id, gateway=self.desk.gateway.name)
        asked = create_intent(wish, token=order.token, key=key, actor=STAFF, ports=self.ports)
        return (await asked).payment

    async def sold(self, key: str) -> None:
        """An order that is paid, and is to be shipped."""
        await self.hear(self.desk.captured(await self.intended(key, 1)))

    async def authorised(self, key: str, lines: int) -> PaymentId:
        """An attempt whose money is held for such an order."""
        payment = await self.intended(key, lines)
        wish = ConfirmPayment(order_id=payment.order_id, payment_id=payment.id)
        await confirm_payment(wish, token=None, key=key, actor=SYSTEM, ports=self.ports)
        return payment.id

    async def parked(self, key: str, lines: int) -> PaymentId:
        """An attempt of which the gateway told another amount, and says now what was asked."""
        payment = await self.intended(key, lines)
        more = payment.amount + Money(1, payment.amount.currency)
        await self.hear(self.desk.captured(payment, amount=more))
        self.desk.captured(payment, amount=payment.amount)
        return payment.id

    async def hear(self, event: GatewayEvent) -> None:
        """Have the event told, and its effect."""
        told_id = await self.desk.deliver(event)
        assert told_id is not None
        await hear_event(told_id, ports=self.ports)


@pytest.fixture
async def counting(postgres_url: str) -> AsyncIterator[Counting]:
    pool = CountingPool(PoolSettings(url=postgres_url))
    desk = await Desk.on_postgres(pool)
    keeper = MemorySavingGateway("keeper")
    ports = evolve(
        desk.ports,
        gateways={**desk.ports.gateways, "keeper": keeper},
        policy=evolve(desk.ports.policy, capture=CaptureMode.MANUAL),
    )
    desk = evolve(desk, street=evolve(desk.street, ports=ports))
    await put_up_shipping(ports)
    stocked = [await put_stocked(ports, f"jug-{number}", on_hand=500) for number in range(FULL)]
    yield Counting(desk, keeper, pool, stocked)
    pool.close()


async def test_a_list_is_one_statement_however_long_it_is(counting: Counting) -> None:
    buyer = await counting.desk.street.customer()
    order = await bought(counting.stocked[:1], "order", counting.ports)
    await plant(counting, order, buyer, 1)
    await listed(counting, order, buyer, 1)

    short = await listed(counting, order, buyer, 1)
    await plant(counting, order, buyer, MANY)
    long = await listed(counting, order, buyer, 1 + MANY)

    # Who may see an order is looked up in it; everything else is read at once.
    of_one_order = {"of an order": 2, "to pay of an order": 2}
    assert long == short == {**dict.fromkeys(short, 1), **of_one_order}


async def test_no_move_of_money_asks_for_each_line_or_attempt(counting: Counting) -> None:
    await moved(counting, "warm", 1)

    small = await moved(counting, "small", 2)
    full = await moved(counting, "full", FULL)

    assert full == small == MOVES


async def test_nothing_about_saved_methods_asks_for_each_of_them(counting: Counting) -> None:
    ports, keeper = counting.ports, counting.keeper.name
    buyer = await counting.desk.street.customer()
    await counting.step("begin anew", begin_setup(keeper, actor=buyer, ports=ports))
    anew = counting.ran["begin anew"]

    few = await saved(counting, buyer)
    async with ports.unit_of_work() as work:
        for number in range(MANY):
            await work.methods.add(new_method(ports, buyer.account(), f"pm_{number}"))
    many = await saved(counting, buyer)

    assert many == few == METHODS
    # Who is new to the gateway is looked up, and again once it has named them; the name is
    # kept, in a transaction, and read.
    assert anew == METHODS["begin"] + 6


async def plant(c: Counting, order: OrderView, buyer: Actor, count: int) -> None:
    """So many more of everything that can be listed."""
    ports = c.ports
    for number in range(count):
        await c.desk.deliver(c.desk.happened(None, None))
        await c.sold(f"sold-{count}-{number}")
        async with ports.unit_of_work() as work:
            for state in (PaymentState.AUTHORISED, PaymentState.PARKED):
                payment = new_payment(ports, order.order, c.desk.gateway.name)
                await work.payments.add(evolve(payment, state=state))
                await work.refunds.add(new_refund(payment, RefundId(ports.ids.uuid())))
                await work.disputes.add(contested(payment, DisputeId(ports.ids.uuid())))
            method = new_method(ports, buyer.account(), f"pm_{count}_{number}")
            assert await work.methods.add(method)


def contested(payment: Payment, dispute_id: DisputeId) -> Dispute:
    return Dispute(
        id=dispute_id,
        payment_id=payment.id,
        order_id=payment.order_id,
        gateway=payment.gateway,
        gateway_id=f"dp_{dispute_id}",
        amount=payment.amount,
        reason="not as described",
        state=DisputeState.OPEN,
        opened_at=payment.created_at,
        updated_at=payment.created_at,
    )


async def listed(c: Counting, order: OrderView, buyer: Actor, least: int) -> dict[str, int]:
    """How many statements each list took, which has so many rows at least."""
    c.ran.clear()
    ports = c.ports
    page: dict[str, Any] = {"before": None, "limit": 100, "actor": STAFF, "ports": ports}
    of: dict[str, Any] = {"token": order.token, "actor": GUEST, "ports": ports}
    lists: dict[str, Awaitable[Sequence[object]]] = {
        "events": page_told_events(state=None, gateway=None, **page),
        "parked": page_parked(**page),
        "refunds": page_refunds(state=None, **page),
        "disputes": page_disputes(state=None, **page),
        "payments": page_payments(state=None, **page),
        "authorised": page_payments(state=PaymentState.AUTHORISED, **page),
        "to ship": list_orders(OrderFilter(to_ship=True), **page),
        "methods": list_methods(actor=buyer, ports=ports),
    }
    for name, asked in lists.items():
        assert len(await c.step(name, asked)) >= least
    found = await c.step("of an order", list_payments(order.order.id, **of))
    assert len(found.payments) >= least
    assert await c.step("to pay of an order", amount_of_order(order.order.id, **of))
    return dict(c.ran)


async def moved(c: Counting, key: str, lines: int) -> dict[str, int]:
    """How many statements each move took of the money of an order of so many lines."""
    c.ran.clear()
    ports = c.ports
    told = c.desk.captured(await c.intended(f"{key}-told", lines))
    told_id = await c.step("webhook", c.desk.deliver(told))
    assert told_id is not None
    await c.step("webhook again", c.desk.deliver(told))
    await c.step("hear", hear_event(told_id, ports=ports))
    await c.step("replay", replay_event(told_id, actor=STAFF, ports=ports))

    take = CapturePayment(payment_id=await c.authorised(f"{key}-take", lines))
    await c.step("capture", capture_payment(take, key=f"{key}t", actor=STAFF, ports=ports))
    void = VoidPayment(payment_id=await c.authorised(f"{key}-void", lines))
    await c.step("void", void_payment(void, key=f"{key}v", actor=STAFF, ports=ports))

    for resolution in Resolution:
        odd = await c.parked(f"{key}-{resolution}", lines)
        wish = ResolvePayment(payment_id=odd, resolution=resolution, reason="seen")
        resolving = resolve_payment(wish, key=f"{key}{resolution}", actor=STAFF, ports=ports)
        await c.step(resolution.value, resolving)
    return dict(c.ran)


async def saved(c: Counting, buyer: Actor) -> dict[str, int]:
    """How many statements it took to save one more way to pay, and to remove it."""
    c.ran.clear()
    ports = c.ports
    begun = await c.step("begin", begin_setup(c.keeper.name, actor=buyer, ports=ports))
    token = c.keeper.hand_over(begun.report)
    wish = FinishSetup(gateway=c.keeper.name, setup_id=begun.setup_id, token=token)
    card = await c.step("finish", finish_setup(wish, actor=buyer, ports=ports))
    await c.step("remove", remove_method(card.id, actor=buyer, ports=ports))
    return dict(c.ran)
