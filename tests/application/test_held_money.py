"""Money that is authorised or on its way: the goods wait for it, and staff take it or let it go."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from automate_store.adapters.manual import ManualGateway
from automate_store.adapters.memory import MemoryGateway
from automate_store.application.access import GUEST, SYSTEM
from automate_store.application.errors import GatewayRefused, GatewayUnavailable, NotAllowed
from automate_store.application.orders import (
    CancelOrder,
    ModifyItems,
    OrderView,
    cancel_order,
    edit_order,
    expire_orders,
)
from automate_store.application.payments import (
    CapturePayment,
    PaymentView,
    VoidPayment,
    capture_payment,
    settle_payment,
    void_payment,
)
from automate_store.application.ports.payments import PaymentGateway
from automate_store.application.reactions import REACTIONS
from automate_store.domain.kernel.errors import StoreError
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import (
    NothingDue,
    Order,
    OrderPaymentState,
    OrderState,
    PaymentStatus,
)
from automate_store.domain.payments import (
    CaptureMode,
    CaptureTooLarge,
    GatewayReport,
    Payment,
    PaymentMoveRefused,
    PaymentState,
    StillAsked,
)
from tests.application.edits import modify
from tests.application.test_cancelling import balanced, kept, usd
from tests.application.test_paying import HALF_AN_HOUR
from tests.application.trading import STAFF, Trade


async def holding(gateway: PaymentGateway | None = None) -> Trade:
    """A shop where staff take what shoppers agreed to."""
    trade = await Trade.open(gateway)
    policy = evolve(trade.shop.ports.policy, capture=CaptureMode.MANUAL)
    ports = evolve(trade.shop.ports, policy=policy)
    return evolve(trade, shop=evolve(trade.shop, ports=ports))


@pytest.fixture(params=[MemoryGateway, ManualGateway], ids=["online", "offline"])
async def trade(request: pytest.FixtureRequest) -> Trade:
    return await holding(request.param())


async def capture(
    trade: Trade, view: PaymentView, amount: int | None = None, *, key: str = "c", **more: Any
) -> PaymentView:
    command = CapturePayment(
        payment_id=view.payment.id, amount=None if amount is None else usd(amount), **more
    )
    return await capture_payment(command, key=key, actor=STAFF, ports=trade.shop.ports)


async def void(trade: Trade, view: PaymentView, *, key: str = "v") -> PaymentView:
    command = VoidPayment(payment_id=view.payment.id)
    return await void_payment(command, key=key, actor=STAFF, ports=trade.shop.ports)


async def call_off(trade: Trade, bought: OrderView) -> Order:
    order = await cancel_order(
        CancelOrder(order_id=bought.order.id),
        token=bought.token,
        versions=None,
        key="cancel",
        actor=GUEST,
        ports=trade.shop.ports,
    )
    await trade.shop.store.react(REACTIONS, trade.shop.ports)
    return order


async def say(trade: Trade, view: PaymentView, report: GatewayReport) -> PaymentView:
    """The store, told so by the gateway."""
    ports = trade.shop.ports
    async with ports.unit_of_work() as work:
        return await settle_payment(view.payment, report, work=work, actor=SYSTEM, ports=ports)


async def stored(trade: Trade, view: PaymentView) -> tuple[Payment, Order]:
    async with trade.shop.ports.reading() as reads:
        payment = await reads.payments.get(view.payment.id)
        return payment, await reads.orders.get(payment.order_id)


async def came_to(*works: Any) -> list[type]:
    """What became of each, all begun at once."""
    done = await asyncio.gather(*works, return_exceptions=True)
    assert all(isinstance(each, StoreError | PaymentView) for each in done), done
    return [type(each) for each in done]


async def test_what_is_authorised_keeps_the_goods_without_a_deadline(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 3)

    held = await trade.pay(bought)
    trade.shop.clock.advance(10 * HALF_AN_HOUR)

    assert await expire_orders(ports=trade.shop.ports) == 0
    assert (held.payment.state, held.order.payment) == (
        PaymentState.AUTHORISED,
        OrderPaymentState.AUTHORISED,
    )
    assert (held.order.expires_at, held.order.payment_status) == (None, PaymentStatus.PENDING)
    assert (await trade.stock(tee)).reserved == 3
    async with trade.shop.ports.reading() as reads:
        assert not await reads.stock.overdue(trade.shop.clock(), variant_ids=None, limit=9)
    assert await balanced(trade)


async def test_a_part_that_is_authorised_stops_no_clock(trade: Trade) -> None:
    bought = await trade.buy(await trade.stocked(10), 1)
    intended = await trade.intend(bought, amount=usd(1))

    await trade.confirm(bought, intended)
    trade.shop.clock.advance(HALF_AN_HOUR)

    assert await expire_orders(ports=trade.shop.ports) == 1
    await trade.shop.store.react(REACTIONS, trade.shop.ports)
    payment, order = await stored(trade, intended)
    assert (payment.state, order.state) == (PaymentState.CANCELLED, OrderState.CANCELLED)


async def test_nothing_more_is_asked_for_than_is_not_authorised_yet(trade: Trade) -> None:
    bought = await trade.buy(await trade.stocked(10), 1)
    await trade.pay(bought)

    with pytest.raises(NothingDue):
        await trade.intend(bought, key="again")


async def test_staff_capture_it_and_the_order_is_paid(trade: Trade) -> None:
    bought = await trade.buy(await trade.stocked(10), 1)
    held = await trade.pay(bought)

    paid = await capture(trade, held)
    again = await capture(trade, held)

    assert paid == again
    assert (paid.payment.state, paid.order.state) == (PaymentState.CAPTURED, OrderState.CONFIRMED)
    assert await kept(trade, paid.order) == bought.order.total
    assert await balanced(trade)


async def test_staff_capture_in_parts(trade: Trade) -> None:
    bought = await trade.buy(await trade.stocked(10), 1)
    held = await trade.pay(bought)

    first = await capture(trade, held, 1000, key="one")
    with pytest.raises(CaptureTooLarge) as refused:
        await capture(trade, held, 1500, key="too-much")
    last = await capture(trade, held, key="rest")

    assert (first.payment.state, first.order.state) == (PaymentState.AUTHORISED, OrderState.PLACED)
    assert (first.order.payment, first.order.expires_at) == (OrderPaymentState.AUTHORISED, None)
    assert refused.value.capturable == usd(1499)
    assert (last.payment.captured, last.order.state) == (bought.order.total, OrderState.CONFIRMED)
    assert await balanced(trade)


async def test_after_a_final_part_the_rest_is_to_be_paid_in_a_fresh_time(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 1)
    held = await trade.pay(bought)
    trade.shop.clock.advance(10 * HALF_AN_HOUR)

    part = await capture(trade, held, 1000, final=True)
    rest = await trade.intend(bought, key="rest")

    assert part.order.expires_at == trade.shop.clock() + HALF_AN_HOUR
    assert (part.payment.state, rest.payment.amount) == (PaymentState.CAPTURED, usd(1499))
    trade.shop.clock.advance(HALF_AN_HOUR)
    assert await expire_orders(ports=trade.shop.ports) == 1
    assert await kept(trade, bought.order) == usd(0)
    assert (await trade.stock(tee)).reserved == 0
    assert await balanced(trade)


async def test_what_is_voided_has_to_be_paid_in_a_fresh_time(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 1)
    held = await trade.pay(bought)
    trade.shop.clock.advance(10 * HALF_AN_HOUR)

    given_up = await void(trade, held)
    again = await void(trade, held)

    assert given_up == again
    assert given_up.payment.state is PaymentState.CANCELLED
    assert given_up.order.payment is OrderPaymentState.PENDING
    assert given_up.order.expires_at == trade.shop.clock() + HALF_AN_HOUR
    with pytest.raises(PaymentMoveRefused):
        await capture(trade, held)
    trade.shop.clock.advance(HALF_AN_HOUR)
    assert await expire_orders(ports=trade.shop.ports) == 1
    assert (await trade.stock(tee)).reserved == 0


async def test_calling_an_order_off_gives_up_what_was_authorised(trade: Trade) -> None:
    bought = await trade.buy(await trade.stocked(10), 1)
    held = await trade.pay(bought)
    await capture(trade, held, 1000)

    order = await call_off(trade, bought)

    payment, _ = await stored(trade, held)
    assert (order.state, payment.state) == (OrderState.CANCELLED, PaymentState.CAPTURED)
    assert (payment.captured, await kept(trade, order)) == (usd(1000), usd(0))
    with pytest.raises(PaymentMoveRefused):
        await capture(trade, held, key="too-late")
    assert await balanced(trade)


async def test_calling_an_order_off_gives_up_what_nobody_carried_out(trade: Trade) -> None:
    bought = await trade.buy(await trade.stocked(10), 1)
    intended = await trade.intend(bought)

    await call_off(trade, bought)

    payment, _ = await stored(trade, intended)
    assert payment.state is PaymentState.CANCELLED


async def test_what_is_authorised_beyond_what_an_order_costs_is_given_up(trade: Trade) -> None:
    bought = await trade.buy(await trade.stocked(10), 2)
    held = await trade.pay(bought)
    command = ModifyItems(order_id=bought.order.id, items={bought.order.items[0].id: 1})
    ports = trade.shop.ports
    await edit_order(command, token=bought.token, versions=None, key="e", actor=GUEST, ports=ports)

    paid = await capture(trade, held)
    await trade.shop.store.react(REACTIONS, ports)

    payment, order = await stored(trade, held)
    assert (paid.order.state, payment.captured) == (OrderState.CONFIRMED, usd(2499))
    assert payment.state in {PaymentState.CAPTURED, PaymentState.CANCELLED}
    assert order.payment is OrderPaymentState.PAID


@pytest.mark.parametrize("how", ["called off", "edited"])
async def test_what_is_authorised_for_an_order_that_is_free_now_is_given_up(
    trade: Trade, how: str
) -> None:
    tee, song = await trade.stocked(10), await trade.stocked(10, price=0, digital=True)
    bought = await trade.buy(tee, 1)
    await modify(trade, bought, None, (song, 1), key="song")
    held, (item,), ports = await trade.pay(bought), bought.order.items, trade.shop.ports
    if how == "edited":
        await modify(trade, bought, {item.id: 0}, key="less")
    else:
        off = CancelOrder(order_id=bought.order.id, items={item.id: 1})
        token = bought.token
        await cancel_order(off, token=token, versions=None, key="o", actor=GUEST, ports=ports)

    await trade.shop.store.react(REACTIONS, ports)

    payment, order = await stored(trade, held)
    assert (order.state, order.total) == (OrderState.COMPLETED, usd(0))
    assert payment.state is PaymentState.CANCELLED
    assert await balanced(trade)


async def test_only_who_may_move_money_captures_or_voids() -> None:
    trade = await holding()
    held = await trade.pay(await trade.buy(await trade.stocked(10), 1))
    ports = trade.shop.ports

    wanted, unwanted = (
        CapturePayment(payment_id=held.payment.id),
        VoidPayment(payment_id=held.payment.id),
    )
    with pytest.raises(NotAllowed):
        await capture_payment(wanted, key="c", actor=GUEST, ports=ports)
    with pytest.raises(NotAllowed):
        await void_payment(unwanted, key="v", actor=GUEST, ports=ports)


async def test_of_captures_at_once_each_is_taken_once_or_refused(trade: Trade) -> None:
    bought = await trade.buy(await trade.stocked(10), 1)
    held = await trade.pay(bought)
    amounts = (900, 1000, 1100)

    works = [capture(trade, held, amount, key=f"k{amount}") for amount in amounts]
    done = await came_to(*works)

    payment, order = await stored(trade, held)
    taken = [each for each, what in zip(amounts, done, strict=True) if what is PaymentView]
    assert taken
    assert payment.captured == usd(sum(taken)) <= order.total
    assert payment.instruction is None


async def test_of_a_capture_and_a_void_at_once_one_is_done(trade: Trade) -> None:
    bought = await trade.buy(await trade.stocked(10), 1)
    held = await trade.pay(bought)

    done = await came_to(capture(trade, held), void(trade, held))

    payment, order = await stored(trade, held)
    assert done.count(PaymentView) == 1
    taken = payment.state is PaymentState.CAPTURED
    assert (order.state is OrderState.CONFIRMED) == taken == bool(payment.captured)
    assert await balanced(trade)


async def test_of_a_capture_and_a_cancellation_at_once_no_money_is_lost(trade: Trade) -> None:
    bought = await trade.buy(await trade.stocked(10), 1)
    held = await trade.pay(bought)

    await asyncio.gather(capture(trade, held), call_off(trade, bought), return_exceptions=True)
    await trade.shop.store.react(REACTIONS, trade.shop.ports)

    payment, order = await stored(trade, held)
    assert order.state is OrderState.CANCELLED
    assert payment.state in {PaymentState.CAPTURED, PaymentState.CANCELLED}
    assert await kept(trade, order) == usd(0)
    assert await balanced(trade)


async def test_a_capture_whose_answer_is_lost_is_asked_for_again_and_taken_once() -> None:
    gateway = MemoryGateway()
    trade = await holding(gateway)
    held = await trade.pay(await trade.buy(await trade.stocked(10), 1))
    gateway.hide(hidden=True)
    with pytest.raises(GatewayUnavailable):
        await capture(trade, held, 1000)
    with pytest.raises(StillAsked):
        await void(trade, held)
    with pytest.raises(StillAsked):
        await capture(trade, held, 500, key="another")

    gateway.hide(hidden=False)
    # What it did becomes known in another way, before it is asked again.
    await say(trade, held, await gateway.fetch(held.payment))
    done = await capture(trade, held, 1000)

    assert (done.payment.captured, done.payment.instruction) == (usd(1000), None)
    assert len(gateway.captures) == 1
    assert await balanced(trade)


class Unwilling(MemoryGateway):
    """A gateway that takes nothing of what it promised."""

    async def capture(self, payment: Payment, amount: Money, *, final: bool) -> GatewayReport:  # noqa: ARG002
        raise GatewayRefused(self.name, "it expired")


async def test_after_a_refusal_something_else_may_be_asked_for() -> None:
    trade = await holding(Unwilling())
    held = await trade.pay(await trade.buy(await trade.stocked(10), 1))

    with pytest.raises(GatewayRefused):
        await capture(trade, held)
    given_up = await void(trade, held)

    assert given_up.payment.state is PaymentState.CANCELLED


async def test_what_is_on_its_way_keeps_the_goods_and_pays_when_it_comes() -> None:
    gateway = MemoryGateway()
    trade = await Trade.open(gateway)
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 3)
    gateway.delay(slow=True)

    waiting = await trade.pay(bought)
    trade.shop.clock.advance(timedelta(days=5))
    assert await expire_orders(ports=trade.shop.ports) == 0
    paid = await say(trade, waiting, gateway.decide(waiting.payment, PaymentState.CAPTURED))

    assert (waiting.order.payment, waiting.order.expires_at) == (OrderPaymentState.PROCESSING, None)
    assert waiting.order.payment_status is PaymentStatus.PENDING
    assert paid.order.state is OrderState.CONFIRMED
    assert (await trade.stock(tee)).reserved == 3
    assert await balanced(trade)


async def test_what_was_on_its_way_and_fails_leaves_a_fresh_time_to_pay() -> None:
    gateway = MemoryGateway()
    trade = await Trade.open(gateway)
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 3)
    gateway.delay(slow=True)
    waiting = await trade.pay(bought)
    trade.shop.clock.advance(timedelta(days=5))

    failed = await say(trade, waiting, gateway.decide(waiting.payment, PaymentState.FAILED))

    assert failed.order.payment is OrderPaymentState.FAILED
    assert failed.order.expires_at == trade.shop.clock() + HALF_AN_HOUR
    assert await expire_orders(ports=trade.shop.ports) == 0
    trade.shop.clock.advance(HALF_AN_HOUR)
    assert await expire_orders(ports=trade.shop.ports) == 1
    assert (await trade.stock(tee)).available == 10


async def test_the_clock_and_what_is_on_its_way_at_once_end_one_way() -> None:
    gateway = MemoryGateway()
    trade = await Trade.open(gateway)
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 3)
    intended = await trade.intend(bought)
    gateway.delay(slow=True)
    report = await gateway.confirm(intended.payment)
    trade.shop.clock.advance(HALF_AN_HOUR)

    await asyncio.gather(say(trade, intended, report), expire_orders(ports=trade.shop.ports))
    await trade.shop.store.react(REACTIONS, trade.shop.ports)

    _, order = await stored(trade, intended)
    ended = order.state is OrderState.CANCELLED
    assert (order.payment is OrderPaymentState.PROCESSING) != ended
    assert (await trade.stock(tee)).reserved == (0 if ended else 3)
    assert await balanced(trade)
