"""From the shelf to the parcel, over HTTP, with real processes."""

from __future__ import annotations

import pytest

from benchmarks.rig.shoppers import ADDRESS, API, Shoppers, fresh_key
from tests.journeys.shops import STAFF, Shop, assert_ok


async def test_a_purchase_from_the_shelf_to_the_parcel(shop: Shop) -> None:
    server = shop.serve()
    async with Shoppers([server.base]) as shoppers:
        listed = await shoppers.ask("GET", f"{API}/products?in_stock=true&sort=name")
        assert [item["slug"] for item in listed.body["items"]] == ["last", "mug"]
        product = await shoppers.ask("GET", f"{API}/products/mug")
        variant = product.body["variants"][0]
        assert variant["available"] == 10

        added = await shoppers.add([(variant["id"], 2)])
        cart = {"X-Cart-Token": added.headers["X-Cart-Token"]}
        place = {name: ADDRESS[name] for name in ("country", "state", "postal_code")}
        asked = "&".join(f"{name}={value}" for name, value in place.items())
        path = f"{API}/cart/shipping-options?{asked}"
        options = await shoppers.ask("GET", path, headers=cart)
        assert [option["method"] for option in options.body["items"]] == ["standard", "express"]
        wish = {"destination": place, "shipping_method": "express"}
        chosen = await shoppers.ask("PUT", f"{API}/cart/shipping", wish, headers=cart)
        total = chosen.body["quote"]["total"]
        assert total == {"amount": "29.97", "currency": "USD"}

        order = await shoppers.order(
            cart["X-Cart-Token"],
            key=fresh_key(),
            shipping_method="express",
            expected_total=total,
        )
        assert (order.status, order.body["status"]) == (201, "pending")
        paid = await shoppers.pay(order.body, order.body["token"])
        assert_ok(paid)
        assert paid.body["order"]["payment_status"] == "paid"

        mail = await shop.mail()
        assert f"order {order.body['number']} is confirmed" in mail
        assert "To: ada@example.com" in mail

        path = f"{API}/admin/orders/{order.body['id']}/shipments"
        keyed = {**STAFF, "Idempotency-Key": fresh_key()}
        shipped = await shoppers.ask("POST", path, {"carrier": "Post"}, headers=keyed)
        assert (shipped.body["status"], shipped.body["fulfilment_status"]) == ("shipped", "shipped")

        path = f"{API}/orders/{order.body['id']}/timeline"
        token = {"X-Order-Token": order.body["token"]}
        timeline = await shoppers.ask("GET", path, headers=token)
        kinds = [entry["kind"] for entry in timeline.body["items"]]
        assert kinds == ["order_placed", "order_paid", "order_shipped"]
    stock = "SELECT on_hand, reserved FROM stock_items WHERE variant_id = %s"
    assert shop.rows(stock, [variant["id"]]) == [(8, 0)]
    assert "The books agree." in shop.command("audit")


@pytest.mark.slow
async def test_one_confirmation_is_sent_for_one_order(shop: Shop) -> None:
    servers = [shop.serve(), shop.serve()]
    async with Shoppers([server.base for server in servers]) as shoppers:
        cart = await shoppers.fill([(shop.variant("MUG"), 1)])
        order = await shoppers.order(cart, key="order")
        token = order.body["token"]
        intent = await shoppers.intend(order.body, token, key="intend")
        for _ in range(3):
            assert_ok(await shoppers.confirm(order.body, intent.body, token, key="confirm"))
        await shop.mail()
    shop.stop()
    mails = list((shop.folder / "mails").glob("*.eml"))
    assert len(mails) == 1
    jobs = "SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'reactions'"
    assert shop.rows(jobs) == [(0,)]
