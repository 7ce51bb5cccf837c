"""Payments of one order at once, on real connections: no more is held than it costs."""

from __future__ import annotations

import pytest
from attrs import evolve
from sqlalchemy import text

from automate_store.adapters.postgres.session import Session
from automate_store.application.payments import CreateIntent, PaymentView, create_intent
from automate_store.application.ports import Ports
from automate_store.domain.kernel.ids import OrderId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import MoreThanDue, NothingDue, OrderState
from automate_store.domain.payments import CaptureMode, Funds, PaymentState
from automate_store.entrypoints.properties.contracts.scene import outcomes
from tests.adapters.postgres.meetings import Meeting
from tests.adapters.postgres.shops import STAFF, Shop, bought
from tests.adapters.postgres.test_slow_money_races import told

SHARES = [100, 100, 100], [60, 60, 60], [50, 50, 50, 50]
"""In percent of what the order costs."""
_GIVEN_UP = text("""
    SELECT args -> 'payload' ->> 'payment_id' AS payment_id FROM procrastinate_jobs
    WHERE task_name = 'void_asked'
""")


@pytest.mark.parametrize("shares", SHARES, ids=str)
async def test_of_parts_confirmed_at_once_those_that_are_too_much_are_refused(
    shop: Shop, shares: list[int]
) -> None:
    order = await bought([shop.mug], "order", shop.ports)
    ports = _by_hand(shop)
    parts = [await _part(order.order.id, each, nth, ports) for nth, each in enumerate(shares)]
    meeting = Meeting(ports, works=len(parts))

    works = [shop.confirm(order, each, f"c{n}", meeting.ports) for n, each in enumerate(parts)]
    done = await outcomes(*works)

    refused = [each for each in done if isinstance(each, BaseException)]
    assert {type(each) for each in refused} <= {MoreThanDue, NothingDue}
    assert len(done) - len(refused) == 100 // shares[0]
    held, total = await _held(shop, order.order.id)
    assert held == Money(sum(shares[: 100 // shares[0]]) * total.minor // 100, "USD") <= total


async def test_of_money_that_is_authorised_at_once_what_nobody_needs_is_given_up(
    shop: Shop,
) -> None:
    order = await bought([shop.mug], "order", shop.ports)
    ports = _by_hand(shop)
    parts = [await _part(order.order.id, 100, nth, ports) for nth in range(3)]

    await outcomes(*(told(each, PaymentState.AUTHORISED, ports) for each in parts))

    async with Session(shop.pool) as session:
        given_up = {row.payment_id for row in await session.fetch_all(_GIVEN_UP)}
    assert len(given_up) == len(parts) - 1
    assert given_up < {str(each.payment.id) for each in parts}
    assert (await shop.now(order)).state is OrderState.PLACED


def _by_hand(shop: Shop) -> Ports:
    policy = evolve(shop.ports.policy, capture=CaptureMode.MANUAL)
    return evolve(shop.ports, policy=policy)


async def _part(order_id: OrderId, percent: int, nth: int, ports: Ports) -> PaymentView:
    async with ports.reading() as reads:
        total = (await reads.orders.get(order_id)).total
    amount = Money(total.minor * percent // 100, total.currency)
    wish = CreateIntent(order_id=order_id, gateway="manual", amount=amount)
    return await create_intent(wish, token=None, key=f"part-{nth}", actor=STAFF, ports=ports)


async def _held(shop: Shop, order_id: OrderId) -> tuple[Money, Money]:
    """What is authorised for the order, and what it costs."""
    async with shop.ports.reading() as reads:
        order, payments = await reads.orders.get(order_id), await reads.payments.of_order(order_id)
    return Funds.of(payments, order.total.currency).authorised, order.total
