"""Captures: staff take what was authorised, whole or in parts, and each part once."""

from __future__ import annotations

import asyncio

import pytest

from automate_store.adapters.manual import ManualGateway
from automate_store.adapters.memory import MemoryGateway
from automate_store.application.access import GUEST
from automate_store.application.errors import GatewayRefused, GatewayUnavailable, NotAllowed
from automate_store.application.orders import (
    ModifyItems,
    edit_order,
    expire_orders,
)
from automate_store.application.payments import (
    CapturePayment,
    PaymentView,
    VoidPayment,
    capture_payment,
    void_payment,
)
from automate_store.application.reactions import REACTIONS
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import (
    OrderPaymentState,
    OrderState,
)
from automate_store.domain.payments import (
    CaptureOvertaken,
    CaptureTooLarge,
    GatewayReport,
    Payment,
    PaymentState,
    StillAsked,
)
from tests.application.holding import call_off, came_to, capture, holding, say, stored, void
from tests.application.test_cancelling import balanced, kept, usd
from tests.application.test_paying import HALF_AN_HOUR
from tests.application.trading import Trade


@pytest.fixture(params=[MemoryGateway, ManualGateway], ids=["online", "offline"])
async def trade(request: pytest.FixtureRequest) -> Trade:
    return await holding(request.param())


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


class Lossy(MemoryGateway):
    """A gateway that captures, and whose answer is lost."""

    loses = True

    def forget_keys(self) -> None:
        """They are older than it keeps them."""
        self._taken.clear()

    async def capture(self, payment: Payment, amount: Money, *, final: bool) -> GatewayReport:
        report = await super().capture(payment, amount, final=final)
        if self.loses:
            raise GatewayUnavailable(self.name)
        return report


async def test_a_capture_whose_answer_is_lost_is_asked_for_again_and_taken_once() -> None:
    gateway = Lossy()
    trade = await holding(gateway)
    held = await trade.pay(await trade.buy(await trade.stocked(10), 1))
    with pytest.raises(GatewayUnavailable):
        await capture(trade, held, 1000)
    with pytest.raises(StillAsked):
        await void(trade, held)
    with pytest.raises(StillAsked):
        await capture(trade, held, 500, key="another")

    gateway.loses = False
    # What it did becomes known in another way, before it is asked again.
    await say(trade, held, await gateway.fetch(held.payment))
    done = await capture(trade, held, 1000)

    assert (done.payment.captured, done.payment.instruction) == (usd(1000), None)
    assert len(gateway.captures) == 1
    assert await balanced(trade)


class Unwilling(MemoryGateway):
    """A gateway that takes nothing of what it promised."""

    async def capture(self, payment: Payment, amount: Money, *, final: bool) -> GatewayReport:  # noqa: ARG002 - whatever it is asked
        raise GatewayRefused(self.name, "it expired")


async def test_after_a_refusal_something_else_may_be_asked_for() -> None:
    trade = await holding(Unwilling())
    held = await trade.pay(await trade.buy(await trade.stocked(10), 1))

    with pytest.raises(GatewayRefused):
        await capture(trade, held)
    given_up = await void(trade, held)

    assert given_up.payment.state is PaymentState.CANCELLED


class Careful(MemoryGateway):
    """A gateway that takes no more than so much at once."""

    async def capture(self, payment: Payment, amount: Money, *, final: bool) -> GatewayReport:
        if amount > usd(2_000):
            raise GatewayRefused(self.name, "that is too much at once")
        return await super().capture(payment, amount, final=final)


async def test_after_a_refusal_less_may_be_captured() -> None:
    trade = await holding(Careful())
    held = await trade.pay(await trade.buy(await trade.stocked(10), 1))

    with pytest.raises(GatewayRefused):
        await capture(trade, held, key="all")
    parts = [await capture(trade, held, each, key=f"{each}") for each in (2_000, 499)]

    assert [each.payment.captured for each in parts] == [usd(2_000), usd(2_499)]
    assert parts[-1].order.state is OrderState.CONFIRMED


async def test_a_capture_that_was_made_is_found_where_its_key_is_forgotten() -> None:
    gateway = Lossy()
    trade = await holding(gateway)
    held = await trade.pay(await trade.buy(await trade.stocked(10), 1))
    with pytest.raises(GatewayUnavailable):
        await capture(trade, held, 1_000)

    gateway.forget_keys()
    gateway.loses = False
    done = await capture(trade, held, 1_000)

    assert done.payment.captured == usd(1_000)
    assert len(gateway.captures) == 1


async def test_what_was_captured_there_meanwhile_is_not_captured_on_top() -> None:
    gateway = MemoryGateway()
    trade = await holding(gateway)
    held = await trade.pay(await trade.buy(await trade.stocked(10), 1))
    await gateway.capture(held.payment, usd(700), final=False)

    with pytest.raises(CaptureOvertaken, match=r"7\.00 USD"):
        await capture(trade, held, 1_000)
    heard = await say(trade, held, await gateway.fetch(held.payment))
    rest = await capture(trade, held, 1_000, key="rest")

    assert (heard.payment.captured, rest.payment.captured) == (usd(700), usd(1_700))
    assert await balanced(trade)
