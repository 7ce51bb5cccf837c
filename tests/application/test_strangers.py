"""Money that no payment here is about: staff are told once, and may say that it is not ours."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from attrs import evolve

from automate_store.adapters.memory import MemoryMailer
from automate_store.application.access import Actor, Role
from automate_store.application.errors import NotAllowed
from automate_store.application.payments import (
    DismissEvent,
    dismiss_event,
    hear_event,
    page_told_events,
    reconcile,
    replay_event,
)
from automate_store.application.ports.messages import Mail
from automate_store.application.reactions import REACTIONS
from automate_store.domain.kernel.ids import PaymentId, ToldId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import (
    EventNotFound,
    GatewayEvent,
    GatewayReport,
    NothingToDismiss,
    PaymentState,
    StrangeMoneyTold,
    ToldEvent,
    ToldState,
)
from automate_store.entrypoints.properties.contracts.scene import outcomes
from tests.adapters.postgres.meetings import Meeting
from tests.application.telling import STAFF, Desk, returned

SUPPORT = Actor(Role.SUPPORT, "sue")
TEN = Money(1000, "USD")
STAFF_EMAIL = "staff@example.com"


def strange(
    desk: Desk, intent: str = "pi_1", *, state: PaymentState = PaymentState.CAPTURED, **more: Any
) -> GatewayEvent:
    """An event of somebody else's intent."""
    report = GatewayReport(intent_id=intent, state=state, amount=TEN)
    foreign = PaymentId(UUID(int=7))
    return evolve(desk.happened(None, report, intent_id=intent), payment_id=more.get("of", foreign))


async def mails(desk: Desk) -> tuple[Mail, ...]:
    """What staff are mailed once the jobs that were left behind are done, each of them twice."""
    mailer = MemoryMailer()
    policy = evolve(desk.ports.policy, staff_email=STAFF_EMAIL)
    ports = evolve(desk.ports, mailer=mailer, policy=policy)
    for told_id in await desk.jobs(StrangeMoneyTold):
        event = StrangeMoneyTold(at=ports.clock(), told_id=told_id)
        for number in range(2):
            await REACTIONS[StrangeMoneyTold](event, UUID(int=number), ports)
    return mailer.sent


async def dismiss(desk: Desk, told: ToldEvent, actor: Actor = STAFF) -> ToldEvent:
    command = DismissEvent(told_id=told.id, reason="the other shop's")
    return await dismiss_event(command, actor=actor, ports=desk.ports)


async def parked(desk: Desk) -> list[str]:
    found = await page_told_events(
        state=ToldState.PARKED, gateway=None, before=None, limit=9, actor=STAFF, ports=desk.ports
    )
    return [each.event.id for each in found]


async def test_staff_are_mailed_once_for_each_intent(desk: Desk) -> None:
    for intent in ("pi_1", "pi_1", "pi_2"):
        await desk.tell(strange(desk, intent))
    await desk.tell(desk.happened(None, returned(TEN), intent_id="pi_1"))

    first, second = await mails(desk)

    assert len(await desk.jobs(StrangeMoneyTold)) == 2
    assert (first.to, "10.00 USD" in first.text, "pi_1" in first.text) == (STAFF_EMAIL, True, True)
    assert "pi_2" in second.text
    assert "money_unknown" in first.text


async def test_of_events_that_are_heard_at_once_one_is_mailed(desk: Desk) -> None:
    told = [await desk.deliver(strange(desk)) for _ in range(3)]
    await asyncio.gather(*(hear_event(each, ports=desk.ports) for each in told if each))
    assert len(await desk.jobs(StrangeMoneyTold)) == 1


async def test_where_no_money_moved_nobody_is_mailed(desk: Desk) -> None:
    told = await desk.tell(strange(desk, state=PaymentState.REQUIRES_ACTION))
    assert told.state is ToldState.PARKED
    assert await desk.jobs(StrangeMoneyTold) == []
    await desk.tell(strange(desk))
    assert len(await mails(desk)) == 1


async def test_who_hears_it_again_is_not_mailed_again(desk: Desk) -> None:
    told = await desk.tell(strange(desk))
    await replay_event(told.id, actor=STAFF, ports=desk.ports)
    await reconcile(since=timedelta(1), only=None, progress=lambda *_: None, ports=desk.ports)
    assert len(await desk.jobs(StrangeMoneyTold)) == 1


async def test_money_of_no_intent_is_mailed_of_by_itself(desk: Desk) -> None:
    for _ in range(2):
        await desk.tell(evolve(desk.happened(None, returned(TEN)), intent_id=None))
    assert len(await mails(desk)) == 2


async def test_what_is_dismissed_waits_no_more_nor_does_what_follows(desk: Desk) -> None:
    told = await desk.tell(strange(desk, state=PaymentState.REQUIRES_ACTION))
    await desk.tell(strange(desk))
    other = await desk.tell(strange(desk, "pi_2"))

    over = await dismiss(desk, told)
    later = await desk.tell(desk.happened(None, returned(TEN), intent_id="pi_1"))
    done = await reconcile(
        since=timedelta(1), only=None, progress=lambda *_: None, ports=desk.ports
    )

    assert (over.state, over.why) == (ToldState.DISMISSED, "the other shop's")
    assert later.state is ToldState.DISMISSED
    assert await parked(desk) == [other.event.id]
    assert [each.subject for each in done.left] == ["pi_2"]
    assert len(await mails(desk)) == 1, "the first was dismissed before it was mailed of"
    async with desk.ports.reading() as reads:
        trail = await reads.trail.page(before=None, limit=9, subject=None, account_id=None)
    assert [(each.action, each.actor) for each in trail] == [("dismiss_event", "sam")]
    assert trail[0].subject == f"webhook_event:{told.id}"


async def test_what_was_heard_while_it_was_dismissed_is_found_by_the_clock(desk: Desk) -> None:
    first, second = await desk.tell(strange(desk)), await desk.tell(strange(desk))
    async with desk.ports.unit_of_work() as work:
        now = await work.told.get(first.id)
        await work.told.save(now.dismissed("the other shop's", at=desk.ports.clock()))
    await reconcile(since=timedelta(1), only=None, progress=lambda *_: None, ports=desk.ports)
    assert (await desk.told(second.id)).state is ToldState.DISMISSED


async def test_an_event_of_our_own_is_dismissed_alone(desk: Desk) -> None:
    payment = await desk.paid()
    too_much = [
        await desk.tell(
            desk.happened(
                payment, returned(Money(9900, "USD"), name=name), intent_id=payment.intent_id
            )
        )
        for name in ("re_1", "re_2")
    ]
    await dismiss(desk, too_much[0])
    assert await parked(desk) == [too_much[1].event.id]


async def test_what_waits_for_nobody_is_not_dismissed(desk: Desk) -> None:
    told = await desk.tell(desk.captured((await desk.intended()).payment))
    with pytest.raises(NothingToDismiss):
        await dismiss(desk, told)
    gone = await desk.tell(strange(desk))
    await dismiss(desk, gone)
    with pytest.raises(NothingToDismiss):
        await dismiss(desk, gone)
    with pytest.raises(EventNotFound):
        await dismiss(desk, evolve(gone, id=ToldId(UUID(int=1))))
    with pytest.raises(NotAllowed):
        await dismiss(desk, gone, SUPPORT)


async def test_what_was_dismissed_is_heard_again_where_staff_want_it(desk: Desk) -> None:
    told = await desk.tell(strange(desk))
    await dismiss(desk, told)
    again = await replay_event(told.id, actor=STAFF, ports=desk.ports)
    assert again.state is ToldState.PARKED


async def test_of_those_who_dismiss_one_intent_at_once_nobody_waits_for_ever(desk: Desk) -> None:
    every = [await desk.tell(strange(desk)) for _ in range(2)]
    meeting = Meeting(desk.ports, works=len(every), over="told")
    wishes = [DismissEvent(told_id=each.id, reason="the other shop's") for each in every]

    done = await outcomes(
        *(dismiss_event(each, actor=STAFF, ports=meeting.ports) for each in reversed(wishes))
    )

    refused = [each for each in done if isinstance(each, BaseException)]
    assert {type(each) for each in refused} == {NothingToDismiss}
    assert len(refused) == len(every) - 1
    assert meeting.opened == len(every), "nobody had to try again"
    assert await parked(desk) == []
