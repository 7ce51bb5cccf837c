"""The manual gateway keeps nothing, so it says the same after any crash."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from attrs import evolve

from automate_store.adapters.manual import ManualGateway
from automate_store.domain.kernel.ids import OrderId, PaymentId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import GatewayReport, Payment, PaymentState

AT = datetime(2026, 3, 1, tzinfo=UTC)


def payment() -> Payment:
    return Payment.intend(
        id=PaymentId(UUID(int=7)),
        order_id=OrderId(UUID(int=8)),
        gateway="manual",
        amount=Money(1999, "USD"),
        at=AT,
    )


async def test_an_intent_waits_under_the_payments_own_name() -> None:
    report = await ManualGateway().create_intent(payment())
    assert (report.intent_id, report.state) == (f"manual_{UUID(int=7).hex}", PaymentState.PENDING)
    assert report.amount == Money(1999, "USD")


async def test_confirming_captures_the_whole_amount() -> None:
    begun = payment().settle(await ManualGateway().create_intent(payment()), at=AT)
    paid = begun.settle(await ManualGateway().confirm(begun), at=AT)
    assert (paid.state, paid.captured) == (PaymentState.CAPTURED, Money(1999, "USD"))


@pytest.mark.parametrize("state", [PaymentState.PENDING, PaymentState.CAPTURED])
async def test_another_process_is_told_what_the_first_one_was(state: PaymentState) -> None:
    begun = payment().settle(await ManualGateway().create_intent(payment()), at=AT)
    known = (
        begun.settle(await ManualGateway().confirm(begun), at=AT) if state == "captured" else begun
    )
    assert (await ManualGateway().fetch(known)).state is state


async def test_a_failed_attempt_is_told_with_its_reason() -> None:
    failed = evolve(payment(), state=PaymentState.FAILED, failure="refused at the door")
    report = await ManualGateway().fetch(failed)
    assert (report.state, report.failure) == (PaymentState.FAILED, "refused at the door")


async def test_a_parked_payment_without_money_still_waits() -> None:
    begun = payment().settle(await ManualGateway().create_intent(payment()), at=AT)
    odd = GatewayReport(intent_id="other", state=PaymentState.CAPTURED, amount=Money(1, "USD"))
    parked = begun.settle(odd, at=AT)
    assert parked.state is PaymentState.PARKED
    assert (await ManualGateway().fetch(parked)).state is PaymentState.PENDING
