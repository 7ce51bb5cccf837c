"""What becomes of Stripe's answers, the bad ones above all, and what it is asked."""

from __future__ import annotations

import asyncio
import logging
from typing import Any
from uuid import UUID

import pytest
import structlog

from automate_store.adapters.asking import opened_asker
from automate_store.adapters.stripe import API_VERSION, StripeGateway, StripeLine
from automate_store.application.errors import GatewayRefused, GatewayUnavailable, KeyRefused
from automate_store.domain.payments import (
    CaptureMode,
    PaymentState,
    PaymentTerms,
)
from automate_store.entrypoints.properties.moments import NOON
from tests.adapters.stripe import shapes
from tests.adapters.stripe.scripted import ID, KEYS, SECRET, Script, known, payment


@pytest.fixture
def gateway(line: StripeLine) -> StripeGateway:
    return StripeGateway(line, clock=lambda: NOON, parts=False)


async def test_an_intent_is_asked_for_by_what_our_row_says(
    gateway: StripeGateway, script: Script
) -> None:
    script.says(shapes.intent("requires_payment_method"))
    report = await gateway.create_intent(payment())
    (asked,) = script.asked
    assert (asked.method, asked.path) == ("POST", "/v1/payment_intents")
    assert asked.params == {
        "amount": "1999",
        "currency": "usd",
        "capture_method": "automatic_async",
        "automatic_payment_methods[enabled]": "true",
        "automatic_payment_methods[allow_redirects]": "always",
        "metadata[payment_id]": str(ID),
        "metadata[order_id]": str(UUID(int=2)),
    }
    assert asked.headers["Idempotency-Key"] == str(ID)
    assert asked.headers["Stripe-Version"] == API_VERSION == "2026-10-28.endive"
    assert asked.headers["Authorization"] == f"Bearer {SECRET}"
    assert report.state is PaymentState.PENDING
    assert report.client == {
        "client_secret": f"{shapes.INTENT_ID}_secret_YrKJUKribcBjcG8HVhfZluoGH",
        "publishable_key": "pk_test_x",
    }


async def test_terms_are_asked_for(gateway: StripeGateway, script: Script) -> None:
    script.says(shapes.intent("requires_confirmation"))
    terms = PaymentTerms(
        capture=CaptureMode.MANUAL, customer="cus_1", method="pm_1", keep_method=True
    )
    await gateway.create_intent(payment(terms=terms))
    (asked,) = script.asked
    assert asked.params["capture_method"] == "manual"
    assert asked.params["customer"] == "cus_1"
    assert asked.params["payment_method"] == "pm_1"
    assert asked.params["setup_future_usage"] == "on_session"
    # We confirm it, and there is no page of ours that a bank's could lead back to.
    assert asked.params["automatic_payment_methods[allow_redirects]"] == "never"
    # Accounts that may not capture in parts are refused where they ask whether they may.
    assert not any("multicapture" in name for name in asked.params)


async def test_an_account_that_may_asks_to_capture_in_parts(
    line: StripeLine, script: Script
) -> None:
    script.says(shapes.intent("requires_payment_method"))
    gateway = StripeGateway(line, clock=lambda: NOON, parts=True)
    await gateway.create_intent(payment(terms=PaymentTerms(capture=CaptureMode.MANUAL)))
    name = "payment_method_options[card][request_multicapture]"
    assert script.asked[0].params[name] == "if_available"


async def test_an_intent_that_is_known_is_looked_up(gateway: StripeGateway, script: Script) -> None:
    script.says(shapes.intent("requires_action"))
    assert (await gateway.create_intent(known())).state is PaymentState.REQUIRES_ACTION
    assert [each.method for each in script.asked] == ["GET"]


async def test_nothing_opens_a_payment_that_is_over(gateway: StripeGateway, script: Script) -> None:
    for status in ("succeeded", "canceled", "processing", "requires_capture"):
        script.says(shapes.intent(status))
        assert (await gateway.fetch(known())).client == {}


async def test_a_decline_is_no_error_but_a_report(gateway: StripeGateway, script: Script) -> None:
    words = "Your card has insufficient funds."
    last = shapes.intent("requires_payment_method", last_payment_error=shapes.declined())
    script.says(shapes.intent("requires_confirmation"), (402, {"error": shapes.declined()}), last)
    report = await gateway.confirm(known())
    assert (report.state, report.failure) == (PaymentState.FAILED, words)
    assert report.client, "another card may be tried"
    assert script.asked[1].headers["Idempotency-Key"] == f"{ID}:confirm"


async def test_a_second_card_after_a_decline_is_another_confirmation(
    gateway: StripeGateway, script: Script
) -> None:
    script.says(
        shapes.intent("requires_confirmation", latest_charge="ch_declined"),
        shapes.intent("succeeded", latest_charge="ch_good"),
    )
    assert (await gateway.confirm(known())).state is PaymentState.CAPTURED
    assert script.asked[1].headers["Idempotency-Key"] == f"{ID}:confirm:ch_declined"


async def test_what_the_browser_has_done_is_not_done_again(
    gateway: StripeGateway, script: Script
) -> None:
    for status in ("requires_payment_method", "requires_action", "processing", "succeeded"):
        script.says(shapes.intent(status))
        await gateway.confirm(known())
    assert {each.method for each in script.asked} == {"GET"}


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (400, shapes.error("amount_too_small", "Amount must be at least $0.50 usd.")),
        (404, shapes.error("resource_missing", "No such customer: 'cus_1'")),
        (400, shapes.error(None, "Keys for idempotent requests ...", type="idempotency_error")),
    ],
)
async def test_what_stripe_refuses_is_refused_in_its_words(
    gateway: StripeGateway, script: Script, status: int, answer: dict[str, Any]
) -> None:
    script.says((status, answer))
    with pytest.raises(GatewayRefused) as refused:
        await gateway.create_intent(payment())
    assert refused.value.reason == answer["error"]["message"].rstrip(".")


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (500, shapes.error(None, "An unknown error occurred", type="api_error")),
        (502, "<html>Bad gateway</html>"),
        (503, ""),
        (429, shapes.error("rate_limit", "Too many requests")),
        (429, shapes.error("lock_timeout", "This object cannot be accessed right now")),
        (400, shapes.error("lock_timeout", "This object cannot be accessed right now")),
        (409, shapes.error("idempotency_key_in_use", "There is another request in progress")),
        (200, "<html>A proxy's own page</html>"),
        (200, {}),
        (200, shapes.intent("a_status_of_2030")),
    ],
)
async def test_where_it_is_unknown_what_happened_it_is_to_be_asked_again(
    gateway: StripeGateway, script: Script, status: int, answer: object
) -> None:
    script.says((status, answer))
    with pytest.raises(GatewayUnavailable):
        await gateway.create_intent(payment())
    assert len(script.asked) == 1, "the guard asks again, and the library does not"


async def test_an_answer_is_waited_for_no_longer_than_is_set(
    gateway: StripeGateway, script: Script
) -> None:
    script.hangs = True
    async with asyncio.timeout(5):
        with pytest.raises(GatewayUnavailable):
            await gateway.fetch(known())


async def test_who_can_not_be_reached_does_not_answer() -> None:
    async with opened_asker(connect_s=0.2, read_s=0.2) as asker:
        line = StripeLine(KEYS, asker, url="http://127.0.0.1:9")
        with pytest.raises(GatewayUnavailable):
            await StripeGateway(line, clock=lambda: NOON, parts=False).fetch(known())


@pytest.mark.parametrize("status", [401, 403])
async def test_a_key_that_is_refused_is_logged_and_not_shown(
    gateway: StripeGateway, script: Script, status: int
) -> None:
    script.says((status, shapes.error(None, f"Invalid API Key provided: {SECRET}")))
    with structlog.testing.capture_logs() as logs, pytest.raises(GatewayUnavailable) as away:
        await gateway.create_intent(payment())
    assert [line["event"] for line in logs] == ["stripe_refuses_the_key"]
    assert SECRET not in repr(logs) + repr(away.value) + repr(away.value.__cause__)
    assert isinstance(away.value.__cause__, KeyRefused)


async def test_no_secret_is_in_the_log_even_where_everything_is(
    gateway: StripeGateway, script: Script, caplog: pytest.LogCaptureFixture
) -> None:
    script.says(shapes.intent("requires_action"), (400, shapes.error(None, "no")))
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("aiohttp").debug("what is written is heard")
        await gateway.fetch(known())
        with pytest.raises(GatewayRefused):
            await gateway.create_intent(payment())
    assert "is heard" in caplog.text
    assert SECRET not in caplog.text
    assert "_secret_" not in caplog.text
