"""Refunds that a gateway will not make: they have failed, whatever else waits for the money."""

from __future__ import annotations

from attrs import evolve

from automate_store.adapters.memory.telling import TellingGateway
from automate_store.application.errors import GatewayRefused
from automate_store.application.payments import RefundOrder, refund_order
from automate_store.application.refunding import send_refund
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import Payment, Refund, RefundReport, RefundState, ToldState
from tests.application.telling import STAFF, Desk, returned


class Unwilling(TellingGateway):
    """Gives nothing back, and says so by a refusal."""

    async def refund(self, payment: Payment, refund: Refund) -> RefundReport:
        """Nothing."""
        raise GatewayRefused(self.name, f"{payment.id} has less left than {refund.amount}")


def usd(cents: int) -> Money:
    return Money(cents, "USD")


async def all_asked_back(desk: Desk, payment: Payment) -> Refund:
    command = RefundOrder(order_id=payment.order_id, amount=usd(4500), reason="out of kindness")
    await refund_order(command, key="k", actor=STAFF, ports=desk.ports)
    (refund,) = (await desk.now(payment))[2]
    return refund


async def test_a_refund_that_is_refused_for_good_has_failed_and_is_owed() -> None:
    desk = await unwilling()
    payment = await desk.paid()
    asked = await all_asked_back(desk, payment)

    ended = await send_refund(asked.id, ports=desk.ports)

    given, order, _ = await desk.now(payment)
    assert ended.state is RefundState.FAILED
    assert ended.failure is not None
    assert (given.refunded, order.owed) == (usd(0), usd(4500))
    assert await desk.balanced()


async def test_what_the_desk_gave_back_is_heard_once_the_money_is_there_again() -> None:
    desk = await unwilling()
    payment = await desk.paid()
    asked = await all_asked_back(desk, payment)
    early = await desk.tell(desk.happened(payment, returned(usd(500))))
    assert early.state is ToldState.PARKED

    await send_refund(asked.id, ports=desk.ports)
    await desk.hear_what_waits()

    given, order, _ = await desk.now(payment)
    assert (await desk.told(early.id)).state is ToldState.PROCESSED
    assert (given.refunded, order.owed) == (usd(500), usd(4000))
    assert await desk.balanced()


async def unwilling() -> Desk:
    desk = await Desk.in_memory()
    gateway = Unwilling()
    ports = evolve(desk.ports, gateways={gateway.name: gateway})
    return evolve(desk, gateway=gateway, street=evolve(desk.street, ports=ports))
