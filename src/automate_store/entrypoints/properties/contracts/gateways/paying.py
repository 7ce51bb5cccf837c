"""What every gateway promises of one payment, from its intent to its refund."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest
from attrs import evolve

from automate_store.application.errors import GatewayRefused
from automate_store.application.ports.payments import PaymentGateway
from automate_store.domain.kernel.ids import PaymentId
from automate_store.domain.payments import PaymentState, RefundState
from automate_store.entrypoints.properties.contracts.gateways.scene import (
    AMOUNT,
    MANUAL,
    NOTHING,
    GatewaySuite,
    after,
    dollars,
    fresh_id,
    gives_back,
    refund_of,
)
from automate_store.entrypoints.properties.moments import NOON


@pytest.mark.asyncio
class PaymentGatewayContract(GatewaySuite):
    """A provider acts once on each payment; ``gateway`` gives one that accepts what it is asked."""

    async def test_an_intent_is_for_the_payments_own_amount(self, gateway: PaymentGateway) -> None:
        report = await gateway.create_intent(self.payment(gateway))
        assert report.amount == AMOUNT
        assert report.intent_id
        assert report.state is not PaymentState.CAPTURED

    async def test_asked_twice_for_an_intent_it_answers_the_same(
        self, gateway: PaymentGateway
    ) -> None:
        payment = self.payment(gateway)
        first = await gateway.create_intent(payment)
        assert await gateway.create_intent(payment) == first

    async def test_each_payment_has_its_own_intent(self, gateway: PaymentGateway) -> None:
        one = await gateway.create_intent(self.payment(gateway))
        two = await gateway.create_intent(self.payment(gateway))
        assert one.intent_id != two.intent_id

    async def test_confirming_captures_the_whole_amount(self, gateway: PaymentGateway) -> None:
        begun = await self.begun(gateway)
        await self.shopper_pays(gateway, begun)
        report = await gateway.confirm(begun)
        assert (report.state, report.amount) == (PaymentState.CAPTURED, begun.amount)
        assert report.intent_id == begun.intent_id

    async def test_asked_twice_to_confirm_it_acts_once(self, gateway: PaymentGateway) -> None:
        begun = await self.begun(gateway)
        await self.shopper_pays(gateway, begun)
        first = await gateway.confirm(begun)
        again = after(after(begun, first), await gateway.confirm(begun))
        assert (again.state, again.captured) == (PaymentState.CAPTURED, begun.amount)

    async def test_what_it_knows_of_an_intent_is_what_it_said(
        self, gateway: PaymentGateway
    ) -> None:
        begun = await self.begun(gateway)
        assert (await gateway.fetch(begun)).state is begun.state
        await self.shopper_pays(gateway, begun)
        paid = after(begun, await gateway.confirm(begun))
        assert paid.settle(await gateway.fetch(paid), at=NOON) is paid

    async def test_an_intent_whose_answer_was_lost_is_known_by_our_id(
        self, gateway: PaymentGateway
    ) -> None:
        payment = self.payment(gateway)
        lost = await gateway.create_intent(payment)
        assert payment.intent_id is None
        assert (await gateway.fetch(payment)).intent_id == lost.intent_id

    async def test_asked_again_by_its_terms_it_asks_for_the_same(
        self, gateway: PaymentGateway
    ) -> None:
        payment = self.payment(gateway, MANUAL)
        await gateway.create_intent(payment)
        begun = after(payment, await gateway.create_intent(payment))
        await self.shopper_pays(gateway, begun)
        assert (await gateway.confirm(begun)).state is PaymentState.AUTHORISED

    async def test_what_is_captured_by_hand_is_authorised_first(
        self, gateway: PaymentGateway
    ) -> None:
        held = await self.confirmed(gateway, MANUAL)
        assert (held.state, held.authorised) == (PaymentState.AUTHORISED, AMOUNT)
        assert held.captured == NOTHING

    async def test_it_captures_what_was_authorised(self, gateway: PaymentGateway) -> None:
        held = await self.confirmed(gateway, MANUAL)
        report = await gateway.capture(held, AMOUNT, final=True)
        assert (report.state, report.taken) == (PaymentState.CAPTURED, AMOUNT)

    async def test_asked_twice_for_a_capture_it_takes_once(self, gateway: PaymentGateway) -> None:
        held = await self.confirmed(gateway, MANUAL)
        first = await gateway.capture(held, dollars(700), final=True)
        again = await gateway.capture(held, dollars(700), final=True)
        assert (again.state, again.taken) == (first.state, first.taken)
        assert first.taken == dollars(700)

    async def test_no_more_is_captured_than_was_authorised(self, gateway: PaymentGateway) -> None:
        held = await self.confirmed(gateway, MANUAL)
        with pytest.raises(GatewayRefused):
            await gateway.capture(held, dollars(AMOUNT.minor + 1), final=True)
        assert held.settle(await gateway.fetch(held), at=NOON) is held

    async def test_after_a_refusal_less_can_be_captured(self, gateway: PaymentGateway) -> None:
        held = await self.confirmed(gateway, MANUAL)
        with pytest.raises(GatewayRefused):
            await gateway.capture(held, dollars(AMOUNT.minor + 1), final=True)
        report = await gateway.capture(held, dollars(700), final=True)
        assert (report.state, report.taken) == (PaymentState.CAPTURED, dollars(700))

    async def test_nothing_follows_a_final_capture(self, gateway: PaymentGateway) -> None:
        held = await self.confirmed(gateway, MANUAL)
        taken = after(held, await gateway.capture(held, dollars(700), final=True))
        assert (taken.state, taken.captured) == (PaymentState.CAPTURED, dollars(700))
        with pytest.raises(GatewayRefused):
            await gateway.capture(taken, dollars(1), final=True)

    async def test_what_is_given_up_is_not_captured(self, gateway: PaymentGateway) -> None:
        held = await self.confirmed(gateway, MANUAL)
        report = await gateway.cancel(held)
        assert (report.state, report.taken) == (PaymentState.CANCELLED, NOTHING)
        with pytest.raises(GatewayRefused):
            await gateway.capture(after(held, report), AMOUNT, final=True)

    async def test_asked_twice_to_give_up_it_answers_the_same(
        self, gateway: PaymentGateway
    ) -> None:
        begun = await self.begun(gateway)
        first = await gateway.cancel(begun)
        assert first.state is PaymentState.CANCELLED
        assert (await gateway.cancel(begun)).state is PaymentState.CANCELLED

    async def test_what_was_captured_whole_is_not_given_up(self, gateway: PaymentGateway) -> None:
        paid = await self.confirmed(gateway)
        with pytest.raises(GatewayRefused):
            await gateway.cancel(paid)
        assert paid.settle(await gateway.fetch(paid), at=NOON) is paid

    async def test_it_gives_back_what_it_captured(self, gateway: PaymentGateway) -> None:
        paid = await self.confirmed(gateway)
        report = await gateway.refund(paid, refund_of(paid, 1))
        assert (report.state, report.failure) == (RefundState.SUCCEEDED, None)

    async def test_asked_twice_for_a_refund_it_answers_the_same(
        self, gateway: PaymentGateway
    ) -> None:
        paid = await self.confirmed(gateway)
        refund = refund_of(paid, 700)
        first = await gateway.refund(paid, refund)
        assert await gateway.refund(paid, refund) == first

    async def test_no_more_is_given_back_than_was_captured(self, gateway: PaymentGateway) -> None:
        held = await self.confirmed(gateway, MANUAL)
        taken = after(held, await gateway.capture(held, dollars(700), final=True))
        assert not await gives_back(gateway, taken, refund_of(taken, 701))
        assert await gives_back(gateway, taken, refund_of(taken, 700))

    async def test_it_goes_by_a_name(self, gateway: PaymentGateway) -> None:
        assert gateway.name == gateway.name.lower().strip() != ""


@pytest.mark.asyncio
class KeepingGatewayContract(GatewaySuite):
    """
    A provider that keeps books of its own holds to them, whatever the store has forgotten.

    ``gateway`` gives one. One that is told everything by the store, as money by hand is,
    can promise none of it.
    """

    async def test_refunds_in_parts_come_to_no_more_than_was_captured(
        self, gateway: PaymentGateway
    ) -> None:
        paid = await self.confirmed(gateway)
        parts = [await gives_back(gateway, paid, refund_of(paid, each)) for each in (1000, 999, 1)]
        assert parts == [True, True, False]

    async def test_a_refund_that_is_asked_for_twice_goes_back_once(
        self, gateway: PaymentGateway
    ) -> None:
        paid = await self.confirmed(gateway)
        refund = refund_of(paid, 1000)
        assert await gives_back(gateway, paid, refund)
        assert await gives_back(gateway, paid, refund)
        assert await gives_back(gateway, paid, refund_of(paid, 999))

    async def test_its_books_say_what_went_back_and_by_which_refund_of_ours(
        self, gateway: PaymentGateway
    ) -> None:
        paid = await self.confirmed(gateway)
        assert await gateway.refunds(paid) == ()
        made = [refund_of(paid, 700), refund_of(paid, 300)]
        reports = [await gateway.refund(paid, each) for each in (*made, made[0])]
        found = {each.refund_id: each for each in await gateway.refunds(paid)}
        assert len(await gateway.refunds(paid)) == len(made)
        assert [found[each.id].amount for each in made] == [dollars(700), dollars(300)]
        assert [found[each.id].report for each in made] == reports[:2]

    async def test_what_it_would_not_give_back_is_no_money_in_its_books(
        self, gateway: PaymentGateway
    ) -> None:
        paid = await self.confirmed(gateway)
        assert not await gives_back(gateway, paid, refund_of(paid, AMOUNT.minor + 1))
        found = await gateway.refunds(paid)
        assert {each.report.state for each in found} <= {RefundState.FAILED}

    async def test_of_an_intent_that_it_has_not_heard_of_it_says_nothing(
        self, gateway: PaymentGateway
    ) -> None:
        paid = await self.confirmed(gateway)
        # As where its books were lost, or are another account's.
        lost = evolve(paid, id=PaymentId(fresh_id()), intent_id=f"{paid.intent_id}0")
        given = evolve(lost, refunded=dollars(700))
        asks: tuple[Callable[[], Awaitable[object]], ...] = (
            lambda: gateway.fetch(lost),
            lambda: gateway.refund(given, refund_of(lost, 700)),
            lambda: gateway.refunds(given),
        )
        for ask in asks:
            with pytest.raises(GatewayRefused) as refused:
                await ask()
            assert refused.value.unknown

    async def test_its_books_tell_payments_apart(self, gateway: PaymentGateway) -> None:
        one, two = await self.confirmed(gateway), await self.confirmed(gateway)
        await gateway.refund(one, refund_of(one, 700))
        assert await gateway.refunds(two) == ()

    async def test_a_capture_is_asked_for_again_by_what_was_captured_before(
        self, gateway: PaymentGateway
    ) -> None:
        held = await self.confirmed(gateway, MANUAL)
        await gateway.capture(held, dollars(700), final=True)
        assert (await gateway.capture(held, dollars(700), final=True)).taken == dollars(700)
        assert not await gives_back(gateway, held, refund_of(held, 701))

    async def test_who_forgot_a_capture_takes_no_more_than_was_authorised(
        self, gateway: PaymentGateway
    ) -> None:
        held = await self.confirmed(gateway, MANUAL)
        await gateway.capture(held, dollars(1500), final=True)
        # Its key is another one: what was final keeps more from being taken.
        with suppress(GatewayRefused):
            await gateway.capture(held, AMOUNT, final=True)
        assert (await gateway.fetch(held)).taken == dollars(1500)

    async def test_what_was_given_up_is_not_paid_any_more(self, gateway: PaymentGateway) -> None:
        begun = await self.begun(gateway)
        await gateway.cancel(begun)
        try:
            report = await gateway.confirm(begun)
        except GatewayRefused:
            report = await gateway.fetch(begun)
        assert (report.state, report.taken) == (PaymentState.CANCELLED, NOTHING)

    async def test_nothing_is_given_back_of_what_was_never_captured(
        self, gateway: PaymentGateway
    ) -> None:
        held = await self.confirmed(gateway, MANUAL)
        assert not await gives_back(gateway, held, refund_of(held, 1))


@pytest.mark.asyncio
class CaptureInPartsContract(GatewaySuite):
    """What was authorised may be taken bit by bit; ``gateway`` gives one that can."""

    async def test_parts_add_up_to_what_was_authorised(self, gateway: PaymentGateway) -> None:
        held = await self.confirmed(gateway, MANUAL)
        one = after(held, await gateway.capture(held, dollars(700), final=False))
        assert (one.state, one.captured) == (PaymentState.AUTHORISED, dollars(700))
        two = after(one, await gateway.capture(one, dollars(1299), final=False))
        assert (two.state, two.captured) == (PaymentState.CAPTURED, AMOUNT)

    async def test_asked_twice_for_a_part_it_takes_it_once(self, gateway: PaymentGateway) -> None:
        held = await self.confirmed(gateway, MANUAL)
        first = await gateway.capture(held, dollars(700), final=False)
        assert (await gateway.capture(held, dollars(700), final=False)).taken == dollars(700)
        one = after(held, first)
        next_one = await gateway.capture(one, dollars(700), final=False)
        assert next_one.taken == dollars(1400)

    async def test_a_part_is_no_more_than_what_is_left(self, gateway: PaymentGateway) -> None:
        held = await self.confirmed(gateway, MANUAL)
        one = after(held, await gateway.capture(held, dollars(700), final=False))
        with pytest.raises(GatewayRefused):
            await gateway.capture(one, dollars(1300), final=False)
        assert (await gateway.fetch(one)).taken == dollars(700)

    async def test_a_final_part_gives_up_the_rest(self, gateway: PaymentGateway) -> None:
        held = await self.confirmed(gateway, MANUAL)
        one = after(held, await gateway.capture(held, dollars(700), final=False))
        two = after(one, await gateway.capture(one, dollars(300), final=True))
        assert (two.state, two.captured) == (PaymentState.CAPTURED, dollars(1000))
        with pytest.raises(GatewayRefused):
            await gateway.capture(two, dollars(1), final=True)

    async def test_giving_up_the_rest_keeps_the_parts(self, gateway: PaymentGateway) -> None:
        held = await self.confirmed(gateway, MANUAL)
        one = after(held, await gateway.capture(held, dollars(700), final=False))
        report = await gateway.cancel(one)
        assert (report.state, report.taken) == (PaymentState.CAPTURED, dollars(700))
        two = after(one, report)
        assert two.settle(await gateway.fetch(two), at=NOON) is two
        with pytest.raises(GatewayRefused):
            await gateway.capture(two, dollars(1), final=False)

    async def test_asked_twice_to_give_up_the_rest_it_answers_the_same(
        self, gateway: PaymentGateway
    ) -> None:
        held = await self.confirmed(gateway, MANUAL)
        one = after(held, await gateway.capture(held, dollars(700), final=False))
        first = await gateway.cancel(one)
        again = [await gateway.cancel(one), await gateway.cancel(after(one, first))]
        assert {(each.state, each.taken) for each in again} == {(first.state, first.taken)}

    async def test_a_part_can_be_given_back_before_the_next(self, gateway: PaymentGateway) -> None:
        held = await self.confirmed(gateway, MANUAL)
        one = after(held, await gateway.capture(held, dollars(700), final=False))
        assert await gives_back(gateway, one, refund_of(one, 700))
        assert not await gives_back(gateway, one, refund_of(one, 701))
