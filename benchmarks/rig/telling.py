"""Telling a shop by hand what happened at its gateway: when, where and as often as one likes."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from automate_store.adapters.fake.signing import SIGNATURE, sign
from benchmarks.rig.gateway import SECRET, WEBHOOK
from benchmarks.rig.shoppers import Answer, Shoppers

Happened = Mapping[str, Any]
"""An event as the gateway's list has it."""


async def tell(shoppers: Shoppers, event: Happened) -> Answer:
    """One delivery to the server whose turn it is, signed at this moment."""
    body = json.dumps(event).encode()
    return await shoppers.ask("POST", WEBHOOK, raw=body, headers=signed(body))


def signed(body: bytes) -> Mapping[str, str]:
    """The headers of a delivery that the gateway signs at this moment."""
    return {SIGNATURE: sign(SECRET, body, at=datetime.now(UTC))}


def fresh_event() -> Happened:
    """A capture that nobody has told of yet, of a payment that no shop knows."""
    intent = {
        "id": f"in_{uuid4().hex}",
        "amount": 4500,
        "currency": "USD",
        "state": "captured",
        "authorised": 4500,
        "captured": 4500,
        "failure": None,
    }
    return {
        "id": f"evt_{uuid4().hex}",
        "type": "intent.captured",
        "at": datetime.now(UTC).isoformat(),
        "intent_id": intent["id"],
        "payment_id": str(uuid4()),
        "data": {"intent": intent},
    }


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
