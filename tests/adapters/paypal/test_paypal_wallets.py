"""A wallet that a first purchase saved pays for the second one, until its owner removes it."""

from __future__ import annotations

import json

import pytest
from attrs import evolve, frozen

from automate_store.application.access import Actor, CartOwner
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
    hear_event,
    keep_what_was_saved,
    list_methods,
    remove_method,
    take_webhook,
)
from automate_store.application.ports import Ports
from automate_store.domain.kernel.ids import MethodId
from automate_store.domain.orders import OrderState
from automate_store.domain.payments import MethodsToKeep, PaymentState
from tests.adapters.paypal.scene import Post
from tests.application.shopping import Street
from tests.contracts.shops import open_shop


@frozen
class Shopper:
    """Somebody with an account at a shop that is paid through PayPal."""

    street: Street
    post: Post
    actor: Actor

    @property
    def ports(self) -> Ports:
        return self.street.ports

    @classmethod
    async def open(cls, post: Post) -> Shopper:
        ports = evolve(open_shop().ports, gateways={"paypal": post.gateway}, offered=None)
        street = await Street.open(ports)
        return cls(street, post, await street.customer("ann"))

    async def intend(
        self, key: str, *, save: bool = False, by: MethodId | None = None
    ) -> PaymentView:
        """A payment of a new order."""
        owner = CartOwner.of(self.actor, None)
        await self.street.fill(owner)
        bought = await self.street.place(owner, key=f"p-{key}")
        command = CreateIntent(
            order_id=bought.order.id, gateway="paypal", save_method=save, method_id=by
        )
        return await create_intent(
            command, token=None, key=f"i-{key}", actor=self.actor, ports=self.ports
        )

    async def confirm(self, intended: PaymentView, key: str) -> PaymentView:
        command = ConfirmPayment(order_id=intended.order.id, payment_id=intended.payment.id)
        return await confirm_payment(
            command, token=None, key=f"c-{key}", actor=self.actor, ports=self.ports
        )

    async def hear(self, kind: str) -> None:
        """PayPal tells of what happened of that kind."""
        for number, event in enumerate(self.post.fake.books.events):
            if event["event_type"] == kind:
                body = json.dumps(event).encode()
                headers = self.post.sign(body, at=self.ports.clock(), number=number)
                told = await take_webhook("paypal", headers, body, ports=self.ports)
                if told is not None:
                    await hear_event(told, ports=self.ports)

    async def saves_by_paying(self) -> MethodId:
        """A wallet that a first purchase left behind."""
        intended = await self.intend("first", save=True)
        self.post.fake.books.agree(str(intended.payment.intent_id))
        await self.confirm(intended, "first")
        await self.hear("VAULT.PAYMENT-TOKEN.CREATED")
        (wallet,) = await list_methods(actor=self.actor, ports=self.ports)
        return wallet.id


@pytest.fixture
async def shopper(post: Post) -> Shopper:
    return await Shopper.open(post)


async def test_a_wallet_that_paid_once_pays_again_without_paypals_page(shopper: Shopper) -> None:
    wallet = await shopper.saves_by_paying()
    intended = await shopper.intend("second", by=wallet)
    assert intended.payment.state is PaymentState.PENDING
    paid = await shopper.confirm(intended, "second")
    assert (paid.payment.state, paid.order.state) == (PaymentState.CAPTURED, OrderState.CONFIRMED)


async def test_a_wallet_is_kept_once_by_whichever_way_it_is_told(shopper: Shopper) -> None:
    wallet = await shopper.saves_by_paying()
    async with shopper.ports.reading() as reads:
        token = (await reads.methods.of(shopper.actor.account()))[0]
    customer = shopper.post.fake.books.tokens[token.token]["customer"]["id"]
    event = MethodsToKeep(at=shopper.ports.clock(), gateway="paypal", customer=customer)
    await keep_what_was_saved(event, ports=shopper.ports)
    assert [each.id for each in await list_methods(actor=shopper.actor, ports=shopper.ports)] == [
        wallet
    ]


async def test_a_wallet_is_saved_without_a_purchase(shopper: Shopper) -> None:
    begun = await begin_setup("paypal", actor=shopper.actor, ports=shopper.ports)
    token = begun.report.client["setup_token"]
    shopper.post.fake.books.agree_to_setup(token)
    command = FinishSetup(gateway="paypal", setup_id=begun.setup_id, token=token)
    saved = await finish_setup(command, actor=shopper.actor, ports=shopper.ports)
    paid = await shopper.confirm(await shopper.intend("one", by=saved.id), "one")
    assert paid.payment.state is PaymentState.CAPTURED


async def test_a_wallet_that_was_removed_is_forgotten_at_paypal_as_well(shopper: Shopper) -> None:
    wallet = await shopper.saves_by_paying()
    await remove_method(wallet, actor=shopper.actor, ports=shopper.ports)
    await detach_method(wallet, ports=shopper.ports)
    assert not shopper.post.fake.books.tokens
    assert await list_methods(actor=shopper.actor, ports=shopper.ports) == ()
