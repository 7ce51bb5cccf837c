"""A shop that takes money through PayPal: webhooks before, during and after the answers."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import permutations

import pytest
from attrs import define

from automate_store.application.errors import GatewayUnavailable
from automate_store.application.expiry import expire_orders
from automate_store.application.orders import OrderView
from automate_store.application.payments import (
    PaymentView,
    RefundOrder,
    give_payment_up,
    hear_event,
    refund_order,
    take_webhook,
)
from automate_store.application.payments.reconciling import reconcile
from automate_store.application.refunding import send_refund
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import Order, PaymentStatus
from automate_store.domain.payments import Payment, PaymentState, RefundState, ToldState
from tests.adapters.paypal.scene import Post
from tests.application.trading import STAFF, Trade

DAY = timedelta(days=1)


@define
class Counter:
    """A shop with a line to PayPal, and a shopper who has ordered for 24.99."""

    trade: Trade
    post: Post
    bought: OrderView

    @classmethod
    async def open(cls, post: Post) -> Counter:
        trade = await Trade.open(post.gateway)
        return cls(trade, post, await trade.buy(await trade.stocked(5), 1))

    async def agreed(self) -> PaymentView:
        """A payment to which the shopper agreed on PayPal's page."""
        intended = await self.trade.intend(self.bought)
        self.post.fake.books.agree(str(intended.payment.intent_id))
        return intended

    async def deliver(self, *kinds: str) -> list[ToldState]:
        """PayPal tells of all that happened of these kinds, signed now; each is heard."""
        ports = self.trade.shop.ports
        heard = []
        for number, event in enumerate(self.post.fake.books.events):
            if event["event_type"] not in kinds:
                continue
            body = json.dumps(event).encode()
            headers = self.post.sign(body, at=ports.clock(), number=number)
            told = await take_webhook("paypal", headers, body, ports=ports)
            if told is not None:
                heard.append((await hear_event(told, ports=ports)).state)
        return heard

    async def order(self) -> Order:
        async with self.trade.shop.ports.reading() as reads:
            return await reads.orders.get(self.bought.order.id)

    async def payment(self) -> Payment:
        async with self.trade.shop.ports.reading() as reads:
            (payment,) = await reads.payments.of_order(self.bought.order.id)
        return payment

    def captures(self) -> list[str]:
        return [part for part in self.post.fake.books.parts if part.startswith("CAPTURE")]


@pytest.fixture
async def counter(post: Post) -> Counter:
    return await Counter.open(post)


APPROVED, COMPLETED = "CHECKOUT.ORDER.APPROVED", "PAYMENT.CAPTURE.COMPLETED"
REFUNDED = "PAYMENT.CAPTURE.REFUNDED"


async def paid_once(counter: Counter) -> None:
    order, payment = await counter.order(), await counter.payment()
    assert order.payment_status is PaymentStatus.PAID
    assert (payment.state, payment.captured) == (PaymentState.CAPTURED, Money(2499, "USD"))
    assert len(counter.captures()) == 1


async def test_a_shopper_agrees_comes_back_and_has_paid(counter: Counter) -> None:
    intended = await counter.trade.intend(counter.bought)
    assert intended.payment.state is PaymentState.REQUIRES_ACTION
    assert intended.payment.client["approve_url"].startswith(counter.post.fake.base)
    counter.post.fake.books.agree(str(intended.payment.intent_id))
    await counter.trade.confirm(counter.bought, intended)
    await paid_once(counter)


async def test_a_shopper_who_never_comes_back_has_paid_all_the_same(counter: Counter) -> None:
    await counter.agreed()
    assert await counter.deliver(APPROVED) == [ToldState.PROCESSED]
    await paid_once(counter)


async def test_who_comes_back_after_the_webhook_has_paid_once(counter: Counter) -> None:
    intended = await counter.agreed()
    await counter.deliver(APPROVED)
    await counter.trade.confirm(counter.bought, intended)
    await paid_once(counter)


async def test_a_webhook_that_comes_while_the_answer_is_lost_pays_once(counter: Counter) -> None:
    intended = await counter.agreed()
    counter.post.fake.lose = ["/capture"]
    with pytest.raises(GatewayUnavailable):
        await counter.trade.confirm(counter.bought, intended)
    await counter.deliver(COMPLETED)
    await paid_once(counter)
    await counter.trade.confirm(counter.bought, intended)
    await paid_once(counter)


@pytest.mark.parametrize("order", list(permutations([APPROVED, COMPLETED, COMPLETED])))
async def test_webhooks_in_any_order_and_again_end_alike(post: Post, order: tuple[str]) -> None:
    counter = await Counter.open(post)
    intended = await counter.agreed()
    await counter.trade.confirm(counter.bought, intended)
    for kind in order:
        await counter.deliver(kind)
    await paid_once(counter)


async def test_what_a_bank_looks_at_keeps_the_order_until_it_is_decided(counter: Counter) -> None:
    counter.post.fake.books.review = True
    await counter.trade.confirm(counter.bought, await counter.agreed())
    assert (await counter.payment()).state is PaymentState.PROCESSING
    counter.post.fake.books.decide(*counter.captures(), good=True)
    await counter.deliver(COMPLETED)
    await paid_once(counter)


async def test_who_is_declined_pays_another_way_on_the_same_page(counter: Counter) -> None:
    intended = await counter.agreed()
    counter.post.fake.books.declines = "INSTRUMENT_DECLINED"
    declined = await counter.trade.confirm(counter.bought, intended)
    assert declined.payment.state is PaymentState.FAILED
    assert declined.payment.client["approve_url"].startswith(counter.post.fake.base)
    counter.post.fake.books.agree(str(intended.payment.intent_id))
    await counter.trade.confirm(counter.bought, intended, key="again")
    await paid_once(counter)


async def test_money_that_paypal_takes_back_by_itself_went_back(counter: Counter) -> None:
    await counter.trade.confirm(counter.bought, await counter.agreed())
    counter.post.fake.books.reverse(counter.captures()[0])
    assert await counter.deliver("PAYMENT.CAPTURE.REVERSED") == [ToldState.PROCESSED]
    payment, ports = await counter.payment(), counter.trade.shop.ports
    assert payment.refundable == Money(0, "USD")
    done = await reconcile(since=DAY, only=None, progress=lambda *_: None, ports=ports)
    assert (await counter.payment(), done.agreed) == (payment, True)


async def test_who_agrees_too_late_is_not_charged(counter: Counter) -> None:
    await counter.trade.intend(counter.bought)
    counter.trade.shop.clock.advance(timedelta(hours=1))
    await expire_orders(ports=counter.trade.shop.ports)
    await give_payment_up((await counter.payment()).id, ports=counter.trade.shop.ports)
    counter.post.fake.books.agree(str((await counter.payment()).intent_id))
    assert await counter.deliver(APPROVED) == [ToldState.PROCESSED]
    assert not counter.captures()


async def test_a_part_goes_back_once_and_its_webhook_changes_nothing(counter: Counter) -> None:
    await counter.trade.confirm(counter.bought, await counter.agreed())
    ports = counter.trade.shop.ports
    wish = RefundOrder(order_id=counter.bought.order.id, amount=Money(500, "USD"), reason="late")
    given = await refund_order(wish, key="refund", actor=STAFF, ports=ports)
    counter.post.fake.lose = ["/refund"]
    with pytest.raises(GatewayUnavailable):
        await send_refund(given.refunds[0].id, ports=ports)
    await counter.deliver(REFUNDED)
    refund = await send_refund(given.refunds[0].id, ports=ports)
    assert refund.state is RefundState.SUCCEEDED
    assert (await counter.payment()).refunded == Money(500, "USD")
    assert [each for each in counter.post.fake.books.parts if "REFUND" in each] == [
        refund.gateway_id
    ]


async def test_a_refund_in_paypals_own_pages_stands_in_the_shops_books(counter: Counter) -> None:
    await counter.trade.confirm(counter.bought, await counter.agreed())
    amount = {"currency_code": "USD", "value": "4.00"}
    counter.post.fake.books.refund(counter.captures()[0], {"amount": amount})
    assert await counter.deliver(REFUNDED) == [ToldState.PROCESSED]
    assert (await counter.payment()).refunded == Money(400, "USD")


async def test_a_dispute_is_heard_of_and_moves_nothing(counter: Counter) -> None:
    await counter.trade.confirm(counter.bought, await counter.agreed())
    dispute = counter.post.fake.books.contest(counter.captures()[0])
    counter.post.fake.books.resolve(dispute, "RESOLVED_SELLER_FAVOUR")
    kinds = ("CUSTOMER.DISPUTE.CREATED", "CUSTOMER.DISPUTE.RESOLVED")
    assert await counter.deliver(*kinds) == [ToldState.PROCESSED, ToldState.PROCESSED]
    await paid_once(counter)
