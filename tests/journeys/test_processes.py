"""What happens to the shop when its processes stop, die, start again, and are several."""

from __future__ import annotations

import asyncio
import signal

import pytest

from benchmarks.rig.servers import run
from benchmarks.rig.shoppers import API, Shoppers, fresh_key
from tests.journeys.shops import PATIENCE_S, Shop, assert_ok, bought


@pytest.mark.slow
async def test_a_server_that_is_told_to_stop_finishes_what_is_under_way(shop: Shop) -> None:
    server = shop.serve()
    async with Shoppers([server.base]) as shoppers:
        cart = await shoppers.fill([(shop.variant("MUG"), 1)])
        async with shop.stock_held("MUG"):
            placing = asyncio.create_task(shoppers.order(cart, key="order"))
            await shop.somebody_waits()
            server.process.send_signal(signal.SIGTERM)
            refused = await _refuses(shoppers)
            still_waiting = not placing.done()
        order = await placing
    assert (refused, still_waiting) == (True, True)
    assert order.status == 201, order
    assert await asyncio.to_thread(server.process.wait, PATIENCE_S) == 0
    assert shop.rows("SELECT order_number FROM orders") == [(order.body["number"],)]


@pytest.mark.slow
async def test_a_server_waits_for_what_is_under_way_no_longer_than_the_grace(shop: Shop) -> None:
    shop.settings["shutdown_grace_s"] = "0"
    server = shop.serve()
    async with Shoppers([server.base]) as shoppers:
        cart = await shoppers.fill([(shop.variant("MUG"), 1)])
        async with shop.stock_held("MUG"):
            placing = asyncio.create_task(shoppers.order(cart, key="order"))
            await shop.somebody_waits()
            server.process.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(server.process.wait, PATIENCE_S) == 0
        assert not (await placing).ok
    assert shop.rows("SELECT order_number FROM orders") == []


@pytest.mark.slow
async def test_a_server_that_is_told_to_stop_leaves_no_job_half_done(shop: Shop) -> None:
    server = shop.serve()
    async with Shoppers([server.base]) as shoppers:
        await bought(shoppers, shop)
        server.process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(server.process.wait, PATIENCE_S) == 0
    assert shop.rows("SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'") == [(0,)]


@pytest.mark.slow
async def test_a_killed_server_takes_nothing_with_it(shop: Shop) -> None:
    first = shop.serve()
    async with Shoppers([first.base]) as shoppers:
        cart = await shoppers.fill([(shop.variant("MUG"), 1)])
        order = await shoppers.order(cart, key="order")
        paid = await shoppers.pay(order.body, order.body["token"])
        assert_ok(paid)
        open_cart = await shoppers.fill([(shop.variant("MUG"), 2)])
        first.process.kill()
        first.process.wait()
    second = shop.serve()
    async with Shoppers([second.base]) as shoppers:
        again = await shoppers.order(cart, key="order")
        token = {"X-Order-Token": order.body["token"]}
        read = await shoppers.ask("GET", f"{API}/orders/{order.body['id']}", headers=token)
        kept = await shoppers.ask("GET", f"{API}/cart", headers={"X-Cart-Token": open_cart})
        await shop.mail()
    assert again.body == order.body
    assert (read.body["number"], read.body["payment_status"]) == (order.body["number"], "paid")
    assert [item["quantity"] for item in kept.body["items"]] == [2]
    assert "The books agree." in shop.command("audit")


@pytest.mark.slow
async def test_two_servers_are_one_shop(shop: Shop) -> None:
    here, there = shop.serve(), shop.serve()
    async with Shoppers([here.base, there.base]) as shoppers:
        wish = {"variant_id": str(shop.variant("MUG"))}
        added = await shoppers.ask("POST", f"{API}/cart/add", wish, server=0)
        cart = added.headers["X-Cart-Token"]
        seen = await shoppers.ask("GET", f"{API}/cart", headers={"X-Cart-Token": cart}, server=1)
        order = await shoppers.order(cart, key="order", server=1)
        repeated = await shoppers.order(cart, key="order", server=0)
        token = order.body["token"]
        intent = await shoppers.intend(order.body, token, key="intend", server=0)
        paid = await shoppers.confirm(order.body, intent.body, token, key="confirm", server=1)
        path, headers = f"{API}/orders/{order.body['id']}", {"X-Order-Token": token}
        read = await shoppers.ask("GET", path, headers=headers, server=0)
    assert [item["quantity"] for item in seen.body["items"]] == [1]
    assert repeated.body == order.body
    assert_ok(paid)
    assert read.body["payment_status"] == "paid"


@pytest.mark.slow
async def test_two_servers_sell_the_last_piece_once(shop: Shop) -> None:
    here, there = shop.serve(), shop.serve()
    async with Shoppers([here.base, there.base]) as shoppers:
        carts = [await shoppers.fill([(shop.variant("LAST"), 1)]) for _ in range(2)]
        async with shop.stock_held("LAST"):
            placing = [
                asyncio.create_task(shoppers.order(cart, key=fresh_key(), server=server))
                for server, cart in enumerate(carts)
            ]
            await shop.somebody_waits()
        orders = await asyncio.gather(*placing)
    assert sorted(order.label() for order in orders) == ["201", "409 out_of_stock"]
    assert "The books agree." in shop.command("audit")


@pytest.mark.slow
def test_a_server_refuses_a_database_that_is_not_migrated_and_says_the_way_out(
    shop: Shop,
) -> None:
    shop.rows("DELETE FROM alembic_version RETURNING 1")
    code, output = run(shop.settings, "serve", "--port", "0", timeout_s=PATIENCE_S)
    assert code == 1
    assert "this release needs revision" in output
    assert "automate-store migrate" in output
    assert "Traceback" not in output


@pytest.mark.slow
def test_a_server_says_whose_address_is_taken(shop: Shop) -> None:
    server = shop.serve()
    code, output = run(shop.settings, "serve", "--port", str(server.port), timeout_s=PATIENCE_S)
    assert code == 1
    assert f"Nothing can listen on 127.0.0.1:{server.port}" in output
    assert "--port" in output


@pytest.mark.slow
async def test_a_worker_of_its_own_does_the_jobs_of_servers_without_one(shop: Shop) -> None:
    shop.settings["embedded_worker"] = "false"
    server = shop.serve()
    async with Shoppers([server.base]) as shoppers:
        await bought(shoppers, shop)
    waiting = "SELECT status::text FROM procrastinate_jobs WHERE queue_name = 'reactions'"
    assert shop.rows(waiting) == [("todo",)]
    worker = shop.worker()
    assert "is confirmed" in await shop.mail()
    worker.process.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(worker.process.wait, PATIENCE_S) == 0
    assert shop.rows(waiting) == []


async def _refuses(shoppers: Shoppers) -> bool:
    """Whether new connections are refused, soon."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            answer = await shoppers.ask("GET", "/health/live")
            if not answer.known:
                return True
