"""
P12: a key belongs to its caller and to its request, and outlives the server.

Another body under the same key is refused and does nothing; another customer's same key
is another key; no key at all is refused; a restart forgets nothing; 24 hours less a
minute later, after the purge has run, the answer is still there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from benchmarks.promises.run import Run
from benchmarks.rig.catalog import Line
from benchmarks.rig.insides import forget_old_keys
from benchmarks.rig.shop import STAFF, Shop
from benchmarks.rig.shoppers import ADDRESS, API, Answer, Shoppers, fresh_key

ALMOST_A_DAY = timedelta(hours=24) - timedelta(minutes=1)
LONGER_THAN_KEPT = timedelta(days=8)
COUNTS = """
    SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM payments),
        (SELECT count(*) FROM payments WHERE state = 'captured'),
        (SELECT count(*) FROM inventory_movements), (SELECT count(*) FROM shipments),
        (SELECT sum(on_hand) FROM stock_items), (SELECT sum(reserved) FROM stock_items)
"""


async def check(shop: Shop, run: Run) -> None:
    """Try every way to misuse a key."""
    rounds = run.size(50, 2)
    line = Line(handle=f"p12-{run.seed}", stock=1_000)
    (variant,) = shop.stock([line]).values()
    async with Shoppers(shop.bases) as shoppers:
        for _ in range(rounds):
            await _other_bodies(shop, run, shoppers, variant)
            await _other_customers(run, shoppers, variant)
            await _no_key(shop, run, shoppers, variant)
        await _time(shop, run, shoppers, variant)


async def _other_bodies(shop: Shop, run: Run, shoppers: Shoppers, variant: UUID) -> None:
    """One key for each route, first with one body, then with others."""
    cart, key = await shoppers.fill([(variant, 2)]), fresh_key()
    placed = await shoppers.order(cart, key=key)
    _expect(run, placed, "201")
    order, token = placed.body, placed.body["token"]
    elsewhere = {**ADDRESS, "city": "Shelbyville"}
    for change in ({"email": "eve@example.com"}, {"shipping_address": elsewhere}, {"notes": "x"}):
        await _refused(shop, run, shoppers.order(cart, key=key, **change))
    payment_key = fresh_key()
    intent = await shoppers.intend(order, token, key=payment_key)
    _expect(run, intent, "201")
    await _refused(shop, run, shoppers.confirm(order, intent.body, token, key=payment_key))
    confirm_key = fresh_key()
    _expect(run, await shoppers.confirm(order, intent.body, token, key=confirm_key), "200")
    await _refused(shop, run, shoppers.intend(order, token, key=confirm_key))
    await _staff_bodies(shop, run, shoppers, variant, order)


async def _staff_bodies(
    shop: Shop, run: Run, shoppers: Shoppers, variant: UUID, order: Mapping[str, Any]
) -> None:
    headers = {**STAFF, "Idempotency-Key": fresh_key()}
    path = f"{API}/admin/inventory/adjust"
    body = {"variant_id": str(variant), "change": 3, "type": "restock", "note": "delivery"}
    _expect(run, await shoppers.ask("POST", path, body, headers=headers), "200")
    other = {**body, "change": 4}
    await _refused(shop, run, shoppers.ask("POST", path, other, headers=headers))
    headers = {**STAFF, "Idempotency-Key": fresh_key()}
    path, item = f"{API}/admin/orders/{order['id']}/shipments", order["items"][0]["id"]
    body = {"items": [{"item_id": item, "quantity": 1}], "carrier": "Post"}
    _expect(run, await shoppers.ask("POST", path, body, headers=headers), "201")
    other = {**body, "carrier": "Pigeon"}
    await _refused(shop, run, shoppers.ask("POST", path, other, headers=headers))


async def _other_customers(run: Run, shoppers: Shoppers, variant: UUID) -> None:
    """Two customers, the same key, the same words: two orders, and nobody sees the other's."""
    key = fresh_key()
    carts = [await shoppers.fill([(variant, 1)]) for _ in range(2)]
    mine, yours = [await shoppers.order(cart, key=key) for cart in carts]
    _expect(run, mine, "201")
    _expect(run, yours, "201")
    if mine.ok and yours.ok:
        run.require(mine.body["id"] != yours.body["id"], "a customer was given another's order")
        run.require(mine.body["token"] != yours.body["token"], "two orders open with one token")
        key = fresh_key()
        intents = [
            await shoppers.intend(each.body, each.body["token"], key=key) for each in (mine, yours)
        ]
        ids = {intent.body.get("id") for intent in intents}
        run.equal("payments of two customers with one key", len(ids), 2)


async def _no_key(shop: Shop, run: Run, shoppers: Shoppers, variant: UUID) -> None:
    cart = await shoppers.fill([(variant, 1)])
    before = shop.database.rows(COUNTS)
    for key in (None, "", "x" * 256, "two words", "kéy"):
        answer = await shoppers.order(cart, key=key)
        run.tries += 1
        run.require(answer.status == 400, f"key {key!r:.10}: answered {answer.label()}")
    run.equal("what a request without a key did", shop.database.rows(COUNTS), before)


async def _time(shop: Shop, run: Run, shoppers: Shoppers, variant: UUID) -> None:
    cart, key = await shoppers.fill([(variant, 1)]), fresh_key()
    first = await shoppers.order(cart, key=key)
    shop.stop_servers()
    shop.start_servers()
    shoppers.bases = shop.bases
    await _same(run, shoppers, cart, key, first=first, when="after a restart")
    run.measured["keys_purged_before_a_day"] = await forget_old_keys(shop, ALMOST_A_DAY)
    await _same(run, shoppers, cart, key, first=first, when="23 h 59 min later")
    run.measured["keys_purged_after_eight"] = await forget_old_keys(shop, LONGER_THAN_KEPT)
    run.require(run.measured["keys_purged_after_eight"] > 0, "keys are kept for ever")
    late = await shoppers.order(cart, key=key)
    run.require(late.label() == "409 cart_ordered", f"a forgotten key: {late.label()}")


async def _same(
    run: Run, shoppers: Shoppers, cart: str, key: str, *, first: Answer, when: str
) -> None:
    for server in range(len(shoppers.bases)):
        again = await shoppers.order(cart, key=key, server=server)
        run.tries += 1
        run.require(again.ok and again.body == first.body, f"{when}: answered {again.label()}")


async def _refused(shop: Shop, run: Run, request: Any) -> None:
    before = shop.database.rows(COUNTS)
    answer: Answer = await request
    run.tries += 1
    run.require(answer.status == 422, f"another body: answered {answer.label()}")
    run.equal("what a refused request did", shop.database.rows(COUNTS), before)


def _expect(run: Run, answer: Answer, label: str) -> None:
    run.tries += 1
    run.require(answer.label() == label, f"expected {label}: answered {answer.label()}")
