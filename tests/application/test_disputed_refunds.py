"""What the bank holds or took goes back only where staff say that it is to."""

from __future__ import annotations

import pytest

from automate_store.application.payments import RefundOrder, refund_order
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import (
    DisputeReport,
    DisputeState,
    Payment,
    RefundDisputed,
)
from tests.application.telling import STAFF, Desk

HALF = Money(2000, "USD")


@pytest.mark.parametrize("state", [DisputeState.OPEN, DisputeState.LOST])
async def test_contested_money_is_not_given_back_as_well(desk: Desk, state: DisputeState) -> None:
    payment = await desk.paid()
    await _contest(desk, payment, state)
    with pytest.raises(RefundDisputed) as refused:
        await _refund(desk, payment, Money(2501, "USD"))
    assert (refused.value.disputed, refused.value.free) == (HALF, Money(2500, "USD"))
    await _refund(desk, payment, Money(2500, "USD"))
    with pytest.raises(RefundDisputed):
        await _refund(desk, payment, Money(1, "USD"))
    await _refund(desk, payment, Money(1, "USD"), despite=True)
    assert (await desk.now(payment))[0].refunded == Money(2501, "USD")


async def test_what_was_won_may_go_back(desk: Desk) -> None:
    payment = await desk.paid()
    await _contest(desk, payment, DisputeState.WON)
    await _refund(desk, payment, payment.amount)


async def _contest(desk: Desk, payment: Payment, state: DisputeState) -> None:
    report = DisputeReport(dispute_id="dp_1", amount=HALF, reason="fraudulent", state=state)
    await desk.tell(desk.happened(payment, report))


async def _refund(desk: Desk, payment: Payment, amount: Money, *, despite: bool = False) -> None:
    command = RefundOrder(
        order_id=payment.order_id, amount=amount, reason="sorry", despite_dispute=despite
    )
    key = f"back-{amount.minor}"
    await refund_order(command, key=key, actor=STAFF, ports=desk.ports)
