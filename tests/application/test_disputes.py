"""Disputes are of one payment, and of no more than was taken: what does not fit is for staff."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import Dispute, DisputeReport, DisputeState, ToldState
from tests.application.telling import Desk

CONTESTED = Money(4500, "USD")


def contested(amount: Money = CONTESTED, **changes: Any) -> DisputeReport:
    opened = DisputeReport(
        dispute_id="dp_1", amount=amount, reason="fraudulent", state=DisputeState.OPEN
    )
    return evolve(opened, **changes)


async def kept(desk: Desk) -> tuple[Dispute, ...]:
    async with desk.ports.reading() as reads:
        return await reads.disputes.page(state=None, before=None, limit=9)


async def test_anothers_dispute_is_not_ended_by_its_name(desk: Desk) -> None:
    one, other = await desk.paid(), await desk.paid()
    await desk.tell(desk.happened(one, contested()))

    told = await desk.tell(desk.happened(other, contested(state=DisputeState.LOST)))

    (dispute,) = await kept(desk)
    assert (dispute.payment_id, dispute.state) == (one.id, DisputeState.OPEN)
    assert (told.state, str(one.id) in (told.why or "")) == (ToldState.PARKED, True)
    assert "order_dispute_ended" not in await desk.timeline(other)


@pytest.mark.parametrize(
    "amount",
    [Money(0, "USD"), Money(-4500, "USD"), Money(4501, "USD"), Money(4500, "EUR")],
    ids=["nothing", "less than nothing", "more than was taken", "another currency"],
)
async def test_no_amount_is_contested_but_what_was_taken(desk: Desk, amount: Money) -> None:
    payment = await desk.paid()

    told = await desk.tell(desk.happened(payment, contested(amount)))

    assert (told.state, await kept(desk)) == (ToldState.PARKED, ())
    assert told.why == f"{amount} is contested of a payment of which 45.00 USD were captured"
    assert "order_disputed" not in await desk.timeline(payment)


async def test_a_part_is_contested_and_ends_whatever_amount_that_names(desk: Desk) -> None:
    payment = await desk.paid()
    await desk.tell(desk.happened(payment, contested(Money(1, "USD"))))
    nothing = contested(Money(0, "USD"), state=DisputeState.WON)
    told = await desk.tell(desk.happened(payment, nothing))
    (dispute,) = await kept(desk)
    assert (dispute.state, dispute.amount) == (DisputeState.WON, Money(1, "USD"))
    assert told.state is ToldState.PROCESSED


async def test_what_is_contested_before_it_was_heard_of_waits_for_that(desk: Desk) -> None:
    payment = (await desk.intended()).payment
    early = await desk.tell(desk.happened(payment, contested()))
    assert (early.state, await kept(desk)) == (ToldState.PARKED, ())

    await desk.tell(desk.captured(payment))

    (dispute,) = await kept(desk)
    assert (dispute.payment_id, (await desk.told(early.id)).state) == (
        payment.id,
        ToldState.PROCESSED,
    )
