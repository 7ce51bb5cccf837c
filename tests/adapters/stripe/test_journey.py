"""A shopper's way through Stripe, with localstripe's own books, and answers that get lost."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from aiohttp import web
from attrs import evolve

from automate_store.adapters.stripe import StripeGateway
from automate_store.adapters.system import SystemClock, SystemIds
from automate_store.application.errors import GatewayUnavailable
from automate_store.domain.kernel.ids import OrderId, PaymentId, RefundId, UserId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import (
    PLAIN,
    GatewayEvent,
    GatewayReport,
    Payment,
    PaymentState,
    PaymentTerms,
    Refund,
    RefundState,
    SetupState,
)
from automate_store.entrypoints.properties.contracts.payments import new_refund
from automate_store.entrypoints.properties.moments import NOON
from tests.adapters.stripe.conftest import KEYS
from tests.adapters.stripe.local import NO_TLS, SECRET_KEY, Front, serving
from tests.adapters.stripe.shopper import (
    ASKS_AND_IS_DECLINED,
    ASKS_THE_BANK,
    DECLINED,
    GOOD,
    Shopper,
)

DELIVERED_S = 10.0
fresh = SystemIds().uuid


def payment(terms: PaymentTerms = PLAIN) -> Payment:
    return Payment.intend(
        id=PaymentId(fresh()),
        order_id=OrderId(fresh()),
        gateway="stripe",
        amount=Money(4998, "EUR"),
        terms=terms,
        at=NOON,
    )


def refund(of: Payment, minor: int) -> Refund:
    return evolve(new_refund(of, RefundId(fresh())), amount=Money(minor, "EUR"))


def after(before: Payment, report: GatewayReport) -> Payment:
    return before.settle(report, at=NOON).saved()


async def books(front: Front, path: str) -> list[dict[str, Any]]:
    """What localstripe itself has of a kind."""
    answer = await front.behind.get(f"/v1/{path}", params={"limit": "100"})
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def test_from_the_first_purchase_to_the_second_one(
    gateway: StripeGateway, shopper: Shopper, front: Front
) -> None:
    asked = payment()
    begun = after(asked, await gateway.create_intent(asked))
    assert begun.state is PaymentState.PENDING

    # The bank wants to see the shopper, who has left our server to Stripe's script.
    await shopper.pays(begun, ASKS_THE_BANK)
    waiting = after(begun, await gateway.confirm(begun))
    assert waiting.state is PaymentState.REQUIRES_ACTION
    assert waiting.client["client_secret"] == begun.client["client_secret"]
    await shopper.agrees(waiting)
    paid = after(waiting, await gateway.confirm(waiting))
    assert (paid.state, paid.captured) == (PaymentState.CAPTURED, paid.amount)

    # Two parts go back, and no third one.
    states = [(await gateway.refund(paid, refund(paid, each))).state for each in (1000, 3998, 1)]
    assert states == [RefundState.SUCCEEDED, RefundState.SUCCEEDED, RefundState.FAILED]
    assert sorted(each["amount"] for each in await books(front, "refunds")) == [1000, 3998]

    # A card is saved, and pays without its owner's typing.
    customer = await gateway.create_customer(UserId(fresh()), "ann@example.com")
    setup_id = fresh()
    token = await shopper.hands_over(await gateway.begin_setup(setup_id, customer))
    saved = await gateway.finish_setup(setup_id, customer, token)
    assert saved.method is not None
    assert (saved.method.last_four, saved.method.expires_year) == ("4242", 2035)
    second = payment(PaymentTerms(customer=customer, method=saved.method.method_id))
    second = after(second, await gateway.create_intent(second))
    assert (await gateway.confirm(second)).state is PaymentState.CAPTURED
    assert len(await books(front, "charges")) == 2

    known = repr((paid, second, saved, [each async for each in gateway.events(NOON)]))
    assert not any(number in known for number in (GOOD, ASKS_THE_BANK))


async def test_a_method_from_the_browser_is_saved_by_us(
    gateway: StripeGateway, shopper: Shopper
) -> None:
    customer = await gateway.create_customer(UserId(fresh()), "ann@example.com")
    setup_id, token = fresh(), await shopper.card()
    first = await gateway.finish_setup(setup_id, customer, token)
    assert first.state is SetupState.SUCCEEDED
    assert await gateway.finish_setup(setup_id, customer, token) == first
    assert await gateway.methods(customer) == (first.method,)


async def test_a_bank_that_says_no_ends_the_attempt(
    gateway: StripeGateway, shopper: Shopper
) -> None:
    asked = payment()
    begun = after(asked, await gateway.create_intent(asked))
    await shopper.pays(begun, ASKS_THE_BANK)
    await shopper.agrees(begun, success=False)
    failed = after(begun, await gateway.confirm(begun))
    assert failed.state is PaymentState.FAILED
    assert failed.failure == "The provided PaymentMethod has failed authentication."


async def test_a_card_may_be_declined_after_the_bank_said_yes(
    gateway: StripeGateway, shopper: Shopper
) -> None:
    asked = payment()
    begun = after(asked, await gateway.create_intent(asked))
    await shopper.pays(begun, ASKS_AND_IS_DECLINED)
    await shopper.agrees(begun)
    failed = after(begun, await gateway.confirm(begun))
    assert (failed.state, failed.failure) == (PaymentState.FAILED, "Your card was declined.")


async def test_a_saved_card_may_be_declined_later(gateway: StripeGateway, shopper: Shopper) -> None:
    customer = await gateway.create_customer(UserId(fresh()), "ann@example.com")
    kept = await gateway.finish_setup(fresh(), customer, await shopper.card(DECLINED))
    assert kept.method is not None
    asked = payment(PaymentTerms(customer=customer, method=kept.method.method_id))
    begun = after(asked, await gateway.create_intent(asked))
    report = await gateway.confirm(begun)
    assert (report.state, report.failure) == (PaymentState.FAILED, "Your card was declined.")


async def test_an_answer_that_gets_lost_is_had_by_asking_again(
    gateway: StripeGateway, shopper: Shopper, front: Front
) -> None:
    asked = payment()
    front.lost = 1
    with pytest.raises(GatewayUnavailable):
        await gateway.create_intent(asked)
    begun = after(asked, await gateway.create_intent(asked))
    assert len(await books(front, "payment_intents")) == 1

    await shopper.pays(begun)
    paid = after(begun, await gateway.confirm(begun))
    back = refund(paid, 1000)
    # The first answer that gets lost is the list of refunds', the second the refund's.
    front.lost_reads = 2
    with pytest.raises(GatewayUnavailable):
        await gateway.refund(paid, back)
    front.lost = 1
    with pytest.raises(GatewayUnavailable):
        await gateway.refund(paid, back)
    assert (await gateway.refund(paid, back)).state is RefundState.SUCCEEDED
    assert len(await books(front, "refunds")) == 1


async def test_a_refund_that_was_made_is_not_made_again_once_its_key_is_forgotten(
    gateway: StripeGateway, shopper: Shopper, front: Front
) -> None:
    asked = payment()
    begun = after(asked, await gateway.create_intent(asked))
    await shopper.pays(begun)
    paid = after(begun, await gateway.confirm(begun))
    back = refund(paid, 1000)
    first = await gateway.refund(paid, back)
    front.forget_keys()
    assert await gateway.refund(paid, back) == first
    assert len(await books(front, "refunds")) == 1


async def test_what_localstripe_signs_and_sends_is_believed(
    gateway: StripeGateway, shopper: Shopper, front: Front
) -> None:
    heard: asyncio.Queue[GatewayEvent] = asyncio.Queue()

    async def hear(request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        body, now = await request.read(), SystemClock()()
        heard.put_nowait(await gateway.read_webhook(headers, body, at=now))
        return web.Response()

    async with serving(hear) as url:
        await _send_webhooks(front, url)
        asked = payment()
        begun = after(asked, await gateway.create_intent(asked))
        await shopper.pays(begun)
        async with asyncio.timeout(DELIVERED_S):
            # It sends a second later: what the tests before did may come first.
            while (event := await heard.get()).payment_id != asked.id:
                pass
    assert (event.kind, event.payment_id) == ("payment_intent.succeeded", asked.id)
    assert isinstance(event.news, GatewayReport)
    told, answered = after(begun, event.news), after(begun, await gateway.confirm(begun))
    assert (told.state, told.captured) == (answered.state, answered.captured)
    assert told.captured == asked.amount


async def _send_webhooks(front: Front, url: str) -> None:
    said = {"url": url, "secret": KEYS.webhooks[0], "events[]": "payment_intent.succeeded"}
    key = {"Authorization": f"Bearer {SECRET_KEY}"}
    async with httpx.AsyncClient(base_url=front.behind.base_url, verify=NO_TLS) as desk:
        path = f"/_config/webhooks/{UUID(int=1)}"
        (await desk.post(path, data=said, headers=key)).raise_for_status()
