"""Telling a shop by hand what happened at its gateway: when, where and as often as one likes."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from automate_store.adapters.fake.signing import SIGNATURE, sign
from benchmarks.rig.gateway import SECRET, WEBHOOK
from benchmarks.rig.shoppers import Answer, Shoppers

Happened = Mapping[str, Any]
"""An event as the gateway's list has it."""


async def tell(shoppers: Shoppers, event: Happened) -> Answer:
    """One delivery to the server whose turn it is, signed at this moment."""
    body = json.dumps(event).encode()
    headers = {SIGNATURE: sign(SECRET, body, at=datetime.now(UTC))}
    return await shoppers.ask("POST", WEBHOOK, raw=body, headers=headers)


def older(event: Happened, by: timedelta) -> Happened:
    """The event as if it had happened that much earlier."""
    then = datetime.fromisoformat(event["at"]) - by
    return {**event, "at": then.isoformat()}


def by_intent(events: Iterable[Happened]) -> Mapping[str, Sequence[Happened]]:
    """What happened to each intent, the oldest first."""
    found: dict[str, list[Happened]] = defaultdict(list)
    for event in events:
        found[event["intent_id"]].append(event)
    return found
