"""The line to PayPal: its token, its silences, and what it keeps to itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import structlog
from attrs import evolve

from automate_store.adapters.asking import Asker, opened_asker
from automate_store.adapters.memory import MemoryClock
from automate_store.adapters.paypal import PayPalLine
from automate_store.adapters.paypal import line as lines
from automate_store.adapters.paypal.line import RENEWED_BEFORE, TOKEN
from automate_store.adapters.paypal.orders import Order
from automate_store.application.errors import GatewayUnavailable
from automate_store.entrypoints.properties.moments import NOON
from tests.adapters.paypal.scene import account_at
from tests.adapters.paypal.server import CLIENT_ID, LIFETIME_S, SECRET, PayPalFake

ORDER = "/v2/checkout/orders/ORDER000001"
ASKED = {
    "intent": "CAPTURE",
    "purchase_units": [{"amount": {"currency_code": "USD", "value": "19.99"}}],
}
SHORT_S = 0.05


class Caller:
    """A line with a clock of its own, to a fake that has one order."""

    def __init__(self, fake: PayPalFake, asker: Asker) -> None:
        self.clock = MemoryClock(NOON)
        self.line = PayPalLine(account_at(fake.base), asker, clock=self.clock)
        fake.books.create_order(dict(ASKED))

    async def ask(self) -> Order:
        return await self.line.get(ORDER, Order)


@pytest.fixture
async def asker() -> AsyncIterator[Asker]:
    async with opened_asker(connect_s=5.0, read_s=5.0) as asker:
        yield asker


@pytest.fixture
def caller(fake: PayPalFake, asker: Asker) -> Caller:
    return Caller(fake, asker)


async def test_a_token_serves_until_shortly_before_its_end(
    caller: Caller, fake: PayPalFake
) -> None:
    await caller.ask()
    caller.clock.advance(timedelta(seconds=LIFETIME_S) - RENEWED_BEFORE - timedelta(seconds=1))
    await caller.ask()
    assert fake.asked[TOKEN] == 1
    caller.clock.advance(timedelta(seconds=1))
    await caller.ask()
    assert fake.asked[TOKEN] == 2


async def test_however_many_ask_at_once_one_fetches_a_token(
    caller: Caller, fake: PayPalFake
) -> None:
    await asyncio.gather(*(caller.ask() for _ in range(20)))
    assert (fake.asked[TOKEN], fake.asked[ORDER]) == (1, 20)


async def test_a_token_that_was_taken_back_is_fetched_anew_once_for_all(
    caller: Caller, fake: PayPalFake
) -> None:
    await caller.ask()
    fake.forget_tokens()
    await asyncio.gather(*(caller.ask() for _ in range(5)))
    assert fake.asked[TOKEN] == 2


async def test_a_fresh_token_that_does_not_count_is_not_fetched_for_ever(
    caller: Caller, fake: PayPalFake
) -> None:
    await caller.ask()
    fake.barred = True
    with pytest.raises(GatewayUnavailable):
        await caller.ask()
    assert (fake.asked[TOKEN], fake.asked[ORDER]) == (2, 3)


async def test_a_wrong_secret_is_told_to_who_can_mend_it_and_not_said(
    fake: PayPalFake, asker: Asker
) -> None:
    account = evolve(account_at(fake.base), secret="not-the-secret")
    line = PayPalLine(account, asker, clock=MemoryClock(NOON))
    with structlog.testing.capture_logs() as logs, pytest.raises(GatewayUnavailable) as away:
        await line.get(ORDER, Order)
    assert [(each["event"], each["log_level"]) for each in logs] == [
        ("paypal_refuses_the_key", "error")
    ]
    assert "not-the-secret" not in f"{away.value} {logs}"


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_token_that_can_not_be_had_now_is_no_refusal(
    caller: Caller, fake: PayPalFake, status: int
) -> None:
    fake.fail = [status]
    with pytest.raises(GatewayUnavailable):
        await caller.ask()
    assert (await caller.ask()).id == "ORDER000001"


async def test_who_does_not_answer_is_not_waited_for(fake: PayPalFake) -> None:
    async with opened_asker(connect_s=SHORT_S, read_s=SHORT_S) as asker:
        caller = Caller(fake, asker)
        fake.hang = True
        with pytest.raises(GatewayUnavailable):
            await caller.ask()


async def test_who_is_not_there_is_unavailable(asker: Asker) -> None:
    line = PayPalLine(account_at("http://127.0.0.1:1"), asker, clock=MemoryClock(NOON))
    with pytest.raises(GatewayUnavailable):
        await line.get(ORDER, Order)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"id": 1}', b"\xff"])
async def test_an_answer_that_can_not_be_read_says_nothing_of_what_happened(
    caller: Caller, fake: PayPalFake, body: bytes
) -> None:
    await caller.ask()
    fake.instead = body
    with pytest.raises(GatewayUnavailable):
        await caller.ask()


async def test_an_answer_without_an_end_is_not_read_to_its_end(
    caller: Caller, fake: PayPalFake
) -> None:
    await caller.ask()
    told = b'{"id": "ORDER000001", "status": "CREATED", "more": "'
    fake.instead = told + b"x" * lines.LONGEST_ANSWER + b'"}'
    with pytest.raises(GatewayUnavailable):
        await caller.ask()


async def test_no_secret_is_shown_or_logged(
    caller: Caller, fake: PayPalFake, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await caller.ask()
    fake.fail = [500]
    with pytest.raises(GatewayUnavailable) as failed:
        await caller.ask()
    chain = [failed.value, failed.value.__cause__, failed.value.__context__]
    shown = f"{caller.line.account!r} {chain!r} {caplog.text}"
    token = "A21AA"
    assert not [each for each in (SECRET, CLIENT_ID, token) if each in shown]
