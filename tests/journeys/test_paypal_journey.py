"""
A shop that takes money through PayPal, from the first approval to the last dispute, over HTTP.

The shop and PostgreSQL are processes of their own; the fake PayPal answers over TLS, and signs
by a certificate that it serves. That a shopper has to agree on PayPal's page is what 3-D Secure
is elsewhere: PayPal asks the bank there, and shops hear no more of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from attrs import frozen

from benchmarks.rig.servers import serve
from benchmarks.rig.shoppers import Shoppers
from benchmarks.rig.watching import WATCHING
from tests.adapters.paypal.server import SECRET
from tests.journeys.card_numbers import (
    Card,
    files_with,
    places_of,
    places_written,
    remember_what_is_written,
)
from tests.journeys.customers import TOUCHED_BY_MONEY, WATCHED, Bought, Customer, Staff, kept
from tests.journeys.paypal_desk import PayPalDesk, open_paypal
from tests.journeys.shops import PATIENCE_S, Shop

TOTAL, CHARGED = "14.98", 1498
VISA, DEBIT = "4111111111111111", "4032039317984658"
CARDS = (Card(VISA, "719"), Card(DEBIT, "719"))
APPROVED, COMPLETED = "CHECKOUT.ORDER.APPROVED", "PAYMENT.CAPTURE.COMPLETED"


@frozen
class Journey:
    """Ada, the staff, and PayPal."""

    ada: Customer
    staff: Staff
    paypal: PayPalDesk

    async def told(self, kind: str, about: str) -> None:
        """PayPal tells of it twice, and the shop has dealt with it once."""
        event = self.paypal.happened(kind, about)
        for _ in range(2):
            answer = await self.paypal.tell(self.ada.shoppers, event)
            assert (answer.status, answer.body) == (200, {"received": True})
        heard = await self.staff.heard(event["id"])
        assert (heard["status"], heard["why"]) == ("processed", None)


@asynccontextmanager
async def begun(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Journey]:
    """The shop, which keeps a copy of all that it writes and logs all that it can."""
    remember_what_is_written(shop.settings["database_url"])
    with open_paypal(shop.folder) as paypal:
        for name, value in paypal.variables().items():
            monkeypatch.setenv(name, value)
        shop.settings |= {**paypal.settings(), **WATCHED}
        server = serve(shop.settings, log=shop.folder / "server.log", program=WATCHING)
        shop.servers.append(server)
        server.wait_until_ready()
        async with Shoppers([server.base]) as shoppers:
            ada = await Customer.registered(shoppers, "paypal", shop.variant("MUG"))
            yield Journey(ada, Staff(shoppers, "paypal"), paypal)


async def test_from_the_first_approval_to_a_dispute(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with begun(shop, monkeypatch) as journey:
        agreed, came_back, by_saved = [
            await who_agrees_and_whose_webhook_comes_first(journey),
            await who_comes_back_and_whose_webhook_comes_after(journey),
            await who_pays_by_what_is_saved_while_the_webhook_comes(journey),
        ]
        await a_part_goes_back(journey, came_back)
        await a_dispute_is_decided(journey, agreed)
        reconciled = await asyncio.to_thread(shop.command, "reconcile")
        captures, typed = journey.paypal.captures().items(), journey.paypal.fake.typed
    assert kept(shop) == {
        agreed.intent_id: ("captured", CHARGED, 0),
        came_back.intent_id: ("captured", CHARGED, 500),
        by_saved.intent_id: ("captured", CHARGED, 0),
    }
    assert {order: (each["status"], each["amount"]["value"]) for order, each in captures} == {
        agreed.intent_id: ("COMPLETED", TOTAL),
        came_back.intent_id: ("PARTIALLY_REFUNDED", TOTAL),
        by_saved.intent_id: ("COMPLETED", TOTAL),
    }
    assert "0 changes" in reconciled
    assert "agree" in reconciled

    assert typed == [VISA, DEBIT, DEBIT]
    assert files_with(["payment_disputed"], shop.folder) == ["server.log"]
    url = shop.settings["database_url"]
    assert places_written(url) >= TOUCHED_BY_MONEY
    assert places_of(CARDS, url=url, folder=shop.folder) == []
    assert files_with([SECRET, "A21AA-"], shop.folder) == []


async def who_agrees_and_whose_webhook_comes_first(journey: Journey) -> Bought:
    """She agrees on PayPal's page; its word is there before she is back on the shop's."""
    ada = journey.ada
    order = await ada.buys()
    payment = await ada.intends(order)
    assert (payment["status"], payment["amount"]["amount"]) == ("requires_action", TOTAL)
    assert (await ada.confirms(order, payment))["status"] == "requires_action"
    assert await ada.standing(order) == "pending"

    await journey.paypal.agrees(payment, VISA)
    await journey.told(APPROVED, payment["intent_id"])
    assert await ada.standing(order) == "paid"
    paid = await ada.confirms(order, payment)
    assert (paid["status"], paid["captured"]["amount"]) == ("captured", TOTAL)
    await journey.told(COMPLETED, payment["intent_id"])
    return Bought(order, payment["intent_id"])


async def who_comes_back_and_whose_webhook_comes_after(journey: Journey) -> Bought:
    """The shop knows already what PayPal tells, and that the wrong way round."""
    ada = journey.ada
    order = await ada.buys()
    payment = await ada.intends(order)
    await journey.paypal.agrees(payment, DEBIT)
    paid = await ada.confirms(order, payment)
    assert (paid["status"], paid["order"]["payment_status"]) == ("captured", "paid")
    for kind in (COMPLETED, APPROVED):
        await journey.told(kind, payment["intent_id"])
        assert await ada.standing(order) == "paid"
    return Bought(order, payment["intent_id"])


async def who_pays_by_what_is_saved_while_the_webhook_comes(journey: Journey) -> Bought:
    """She lets PayPal keep how she pays, and buys with it; its word overtakes its answer."""
    ada = journey.ada
    begun = await ada.does("POST", "/payments/methods", {"gateway": "paypal"})
    await journey.paypal.agrees(begun, DEBIT)
    finish = {"gateway": "paypal", "setup_id": begun["setup_id"]}
    careless = await ada.ask("POST", "/payments/methods", {**finish, "token": DEBIT})
    assert careless.label() == "409 gateway_refused"
    finish["token"] = begun["client"]["setup_token"]
    saved = (await ada.does("POST", "/payments/methods", finish))["method"]
    assert saved["brand"] == "paypal"
    await journey.told("VAULT.PAYMENT-TOKEN.CREATED", *journey.paypal.fake.books.tokens)
    assert (await ada.does("GET", "/payments/methods"))["items"] == [saved]

    order = await ada.buys()
    payment = await ada.intends(order, method_id=saved["id"])
    with journey.paypal.fake.holding("/capture") as done:
        confirming = asyncio.create_task(ada.confirms(order, payment))
        assert await asyncio.to_thread(done.wait, PATIENCE_S)
        await journey.told(COMPLETED, payment["intent_id"])
        assert await ada.standing(order) == "paid"
        assert not confirming.done()
    assert (await confirming)["status"] == "captured"
    assert await ada.standing(order) == "paid"
    return Bought(order, payment["intent_id"])


async def a_part_goes_back(journey: Journey, bought: Bought) -> None:
    """Staff give a part back; PayPal tells of it too, and it has gone once."""
    await journey.staff.refunds(bought.order, "5.00")
    (refund,) = [each for each in journey.paypal.fake.books.parts if "REFUND" in each]
    await journey.told("PAYMENT.CAPTURE.REFUNDED", refund)
    assert await journey.staff.refunded(bought.order) == [("5.00", "succeeded")]
    assert await journey.ada.standing(bought.order) == "partially_refunded"


async def a_dispute_is_decided(journey: Journey, bought: Bought) -> None:
    """She contests a payment, and PayPal decides for the shop; nothing moves."""
    books, order = journey.paypal.fake.books, bought.order
    dispute = books.contest(journey.paypal.captures()[bought.intent_id]["id"])
    await journey.told("CUSTOMER.DISPUTE.CREATED", dispute["dispute_id"])
    assert await journey.staff.disputes() == [(order["id"], TOTAL, "open")]
    books.resolve(dispute, "RESOLVED_SELLER_FAVOUR")
    await journey.told("CUSTOMER.DISPUTE.RESOLVED", dispute["dispute_id"])
    assert await journey.staff.disputes() == [(order["id"], TOTAL, "won")]
    assert await journey.ada.standing(order) == "paid"
