"""From a guest with a cart to a customer, and out again: orders stay, the person is gone."""

from __future__ import annotations

import pytest

from benchmarks.rig.accounts import PASSWORD, member, registration
from benchmarks.rig.leftovers import find_anywhere
from benchmarks.rig.mails import Mailbox
from benchmarks.rig.shoppers import ADDRESS, API, Shoppers, fresh_key
from tests.journeys.shops import STAFF, Shop, assert_ok

EMAIL = "zora.quintrell@example.com"
PERSON = {"first_name": "Zora", "last_name": "Quintrell", "phone": "+1 212 555 0199"}
HOME = {**ADDRESS, **PERSON, "address_line_1": "77 Xylophone Terrace"}
TRACES = ("zora", "quintrell", "555 0199", "xylophone")


@pytest.mark.slow
async def test_somebody_comes_buys_and_leaves_without_a_trace(shop: Shop) -> None:
    servers = [shop.serve(), shop.serve()]
    mails = Mailbox(shop.folder / "mails")
    async with Shoppers([server.base for server in servers]) as shoppers:
        guest = await shoppers.fill([(shop.variant("MUG"), 2)])
        before = await shoppers.order(
            await shoppers.fill([(shop.variant("MUG"), 1)]), key=fresh_key(), email=EMAIL
        )
        answer = await shoppers.ask("POST", f"{API}/auth/register", registration(EMAIL, **PERSON))
        zora = member(answer)

        secret = (await mails.link(EMAIL, "verify-email")).secret
        proof = {"token": secret, "password": PASSWORD}
        verified = await shoppers.ask("POST", f"{API}/auth/verify-email", proof)
        assert_ok(verified)
        cart = {**zora.headers, "X-Cart-Token": guest}
        merged = await shoppers.ask("POST", f"{API}/cart/merge", headers=cart)
        assert [item["quantity"] for item in merged.body["items"]] == [2]
        assert (await shoppers.show(guest)).status == 404

        assert_ok(await shoppers.ask("POST", f"{API}/auth/addresses", HOME, headers=zora.headers))
        keyed = {**zora.headers, "Idempotency-Key": fresh_key()}
        body = {"email": EMAIL, "shipping_address": HOME, "shipping_method": "standard"}
        order = await shoppers.ask("POST", f"{API}/orders", body, headers=keyed)
        assert order.status == 201, order
        for each in (before, order):
            path = f"{API}/orders/{each.body['id']}"
            assert_ok(await shoppers.ask("GET", path, headers=zora.headers))

        leaving = f"{API}/auth/delete-account"
        proof = {"password": PASSWORD}
        open_still = await shoppers.ask("DELETE", leaving, proof, headers=zora.headers)
        assert (open_still.status, open_still.code) == (409, "orders_open")
        for each in (before, order):
            await _settled(shoppers, each.body["id"])

        export = await shoppers.ask("GET", f"{API}/auth/export", headers=zora.headers)
        for kept in (EMAIL, "Quintrell", "77 Xylophone Terrace", order.body["number"]):
            assert kept in str(export.body)
        out = f"{API}/auth/logout-everywhere"
        assert_ok(await shoppers.ask("POST", out, headers=zora.headers, server=0))
        for server in range(2):
            me = await shoppers.ask("GET", f"{API}/auth/me", headers=zora.headers, server=server)
            assert (me.status, me.code) == (401, "session_over")

        again = await shoppers.ask("POST", f"{API}/auth/login", {"email": EMAIL, **proof})
        headers = member(again).headers
        assert_ok(await shoppers.ask("DELETE", leaving, proof, headers=headers))
        kept = await shoppers.ask("GET", f"{API}/orders/{order.body['id']}", headers=STAFF)
        assert kept.body["quote"] == order.body["quote"]
    shop.stop()
    assert find_anywhere(shop.settings["database_url"], TRACES) == []
    assert "The books agree." in shop.command("audit")


async def _settled(shoppers: Shoppers, order_id: str) -> None:
    """The order paid by whoever runs the shop, shipped and delivered."""

    async def ask(path: str, body: object) -> dict[str, str]:
        keyed = {**STAFF, "Idempotency-Key": fresh_key()}
        answer = await shoppers.ask("POST", API + path, body, headers=keyed)
        assert_ok(answer)
        told: dict[str, str] = answer.body
        return told

    intent = await ask("/payments/create-intent", {"order_id": order_id, "gateway": "manual"})
    await ask("/payments/confirm", {"order_id": order_id, "payment_id": intent["id"]})
    await ask(f"/admin/orders/{order_id}/shipments", {})
    await ask(f"/admin/orders/{order_id}/deliver", None)
