"""A gateway that lost its settings keeps no order from ending, and staff hear of it."""

from __future__ import annotations

from uuid import UUID

import pytest
from attrs import evolve

from automate_store.application.orders import CancelOrder, cancel_order
from automate_store.application.payments import RefundOrder, reconcile, refund_order
from automate_store.application.payments.unasked import warn_of_unasked
from automate_store.application.ports import Ports
from automate_store.application.reactions import REACTIONS
from automate_store.application.refunding import send_refund
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import OrderState
from automate_store.domain.payments import (
    GatewayUnknown,
    GatewayUnset,
    Payment,
    RefundAsked,
    RefundState,
)
from tests.application.telling import STAFF, Desk
from tests.application.test_reconciling import DAY

SETTINGS = {"memory": "A_SETTING"}


def unset(desk: Desk) -> Ports:
    """The desk's ports, without its gateway's settings."""
    return evolve(desk.ports, gateways={}, settings_of=SETTINGS)


async def test_an_order_is_cancelled_whose_gateway_lost_its_settings(desk: Desk) -> None:
    payment = await desk.paid()
    command = CancelOrder(order_id=payment.order_id)

    await cancel_order(
        command, token=None, versions=None, key="cancel", actor=STAFF, ports=unset(desk)
    )

    _, order, (refund,) = await desk.now(payment)
    assert (order.state, refund.state) == (OrderState.CANCELLED, RefundState.PENDING)
    with pytest.raises(GatewayUnset, match="A_SETTING"):
        await send_refund(refund.id, ports=unset(desk))
    assert (await send_refund(refund.id, ports=desk.ports)).state is RefundState.SUCCEEDED
    assert await desk.balanced()


async def test_staff_give_money_back_that_waits_for_the_settings(desk: Desk) -> None:
    payment = await desk.paid()
    await _refunded(desk, payment)
    assert (await desk.now(payment))[2][0].state is RefundState.PENDING


async def test_staff_are_told_once_of_a_refund_that_waits_for_settings(
    caplog: pytest.LogCaptureFixture,
) -> None:
    desk = await Desk.in_memory()
    payment = await desk.paid()
    await _refunded(desk, payment)
    (refund,) = (await desk.now(payment))[2]
    event = RefundAsked(
        at=refund.created_at,
        refund_id=refund.id,
        order_id=refund.order_id,
        amount=refund.amount,
    )
    with pytest.raises(GatewayUnset):
        await REACTIONS[RefundAsked](event, UUID(int=1), unset(desk))
    assert "A_SETTING" in caplog.text


async def test_payments_that_can_not_be_asked_about_are_left_for_staff(desk: Desk) -> None:
    payment = await desk.paid()
    await desk.intended()
    await _refunded(desk, payment)

    done = await reconcile(since=DAY, only=None, progress=lambda *_: None, ports=unset(desk))

    (row,) = done.left
    assert (row.gateway, row.what) == ("memory", "can't be asked about")
    assert row.subject == "2 payments, 1 refund"
    assert row.theirs == "its settings are missing (A_SETTING)"
    agreed = await reconcile(since=DAY, only=None, progress=lambda *_: None, ports=desk.ports)
    assert agreed.agreed


async def test_a_server_warns_of_them_when_it_starts(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    await desk.paid()
    await warn_of_unasked(ports=desk.ports)
    assert "gateway_unset" not in caplog.text
    await warn_of_unasked(ports=unset(desk))
    assert "1 payment through memory" in caplog.text
    assert "A_SETTING" in caplog.text


async def test_a_gateway_that_is_asked_for_alone_names_what_is_missing(desk: Desk) -> None:
    with pytest.raises(GatewayUnset, match="A_SETTING"):
        await reconcile(since=DAY, only="memory", progress=lambda *_: None, ports=unset(desk))
    with pytest.raises(GatewayUnknown, match="memory"):
        await reconcile(since=DAY, only="owl", progress=lambda *_: None, ports=desk.ports)


async def _refunded(desk: Desk, payment: Payment) -> None:
    command = RefundOrder(order_id=payment.order_id, amount=Money(500, "USD"), reason="a stain")
    await refund_order(command, key="back", actor=STAFF, ports=unset(desk))
