"""
What promotions cost a checkout: two shops that differ in them alone, by turns.

Both have the catalogue of comparisons; one has so many active promotions, put there as
staff put them, of which two apply to every cart. Each round measures both, the second
one first every other time, so that what else the machine does hits both alike.
"""

from __future__ import annotations

import asyncio
import json
import statistics
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import attrs
from attrs import frozen

from automate_store.application.access import SYSTEM
from automate_store.application.promotions import PutPromotion, create_promotion
from automate_store.domain.promotions import Promotion
from automate_store.entrypoints.bootstrap import open_store
from automate_store.entrypoints.settings import Settings
from benchmarks.pricing.offers import for_a_shop
from benchmarks.rig.servers import environment
from benchmarks.rig.shop import Shop
from benchmarks.speed.flow import Context, checkout, quoted, setup
from benchmarks.speed.loads import Target, measure
from benchmarks.speed.report import JUDGED_AT, RESULTS, machine
from benchmarks.speed.shops import filled_shop

TARGET_MS = 1.0
"""A checkout does not get worse by more."""
APPLYING = 2


@frozen(kw_only=True)
class Compared:
    """CPU milliseconds of each checkout, round by round, without promotions and with them."""

    promotions: int
    without_ms: Sequence[float]
    with_ms: Sequence[float]
    errors: int
    target_ms: float = TARGET_MS

    @property
    def worse_by_ms(self) -> float:
        """The middle of the rounds' differences."""
        pairs = zip(self.with_ms, self.without_ms, strict=True)
        return round(statistics.median(more - less for more, less in pairs), 2)

    @property
    def missed(self) -> bool:
        """Whether it costs more than it may, or anything failed."""
        return self.errors > 0 or self.worse_by_ms > self.target_ms

    def text(self) -> str:
        """The two figures and the difference."""
        rounds = f"the middle of {len(self.with_ms)} differences"
        rows = {
            "checkout without promotions": _told(self.without_ms),
            f"checkout with {self.promotions} promotions": _told(self.with_ms),
            "worse by": f"{self.worse_by_ms:.2f} ms, {rounds}; target {self.target_ms:.1f}",
            "errors": self.errors,
            "on": machine(),
        }
        return "\n".join(f"{what:<30}{told}" for what, told in rows.items())

    def save(self) -> Path:
        """The figures as JSON; where."""
        RESULTS.mkdir(exist_ok=True)
        figures = {
            **attrs.asdict(self),
            "worse_by_ms": self.worse_by_ms,
            "machine": machine(),
            "measured_on": f"{datetime.now(UTC):%Y-%m-%d}",
        }
        file = RESULTS / "pricing_checkout.json"
        file.write_text(json.dumps(figures, indent=1) + "\n")
        return file


def compare(promotions: int, *, rounds: int, seconds: float) -> Compared:
    """The checkout of a shop without promotions beside that of one with so many."""
    with ExitStack() as stack:
        plain, promoted = (stack.enter_context(filled_shop({})) for _ in range(2))
        asyncio.run(promote(promoted, for_a_shop(promotions)))
        measured = asyncio.run(_rounds((plain, promoted), rounds, seconds))
    without_ms, with_ms, errors = measured
    return Compared(promotions=promotions, without_ms=without_ms, with_ms=with_ms, errors=errors)


async def promote(shop: Shop, promotions: Sequence[Promotion]) -> None:
    """Put the promotions into the shop by the use case that staff have."""
    settings = Settings.from_environment(environment(shop.settings))
    shown = [each.name for each in attrs.fields(PutPromotion)]
    async with open_store(settings, shop.database.url) as store:
        for promotion in promotions:
            wanted = PutPromotion(**{name: getattr(promotion, name) for name in shown})
            await create_promotion(wanted, actor=SYSTEM, ports=store.ports)


async def _rounds(
    shops: tuple[Shop, Shop], rounds: int, seconds: float
) -> tuple[list[float], list[float], int]:
    taken: tuple[list[float], list[float]] = ([], [])
    errors = 0
    connector, jar = aiohttp.TCPConnector(limit=0), aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(connector=connector, cookie_jar=jar) as session:
        contexts = [await setup(session, shop.bases[0]) for shop in shops]
        for shop, context, wanted in zip(shops, contexts, (0, APPLYING), strict=True):
            found = await _applying(session, shop.bases[0], context)
            assert len(found) == wanted, f"{found} apply, and {wanted} should"
        for number in range(rounds):
            for which in (0, 1) if number % 2 == 0 else (1, 0):
                speed = await _checkouts(shops[which], session, contexts[which], seconds)
                taken[which].append(speed.cpu_ms)
                errors += speed.errors
    return (*taken, errors)


async def _checkouts(
    shop: Shop, session: aiohttp.ClientSession, context: Context, seconds: float
) -> Any:
    (server,) = shop.servers
    return await measure(
        "checkout",
        checkout,
        target=Target(server.base, server.pid, shop.database.postmaster.pid),
        session=session,
        context=context,
        concurrency=JUDGED_AT,
        seconds=seconds,
    )


async def _applying(session: aiohttp.ClientSession, base: str, context: Context) -> set[str]:
    """The promotions that the trail of such a cart names."""
    _, answer = await quoted(session, base, context)
    trail = answer["quote"]["trace"]
    return {each["rule"] for each in trail if each["rule"].startswith("Offer ")}


def _told(ms: Sequence[float]) -> str:
    return f"{statistics.median(ms):.2f} ms CPU (middle), {min(ms):.2f} (least)"
