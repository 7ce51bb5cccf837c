"""A shop that takes money through Stripe: webhooks before, during and after the answers."""

from __future__ import annotations

import hashlib
import hmac
from itertools import permutations
from typing import Any

import pytest
from attrs import define

from automate_store.adapters.stripe import StripeGateway
from automate_store.application.access import Actor, CartOwner, Role
from automate_store.application.carts import AddItem, add_to_cart
from automate_store.application.errors import GatewayUnavailable
from automate_store.application.orders import OrderView, PlaceOrder, place_order
from automate_store.application.payments import (
    ConfirmPayment,
    CreateIntent,
    FinishSetup,
    PaymentView,
    RefundOrder,
    begin_setup,
    confirm_payment,
    create_intent,
    finish_setup,
    hear_event,
    list_methods,
    refund_order,
    take_webhook,
)
from automate_store.application.refunding import send_refund
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import Order, PaymentStatus
from automate_store.domain.payments import Payment, PaymentState, RefundState, ToldState
from automate_store.entrypoints.properties.contracts.accounts import put_account
from tests.adapters.stripe import shapes
from tests.adapters.stripe.conftest import KEYS
from tests.adapters.stripe.local import Front
from tests.adapters.stripe.shopper import ASKS_THE_BANK, Shopper
from tests.application.trading import HOME, STAFF, Trade

TOTAL = Money(2499, "USD")


@define
class Counter:
    """A shop with a line to Stripe, and a shopper who has ordered for 24.99."""

    trade: Trade
    front: Front
    shopper: Shopper
    bought: OrderView
    told: int = 0

    @classmethod
    async def open(cls, gateway: StripeGateway, front: Front, shopper: Shopper) -> Counter:
        trade = await Trade.open(gateway)
        return cls(trade, front, shopper, await trade.buy(await trade.stocked(5), 1))

    async def asked(self) -> PaymentView:
        """A payment that waits for Stripe's script."""
        return await self.trade.intend(self.bought)

    async def tell(self, kind: str, happened: dict[str, Any]) -> ToldState | None:
        """Stripe tells of it, signed now, and it is heard; None where that was told before."""
        ports = self.trade.shop.ports
        self.told += 1
        event = shapes.event(kind, happened, id=f"evt_{self.told}")
        body, second = shapes.body(event), int(ports.clock().timestamp())
        payload = b"%d.%s" % (second, body)
        signature = hmac.new(KEYS.webhooks[0].encode(), payload, hashlib.sha256).hexdigest()
        headers = {"stripe-signature": f"t={second},v1={signature}"}
        told = await take_webhook("stripe", headers, body, ports=ports)
        assert await take_webhook("stripe", headers, body, ports=ports) is None
        return None if told is None else (await hear_event(told, ports=ports)).state

    async def intent(self) -> dict[str, Any]:
        """The payment's intent, as Stripe has it now."""
        return await self.front.intent(str((await self.payment()).intent_id))

    async def order(self) -> Order:
        async with self.trade.shop.ports.reading() as reads:
            return await reads.orders.get(self.bought.order.id)

    async def payment(self) -> Payment:
        async with self.trade.shop.ports.reading() as reads:
            (payment,) = await reads.payments.of_order(self.bought.order.id)
        return payment

    async def charges(self) -> list[dict[str, Any]]:
        answer = await self.front.behind.get("/v1/charges", params={"limit": "100"})
        found: list[dict[str, Any]] = answer.json()["data"]
        return found


@pytest.fixture
async def counter(gateway: StripeGateway, front: Front, shopper: Shopper) -> Counter:
    return await Counter.open(gateway, front, shopper)


async def paid_once(counter: Counter) -> None:
    order, payment = await counter.order(), await counter.payment()
    assert order.payment_status is PaymentStatus.PAID
    assert (payment.state, payment.captured) == (PaymentState.CAPTURED, TOTAL)
    assert [each["amount"] for each in await counter.charges()] == [TOTAL.minor]


async def test_a_shopper_whose_bank_asks_has_paid_once_they_agree(counter: Counter) -> None:
    asked = await counter.asked()
    await counter.shopper.pays(asked.payment, ASKS_THE_BANK)
    waiting = await counter.trade.confirm(counter.bought, asked)
    assert waiting.payment.state is PaymentState.REQUIRES_ACTION
    await counter.shopper.agrees(waiting.payment)
    await counter.trade.confirm(counter.bought, asked, key="again")
    await paid_once(counter)


async def test_a_shopper_who_never_comes_back_has_paid_all_the_same(counter: Counter) -> None:
    await counter.shopper.pays((await counter.asked()).payment)
    told = await counter.tell("payment_intent.succeeded", await counter.intent())
    assert told is ToldState.PROCESSED
    await paid_once(counter)


async def test_who_comes_back_after_the_webhook_has_paid_once(counter: Counter) -> None:
    asked = await counter.asked()
    await counter.shopper.pays(asked.payment)
    await counter.tell("payment_intent.succeeded", await counter.intent())
    await counter.trade.confirm(counter.bought, asked)
    await paid_once(counter)


async def test_a_webhook_that_comes_while_the_answer_is_lost_pays_once(counter: Counter) -> None:
    asked = await counter.asked()
    await counter.shopper.pays(asked.payment)
    counter.front.lost_reads = 2
    with pytest.raises(GatewayUnavailable):
        await counter.trade.confirm(counter.bought, asked)
    await counter.tell("payment_intent.succeeded", await counter.intent())
    await paid_once(counter)
    await counter.trade.confirm(counter.bought, asked)
    await paid_once(counter)


async def test_a_webhook_finds_a_payment_whose_intent_was_never_heard_of(counter: Counter) -> None:
    counter.front.lost = 1
    with pytest.raises(GatewayUnavailable):
        await counter.asked()
    lost = await counter.payment()
    assert lost.intent_id is None
    listed = (await counter.front.behind.get("/v1/payment_intents")).json()["data"]
    paid = shapes.intent(
        "succeeded",
        id=listed[0]["id"],
        amount=TOTAL.minor,
        amount_received=TOTAL.minor,
        metadata=listed[0]["metadata"],
    )
    assert await counter.tell("payment_intent.succeeded", paid) is ToldState.PROCESSED
    assert (await counter.payment()).intent_id == listed[0]["id"]
    assert (await counter.order()).payment_status is PaymentStatus.PAID


STAGES = ("requires_action", "processing", "succeeded")


@pytest.mark.parametrize("order", list(permutations(STAGES)))
async def test_webhooks_in_any_order_end_alike(counter: Counter, order: tuple[str, ...]) -> None:
    await counter.shopper.pays((await counter.asked()).payment)
    paid = await counter.intent()
    for status in order:
        late = {**paid, "status": status}
        if status != "succeeded":
            late["amount_received"] = 0
        await counter.tell(f"payment_intent.{status}", late)
    await paid_once(counter)


async def test_another_amount_than_the_orders_pays_nothing(counter: Counter) -> None:
    await counter.shopper.pays((await counter.asked()).payment)
    changed = {**await counter.intent(), "amount": 1, "amount_received": 1}
    await counter.tell("payment_intent.succeeded", changed)
    assert (await counter.payment()).state is PaymentState.PARKED
    assert (await counter.order()).payment_status is not PaymentStatus.PAID


async def test_a_part_goes_back_once_and_its_webhook_changes_nothing(counter: Counter) -> None:
    asked = await counter.asked()
    await counter.shopper.pays(asked.payment)
    await counter.trade.confirm(counter.bought, asked)
    ports = counter.trade.shop.ports
    wish = RefundOrder(order_id=counter.bought.order.id, amount=Money(500, "USD"), reason="late")
    given = await refund_order(wish, key="refund", actor=STAFF, ports=ports)
    refund = await send_refund(given.refunds[0].id, ports=ports)
    assert refund.state is RefundState.SUCCEEDED
    mark = {"refund_id": str(refund.id), "payment_id": str(refund.payment_id)}
    intent_id = (await counter.payment()).intent_id
    told = shapes.refund(
        "succeeded", id=refund.gateway_id, amount=500, metadata=mark, payment_intent=intent_id
    )
    for kind in ("refund.created", "refund.updated", "charge.refund.updated"):
        await counter.tell(kind, told)
    assert (await counter.payment()).refunded == Money(500, "USD")


async def test_a_refund_in_stripes_own_dashboard_stands_in_the_shops_books(
    counter: Counter,
) -> None:
    asked = await counter.asked()
    await counter.shopper.pays(asked.payment)
    await counter.trade.confirm(counter.bought, asked)
    intent_id = (await counter.payment()).intent_id
    told = shapes.refund("succeeded", id="re_desk", amount=400, payment_intent=intent_id)
    assert await counter.tell("refund.created", told) is ToldState.PROCESSED
    await counter.tell("refund.updated", told)
    assert (await counter.payment()).refunded == Money(400, "USD")


async def test_a_dispute_is_heard_of_and_moves_nothing(counter: Counter) -> None:
    asked = await counter.asked()
    await counter.shopper.pays(asked.payment)
    await counter.trade.confirm(counter.bought, asked)
    intent_id = (await counter.payment()).intent_id
    for kind, status in (("created", "needs_response"), ("closed", "won")):
        dispute = {**shapes.dispute(status), "payment_intent": intent_id}
        told = await counter.tell(f"charge.dispute.{kind}", dispute)
        assert told is ToldState.PROCESSED
    await paid_once(counter)


async def test_a_saved_card_pays_the_second_order(gateway: StripeGateway, shopper: Shopper) -> None:
    trade = await Trade.open(gateway)
    ports = trade.shop.ports
    account = await put_account(ports, "ann")
    ann = Actor(Role.CUSTOMER, f"customer:{account.id}", account.id)
    begun = await begin_setup("stripe", actor=ann, ports=ports)
    token = await shopper.hands_over(begun.report)
    wish = FinishSetup(gateway="stripe", setup_id=begun.setup_id, token=token)
    saved = await finish_setup(wish, actor=ann, ports=ports)
    assert await list_methods(actor=ann, ports=ports) == (saved,)

    product = await trade.stocked(5)
    cart = CartOwner.of(ann, None)
    item = AddItem(product_id=product.id, variant_id=None, quantity=1)
    await add_to_cart(cart, (item,), ports=ports)
    place = PlaceOrder(
        email="ann@example.com",
        shipping_address=HOME,
        shipping_method="standard",
        expected_total=None,
    )
    order = (await place_order(place, owner=cart, key="place", ports=ports)).order
    intend = CreateIntent(order_id=order.id, gateway="stripe", method_id=saved.id)
    asked = await create_intent(intend, token=None, key="intend", actor=ann, ports=ports)
    confirm = ConfirmPayment(order_id=order.id, payment_id=asked.payment.id)
    paid = await confirm_payment(confirm, token=None, key="confirm", actor=ann, ports=ports)
    assert paid.payment.state is PaymentState.CAPTURED
    assert paid.order.payment_status is PaymentStatus.PAID
    assert not any("4242424242424242" in repr(each) for each in (saved, paid, asked))
