"""Stripe's list of events, which begins with the newest, told from the oldest."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from attrs import define, field

from automate_store.adapters.asking import opened_asker
from automate_store.adapters.stripe import StripeGateway, StripeKeys, StripeLine
from automate_store.adapters.stripe.events import LISTED
from automate_store.entrypoints.properties.moments import NOON
from tests.adapters.stripe import shapes
from tests.adapters.stripe.local import Params, read_request, serving

KEYS = StripeKeys(secret="sk_test_of_nobody", publishable="pk_test_x", webhooks=())
PAGE = 100


@define
class Listing:
    """Keeps events as Stripe lists them."""

    events: list[dict[str, Any]] = field(factory=list)
    asked: list[Params] = field(factory=list)
    url: str = ""

    def happens(self, *moments: datetime) -> list[str]:
        """Something, at each of the moments; the names of them, in their order."""
        for moment in moments:
            told = shapes.event(
                "payment_intent.succeeded",
                shapes.intent("succeeded"),
                id=f"evt_{len(self.events)}",
                created=int(moment.timestamp()),
            )
            self.events.append(told)
        return [event["id"] for event in self.events[-len(moments) :]]

    async def handle(self, request: web.Request) -> web.Response:
        params = (await read_request(request)).params
        self.asked.append(params)
        since, until = int(params["created[gte]"]), int(params.get("created[lt]", 10**12))
        found = [each for each in self.events if since <= each["created"] < until][::-1]
        if "starting_after" in params:
            after = [each["id"] for each in found].index(params["starting_after"]) + 1
            found = found[after:]
        page, limit = found[: int(params["limit"])], int(params["limit"])
        answer = {**shapes.listed(*page), "has_more": len(found) > limit, "url": "/v1/events"}
        return web.json_response(answer)


@pytest.fixture
async def listing() -> AsyncIterator[Listing]:
    listing = Listing()
    async with serving(listing.handle) as listing.url:
        yield listing


@pytest.fixture
async def gateway(listing: Listing) -> AsyncIterator[StripeGateway]:
    async with opened_asker(connect_s=2.0, read_s=5.0) as asker:
        line = StripeLine(KEYS, asker, url=listing.url)
        yield StripeGateway(line, clock=lambda: NOON, parts=False)


async def told(gateway: StripeGateway, since: datetime) -> Sequence[str]:
    return [each.id async for each in gateway.events(since)]


def ago(**how_long: float) -> datetime:
    return NOON - timedelta(**how_long)


async def test_a_quiet_month_takes_one_question(gateway: StripeGateway, listing: Listing) -> None:
    names = listing.happens(ago(days=29), ago(days=3), ago(seconds=5), NOON)
    assert await told(gateway, ago(days=30)) == names
    (asked,) = listing.asked
    assert asked["created[gte]"] == str(int(ago(days=30).timestamp()))
    assert "created[lt]" not in asked, "Stripe's clock may be before ours"
    assert [asked[f"types[{place}]"] for place in range(len(LISTED))] == list(LISTED)


async def test_busy_days_are_told_whole_from_the_oldest(
    gateway: StripeGateway, listing: Listing
) -> None:
    quiet = [ago(days=20) + timedelta(hours=6 * each) for each in range(40)]
    busy = [ago(days=2) + timedelta(seconds=30 * each) for each in range(500)]
    names = listing.happens(*quiet, *busy, NOON)
    assert await told(gateway, ago(days=30)) == names
    assert len(listing.asked) < 40
    assert not any("starting_after" in each for each in listing.asked)


async def test_more_than_a_page_in_one_second_is_told_page_by_page(
    gateway: StripeGateway, listing: Listing
) -> None:
    names = listing.happens(*[ago(seconds=7)] * 250, ago(seconds=6))
    assert await told(gateway, ago(minutes=1)) == names
    assert any("starting_after" in each for each in listing.asked)


async def test_what_stripes_clock_is_ahead_by_is_told_too(
    gateway: StripeGateway, listing: Listing
) -> None:
    names = listing.happens(NOON + timedelta(seconds=90))
    assert await told(gateway, ago(hours=1)) == names


async def test_nothing_is_asked_for_that_stripe_has_forgotten(
    gateway: StripeGateway, listing: Listing
) -> None:
    assert await told(gateway, ago(days=400)) == []
    assert listing.asked[0]["created[gte]"] == str(int(ago(days=30).timestamp()))


async def test_nothing_is_asked_of_what_is_yet_to_come(
    gateway: StripeGateway, listing: Listing
) -> None:
    assert await told(gateway, NOON + timedelta(seconds=1)) == []
    assert listing.asked == []
