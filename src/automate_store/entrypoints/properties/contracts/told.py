"""What every adapter of told events and of disputes promises."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from attrs import evolve

from automate_store.application.errors import VersionConflict
from automate_store.application.ports import Ports
from automate_store.domain.kernel.ids import DisputeId, PaymentId, RefundId, ToldId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import (
    Ask,
    Dispute,
    DisputeReport,
    DisputeState,
    EventNotFound,
    GatewayEvent,
    GatewayReport,
    MethodReport,
    News,
    Payment,
    PaymentState,
    RefundNews,
    RefundReport,
    RefundState,
    SetupReport,
    SetupState,
    ToldEvent,
    ToldState,
)
from automate_store.entrypoints.properties.contracts.scene import (
    new_payment,
    outcomes,
    put_order,
    put_stocked,
    still_waits,
)
from automate_store.entrypoints.properties.moments import NOON

TEN = Money(1000, "USD")
_REPORT = GatewayReport(
    intent_id="pi_1",
    state=PaymentState.AUTHORISED,
    amount=TEN,
    authorised=TEN,
    captured=Money(400, "USD"),
    failure="none yet",
)
NEWS: tuple[News, ...] = (
    _REPORT,
    RefundNews(
        refund_id=RefundId(UUID(int=5)),
        amount=TEN,
        report=RefundReport(state=RefundState.FAILED, gateway_id="re_1", failure="closed"),
    ),
    DisputeReport(dispute_id="dp_1", amount=TEN, reason="fraudulent", state=DisputeState.LOST),
    SetupReport(
        setup_id="seti_1",
        state=SetupState.SUCCEEDED,
        customer="cus_1",
        method=MethodReport(method_id="pm_1", brand="visa", last_four="4242", expires_year=2030),
    ),
)


@pytest.mark.asyncio
class ToldEventsContract:
    """Events are kept once each, in our words, and change one at a time."""

    @pytest.mark.parametrize("news", NEWS, ids=lambda each: type(each).__name__)
    async def test_an_event_comes_back_as_it_was_added(self, store: Ports, news: News) -> None:
        told = _told(store, news=news)
        assert await _add(store, told)
        assert await _now(store, told) == told.saved()

    async def test_what_to_ask_next_is_kept(self, store: Ports) -> None:
        told = _told(store, news=None, ask=Ask.CONFIRM, intent_id=None)
        await _add(store, told)
        assert await _now(store, told) == told.saved()

    async def test_what_opens_something_in_a_browser_is_not_kept(self, store: Ports) -> None:
        secret = evolve(_REPORT, client={"client_secret": "made up"})
        told = _told(store, news=secret)
        await _add(store, told)
        assert (await _now(store, told)).event.news == _REPORT

    async def test_an_unknown_event_is_not_found(self, store: Ports) -> None:
        with pytest.raises(EventNotFound):
            await _now(store, _told(store))

    async def test_what_was_told_before_is_not_kept_again(self, store: Ports) -> None:
        told = _told(store)
        again = _told(store, name=told.event.id, kind="payment.other")
        assert (await _add(store, told), await _add(store, again)) == (True, False)
        assert await _page(store) == (told.saved(),)

    async def test_two_gateways_may_name_their_events_alike(self, store: Ports) -> None:
        told = _told(store)
        assert await _add(store, told)
        assert await _add(store, _told(store, name=told.event.id, gateway="other"))

    async def test_of_an_event_told_twice_at_once_one_is_kept(self, store: Ports) -> None:
        one = _told(store)
        two = _told(store, name=one.event.id)
        kept = await outcomes(_add(store, one), _add(store, two))
        assert sorted(kept, key=str) == [False, True]

    async def test_what_became_of_it_is_kept(self, store: Ports) -> None:
        told = _told(store)
        await _add(store, told)
        for became in (told.saved().failed("silent"), told.parked("odd"), told.processed(at=NOON)):
            now = await _now(store, told)
            await _save(store, evolve(became, version=now.version))
            assert await _now(store, told) == evolve(became, version=now.version + 1, events=())

    async def test_a_lost_update_is_refused(self, store: Ports) -> None:
        told = _told(store)
        await _add(store, told)
        await _save(store, told.saved().processed(at=NOON))
        with pytest.raises(VersionConflict):
            await _save(store, told.saved().parked("late"))
        assert (await _now(store, told)).ended

    async def test_who_locks_it_is_waited_for(self, store: Ports) -> None:
        told = _told(store)
        await _add(store, told)

        async def second() -> ToldEvent:
            async with store.unit_of_work() as work:
                return await work.told.get(told.id, lock=True)

        async with store.unit_of_work() as work:
            first = await work.told.get(told.id, lock=True)
            waiting = asyncio.create_task(second())
            assert await still_waits(waiting)
            await work.told.save(first.processed(at=NOON))
        assert (await waiting).ended

    async def test_pages_lead_through_what_is_asked_for_newest_first(self, store: Ports) -> None:
        every = [_told(store) for _ in range(4)]
        other = _told(store, gateway="other")
        for told in (*every, other):
            await _add(store, told)
        await _save(store, every[0].saved().parked("odd"))
        await _save(store, every[2].saved().parked("odd"))
        newest_first = [other.id, *(told.id for told in reversed(every))]
        assert [told.id for told in await _page(store)] == newest_first
        assert [told.id for told in await _page(store, before=every[2].id)] == [
            every[1].id,
            every[0].id,
        ]
        assert [told.id for told in await _page(store, limit=2)] == newest_first[:2]
        assert [told.id for told in await _page(store, gateway="other")] == [other.id]
        parked = [every[2].id, every[0].id]
        assert [told.id for told in await _page(store, state=ToldState.PARKED)] == parked
        assert await _page(store, state=ToldState.PARKED, gateway="other") == ()

    async def test_what_is_parked_is_found_by_its_payment_or_intent(self, store: Ports) -> None:
        payment = PaymentId(store.ids.uuid())
        by_id = _told(store, payment_id=payment, intent_id=None)
        by_intent = _told(store, payment_id=None, intent_id="pi_1")
        of_nobody = _told(store, payment_id=None, intent_id=None)
        elsewhere = _told(store, payment_id=payment, gateway="other")
        processed = _told(store, payment_id=payment)
        for told in (by_id, by_intent, of_nobody, elsewhere, processed):
            await _add(store, told)
            ended = told is processed
            await _save(
                store, told.saved().processed(at=NOON) if ended else told.saved().parked("?")
            )
        async with store.reading() as reads:
            assert await reads.told.parked_of(payment, "memory", "pi_1") == (by_id.id, by_intent.id)
            assert await reads.told.parked_of(payment, "memory", None) == (by_id.id,)

    async def test_what_had_no_effect_is_found_by_its_intent(self, store: Ports) -> None:
        told = [_told(store, payment_id=None, intent_id="pi_1") for _ in range(4)]
        others = [_told(store, intent_id="pi_2"), _told(store, intent_id="pi_1", gateway="other")]
        for each in (*told, *others):
            await _add(store, each)
        parked = told[1].saved().parked("?")
        await _save(store, parked)
        await _save(store, parked.saved().dismissed("not ours", at=NOON))
        await _save(store, told[2].saved().processed(at=NOON))
        async with store.reading() as reads:
            found = await reads.told.strangers("memory", "pi_1")
        assert [each.id for each in found] == [told[0].id, told[1].id, told[3].id]
        assert (found[1].state, found[1].why) == (ToldState.DISMISSED, "not ours")

    async def test_what_has_ended_long_ago_is_forgotten(self, store: Ports) -> None:
        old, newer, waiting = (_told(store, received_at=at) for at in (NOON, _LATER, NOON))
        for told in (old, newer, waiting):
            await _add(store, told)
        for told in (old, newer):
            await _save(store, told.saved().processed(at=NOON))
        assert await _purge(store, before=_LATER, limit=9) == 1
        assert {told.id for told in await _page(store)} == {newer.id, waiting.id}
        await _save(store, waiting.saved().parked("?"))
        assert await _purge(store, before=_LATER, limit=9) == 0
        await _save(store, (await _now(store, waiting)).dismissed("not ours", at=NOON))
        assert await _purge(store, before=_LATER, limit=9) == 1
        assert await _add(store, _told(store, name=old.event.id)), "it is news again"

    async def test_no_more_are_forgotten_than_asked_for(self, store: Ports) -> None:
        for _ in range(3):
            told = _told(store)
            await _add(store, told)
            await _save(store, told.saved().processed(at=NOON))
        assert await _purge(store, before=_LATER, limit=2) == 2
        assert len(await _page(store)) == 1


@pytest.mark.asyncio
class DisputesContract:
    """Disputes are kept whole, and found by the name that the gateway gave them."""

    async def test_a_dispute_is_found_as_it_was_added(self, store: Ports) -> None:
        dispute = await _disputed(store)
        assert await _find(store, dispute) == dispute

    async def test_another_gateways_dispute_is_another(self, store: Ports) -> None:
        dispute = await _disputed(store)
        assert await _find(store, evolve(dispute, gateway="other")) is None
        assert await _find(store, evolve(dispute, gateway_id="dp_other")) is None

    async def test_an_orders_disputes_are_its_own(self, store: Ports) -> None:
        one = await _disputed(store)
        await _disputed(store, "dp_2")
        more = evolve(one, id=DisputeId(store.ids.uuid()), gateway_id="dp_3", version=0)
        async with store.unit_of_work() as work:
            await work.disputes.add(more)
        async with store.reading() as reads:
            assert await reads.disputes.of_order(one.order_id) == (one, more.saved())

    async def test_its_end_is_kept(self, store: Ports) -> None:
        dispute = await _disputed(store)
        won = _ended(dispute, DisputeState.WON)
        await _save_dispute(store, won)
        assert await _find(store, dispute) == won.saved()

    async def test_a_lost_update_is_refused(self, store: Ports) -> None:
        dispute = await _disputed(store)
        await _save_dispute(store, _ended(dispute, DisputeState.WON))
        with pytest.raises(VersionConflict):
            await _save_dispute(store, _ended(dispute, DisputeState.LOST))

    async def test_pages_lead_through_all_of_a_state_newest_first(self, store: Ports) -> None:
        opened = [await _disputed(store, f"dp_{number}") for number in range(3)]
        await _save_dispute(store, _ended(opened[1], DisputeState.LOST))
        async with store.reading() as reads:
            page = await reads.disputes.page(state=None, before=None, limit=2)
            rest = await reads.disputes.page(state=None, before=page[-1].id, limit=2)
            still = await reads.disputes.page(state=DisputeState.OPEN, before=None, limit=9)
        assert [each.id for each in (*page, *rest)] == [each.id for each in reversed(opened)]
        assert [each.id for each in still] == [opened[2].id, opened[0].id]


_LATER = NOON + timedelta(days=90)


def _told(
    store: Ports,
    *,
    name: str | None = None,
    gateway: str = "memory",
    received_at: datetime = NOON,
    **of: Any,
) -> ToldEvent:
    own = ToldId(store.ids.uuid())
    told: dict[str, Any] = {"kind": "payment.captured", "intent_id": "pi_1", "news": _REPORT, **of}
    event = GatewayEvent(id=name or f"evt_{own.hex}", at=NOON, **told)
    return ToldEvent.of(event, id=own, gateway=gateway, at=received_at)


async def _add(store: Ports, told: ToldEvent) -> bool:
    async with store.unit_of_work() as work:
        return await work.told.add(told)


async def _save(store: Ports, told: ToldEvent) -> None:
    async with store.unit_of_work() as work:
        await work.told.save(told)


async def _now(store: Ports, told: ToldEvent) -> ToldEvent:
    async with store.reading() as reads:
        return await reads.told.get(told.id)


async def _page(store: Ports, **asked: Any) -> tuple[ToldEvent, ...]:
    wish: dict[str, Any] = {"state": None, "gateway": None, "before": None, "limit": 9, **asked}
    async with store.reading() as reads:
        return await reads.told.page(**wish)


async def _purge(store: Ports, *, before: datetime, limit: int) -> int:
    async with store.unit_of_work() as work:
        return await work.told.purge(before=before, limit=limit)


async def _disputed(store: Ports, name: str = "dp_1") -> Dispute:
    payment = await _payment(store, name)
    dispute = Dispute(
        id=DisputeId(store.ids.uuid()),
        payment_id=payment.id,
        order_id=payment.order_id,
        gateway=payment.gateway,
        gateway_id=name,
        amount=payment.amount,
        reason="not as described",
        state=DisputeState.OPEN,
        opened_at=NOON,
        updated_at=NOON,
    )
    async with store.unit_of_work() as work:
        await work.disputes.add(dispute)
    return dispute.saved()


async def _payment(store: Ports, name: str) -> Payment:
    payment = new_payment(
        store, await put_order(store, await put_stocked(store, name.replace("_", "-")))
    )
    async with store.unit_of_work() as work:
        await work.payments.add(payment)
    return payment.saved()


def _ended(dispute: Dispute, state: DisputeState) -> Dispute:
    report = DisputeReport(
        dispute_id=dispute.gateway_id, amount=dispute.amount, reason=dispute.reason, state=state
    )
    return dispute.settle(report, at=NOON)


async def _find(store: Ports, dispute: Dispute) -> Dispute | None:
    async with store.reading() as reads:
        return await reads.disputes.find(dispute.gateway, dispute.gateway_id)


async def _save_dispute(store: Ports, dispute: Dispute) -> None:
    async with store.unit_of_work() as work:
        await work.disputes.save(dispute)
