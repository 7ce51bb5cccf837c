"""What every adapter of payments, refunds and gateways promises."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from attrs import evolve

from automate_store.application.errors import VersionConflict
from automate_store.application.ports import Ports
from automate_store.application.ports.payments import PaymentGateway
from automate_store.domain.kernel.ids import EditId, OrderId, PaymentId, RefundId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import Order
from automate_store.domain.payments import (
    GatewayReport,
    Payment,
    PaymentNotFound,
    PaymentState,
    Refund,
    RefundNotFound,
    RefundReport,
    RefundState,
)
from automate_store.entrypoints.properties.contracts.scene import (
    new_payment,
    outcomes,
    put_order,
    put_stocked,
)
from automate_store.entrypoints.properties.moments import NOON


@pytest.mark.asyncio
class PaymentsContract:
    """Attempts to be paid are kept whole, and changed by one at a time."""

    async def test_a_payment_comes_back_as_it_was_added(self, store: Ports) -> None:
        payment = await _added(store, await _order(store))
        assert await _get(store, payment) == payment

    async def test_the_edit_that_it_pays_is_kept(self, store: Ports) -> None:
        order = await put_order(store, await put_stocked(store))
        payment = evolve(new_payment(store, order), edit_id=EditId(store.ids.uuid()))
        async with store.unit_of_work() as work:
            await work.payments.add(payment)
        assert (await _get(store, payment)).edit_id == payment.edit_id

    async def test_an_unknown_payment_is_not_found(self, store: Ports) -> None:
        with pytest.raises(PaymentNotFound):
            await _get(store, new_payment(store, await _order(store)))

    async def test_what_the_gateway_said_is_kept(self, store: Ports) -> None:
        payment = await _added(store, await _order(store))
        for state in (PaymentState.PROCESSING, PaymentState.CAPTURED):
            settled = (await _get(store, payment)).settle(_report(payment, state), at=NOON)
            await _save(store, settled)
            assert await _get(store, payment) == settled.saved()

    async def test_a_failure_keeps_its_reason(self, store: Ports) -> None:
        payment = await _added(store, await _order(store))
        failed = payment.fail("card declined", at=NOON)
        await _save(store, failed)
        assert await _get(store, payment) == failed.saved()

    async def test_what_went_back_is_kept(self, store: Ports) -> None:
        payment = await _added(store, await _order(store))
        captured = payment.settle(_report(payment, PaymentState.CAPTURED), at=NOON)
        refunded = captured.refund(Money(1, payment.amount.currency), at=NOON)
        await _save(store, refunded)
        assert await _get(store, payment) == refunded.saved()

    async def test_a_lost_update_is_refused(self, store: Ports) -> None:
        payment = await _added(store, await _order(store))
        await _save(store, payment.fail("first", at=NOON))
        with pytest.raises(VersionConflict):
            await _save(store, payment.fail("second", at=NOON))
        assert (await _get(store, payment)).failure == "first"

    async def test_of_two_changes_at_once_one_is_refused(self, store: Ports) -> None:
        payment = await _added(store, await _order(store))
        both_loaded = asyncio.Barrier(2)

        async def fail(reason: str) -> None:
            async with store.unit_of_work() as work:
                loaded = await work.payments.get(payment.id)
                await both_loaded.wait()
                await work.payments.save(loaded.fail(reason, at=NOON))

        came_to = await outcomes(fail("one"), fail("two"))
        assert [type(each) for each in came_to if each is not None] == [VersionConflict]

    async def test_a_payment_that_was_never_added_can_not_be_saved(self, store: Ports) -> None:
        payment = new_payment(store, await _order(store))
        with pytest.raises(VersionConflict):
            await _save(store, payment)

    async def test_the_attempts_of_an_order_come_oldest_first(self, store: Ports) -> None:
        order, other = await _order(store), await put_order(store, await put_stocked(store, "b"))
        newer = await _added(store, order)
        older = await _added(store, order, timedelta(minutes=5))
        await _added(store, other)
        async with store.reading() as reads:
            assert await reads.payments.of_order(order.id) == (older, newer)


@pytest.mark.asyncio
class RefundsContract:
    """Refunds are kept whole, and end once."""

    async def test_a_refund_comes_back_as_it_was_added(self, store: Ports) -> None:
        refund = await _given(store)
        assert await _refund_now(store, refund) == refund

    async def test_an_unknown_refund_is_not_found(self, store: Ports) -> None:
        with pytest.raises(RefundNotFound):
            await _refund_now(store, _refund(store, await _added(store, await _order(store))))

    async def test_the_end_of_a_refund_is_kept(self, store: Ports) -> None:
        refund = await _given(store)
        report = RefundReport(state=RefundState.FAILED, gateway_id="re_1", failure="account closed")
        ended = refund.settle(report, at=NOON)
        await _save_refund(store, ended)
        assert await _refund_now(store, refund) == ended.saved()

    async def test_a_refund_that_changed_meanwhile_is_not_overwritten(self, store: Ports) -> None:
        refund = await _given(store)
        ended = refund.settle(RefundReport(state=RefundState.SUCCEEDED), at=NOON)
        await _save_refund(store, ended)
        with pytest.raises(VersionConflict):
            await _save_refund(store, ended)

    async def test_the_refunds_of_an_order_come_oldest_first(self, store: Ports) -> None:
        payment = await _added(store, await _order(store))
        newer = await _given(store, payment)
        older = await _given(store, payment, timedelta(minutes=5))
        other = await put_order(store, await put_stocked(store, "b"))
        await _given(store, await _added(store, other))
        async with store.reading() as reads:
            assert await reads.refunds.of_order(payment.order_id) == (older, newer)


@pytest.mark.asyncio
class PaymentGatewayContract:
    """A provider acts once on each payment; ``gateway`` gives one that accepts what it is asked."""

    async def test_an_intent_is_for_the_payments_own_amount(self, gateway: PaymentGateway) -> None:
        payment = _payment(gateway)
        report = await gateway.create_intent(payment)
        assert report.amount == payment.amount
        assert report.intent_id
        assert report.state is not PaymentState.CAPTURED

    async def test_asked_twice_for_an_intent_it_answers_the_same(
        self, gateway: PaymentGateway
    ) -> None:
        payment = _payment(gateway)
        first = await gateway.create_intent(payment)
        assert await gateway.create_intent(payment) == first

    async def test_each_payment_has_its_own_intent(self, gateway: PaymentGateway) -> None:
        one = await gateway.create_intent(_payment(gateway, 1))
        two = await gateway.create_intent(_payment(gateway, 2))
        assert one.intent_id != two.intent_id

    async def test_confirming_captures_the_whole_amount(self, gateway: PaymentGateway) -> None:
        begun = await _begun(gateway)
        report = await gateway.confirm(begun)
        assert (report.state, report.amount) == (PaymentState.CAPTURED, begun.amount)
        assert report.intent_id == begun.intent_id

    async def test_asked_twice_to_confirm_it_acts_once(self, gateway: PaymentGateway) -> None:
        begun = await _begun(gateway)
        first = await gateway.confirm(begun)
        again = begun.settle(first, at=NOON).settle(await gateway.confirm(begun), at=NOON)
        assert (again.state, again.captured) == (PaymentState.CAPTURED, begun.amount)

    async def test_what_it_knows_of_an_intent_is_what_it_said(
        self, gateway: PaymentGateway
    ) -> None:
        begun = await _begun(gateway)
        assert (await gateway.fetch(begun)).state is begun.state
        paid = begun.settle(await gateway.confirm(begun), at=NOON)
        assert paid.settle(await gateway.fetch(paid), at=NOON) is paid

    async def test_it_gives_back_what_it_captured(self, gateway: PaymentGateway) -> None:
        payment = await _captured(gateway)
        refund = new_refund(payment, RefundId(UUID(int=7)))
        report = await gateway.refund(payment, refund)
        assert (report.state, report.failure) == (RefundState.SUCCEEDED, None)

    async def test_asked_twice_for_a_refund_it_answers_the_same(
        self, gateway: PaymentGateway
    ) -> None:
        payment = await _captured(gateway)
        refund = new_refund(payment, RefundId(UUID(int=7)))
        first = await gateway.refund(payment, refund)
        assert await gateway.refund(payment, refund) == first

    async def test_it_goes_by_a_name(self, gateway: PaymentGateway) -> None:
        assert gateway.name == gateway.name.lower().strip() != ""


async def _order(store: Ports) -> Order:
    return await put_order(store, await put_stocked(store))


async def _added(store: Ports, order: Order, ago: timedelta = timedelta(0)) -> Payment:
    payment = new_payment(store, order)
    aged = evolve(payment, created_at=payment.created_at - ago)
    async with store.unit_of_work() as work:
        await work.payments.add(aged)
    return aged.saved()


async def _get(store: Ports, payment: Payment) -> Payment:
    async with store.reading() as reads:
        return await reads.payments.get(payment.id)


async def _save(store: Ports, payment: Payment) -> None:
    async with store.unit_of_work() as work:
        await work.payments.save(payment)


def _report(payment: Payment, state: PaymentState) -> GatewayReport:
    return GatewayReport(
        intent_id=f"intent_{payment.id.hex}",
        state=state,
        amount=payment.amount,
        client={"client_secret": "made up"},
    )


def _payment(gateway: PaymentGateway, number: int = 1) -> Payment:
    return Payment.intend(
        id=PaymentId(UUID(int=number)),
        order_id=OrderId(UUID(int=number)),
        gateway=gateway.name,
        amount=Money(1999, "USD"),
        at=NOON,
    )


async def _captured(gateway: PaymentGateway) -> Payment:
    payment = await _begun(gateway)
    return payment.settle(await gateway.confirm(payment), at=NOON)


def new_refund(payment: Payment, refund_id: RefundId, ago: timedelta = timedelta(0)) -> Refund:
    """One minor unit of the payment, on its way back."""
    return Refund(
        id=refund_id,
        payment_id=payment.id,
        order_id=payment.order_id,
        amount=Money(1, payment.amount.currency),
        reason="a stain",
        actor="sam",
        created_at=payment.created_at - ago,
        updated_at=payment.created_at,
    )


def _refund(store: Ports, payment: Payment, ago: timedelta = timedelta(0)) -> Refund:
    return new_refund(payment, RefundId(store.ids.uuid()), ago)


async def _given(
    store: Ports, payment: Payment | None = None, ago: timedelta = timedelta(0)
) -> Refund:
    of = payment or await _added(store, await _order(store))
    refund = _refund(store, of, ago).asked()
    async with store.unit_of_work() as work:
        await work.refunds.add(refund)
    return refund.saved()


async def _refund_now(store: Ports, refund: Refund) -> Refund:
    async with store.reading() as reads:
        return await reads.refunds.get(refund.id)


async def _save_refund(store: Ports, refund: Refund) -> None:
    async with store.unit_of_work() as work:
        await work.refunds.save(refund)


async def _begun(gateway: PaymentGateway) -> Payment:
    payment = _payment(gateway)
    return payment.settle(await gateway.create_intent(payment), at=NOON)
