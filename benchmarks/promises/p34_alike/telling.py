"""Webhooks where the limits are those of a new shop: a provider tells all from one address."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping

from benchmarks.promises.run import Run
from benchmarks.rig.shop import Shop
from benchmarks.rig.shoppers import API, Shoppers
from benchmarks.rig.telling import fresh_event, tell

GENERAL = 100
AS_NEW: Mapping[str, str] = {"limit_general": f"{GENERAL}/15m", "limit_checkout": "10/1h"}
MINUTE_S = 60.0


async def telling_is_uncounted(shop: Shop, run: Run) -> None:
    """A thousand in a minute are taken, and leave whoever else is there their own limit."""
    events = run.size(1_000, 3 * GENERAL)
    seen: Counter[str] = Counter()
    with shop.beside(AS_NEW) as (server,):
        async with Shoppers([server.base]) as shoppers:
            began = time.monotonic()
            for _ in range(events):
                seen[(await tell(shoppers, fresh_event())).label()] += 1
            took_s = time.monotonic() - began
            reads = [await shoppers.ask("GET", f"{API}/categories") for _ in range(GENERAL + 1)]
    run.tries += events + len(reads)
    run.measured["webhooks"] = dict(seen) | {"seconds": round(took_s, 1)}
    run.equal("webhooks from one address", dict(seen), {"200": events})
    run.within("as many webhooks", took_s, MINUTE_S)
    answers = Counter(each.label() for each in reads)
    run.equal("reads from there", answers, {"200": GENERAL, "429 rate_limited": 1})
