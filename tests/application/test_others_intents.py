"""Gateways that give one payment the intent of another: staff look at it, and no money moves."""

from __future__ import annotations

import pytest
from attrs import evolve

from automate_store.adapters.memory.telling import TellingGateway
from automate_store.application.payments import ResolvePayment, resolve_payment
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import OrderStatus
from automate_store.domain.payments import (
    GatewayReport,
    Payment,
    PaymentState,
    RefundTooLarge,
    Resolution,
    ToldState,
)
from tests.application.telling import STAFF, Desk


class Mixing(TellingGateway):
    """One that answers with the intent of another payment, once there is one."""

    def __init__(self) -> None:
        super().__init__()
        self.another: str | None = None

    async def create_intent(self, payment: Payment) -> GatewayReport:
        """How it stands with another."""
        report = await super().create_intent(payment)
        return evolve(report, intent_id=self.another or report.intent_id)


@pytest.fixture
def mixed(desk: Desk) -> Desk:
    gateway = Mixing()
    ports = evolve(desk.ports, gateways={gateway.name: gateway})
    return evolve(desk, street=evolve(desk.street, ports=ports), gateway=gateway)


async def given_anothers(desk: Desk) -> tuple[Payment, Payment]:
    """A payment that was paid, and one that was given its intent."""
    one, gateway = await desk.paid(), desk.gateway
    assert isinstance(gateway, Mixing)
    gateway.another = one.intent_id
    other = (await desk.intended()).payment
    gateway.another = None
    return one, other


async def test_a_payment_that_is_given_anothers_intent_is_parked(mixed: Desk) -> None:
    one, other = await given_anothers(mixed)

    assert (other.state, other.intent_id) == (PaymentState.PARKED, None)
    assert other.reported is not None
    assert other.reported.intent_id == one.intent_id
    assert (await mixed.now(one))[0] == one


async def test_what_is_told_of_anothers_intent_pays_nothing(mixed: Desk) -> None:
    one = await mixed.paid()
    waiting = (await mixed.intended()).payment
    async with mixed.ports.unit_of_work() as work:
        await work.payments.save(evolve(waiting, intent_id=None))
    told = await mixed.tell(mixed.captured(waiting, intent_id=one.intent_id))

    parked, order, _ = await mixed.now(waiting)
    assert (told.state, parked.state) == (ToldState.PARKED, PaymentState.PARKED)
    assert order.status is OrderStatus.PENDING
    assert await mixed.balanced()


async def test_money_of_another_is_neither_accepted_nor_given_back(mixed: Desk) -> None:
    one, other = await given_anothers(mixed)

    accepted = await resolve(mixed, other, Resolution.ACCEPT)
    with pytest.raises(RefundTooLarge):
        await resolve(mixed, other, Resolution.GIVE_BACK)
    dismissed = await resolve(mixed, other, Resolution.DISMISS)

    assert (accepted, dismissed) == (PaymentState.PARKED, PaymentState.CANCELLED)
    assert not (await mixed.now(other))[0].captured
    assert (await mixed.now(one))[0].refundable == Money(4500, "USD")
    assert await mixed.balanced()


async def resolve(desk: Desk, payment: Payment, resolution: Resolution) -> PaymentState:
    wish = ResolvePayment(payment_id=payment.id, resolution=resolution, reason="looked at it")
    key = f"{resolution}"
    return (await resolve_payment(wish, key=key, actor=STAFF, ports=desk.ports)).payment.state
