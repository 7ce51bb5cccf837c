"""Saved ways to pay: one's own alone, known by their token, and gone where they are removed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from attrs import evolve, frozen

from automate_store.adapters.memory import MemoryGateway, MemorySavingGateway
from automate_store.application.access import GUEST, Actor, CartOwner
from automate_store.application.errors import GatewayRefused, GatewayUnavailable, SignInNeeded
from automate_store.application.orders import OrderView
from automate_store.application.payments import (
    ConfirmPayment,
    CreateIntent,
    FinishSetup,
    PaymentView,
    begin_setup,
    confirm_payment,
    create_intent,
    detach_method,
    finish_setup,
    keep_method,
    keep_what_was_saved,
    list_methods,
    remove_method,
)
from automate_store.application.ports import Ports
from automate_store.domain.kernel.ids import MethodId
from automate_store.domain.orders import OrderState
from automate_store.domain.payments import (
    MethodElsewhere,
    MethodExpired,
    MethodNotFound,
    MethodsNotKept,
    MethodsToKeep,
    PaymentState,
    SavedMethod,
    SetupReport,
    SetupState,
)
from tests.application.shopping import Street


@frozen
class Wallet:
    """A street whose shop has a gateway that keeps ways to pay, and one that keeps none."""

    street: Street
    gateway: MemorySavingGateway

    @property
    def ports(self) -> Ports:
        return self.street.ports

    @classmethod
    def at(cls, street: Street) -> Wallet:
        keeper, plain = MemorySavingGateway("keeper"), MemoryGateway("plain")
        gateways = {each.name: each for each in (keeper, plain)}
        ports = evolve(street.ports, gateways=gateways, offered=None)
        return cls(evolve(street, ports=ports), keeper)

    async def save(self, actor: Actor) -> SavedMethod:
        """A card of theirs, typed into their browser."""
        begun = await begin_setup("keeper", actor=actor, ports=self.ports)
        token = self.gateway.hand_over(begun.report)
        command = FinishSetup(gateway="keeper", setup_id=begun.setup_id, token=token)
        return await finish_setup(command, actor=actor, ports=self.ports)

    async def order(self, actor: Actor) -> OrderView:
        owner = CartOwner.of(actor, None)
        await self.street.fill(owner)
        return await self.street.place(owner)

    async def intend(
        self, bought: OrderView, actor: Actor, gateway: str = "keeper", **more: Any
    ) -> PaymentView:
        command = CreateIntent(order_id=bought.order.id, gateway=gateway, **more)
        return await create_intent(command, token=None, key="i", actor=actor, ports=self.ports)

    async def confirm(self, view: PaymentView, actor: Actor) -> PaymentView:
        command = ConfirmPayment(order_id=view.order.id, payment_id=view.payment.id)
        return await confirm_payment(command, token=None, key="c", actor=actor, ports=self.ports)


@pytest.fixture
def wallet(street: Street) -> Wallet:
    return Wallet.at(street)


async def test_what_is_saved_is_listed_for_its_owner_alone(wallet: Wallet) -> None:
    ann, bob = await wallet.street.customer("ann"), await wallet.street.customer("bob")

    card = await wallet.save(ann)

    assert (card.brand, card.last_four, card.expires) == ("visa", "4242", "12/2030")
    assert await list_methods(actor=ann, ports=wallet.ports) == (card,)
    assert await list_methods(actor=bob, ports=wallet.ports) == ()
    with pytest.raises(SignInNeeded):
        await list_methods(actor=GUEST, ports=wallet.ports)


async def test_finished_twice_it_is_saved_once(wallet: Wallet) -> None:
    ann = await wallet.street.customer("ann")
    begun = await begin_setup("keeper", actor=ann, ports=wallet.ports)
    token = wallet.gateway.hand_over(begun.report)
    command = FinishSetup(gateway="keeper", setup_id=begun.setup_id, token=token)

    first = await finish_setup(command, actor=ann, ports=wallet.ports)

    assert await finish_setup(command, actor=ann, ports=wallet.ports) == first
    assert await list_methods(actor=ann, ports=wallet.ports) == (first,)


async def test_anothers_token_saves_nothing(wallet: Wallet) -> None:
    ann, bob = await wallet.street.customer("ann"), await wallet.street.customer("bob")
    begun = await begin_setup("keeper", actor=ann, ports=wallet.ports)
    token = wallet.gateway.hand_over(begun.report)
    stolen = FinishSetup(gateway="keeper", setup_id=begun.setup_id, token=token)

    with pytest.raises(GatewayRefused):
        await finish_setup(stolen, actor=bob, ports=wallet.ports)

    assert await list_methods(actor=bob, ports=wallet.ports) == ()


async def test_a_gateway_that_keeps_none_says_which_do(wallet: Wallet) -> None:
    ann = await wallet.street.customer("ann")
    with pytest.raises(MethodsNotKept) as refused:
        await begin_setup("plain", actor=ann, ports=wallet.ports)
    assert refused.value.offered == ("keeper",)


async def test_a_saved_method_pays_for_the_next_order(wallet: Wallet) -> None:
    ann = await wallet.street.customer("ann")
    card = await wallet.save(ann)
    bought = await wallet.order(ann)

    intended = await wallet.intend(bought, ann, method_id=card.id)
    paid = await wallet.confirm(intended, ann)

    assert intended.payment.terms.method == card.token
    assert (paid.payment.state, paid.order.state) == (PaymentState.CAPTURED, OrderState.CONFIRMED)


async def test_what_is_paid_by_is_saved_where_it_is_to_be(wallet: Wallet) -> None:
    ann = await wallet.street.customer("ann")
    bought = await wallet.order(ann)

    intended = await wallet.intend(bought, ann, save_method=True)
    await wallet.confirm(intended, ann)
    customer = intended.payment.terms.customer
    assert customer is not None
    event = MethodsToKeep(at=wallet.ports.clock(), gateway="keeper", customer=customer)
    await keep_what_was_saved(event, ports=wallet.ports)
    await keep_what_was_saved(event, ports=wallet.ports)

    (card,) = await list_methods(actor=ann, ports=wallet.ports)
    assert card.last_four == "4242"


async def test_nobody_pays_by_what_is_not_their_own(wallet: Wallet) -> None:
    ann, bob = await wallet.street.customer("ann"), await wallet.street.customer("bob")
    card, bought = await wallet.save(ann), await wallet.order(bob)

    with pytest.raises(MethodNotFound):
        await wallet.intend(bought, bob, method_id=card.id)
    with pytest.raises(MethodNotFound):
        await wallet.intend(bought, bob, method_id=MethodId(wallet.ports.ids.uuid()))


async def test_a_method_of_another_gateway_pays_nothing(wallet: Wallet) -> None:
    ann = await wallet.street.customer("ann")
    card, bought = await wallet.save(ann), await wallet.order(ann)

    with pytest.raises(MethodElsewhere, match="is kept at keeper; plain can't charge it"):
        await wallet.intend(bought, ann, gateway="plain", method_id=card.id)


async def test_an_expired_card_is_refused_with_its_last_month(wallet: Wallet) -> None:
    ann = await wallet.street.customer("ann")
    at: datetime = wallet.ports.clock()
    card, bought = await wallet.save(ann), await wallet.order(ann)
    told = evolve(card, expires_month=at.month, expires_year=at.year - 1)
    async with wallet.ports.unit_of_work() as work:
        await work.methods.add(told)

    with pytest.raises(MethodExpired) as refused:
        await wallet.intend(bought, ann, method_id=card.id)

    assert refused.value.expired == f"{at.month:02}/{at.year - 1}"
    assert not evolve(card, expires_month=at.month, expires_year=at.year).expired(at)


async def test_what_is_removed_is_forgotten_by_its_gateway_and_never_comes_back(
    wallet: Wallet,
) -> None:
    ann, bob = await wallet.street.customer("ann"), await wallet.street.customer("bob")
    card = await wallet.save(ann)
    async with wallet.ports.reading() as reads:
        customer = await reads.methods.customer(card.user_id, "keeper")
    assert customer is not None
    with pytest.raises(MethodNotFound):
        await remove_method(card.id, actor=bob, ports=wallet.ports)

    await remove_method(card.id, actor=ann, ports=wallet.ports)
    late = MethodsToKeep(at=wallet.ports.clock(), gateway="keeper", customer=customer)
    await keep_what_was_saved(late, ports=wallet.ports)
    assert await list_methods(actor=ann, ports=wallet.ports) == ()
    await detach_method(card.id, ports=wallet.ports)
    await detach_method(card.id, ports=wallet.ports)

    assert await wallet.gateway.methods(customer) == ()
    with pytest.raises(MethodNotFound):
        await remove_method(card.id, actor=ann, ports=wallet.ports)


async def test_what_a_gateway_tells_is_kept_for_whom_it_knows(wallet: Wallet) -> None:
    ann = await wallet.street.customer("ann")
    card = await wallet.save(ann)
    (told,) = await wallet.gateway.methods(f"cus_{card.user_id.hex}")
    news = SetupReport(
        setup_id="seti_1",
        state=SetupState.SUCCEEDED,
        customer=f"cus_{card.user_id.hex}",
        method=evolve(told, method_id="pm_told"),
    )

    first = await keep_method(news, gateway="keeper", ports=wallet.ports)
    again = await keep_method(news, gateway="keeper", ports=wallet.ports)
    stranger = evolve(news, customer="cus_of_nobody")

    assert first == again is not None
    assert await keep_method(stranger, gateway="keeper", ports=wallet.ports) is None
    assert await keep_method(news, gateway="plain", ports=wallet.ports) is None
    unfinished = evolve(news, state=SetupState.FAILED)
    assert await keep_method(unfinished, gateway="keeper", ports=wallet.ports) is None


async def test_a_gateway_that_is_away_is_told_with_those_that_work(wallet: Wallet) -> None:
    ann = await wallet.street.customer("ann")
    bought = await wallet.order(ann)
    wallet.gateway.hide(hidden=True)

    with pytest.raises(GatewayUnavailable) as away:
        await wallet.intend(bought, ann)

    assert (away.value.gateway, away.value.others) == ("keeper", ("plain",))
    command = CreateIntent(order_id=bought.order.id, gateway="plain")
    other = await create_intent(command, token=None, key="o", actor=ann, ports=wallet.ports)
    assert (await wallet.confirm(other, ann)).order.state is OrderState.CONFIRMED
