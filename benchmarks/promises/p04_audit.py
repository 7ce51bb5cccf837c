"""
P04: the audit finds nothing in a healthy shop, however busy, and any fault in a sick one.

Real orders are placed, paid, shipped and adjusted while it runs; then the ledger is
filled up to 100,000 movements and the audit is timed. Last, the data is spoilt, one
fault at a time, as no code of the store would: each must be found, and gone when it is.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from uuid import UUID

from benchmarks.promises.run import Run
from benchmarks.rig.agreement import audit
from benchmarks.rig.catalog import Line
from benchmarks.rig.insides import audited
from benchmarks.rig.races import storm
from benchmarks.rig.shop import STAFF, Shop
from benchmarks.rig.shoppers import API, Shoppers, fresh_key

LONGEST_S = 5.0
ARTICLES = 20
ADJUSTED_EVERY = 3

FILL = """
    WITH chain AS (
        SELECT s.variant_id, s.location_id, s.on_hand, n FROM stock_items s
        CROSS JOIN generate_series(1, %(each)s) n WHERE s.variant_id = ANY(%(variants)s)
    ), written AS (
        INSERT INTO inventory_movements (product_id, product_variant_id, location_id,
            movement_type, quantity_change, quantity_after, actor)
        SELECT v.product_id, c.variant_id, c.location_id, 'adjustment', 1, c.on_hand + c.n, 'check'
        FROM chain c JOIN product_variants v ON v.id = c.variant_id ORDER BY c.n
        RETURNING product_variant_id
    )
    UPDATE stock_items SET on_hand = on_hand + %(each)s WHERE variant_id = ANY(%(variants)s)
"""
"""As many movements more for each article, each continuing the one before."""

CHAIN = "(SELECT id FROM inventory_movements WHERE product_variant_id = '{variant}' ORDER BY "
FIRST, THIRD, LAST = (
    f"{CHAIN} {which} LIMIT 1)" for which in ("entry", "entry OFFSET 2", "entry DESC")
)
DELETE = "DELETE FROM inventory_movements WHERE id = "
OUTCOME = "UPDATE inventory_movements SET quantity_after = quantity_after + 1 WHERE id = "
ALTER = "UPDATE inventory_movements SET quantity_change = quantity_change + 1 WHERE id = "
SPOILT: Mapping[str, str] = {
    "the first movement deleted": DELETE + FIRST,
    "a movement in the middle deleted": DELETE + THIRD,
    "the last movement deleted": DELETE + LAST,
    "a movement's change altered": ALTER + THIRD,
    "a movement's outcome altered": OUTCOME + THIRD,
    "a count altered": "UPDATE stock_items SET on_hand = on_hand + 1"
    " WHERE variant_id = '{variant}'",
    "a promise to nobody": "UPDATE stock_items SET reserved = reserved + 1"
    " WHERE variant_id = '{variant}'",
    "a hold lost": "DELETE FROM reservations WHERE id = (SELECT id FROM reservations"
    " WHERE variant_id = '{variant}' AND state = 'held' LIMIT 1)",
    "a hold released without its stock": "UPDATE reservations SET state = 'released' WHERE id ="
    " (SELECT id FROM reservations WHERE variant_id = '{variant}' AND state = 'held' LIMIT 1)",
}
"""Each with one SKU wrong, and nothing else."""


async def check(shop: Shop, run: Run) -> None:
    """Trade, audit, spoil, audit."""
    lines = [Line(handle=f"p04-{run.seed}-{n}", stock=1_000) for n in range(ARTICLES)]
    variants = list(shop.stock(lines).values())
    await _trade(shop, run, variants)
    each = run.size(100_000, 4_000) // ARTICLES
    with shop.database.connect() as connection:
        connection.execute(FILL.encode(), {"each": each, "variants": variants})
        connection.execute(b"ANALYZE")
    _timed(shop, run)
    for fault, spoil in SPOILT.items():
        run.tries += 1
        with _spoilt(shop, spoil.format(variant=variants[0])):
            found = await audited(shop)
        run.require(bool(found), f"not found: {fault}")
        run.equal("found in a healthy shop", await audited(shop), [])


async def _trade(shop: Shop, run: Run, variants: list[UUID]) -> None:
    """Orders in every state, and audits of the moment while they change."""
    count = run.size(600, 60)
    done = asyncio.Event()
    async with Shoppers(shop.bases) as shoppers, asyncio.TaskGroup() as group:
        audits = group.create_task(_audits(shop, run, done))
        jobs = [
            partial(_purchase, shoppers, variants[number % ARTICLES], number)
            for number in range(count)
        ]
        labels = await storm(jobs, clients=8)
        done.set()
    run.measured["audits_while_trading"] = audits.result()
    for label in labels:
        run.require(not label, f"while trading: {label}")


async def _audits(shop: Shop, run: Run, done: asyncio.Event) -> int:
    audits = 0
    while not done.is_set():
        run.equal("found while trading", await audited(shop), [])
        audits += 1
    run.tries += audits
    return audits


async def _purchase(shoppers: Shoppers, variant: UUID, number: int) -> str:
    """Buy; two of three pay; one of three is shipped; the shelf is adjusted now and then."""
    cart = await shoppers.fill([(variant, 1 + number % 3)])
    order = await shoppers.order(cart, key=fresh_key())
    if not order.ok:
        return order.label()
    if number % 3:
        paid = await shoppers.pay(order.body, order.body["token"])
        if not paid.ok:
            return paid.label()
    if number % 3 == 2:
        path = f"{API}/admin/orders/{order.body['id']}/shipments"
        headers = {**STAFF, "Idempotency-Key": fresh_key()}
        shipped = await shoppers.ask("POST", path, {"carrier": "Post"}, headers=headers)
        if not shipped.ok:
            return shipped.label()
    if number % ADJUSTED_EVERY == 0:
        path, headers = f"{API}/admin/inventory/adjust", {**STAFF, "Idempotency-Key": fresh_key()}
        body = {"variant_id": str(variant), "change": 5, "type": "restock", "note": "delivery"}
        adjusted = await shoppers.ask("POST", path, body, headers=headers)
        return "" if adjusted.ok else adjusted.label()
    return ""


def _timed(shop: Shop, run: Run) -> None:
    before = _contents(shop)
    began = time.perf_counter()
    clean, said = audit(shop)
    seconds = time.perf_counter() - began
    run.tries += 1
    run.measured["movements"] = shop.database.value("SELECT count(*) FROM inventory_movements")
    run.measured["audit_s"] = round(seconds, 2)
    run.require(clean, f"found in a healthy shop: {said}")
    run.within("the audit", seconds, LONGEST_S)
    run.equal("what the audit wrote", _contents(shop), before)


def _contents(shop: Shop) -> str:
    """A mark of all that the audit looks at."""
    mark = hashlib.sha256()
    for table in ("stock_items", "reservations", "inventory_movements", "orders", "payments"):
        query = f"SELECT coalesce(sum(hashtextextended(t::text, 0)), 0) FROM {table} t"  # noqa: S608
        mark.update(str(shop.database.value(query)).encode())
    return mark.hexdigest()


@contextmanager
def _spoilt(shop: Shop, spoil: str) -> Iterator[None]:
    """The shop with that done to its rows, committed, and undone afterwards from a copy."""
    tables = ("inventory_movements", "stock_items", "reservations")
    with shop.database.connect() as connection:
        connection.execute(b"SET session_replication_role = replica")
        for table in tables:
            connection.execute(f"CREATE TEMP TABLE kept_{table} AS TABLE {table}".encode())
        changed = connection.execute(spoil.encode()).rowcount
        assert changed == 1, f"{changed} rows were spoilt by {spoil}"
        try:
            yield
        finally:
            for table in tables:
                connection.execute(f"TRUNCATE {table}".encode())
                connection.execute(
                    f"INSERT INTO {table} OVERRIDING SYSTEM VALUE TABLE kept_{table}".encode()
                )
