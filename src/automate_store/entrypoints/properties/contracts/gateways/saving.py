"""What a gateway promises that keeps ways to pay for the next time."""

from __future__ import annotations

import pytest
from attrs import evolve

from automate_store.application.errors import GatewayRefused
from automate_store.application.ports.payments import SavingGateway
from automate_store.domain.kernel.ids import UserId
from automate_store.domain.payments import (
    MethodReport,
    PaymentState,
    PaymentTerms,
    SetupReport,
    SetupState,
)
from automate_store.entrypoints.properties.contracts.gateways.scene import (
    GatewaySuite,
    after,
    fresh_id,
    gives_back,
    refund_of,
)

ANN, BOB = "ann@example.com", "bob@example.com"


@pytest.mark.asyncio
class SavingGatewayContract(GatewaySuite):
    """A way to pay is its customer's alone, until it is forgotten; ``gateway`` gives a keeper."""

    async def hand_over(self, gateway: SavingGateway, setup: SetupReport) -> str:
        """The token that the shopper's browser has, once a good card was typed into it."""
        raise NotImplementedError

    async def saved(self, gateway: SavingGateway, customer: str) -> MethodReport:
        """A way to pay that the gateway keeps for the customer."""
        setup_id = fresh_id()
        token = await self.hand_over(gateway, await gateway.begin_setup(setup_id, customer))
        done = await gateway.finish_setup(setup_id, customer, token)
        assert done.method is not None, done
        return done.method

    async def test_an_account_is_one_customer_however_often_it_is_asked_for(
        self, gateway: SavingGateway
    ) -> None:
        ann = UserId(fresh_id())
        assert await gateway.create_customer(ann, ANN) == await gateway.create_customer(ann, ANN)
        assert await gateway.create_customer(ann, ANN) != await _customer(gateway, BOB)

    async def test_a_setup_waits_for_the_browser(self, gateway: SavingGateway) -> None:
        customer = await _customer(gateway)
        setup = await gateway.begin_setup(fresh_id(), customer)
        assert (setup.state, setup.customer) == (SetupState.REQUIRES_ACTION, customer)
        assert setup.method is None
        assert setup.client, "the browser needs something to go on with"

    async def test_asked_twice_for_a_setup_it_answers_the_same(
        self, gateway: SavingGateway
    ) -> None:
        customer, setup_id = await _customer(gateway), fresh_id()
        first = await gateway.begin_setup(setup_id, customer)
        assert await gateway.begin_setup(setup_id, customer) == first

    async def test_what_was_handed_over_is_kept_and_known_again(
        self, gateway: SavingGateway
    ) -> None:
        customer, setup_id = await _customer(gateway), fresh_id()
        token = await self.hand_over(gateway, await gateway.begin_setup(setup_id, customer))
        done = await gateway.finish_setup(setup_id, customer, token)
        assert done.state is SetupState.SUCCEEDED
        assert done.method is not None
        assert done.method.brand
        assert await gateway.methods(customer) == (done.method,)

    async def test_finished_twice_it_is_kept_once(self, gateway: SavingGateway) -> None:
        customer, setup_id = await _customer(gateway), fresh_id()
        token = await self.hand_over(gateway, await gateway.begin_setup(setup_id, customer))
        first = await gateway.finish_setup(setup_id, customer, token)
        assert await gateway.finish_setup(setup_id, customer, token) == first
        assert len(await gateway.methods(customer)) == 1

    async def test_a_token_that_is_none_saves_nothing(self, gateway: SavingGateway) -> None:
        customer, setup_id = await _customer(gateway), fresh_id()
        await gateway.begin_setup(setup_id, customer)
        with pytest.raises(GatewayRefused):
            await gateway.finish_setup(setup_id, customer, "made-up")
        assert await gateway.methods(customer) == ()

    async def test_anothers_token_saves_nothing(self, gateway: SavingGateway) -> None:
        ann, bob = await _customer(gateway), await _customer(gateway, BOB)
        token = await self.hand_over(gateway, await gateway.begin_setup(fresh_id(), ann))
        with pytest.raises(GatewayRefused):
            await gateway.finish_setup(fresh_id(), bob, token)
        assert await gateway.methods(bob) == ()

    async def test_methods_are_their_customers_own(self, gateway: SavingGateway) -> None:
        ann, bob = await _customer(gateway), await _customer(gateway, BOB)
        first, second = await self.saved(gateway, ann), await self.saved(gateway, ann)
        assert {each.method_id for each in await gateway.methods(ann)} == {
            first.method_id,
            second.method_id,
        }
        assert await gateway.methods(bob) == ()

    async def test_what_is_detached_is_forgotten_for_good(self, gateway: SavingGateway) -> None:
        customer = await _customer(gateway)
        gone, kept = await self.saved(gateway, customer), await self.saved(gateway, customer)
        await gateway.detach_method(gone.method_id)
        await gateway.detach_method(gone.method_id)
        assert await gateway.methods(customer) == (kept,)

    async def test_a_saved_method_pays_without_the_shopper(self, gateway: SavingGateway) -> None:
        customer = await _customer(gateway)
        method = await self.saved(gateway, customer)
        terms = PaymentTerms(customer=customer, method=method.method_id)
        payment = evolve(self.payment(gateway), terms=terms)
        begun = payment.settle(await gateway.create_intent(payment), at=payment.created_at).saved()
        report = await gateway.confirm(begun)
        assert (report.state, report.taken) == (PaymentState.CAPTURED, payment.amount)

    async def test_a_method_that_was_detached_pays_nothing(self, gateway: SavingGateway) -> None:
        customer = await _customer(gateway)
        method = await self.saved(gateway, customer)
        await gateway.detach_method(method.method_id)
        terms = PaymentTerms(customer=customer, method=method.method_id)
        payment = evolve(self.payment(gateway), terms=terms)
        try:
            begun = payment.settle(
                await gateway.create_intent(payment), at=payment.created_at
            ).saved()
            report = await gateway.confirm(begun)
        except GatewayRefused:
            return
        assert report.state is not PaymentState.CAPTURED
        assert not report.taken

    async def test_a_payment_saves_what_it_is_paid_by_where_it_is_to(
        self, gateway: SavingGateway
    ) -> None:
        ann, bob = await _customer(gateway), await _customer(gateway, BOB)
        for customer, keep in ((ann, True), (bob, False)):
            paid = await self.confirmed(gateway, PaymentTerms(customer=customer, keep_method=keep))
            assert paid.state is PaymentState.CAPTURED
        assert len(await gateway.methods(ann)) == 1
        assert await gateway.methods(bob) == ()

    async def test_who_leaves_is_forgotten_with_all_that_was_kept(
        self, gateway: SavingGateway
    ) -> None:
        ann, bob = await _customer(gateway), await _customer(gateway, BOB)
        gone = [await self.saved(gateway, ann) for _ in range(2)]
        kept = await self.saved(gateway, bob)
        await gateway.delete_customer(ann)
        await gateway.delete_customer(ann)
        assert await _kept_for(gateway, ann) == ()
        assert await gateway.methods(bob) == (kept,)
        for method in gone:
            await gateway.detach_method(method.method_id)
            assert not await self._pays(gateway, ann, method)
        assert await self._pays(gateway, bob, kept)

    async def test_what_who_left_had_paid_can_go_back(self, gateway: SavingGateway) -> None:
        customer = await _customer(gateway)
        paid = await self.confirmed(gateway, PaymentTerms(customer=customer, keep_method=True))
        await gateway.delete_customer(customer)
        assert (await gateway.fetch(paid)).taken == paid.captured
        assert await gives_back(gateway, paid, refund_of(paid, 700))

    async def _pays(self, gateway: SavingGateway, customer: str, method: MethodReport) -> bool:
        terms = PaymentTerms(customer=customer, method=method.method_id)
        payment = evolve(self.payment(gateway), terms=terms)
        try:
            begun = after(payment, await gateway.create_intent(payment))
            return bool((await gateway.confirm(begun)).taken)
        except GatewayRefused:
            return False


async def _kept_for(gateway: SavingGateway, customer: str) -> tuple[MethodReport, ...]:
    """What is kept for the customer; nothing, of one who is not known."""
    try:
        return await gateway.methods(customer)
    except GatewayRefused:
        return ()


async def _customer(gateway: SavingGateway, email: str = ANN) -> str:
    return await gateway.create_customer(UserId(fresh_id()), email)
