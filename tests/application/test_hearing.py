"""What gateways tell: once each, in any order, and the books agree whatever it was."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import permutations

import pytest
from attrs import evolve

from automate_store.adapters.memory.telling import TellingGateway, sign
from automate_store.application.access import GUEST
from automate_store.application.errors import (
    GatewayUnavailable,
    WebhookRefused,
    WebhooksNotHeard,
)
from automate_store.application.orders import read_timeline
from automate_store.application.payments import (
    CreateIntent,
    create_intent,
    hear_event,
    purge_told_events,
    take_webhook,
)
from automate_store.domain.kernel.ids import PaymentId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import OrderStatus, PaymentStatus
from automate_store.domain.payments import (
    Ask,
    DisputeReport,
    DisputeState,
    MethodReport,
    PaymentState,
    RefundState,
    SetupReport,
    SetupState,
    ToldState,
)
from tests.application.telling import STAFF, Desk, returned


def usd(cents: int) -> Money:
    return Money(cents, "USD")


async def test_what_is_told_has_its_effect(desk: Desk) -> None:
    payment = (await desk.intended()).payment

    told = await desk.tell(desk.captured(payment))

    paid, order, _ = await desk.now(payment)
    assert (told.state, told.attempts) == (ToldState.PROCESSED, 1)
    assert (paid.captured, order.status) == (order.total, OrderStatus.PROCESSING)
    assert await desk.balanced()


async def test_a_payment_is_found_by_its_intent_alone(desk: Desk) -> None:
    payment = (await desk.intended()).payment
    event = evolve(desk.captured(payment), payment_id=None, intent_id=payment.intent_id)

    assert (await desk.tell(event)).state is ToldState.PROCESSED
    assert (await desk.now(payment))[0].state is PaymentState.CAPTURED


async def test_what_is_told_again_does_nothing(desk: Desk) -> None:
    payment = (await desk.intended()).payment
    event = desk.captured(payment)
    first = await desk.tell(event)

    assert await desk.deliver(event) is None
    assert await hear_event(first.id, ports=desk.ports) == first
    assert (await desk.timeline(payment)).count("order_paid") == 1


async def test_another_gateways_word_on_a_payment_is_none(desk: Desk) -> None:
    payment = (await desk.intended()).payment
    other = TellingGateway("other")
    ports = evolve(desk.ports, gateways={**desk.ports.gateways, "other": other})
    headers, body = other.tell(desk.captured(payment), at=ports.clock())

    told_id = await take_webhook("other", headers, body, ports=ports)
    assert told_id is not None
    told = await hear_event(told_id, ports=ports)

    assert told.state is ToldState.PARKED
    assert (await desk.now(payment))[0].state is PaymentState.PENDING


async def test_what_is_not_signed_leaves_nothing_behind(desk: Desk) -> None:
    payment = (await desk.intended()).payment
    at, name = desk.ports.clock(), desk.gateway.name
    headers, body = desk.gateway.tell(desk.captured(payment), at=at)
    late, _ = sign(body, at - timedelta(seconds=301))
    for bad in ({}, {**headers, "x-signature": "0" * 64}, late):
        with pytest.raises(WebhookRefused):
            await take_webhook(name, bad, body, ports=desk.ports)
    with pytest.raises(WebhookRefused):
        await take_webhook(name, headers, body + b" ", ports=desk.ports)
    async with desk.ports.reading() as reads:
        assert await reads.told.page(state=None, gateway=None, before=None, limit=9) == ()
    assert desk.gateway.fetched == 0


async def test_a_gateway_that_is_not_set_up_tells_nothing(desk: Desk) -> None:
    with pytest.raises(WebhooksNotHeard):
        await take_webhook("stripe", {}, b"", ports=desk.ports)


async def test_what_is_of_no_interest_has_ended_at_once(desk: Desk) -> None:
    told_id = await desk.deliver(desk.happened(None, None))
    assert told_id is not None
    assert (await desk.told(told_id)).state is ToldState.PROCESSED


async def test_what_is_nobodys_is_parked_and_an_error_in_the_log(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    payment = (await desk.intended()).payment
    stranger = evolve(payment, id=PaymentId(desk.ports.ids.uuid()))
    told = await desk.tell(desk.captured(stranger))
    assert (told.state, told.why) == (
        ToldState.PARKED,
        "no payment of this store is meant",
    )
    (said,) = (each for each in caplog.records if "payment_of_nobody" in each.getMessage())
    assert (said.levelname, told.event.id in said.getMessage()) == ("ERROR", True)


@pytest.mark.parametrize("wrong", [usd(4499), usd(4501), Money(4500, "EUR")], ids=str)
async def test_another_amount_or_currency_pays_nothing(desk: Desk, wrong: Money) -> None:
    payment = (await desk.intended()).payment

    told = await desk.tell(desk.captured(payment, amount=wrong))

    parked, order, _ = await desk.now(payment)
    assert told.state is ToldState.PARKED
    assert (parked.state, order.status) == (PaymentState.PARKED, OrderStatus.PENDING)
    assert parked.reported is not None
    assert parked.reported.amount == wrong
    assert await desk.balanced()


async def test_a_shopper_who_never_comes_back_has_their_payment_carried_out(desk: Desk) -> None:
    payment = (await desk.intended()).payment

    await desk.tell(desk.happened(payment, None, ask=Ask.CONFIRM))

    assert (await desk.now(payment))[0].state is PaymentState.CAPTURED
    assert desk.gateway.captures == [payment.id]


async def test_a_part_of_the_news_has_the_whole_asked_for(desk: Desk) -> None:
    payment = (await desk.intended()).payment
    desk.gateway.captured(payment)

    await desk.tell(desk.happened(payment, None, ask=Ask.FETCH))

    assert (await desk.now(payment))[0].state is PaymentState.CAPTURED


async def test_a_gateway_that_is_silent_is_asked_again(desk: Desk) -> None:
    payment = (await desk.intended()).payment
    desk.gateway.captured(payment)
    told_id = await desk.deliver(desk.happened(payment, None, ask=Ask.FETCH))
    assert told_id is not None
    desk.gateway.hide(hidden=True)
    with pytest.raises(GatewayUnavailable):
        await hear_event(told_id, ports=desk.ports)
    failed = await desk.told(told_id)

    desk.gateway.hide(hidden=False)
    told = await hear_event(told_id, ports=desk.ports)

    assert (failed.state, failed.attempts) == (ToldState.FAILED, 1)
    assert failed.why is not None
    assert (told.state, told.attempts, told.why) == (ToldState.PROCESSED, 2, None)


async def test_a_refund_made_there_is_one_here(desk: Desk) -> None:
    payment = await desk.paid()
    event = desk.happened(payment, returned(usd(1500)))

    await desk.tell(event)
    await desk.tell(evolve(event, id="evt_of_the_same_refund"))

    given, order, (refund,) = await desk.now(payment)
    assert (refund.amount, refund.state, refund.made_there) == (
        usd(1500),
        RefundState.SUCCEEDED,
        True,
    )
    assert (refund.actor, refund.gateway_id) == ("memory", "re_1")
    assert refund.reason == "the shop gave it back", "customers read it, and know no gateway"
    assert (given.refunded, order.credited, order.worth) == (usd(1500), usd(1500), usd(3000))
    assert order.payment_status is PaymentStatus.PARTIALLY_REFUNDED
    assert (await desk.timeline(payment)).count("order_refunded") == 1
    assert await desk.balanced()


async def test_no_more_is_credited_than_the_order_is_worth(desk: Desk) -> None:
    payment = await desk.paid()
    await desk.tell(desk.happened(payment, returned(usd(4500))))
    await desk.tell(desk.happened(payment, returned(usd(1), name="re_2")))
    given, order, refunds = await desk.now(payment)
    assert (given.refunded, order.worth, len(refunds)) == (usd(4500), usd(0), 1)
    assert await desk.balanced()


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=str)
async def test_the_order_in_which_it_is_told_changes_nothing(order: tuple[int, ...]) -> None:
    desk = await Desk.in_memory()
    payment = (await desk.intended()).payment
    report = desk.gateway.captured(payment)
    processing = evolve(report, state=PaymentState.PROCESSING)
    events = [
        desk.happened(payment, processing),
        desk.happened(payment, report),
        desk.happened(payment, returned(usd(500), RefundState.PENDING)),
        desk.happened(payment, returned(usd(500))),
    ]
    for each in order:
        await desk.tell(events[each])

    captured, placed, (refund,) = await desk.now(payment)
    assert (captured.state, captured.refunded) == (PaymentState.CAPTURED, usd(500))
    assert (refund.state, placed.credited) == (RefundState.SUCCEEDED, usd(500))
    assert placed.status is OrderStatus.PROCESSING
    async with desk.ports.reading() as reads:
        left = await reads.told.page(state=None, gateway=None, before=None, limit=9)
    assert {each.state for each in left} == {ToldState.PROCESSED}
    assert await desk.balanced()


async def test_a_refund_that_is_told_first_waits_for_its_money(desk: Desk) -> None:
    payment = (await desk.intended()).payment
    told_id = await desk.deliver(desk.happened(payment, returned(usd(500))))
    assert told_id is not None
    early = await hear_event(told_id, ports=desk.ports)
    assert early.state is ToldState.PARKED

    await desk.tell(desk.captured(payment))

    assert (await desk.told(told_id)).state is ToldState.PROCESSED
    assert (await desk.now(payment))[0].refunded == usd(500)


@pytest.mark.parametrize("succeeded_first", [True, False])
async def test_a_refund_that_fails_is_owed(desk: Desk, succeeded_first: bool) -> None:  # noqa: FBT001 - a case
    payment = await desk.paid()
    states = [RefundState.SUCCEEDED, RefundState.FAILED]
    for state in states if succeeded_first else reversed(states):
        await desk.tell(desk.happened(payment, returned(usd(1500), state)))

    given, order, (refund,) = await desk.now(payment)
    assert (refund.state, given.refunded) == (RefundState.FAILED, usd(0))
    assert (order.owed, order.worth) == (usd(1500), usd(4500))
    assert order.payment_status is PaymentStatus.PAID
    assert await desk.balanced()


async def test_of_a_dispute_staff_alone_are_told(desk: Desk) -> None:
    placed = await desk.street.place(await desk.street.guest(), key="disputed")
    order_id, token, ports = placed.order.id, placed.token, desk.ports
    command = CreateIntent(order_id=order_id, gateway=desk.gateway.name)
    view = await create_intent(command, token=token, key="pay", actor=GUEST, ports=ports)
    payment = (await desk.confirm(view.payment)).payment
    report = DisputeReport(
        dispute_id="dp_2", amount=payment.amount, reason="fraudulent", state=DisputeState.LOST
    )
    await desk.tell(desk.happened(payment, report))

    shown = await read_timeline(order_id, token, actor=GUEST, ports=ports)
    whole = await read_timeline(order_id, None, actor=STAFF, ports=ports)

    assert [each.kind for each in shown] == ["order_placed", "order_paid"]
    kinds = {each.kind for each in whole} - {each.kind for each in shown}
    assert kinds == {"order_disputed", "order_dispute_ended"}


@pytest.mark.parametrize("end", [DisputeState.WON, DisputeState.LOST])
@pytest.mark.parametrize("opened_first", [True, False])
async def test_a_dispute_is_on_the_timeline_and_moves_no_money(
    desk: Desk,
    end: DisputeState,
    opened_first: bool,  # noqa: FBT001 - a case
) -> None:
    payment = await desk.paid()
    before, order_before, _ = await desk.now(payment)
    report = DisputeReport(
        dispute_id="dp_1", amount=payment.amount, reason="fraudulent", state=DisputeState.OPEN
    )
    reports = [report, evolve(report, state=end)]
    for each in reports if opened_first else reversed(reports):
        await desk.tell(desk.happened(payment, each))
        await desk.tell(desk.happened(payment, each))

    after, order, refunds = await desk.now(payment)
    async with desk.ports.reading() as reads:
        (dispute,) = await reads.disputes.page(state=None, before=None, limit=9)
    kinds = await desk.timeline(payment)
    assert (dispute.state, dispute.order_id) == (end, order.id)
    assert (kinds.count("order_disputed"), kinds.count("order_dispute_ended")) == (1, 1)
    assert (after, order.status, refunds) == (before, order_before.status, ())
    assert await desk.balanced()


async def test_two_workers_that_hear_the_same_hear_it_once(desk: Desk) -> None:
    payment = await desk.paid()
    told_id = await desk.deliver(desk.happened(payment, returned(usd(500))))
    assert told_id is not None

    both = await asyncio.gather(*(hear_event(told_id, ports=desk.ports) for _ in range(4)))

    assert {each.state for each in both} == {ToldState.PROCESSED}
    given, _, refunds = await desk.now(payment)
    assert (given.refunded, len(refunds)) == (usd(500), 1)
    assert await desk.balanced()


async def test_two_events_of_one_refund_at_once_make_one(desk: Desk) -> None:
    payment = await desk.paid()
    twins = [await desk.deliver(desk.happened(payment, returned(usd(500)))) for _ in range(8)]

    await asyncio.gather(*(hear_event(each, ports=desk.ports) for each in twins if each))

    given, _, refunds = await desk.now(payment)
    assert (given.refunded, len(refunds)) == (usd(500), 1)
    assert (await desk.timeline(payment)).count("order_refunded") == 1


async def test_a_webhook_while_the_shopper_confirms_pays_once(desk: Desk) -> None:
    payment = (await desk.intended()).payment
    told_id = await desk.deliver(desk.captured(payment))
    assert told_id is not None

    await asyncio.gather(desk.confirm(payment), hear_event(told_id, ports=desk.ports))

    paid, order, _ = await desk.now(payment)
    assert (paid.captured, order.status) == (order.total, OrderStatus.PROCESSING)
    assert (await desk.timeline(payment)).count("order_paid") == 1
    assert await desk.balanced()


async def test_what_has_ended_is_forgotten_in_time(desk: Desk) -> None:
    await desk.tell(desk.captured((await desk.intended()).payment))
    kept = evolve(desk.ports.policy, told_lifetime=timedelta(hours=1))
    over = evolve(desk.ports.policy, told_lifetime=timedelta(microseconds=-1))

    assert await purge_told_events(ports=evolve(desk.ports, policy=kept)) == 0
    assert await purge_told_events(ports=evolve(desk.ports, policy=over)) == 1


async def test_a_way_to_pay_that_was_saved_is_kept_for_its_owner(desk: Desk) -> None:
    owner = await desk.street.customer()
    user_id, at = owner.account(), desk.ports.clock()
    async with desk.ports.unit_of_work() as work:
        await work.methods.keep_customer(user_id, desk.gateway.name, "cus_1", at)
    news = SetupReport(
        setup_id="seti_1",
        state=SetupState.SUCCEEDED,
        customer="cus_1",
        method=MethodReport(method_id="pm_1", brand="visa", last_four="4242"),
    )
    _, told = [await desk.tell(desk.happened(None, news)) for _ in range(2)]

    async with desk.ports.reading() as reads:
        (kept,) = await reads.methods.of(user_id)
    assert (kept.last_four, told.state) == ("4242", ToldState.PROCESSED)
