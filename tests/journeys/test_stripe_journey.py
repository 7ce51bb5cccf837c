"""
A shop that takes money through Stripe, from the first card to the last dispute, over HTTP.

The shop, its worker, PostgreSQL and localstripe are processes of their own; browsers talk to
Stripe themselves. Disputes, which localstripe has none of, are told in Stripe's published shape.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from attrs import frozen

from benchmarks.rig.shoppers import Shoppers
from tests.adapters.stripe import shapes
from tests.adapters.stripe.local import SECRET_KEY
from tests.adapters.stripe.shopper import ASKS_THE_BANK, CODE, GOOD
from tests.journeys.card_numbers import (
    Card,
    files_with,
    places_of,
    places_written,
    remember_what_is_written,
)
from tests.journeys.customers import TOUCHED_BY_MONEY, WATCHED, Bought, Customer, Staff, Told, kept
from tests.journeys.shops import PATIENCE_S, Shop
from tests.journeys.stripe_desk import SIGNING_SECRET, OnThePage, StripeDesk, open_stripe

TOTAL, CHARGED = "14.98", 1498
CARDS = (Card(ASKS_THE_BANK, CODE), Card(GOOD, CODE))


@frozen
class Journey:
    """Ada, the staff, and Stripe."""

    ada: Customer
    staff: Staff
    stripe: StripeDesk
    secrets: set[str]
    """What opened a payment or a setup for her browser."""

    async def told(self, event: Told) -> None:
        """Stripe tells of it twice, and the shop has dealt with it once."""
        for _ in range(2):
            answer = await self.stripe.tell(self.ada.shoppers, event)
            assert (answer.status, answer.body) == (200, {"received": True})
        heard = await self.staff.heard(event["id"])
        assert (heard["status"], heard["why"]) == ("processed", None)

    async def succeeded(self, payment: Told) -> None:
        """Stripe tells that the payment did."""
        kind = "payment_intent.succeeded"
        await self.told(await self.stripe.happened(kind, payment["intent_id"]))

    def page(self, told: Told) -> OnThePage:
        """What her browser knows of it."""
        self.secrets.add(told["client"]["client_secret"])
        return OnThePage.of(told)


@asynccontextmanager
async def begun(shop: Shop, localstripe: str) -> AsyncIterator[Journey]:
    """The shop, which keeps a copy of all that it writes and logs all that it can."""
    remember_what_is_written(shop.settings["database_url"])
    async with open_stripe(localstripe) as stripe:
        shop.settings |= {**stripe.settings(), **WATCHED, "embedded_worker": "false"}
        shop.worker()
        server = shop.serve()
        async with Shoppers([server.base]) as shoppers:
            ada = await Customer.registered(shoppers, "stripe", shop.variant("MUG"))
            yield Journey(ada, Staff(shoppers, "stripe"), stripe, set())


async def test_from_the_first_card_to_a_dispute(shop: Shop, localstripe: str) -> None:
    async with begun(shop, localstripe) as journey:
        asked_by_the_bank, paid_at_once, by_a_saved_card = [
            await whose_bank_asks_and_whose_webhook_comes_first(journey),
            await who_pays_at_once_and_whose_webhook_comes_after(journey),
            await who_pays_by_a_saved_card_while_the_webhook_comes(journey),
        ]
        await a_part_goes_back(journey, paid_at_once)
        await the_bank_hears_of_a_dispute(journey, asked_by_the_bank)

        charges = await journey.stripe.listed("charges")
        refunds = await journey.stripe.listed("refunds")
        reconciled, audited = await asyncio.gather(
            *(asyncio.to_thread(shop.command, each) for each in ("reconcile", "audit"))
        )
    assert kept(shop) == {
        asked_by_the_bank.intent_id: ("captured", CHARGED, 0),
        paid_at_once.intent_id: ("captured", CHARGED, 500),
        by_a_saved_card.intent_id: ("captured", CHARGED, 0),
    }
    assert kept(shop) == {
        each["payment_intent"]: ("captured", each["amount"], each["amount_refunded"])
        for each in charges
    }
    assert (len(charges), [each["amount"] for each in refunds]) == (3, [500])
    assert "0 changes" in reconciled
    assert "agree" in reconciled
    assert "The books agree." in audited

    assert files_with(["/payments/confirm"], shop.folder) == ["server-1.log"]
    assert files_with(["payment_disputed"], shop.folder) == ["worker.log"]
    url = shop.settings["database_url"]
    assert places_written(url) >= TOUCHED_BY_MONEY
    assert places_of(CARDS, url=url, folder=shop.folder) == []
    assert files_with([*journey.secrets, SECRET_KEY, SIGNING_SECRET], shop.folder) == []


async def whose_bank_asks_and_whose_webhook_comes_first(journey: Journey) -> Bought:
    """3-D Secure; Stripe's word is there before she is back on the shop's page."""
    ada, browser = journey.ada, journey.stripe.browser
    order = await ada.buys()
    payment = await ada.intends(order)
    assert (payment["status"], payment["amount"]["amount"]) == ("pending", TOTAL)
    page = journey.page(payment)
    await browser.pays(page, ASKS_THE_BANK)
    waiting = await ada.confirms(order, payment)
    assert waiting["status"] == "requires_action"
    assert waiting["client"] == payment["client"]
    assert await ada.standing(order) == "pending"

    await browser.agrees(page)
    await journey.succeeded(payment)
    assert await ada.standing(order) == "paid"
    paid = await ada.confirms(order, payment)
    assert (paid["status"], paid["captured"]["amount"], paid["client"]) == ("captured", TOTAL, {})
    return Bought(order, payment["intent_id"])


async def who_pays_at_once_and_whose_webhook_comes_after(journey: Journey) -> Bought:
    """An ordinary card; the shop knows already what Stripe tells."""
    ada = journey.ada
    order = await ada.buys()
    payment = await ada.intends(order)
    await journey.stripe.browser.pays(journey.page(payment))
    paid = await ada.confirms(order, payment)
    assert (paid["status"], paid["order"]["payment_status"]) == ("captured", "paid")
    await journey.succeeded(payment)
    assert await ada.standing(order) == "paid"
    return Bought(order, payment["intent_id"])


async def who_pays_by_a_saved_card_while_the_webhook_comes(journey: Journey) -> Bought:
    """She saves a card, and buys with it; Stripe's word overtakes Stripe's answer."""
    ada = journey.ada
    begun = await ada.does("POST", "/payments/methods", {"gateway": "stripe"})
    token = await journey.stripe.browser.hands_over(journey.page(begun))
    finish = {"gateway": "stripe", "setup_id": begun["setup_id"], "token": token}
    saved = (await ada.does("POST", "/payments/methods", finish))["method"]
    assert (saved["brand"], saved["last_four"]) == ("visa", GOOD[-4:])
    assert (await ada.does("GET", "/payments/methods"))["items"] == [saved]

    order = await ada.buys()
    payment = await ada.intends(order, method_id=saved["id"])
    async with journey.stripe.front.holding("/confirm") as hold:
        confirming = asyncio.create_task(ada.confirms(order, payment))
        await asyncio.wait_for(hold.done.wait(), PATIENCE_S)
        await journey.succeeded(payment)
        assert await ada.standing(order) == "paid"
        assert not confirming.done()
    assert (await confirming)["status"] == "captured"
    assert await ada.standing(order) == "paid"
    return Bought(order, payment["intent_id"])


async def a_part_goes_back(journey: Journey, bought: Bought) -> None:
    """Staff give a part back; Stripe tells of it too, and it has gone once."""
    order = bought.order
    await journey.staff.refunds(order, "5.00")
    (refund,) = await journey.stripe.listed("refunds")
    await journey.told(await journey.stripe.happened("refund.created", refund["id"]))
    assert await journey.staff.refunded(order) == [("5.00", "succeeded")]
    assert await journey.ada.standing(order) == "partially_refunded"


async def the_bank_hears_of_a_dispute(journey: Journey, bought: Bought) -> None:
    """She contests a payment, and the bank decides for the shop; nothing moves."""
    order, contested = bought.order, {"payment_intent": bought.intent_id, "amount": CHARGED}
    steps = (("created", "needs_response", "open"), ("closed", "won", "won"))
    for kind, status, shown in steps:
        dispute = {**shapes.dispute(status), **contested}
        await journey.told(journey.stripe.event(f"charge.dispute.{kind}", dispute))
        assert await journey.staff.disputes() == [(order["id"], TOTAL, shown)]
    assert await journey.ada.standing(order) == "paid"
