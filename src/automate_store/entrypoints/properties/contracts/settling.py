"""What every adapter promises of the payments and refunds that somebody has to look at."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from automate_store.application.ports import Ports
from automate_store.domain.kernel.ids import RefundId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import (
    GatewayReport,
    Payment,
    PaymentState,
    Refund,
    RefundReport,
    RefundState,
)
from automate_store.entrypoints.properties.contracts.payments import new_refund
from automate_store.entrypoints.properties.contracts.scene import (
    new_payment,
    put_order,
    put_stocked,
)
from automate_store.entrypoints.properties.moments import NOON

_HOUR = timedelta(hours=1)


@pytest.mark.asyncio
class PaymentsToSettleContract:
    """Payments are found by their intent, and by what is to be done about them."""

    async def test_what_parked_a_payment_is_kept(self, store: Ports) -> None:
        payment = await _begun(store)
        odd = evolve(_report(payment, PaymentState.CAPTURED), amount=Money(1, "EUR"))
        parked = payment.settle(odd, at=NOON)
        await _save(store, parked)
        async with store.reading() as reads:
            assert await reads.payments.get(payment.id) == parked.saved()

    async def test_another_amount_that_staff_accepted_is_kept(self, store: Ports) -> None:
        payment = await _begun(store)
        less = evolve(payment, amount=Money(1, payment.amount.currency))
        await _save(store, less)
        async with store.reading() as reads:
            assert await reads.payments.get(payment.id) == less.saved()

    async def test_a_payment_is_found_by_its_intent(self, store: Ports) -> None:
        payment, _ = await _begun(store), await _begun(store)
        known = payment.settle(_report(payment, PaymentState.PENDING), at=NOON)
        await _save(store, known)
        assert known.intent_id is not None
        async with store.reading() as reads:
            assert await reads.payments.by_intent("manual", known.intent_id) == known.saved()
            assert await reads.payments.by_intent("other", known.intent_id) is None
            assert await reads.payments.by_intent("manual", "pi_unknown") is None

    @pytest.mark.parametrize("state", [PaymentState.PARKED, PaymentState.AUTHORISED])
    async def test_pages_lead_through_all_of_a_state_newest_first(
        self, store: Ports, state: PaymentState
    ) -> None:
        every = [await _begun(store, state=state) for _ in range(3)]
        await _begun(store)
        async with store.reading() as reads:
            page = await reads.payments.page(state=state, before=None, limit=2)
            assert len(page) == 2
            rest = await reads.payments.page(state=state, before=page[-1].id, limit=2)
            whole = await reads.payments.page(state=None, before=None, limit=9)
        assert [each.id for each in (*page, *rest)] == [each.id for each in reversed(every)]
        assert len(whole) == 4

    async def test_what_the_shopper_left_undone_is_asked_about_while_it_is_new(
        self, store: Ports
    ) -> None:
        old = await _begun(store, at=NOON - 3 * _HOUR)
        begun = [await _begun(store, at=NOON - _HOUR) for _ in range(2)]
        failed = await _begun(store, at=NOON - _HOUR, state=PaymentState.FAILED)
        fresh = await _begun(store, at=NOON)
        found = await _unsettled(store, since=NOON - 2 * _HOUR, until=NOON)
        assert found == [*(each.id for each in begun), failed.id]
        assert old.id not in found
        assert fresh.id not in found

    async def test_what_the_gateway_holds_is_asked_about_however_old(self, store: Ports) -> None:
        held = [
            await _begun(store, at=NOON - 3 * _HOUR, state=state)
            for state in (PaymentState.PROCESSING, PaymentState.AUTHORISED)
        ]
        for state in (PaymentState.CAPTURED, PaymentState.CANCELLED, PaymentState.PARKED):
            await _begun(store, at=NOON - _HOUR, state=state)
        found = await _unsettled(store, since=NOON - 2 * _HOUR, until=NOON)
        assert found == [each.id for each in held]

    async def test_they_come_a_page_at_a_time_and_of_one_gateway(self, store: Ports) -> None:
        begun = [await _begun(store, at=NOON - _HOUR) for _ in range(3)]
        await _begun(store, at=NOON - _HOUR, gateway="other")
        span = {"since": NOON - 2 * _HOUR, "until": NOON}
        page = await _unsettled(store, **span, limit=2)
        rest = await _unsettled(store, **span, limit=2, after=begun[1].id)
        assert [*page, *rest] == [each.id for each in begun]

    async def test_what_took_money_is_known_by_when_it_changed(self, store: Ports) -> None:
        old = await _moved(store, at=NOON - 3 * _HOUR)
        taken = [await _moved(store, at=NOON - _HOUR) for _ in range(3)]
        await _begun(store, at=NOON - _HOUR, state=PaymentState.CAPTURED)
        await _moved(store, at=NOON - _HOUR, gateway="other")
        ids = [each.id for each in taken]
        assert await _moved_since(store, NOON - _HOUR) == ids
        assert await _moved_since(store, NOON - _HOUR, limit=2) == ids[:2]
        assert await _moved_since(store, NOON - _HOUR, after=ids[1]) == ids[2:]
        given = old.refund(Money(1, old.amount.currency), at=NOON)
        await _save(store, given)
        assert await _moved_since(store, NOON - _HOUR) == [old.id, *ids]

    async def test_what_there_is_to_ask_of_other_gateways_is_counted(self, store: Ports) -> None:
        long_ago = NOON - 3 * _HOUR
        await _moved(store, at=long_ago, gateway="owl")
        await _moved(store, at=NOON - _HOUR, gateway="owl")
        await _begun(store, at=NOON - _HOUR, gateway="owl")
        await _begun(store, at=long_ago, gateway="owl")
        await _begun(store, at=long_ago, gateway="emu", state=PaymentState.AUTHORISED)
        await _begun(store, at=NOON - _HOUR, gateway="emu", state=PaymentState.CANCELLED)
        await _begun(store, at=NOON - _HOUR)
        async with store.reading() as reads:
            counted = await reads.payments.elsewhere({"manual"}, since=NOON - 2 * _HOUR)
            none = await reads.payments.elsewhere({"manual", "owl", "emu"}, since=long_ago)
        assert (dict(counted), dict(none)) == ({"owl": 2, "emu": 1}, {})


@pytest.mark.asyncio
class RefundsToSettleContract:
    """Refunds are listed by what is to be done about them."""

    async def test_where_it_was_made_is_kept(self, store: Ports) -> None:
        refund = await _refunded(store, made_there=True, gateway_id="re_1")
        async with store.reading() as reads:
            assert await reads.refunds.get(refund.id) == refund

    @pytest.mark.parametrize("state", list(RefundState))
    async def test_pages_lead_through_all_of_a_state_newest_first(
        self, store: Ports, state: RefundState
    ) -> None:
        every = [await _refunded(store, ended=state) for _ in range(3)]
        other = await _refunded(store, ended=_other_than(state))
        async with store.reading() as reads:
            page = await reads.refunds.page(state=state, before=None, limit=2)
            assert len(page) == 2
            rest = await reads.refunds.page(state=state, before=page[-1].id, limit=2)
            whole = await reads.refunds.page(state=None, before=None, limit=9)
        assert [each.id for each in (*page, *rest)] == [each.id for each in reversed(every)]
        assert [each.id for each in whole] == [
            each.id for each in sorted([*every, other], key=lambda each: each.id, reverse=True)
        ]


async def _begun(
    store: Ports,
    *,
    at: datetime = NOON,
    state: PaymentState = PaymentState.PENDING,
    gateway: str = "manual",
) -> Payment:
    """A payment begun then, in that state however it came there."""
    slug = f"mug-{store.ids.uuid().hex}"
    order = await put_order(store, await put_stocked(store, slug))
    payment = evolve(new_payment(store, order, gateway), created_at=at, state=state)
    async with store.unit_of_work() as work:
        await work.payments.add(payment)
    return payment.saved()


async def _moved(store: Ports, *, at: datetime, gateway: str = "manual") -> Payment:
    """A payment that took its money then, whenever it was begun."""
    payment = await _begun(store, at=NOON - 9 * _HOUR, gateway=gateway)
    report = GatewayReport(
        intent_id=f"pi_{payment.id.hex}", state=PaymentState.CAPTURED, amount=payment.amount
    )
    taken = payment.settle(report, at=at)
    await _save(store, taken)
    return taken.saved()


async def _moved_since(store: Ports, since: datetime, **asked: Any) -> list[object]:
    wish: dict[str, Any] = {"after": None, "limit": 9, **asked}
    async with store.reading() as reads:
        return [each.id for each in await reads.payments.moved("manual", since=since, **wish)]


async def _save(store: Ports, payment: Payment) -> None:
    async with store.unit_of_work() as work:
        await work.payments.save(payment)


async def _unsettled(store: Ports, **asked: Any) -> list[object]:
    wish: dict[str, Any] = {"after": None, "limit": 9, **asked}
    async with store.reading() as reads:
        return [each.id for each in await reads.payments.unsettled("manual", **wish)]


async def _refunded(store: Ports, *, ended: RefundState | None = None, **own: Any) -> Refund:
    payment = await _begun(store)
    refund = evolve(new_refund(payment, RefundId(store.ids.uuid())), **own)
    if ended is not None:
        refund = refund.settle(RefundReport(state=ended), at=NOON)
    async with store.unit_of_work() as work:
        await work.refunds.add(refund)
    return refund.saved()


def _other_than(state: RefundState) -> RefundState:
    return next(each for each in RefundState if each is not state)


def _report(payment: Payment, state: PaymentState) -> GatewayReport:
    return GatewayReport(intent_id=f"intent_{payment.id.hex}", state=state, amount=payment.amount)
