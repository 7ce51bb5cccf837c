"""A Stripe for each worker, and a gateway to it for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from automate_store.adapters.asking import opened_asker
from automate_store.adapters.stripe import StripeGateway, StripeKeys, StripeLine
from automate_store.adapters.system import SystemClock
from tests.adapters.stripe import scripted
from tests.adapters.stripe.local import (
    PUBLISHABLE_KEY,
    SECRET_KEY,
    Front,
    running_localstripe,
    serving,
    standing_front,
)
from tests.adapters.stripe.scripted import Script
from tests.adapters.stripe.shopper import Shopper

KEYS = StripeKeys(secret=SECRET_KEY, publishable=PUBLISHABLE_KEY, webhooks=("whsec_now",))


@pytest.fixture(scope="session")
def localstripe() -> Iterator[str]:
    with running_localstripe() as url:
        yield url


@pytest.fixture
async def front(localstripe: str) -> AsyncIterator[Front]:
    async with standing_front(localstripe) as front:
        yield front


@pytest.fixture
def shopper(front: Front) -> Shopper:
    return Shopper(front.url)


@pytest.fixture
async def gateway(front: Front) -> AsyncIterator[StripeGateway]:
    async with opened_asker(connect_s=2.0, read_s=5.0) as asker:
        line = StripeLine(KEYS, asker, url=front.url)
        yield StripeGateway(line, clock=SystemClock(), parts=True)


@pytest.fixture
async def script() -> AsyncIterator[Script]:
    script = Script()
    async with serving(script.handle) as script.url:
        yield script


@pytest.fixture
async def line(script: Script) -> AsyncIterator[StripeLine]:
    async with opened_asker(connect_s=0.5, read_s=0.2) as asker:
        yield StripeLine(scripted.KEYS, asker, url=script.url)
