"""Refunds of which PayPal says nothing sure: none is given up, and none goes back twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from attrs import evolve

from automate_store.adapters.paypal import PayPalGateway
from automate_store.application.errors import GatewayUnavailable, KeyRefused
from automate_store.application.payments import RefundOrder, refund_order
from automate_store.application.payments.discrepancies import Discrepancy
from automate_store.application.payments.hearing import hear_event, keep_event
from automate_store.application.payments.reconciling import reconcile
from automate_store.application.refunding import send_refund
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import CaptureMode, Refund, RefundNews, RefundState, ToldState
from tests.adapters.paypal.paying import MANUAL, captured, paid, payment_of, refund_of
from tests.adapters.paypal.server import PayPalFake
from tests.application.holding import capture
from tests.application.trading import STAFF, Trade

DAY = timedelta(days=1)
Refusal = Callable[[PayPalFake], None]


def made_at(fake: PayPalFake) -> list[str]:
    """The refunds in PayPal's books."""
    return [each for each in fake.books.parts if each.startswith("REFUND")]


def no_token(fake: PayPalFake) -> None:
    fake.secret_changed = True
    fake.forget_tokens()


def no_permission(fake: PayPalFake) -> None:
    fake.fail = [403]


def barred(fake: PayPalFake) -> None:
    fake.barred = True


def not_shown(fake: PayPalFake) -> None:
    fake.refuse = dict.fromkeys(fake.books.orders, "NOT_NOW")


@pytest.mark.parametrize("refuse", [no_token, no_permission, barred, not_shown])
async def test_a_refund_whose_answer_was_lost_has_not_failed_where_it_can_not_be_looked_at(
    gateway: PayPalGateway, fake: PayPalFake, refuse: Refusal
) -> None:
    held = await paid(gateway, fake, payment_of())
    fake.lose = ["/refund"]
    with pytest.raises(GatewayUnavailable):
        await gateway.refund(held, refund_of(held, 500))
    refuse(fake)
    with pytest.raises(GatewayUnavailable):
        await gateway.refund(held, refund_of(held, 500))
    assert len(made_at(fake)) == 1


@pytest.mark.parametrize("refuse", [no_token, no_permission, barred])
async def test_a_gateway_that_does_not_let_the_store_in_says_so(
    gateway: PayPalGateway, fake: PayPalFake, refuse: Refusal
) -> None:
    held = await paid(gateway, fake, payment_of())
    refuse(fake)
    with pytest.raises(GatewayUnavailable) as away:
        await gateway.fetch(held)
    assert isinstance(away.value.__cause__, KeyRefused)


async def test_a_secret_that_changed_between_two_parts_fails_none_of_them(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    held = await captured(gateway, await paid(gateway, fake, payment_of(terms=MANUAL)), 700, 300)
    refund = refund_of(held, 1000)
    fake.locks_after = "/refund"
    with pytest.raises(GatewayUnavailable):
        await gateway.refund(held, refund)
    assert len(made_at(fake)) == 1
    fake.locks_after, fake.barred = None, False
    assert (await gateway.refund(held, refund)).state is RefundState.SUCCEEDED
    assert len(made_at(fake)) == 2


async def test_a_part_that_can_not_be_asked_for_keeps_every_part_from_going_back(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    forints = payment_of(Money(200000, "HUF"), terms=MANUAL)
    held = await captured(gateway, await paid(gateway, fake, forints), 100000, 100000)
    report = await gateway.refund(held, refund_of(held, 150050))
    assert (report.state, made_at(fake)) == (RefundState.FAILED, [])
    assert "HUF in whole units" in (report.failure or "")


async def test_a_refund_keeps_its_name_whichever_of_its_parts_dies(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    held = await captured(gateway, await paid(gateway, fake, payment_of(terms=MANUAL)), 700, 300)
    refund = refund_of(held, 1000)
    report = await gateway.refund(held, refund)
    told: list[RefundNews] = []
    for dead in made_at(fake):
        fake.books.send_back(dead)
        told += await gateway.refunds(held)
    assert [each.report.gateway_id for each in told] == [report.gateway_id] * 2
    assert (told[-1].report.state, told[-1].amount) == (RefundState.FAILED, refund.amount)


async def a_refund_in_parts(gateway: PayPalGateway, fake: PayPalFake) -> tuple[Trade, Refund]:
    """A shop that gave 10.00 back, of captures of 7.00 and 3.00."""
    trade = await Trade.open(gateway)
    policy = evolve(trade.shop.ports.policy, capture=CaptureMode.MANUAL)
    ports = evolve(trade.shop.ports, policy=policy)
    trade = evolve(trade, shop=evolve(trade.shop, ports=ports))
    bought = await trade.buy(await trade.stocked(10), 1)
    intended = await trade.intend(bought)
    assert intended.payment.intent_id is not None
    fake.books.agree(intended.payment.intent_id)
    held = await trade.confirm(bought, intended)
    for minor in (700, 300):
        await capture(trade, held, minor, key=str(minor), final=False)
    await capture(trade, held, key="rest")
    command = RefundOrder(order_id=bought.order.id, amount=Money(1000, "USD"), reason="a stain")
    asked = await refund_order(command, key="refund", actor=STAFF, ports=ports)
    return trade, await send_refund(asked.refunds[0].id, ports=ports)


async def left(trade: Trade) -> Sequence[Discrepancy]:
    """What reconciling leaves for staff."""
    ports = trade.shop.ports
    done = await reconcile(since=DAY, only=None, progress=lambda *_: None, ports=ports)
    return done.left


async def test_a_part_that_the_bank_sends_back_is_for_staff_and_books_nothing_twice(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    trade, refund = await a_refund_in_parts(gateway, fake)
    assert refund.state is RefundState.SUCCEEDED
    fake.books.send_back(made_at(fake)[0])
    trade.shop.clock.advance(timedelta(hours=2))
    for _ in range(2):
        told = {(each.what, each.ours) for each in await left(trade)}
        assert ("refund differs", "3.00 USD went back of a refund of 10.00 USD") in told
    async with trade.shop.ports.reading() as reads:
        payment = await reads.payments.get(refund.payment_id)
        assert await reads.refunds.of_order(refund.order_id) == (refund,)
    assert payment.refunded == refund.amount


async def test_staff_are_told_of_a_part_that_the_bank_sends_back_until_all_of_it_is_owed(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    trade, refund = await a_refund_in_parts(gateway, fake)
    one, two = made_at(fake)
    fake.books.send_back(one)
    events = [each async for each in gateway.events(trade.shop.ports.clock() - DAY)]
    told_id = await keep_event("paypal", events[-1], ports=trade.shop.ports)
    assert told_id is not None
    told = await hear_event(told_id, ports=trade.shop.ports)
    assert (told.state, told.why) == (
        ToldState.PARKED,
        "7.00 USD of a refund of 10.00 USD did not go back",
    )
    fake.books.send_back(two)
    assert ("refund failed", str(refund.id)) in {
        (each.what, each.subject) for each in await left(trade)
    }
    assert (await hear_event(told_id, ports=trade.shop.ports)).state is ToldState.PROCESSED
    async with trade.shop.ports.reading() as reads:
        order = await reads.orders.get(refund.order_id)
    assert order.owed == refund.amount
