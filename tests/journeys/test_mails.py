"""From a purchase to the customer's mailbox, over a mail server."""

from __future__ import annotations

import asyncio

from attrs import evolve

from automate_store.application.ports.messages import MailSecurity
from benchmarks.rig.shoppers import API, Shoppers, fresh_key
from tests.adapters.smtp.servers import HOST, Certificate, Mailroom, serving
from tests.journeys.shops import PATIENCE_S, POLL_S, STAFF, Shop, assert_ok
from tests.mails import received


async def test_the_mails_of_a_purchase_come_over_the_mail_server(shop: Shop) -> None:
    certificate = Certificate.make(shop.folder)
    async with serving(MailSecurity.NONE, certificate) as (port, room):
        told = {
            "smtp_host": HOST,
            "smtp_port": str(port),
            "smtp_security": "none",
            "mail_from": "shop@shop.example",
        }
        served = evolve(shop, settings={**shop.settings, **told})
        server = await asyncio.to_thread(served.serve)
        async with Shoppers([server.base]) as shoppers:
            cart = await shoppers.fill([(shop.variant("MUG"), 1)])
            order = await shoppers.order(cart, key=fresh_key())
            assert_ok(await shoppers.pay(order.body, order.body["token"]))
            await _arrived(room, 1)
            path = f"{API}/admin/orders/{order.body['id']}/shipments"
            keyed = {**STAFF, "Idempotency-Key": fresh_key()}
            assert_ok(await shoppers.ask("POST", path, {"carrier": "Post"}, headers=keyed))
            await _arrived(room, 2)
    confirmed, shipped = (received(raw) for raw in room.arrived)
    assert "is confirmed" in confirmed.subject
    assert "is on its way" in shipped.subject
    for mail in (confirmed, shipped):
        assert order.body["number"] in mail.text
        assert mail.html is not None
        assert order.body["number"] in mail.html
    assert not (shop.folder / "mails").exists()


async def _arrived(room: Mailroom, count: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while len(room.arrived) < count:  # noqa: ASYNC110 - another process's
            await asyncio.sleep(POLL_S)
