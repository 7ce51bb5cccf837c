"""A right request for every route of what gateways tell, and of what staff decide of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from attrs import evolve

from automate_store.application.reactions import REACTIONS
from automate_store.domain.kernel.ids import PaymentId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import GatewayEvent
from tests.http.bad_input import Sound
from tests.http.web import STAFF, Web

STAFF_HEADERS = {b"authorization": STAFF["Authorization"].encode()}
WEBHOOK = "/payments/memory/webhook"


def happened(web: Web, name: str, **more: Any) -> GatewayEvent:
    """Something that happened at the gateway, of no interest unless more is said of it."""
    return GatewayEvent(id=name, kind="something.happened", at=web.shop.clock(), **more)


def signed(web: Web, event: GatewayEvent) -> tuple[dict[str, str], bytes]:
    """The headers and the body that tell of it."""
    headers, body = web.shop.gateway.tell(event, at=web.shop.clock())
    return {**headers, "content-type": "application/octet-stream"}, body


async def parked(web: Web, order: Mapping[str, Any], cents: int = 1) -> dict[str, Any]:
    """A payment of the order of which the gateway reports so much instead."""
    payment = await web.intend(order)
    own = PaymentId(UUID(payment["id"]))
    async with web.shop.ports.reading() as reads:
        known = await reads.payments.get(own)
    report = web.shop.gateway.captured(known, amount=Money(cents, "USD"))
    event = happened(web, f"evt_{own}", payment_id=own, news=report)
    headers, body = signed(web, event)
    told = await web.ask("POST", WEBHOOK, raw=body, headers=headers)
    assert told.status_code == 200, told.text
    await web.shop.store.react(REACTIONS, web.shop.ports)
    return payment


async def telling_requests(web: Web, order: Mapping[str, Any]) -> Mapping[str, Sound]:
    """Each where what it is about is at the right point of its life."""
    payment = await parked(web, order)
    headers, body = signed(web, happened(web, "evt_sound"))
    events = await web.ask("GET", "/admin/payments/events", headers=STAFF)
    (event,) = [each for each in events.json()["items"] if each["payment_id"] == payment["id"]]
    webhook = Sound(
        path=f"/api/v1{WEBHOOK}",
        body=None,
        headers={name.encode(): value.encode() for name, value in headers.items()},
    )
    return {
        "take_webhook": evolve(webhook, raw=body),
        "replay_event": Sound(
            path=f"/api/v1/admin/payments/events/{event['id']}/replay",
            body=None,
            headers=STAFF_HEADERS,
        ),
        "dismiss_event": Sound(
            path=f"/api/v1/admin/payments/events/{event['id']}/dismiss",
            body={"reason": "a test"},
            headers=STAFF_HEADERS,
        ),
        "resolve_payment": Sound(
            path=f"/api/v1/admin/payments/{payment['id']}/resolve",
            body={"resolution": "dismiss", "reason": "a test"},
            headers=STAFF_HEADERS,
        ),
    }
