"""
What orders cost once they are placed: edits, cancellations, returns, and a long list of them.

Each operation is done once on each of many orders that were made ready before, so that
nothing but itself is counted.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import attrs
from attrs import frozen

from benchmarks.rig.accounts import registration
from benchmarks.rig.figures import percentile
from benchmarks.rig.shop import STAFF, STAFF_TOKEN, Shop
from benchmarks.speed.flow import ADDRESS, API, Context, quoted, setup
from benchmarks.speed.loads import Target
from benchmarks.speed.report import RESULTS, machine
from benchmarks.speed.shops import filled_shop

OPERATION_TARGET_MS = 12.0
LIST_TARGET_MS = 3.0
WARM = 10
ORDERS_OF_ONE = 10_000
COPIES = """
    INSERT INTO orders SELECT (jsonb_populate_record(o, jsonb_build_object(
        'id', gen_random_uuid(), 'order_number', 'COPY-' || copy, 'token_hash', null,
        'cart_id', null, 'created_at', o.created_at - copy * interval '1 minute',
        'placed_at', o.created_at - copy * interval '1 minute'))).*
    FROM orders o, generate_series(1, {many}) AS copy WHERE o.id = '{order}';
    INSERT INTO order_items SELECT (jsonb_populate_record(i, jsonb_build_object(
        'id', gen_random_uuid(), 'order_id', o.id))).*
    FROM order_items i, orders o
    WHERE i.order_id = '{order}' AND o.order_number LIKE 'COPY-%';
    VACUUM ANALYZE orders, order_items;
"""
WAITING = b"""
    SELECT count(*) FROM procrastinate_jobs
    WHERE status IN ('todo', 'doing') AND coalesce(scheduled_at, now()) <= now()
"""
PAUSE_S = 0.2
Order = Mapping[str, Any]
Operation = Callable[[Order], Awaitable[None]]


@frozen(kw_only=True)
class Cost:
    """One operation on an order: milliseconds of CPU, and of the clock."""

    operation: str
    target_ms: float
    cpu_ms: float
    database_ms: float
    p50_ms: float
    p99_ms: float
    done: int


@frozen(kw_only=True)
class AfterTheOrder:
    """All of them."""

    costs: tuple[Cost, ...]

    @property
    def missed(self) -> bool:
        """Whether one takes more than it may."""
        return any(cost.cpu_ms > cost.target_ms for cost in self.costs)

    def text(self) -> str:
        """A line each."""
        lines = [
            f"{each.operation:<16}{each.cpu_ms:>8.2f} ms CPU (target {each.target_ms:g}),"
            f" {each.database_ms:.2f} of it in the database; p50 {each.p50_ms}, p99 {each.p99_ms}"
            for each in self.costs
        ]
        return "\n".join([*lines, machine()])

    def save(self) -> Path:
        """The figures as JSON; where."""
        RESULTS.mkdir(exist_ok=True)
        told = {
            "costs": [attrs.asdict(each) for each in self.costs],
            "machine": machine(),
            "measured_on": f"{datetime.now(UTC):%Y-%m-%d}",
        }
        file = RESULTS / "after_the_order.json"
        file.write_text(json.dumps(told, indent=1) + "\n")
        return file


def measure_after_the_order(*, orders: int) -> AfterTheOrder:
    """Each operation on so many orders of a shop of its own."""
    with filled_shop({"staff_token": STAFF_TOKEN}) as shop:
        return AfterTheOrder(costs=asyncio.run(_Measuring(shop, orders).all()))


class _Measuring:
    def __init__(self, shop: Shop, orders: int) -> None:
        (server,) = shop.servers
        self._shop, self._orders = shop, orders
        self._base = server.base
        self._target = Target(server.base, server.pid, shop.database.postmaster.pid)
        self._session: aiohttp.ClientSession
        self._context: Context
        self._turn = 0

    async def all(self) -> tuple[Cost, ...]:
        connector, jar = aiohttp.TCPConnector(limit=0), aiohttp.DummyCookieJar()
        async with aiohttp.ClientSession(connector=connector, cookie_jar=jar) as self._session:
            self._context = await setup(self._session, self._base)
            return (
                await self._cost("edit", self._paid, self._edit),
                await self._cost("change_address", self._paid, self._move),
                await self._cost("cancel_item", self._paid, self._cancel_one),
                await self._cost("cancel_order", self._paid, self._cancel),
                await self._cost("return_asked", self._delivered, self._ask_return),
                await self._cost("return_received", self._asked, self._receive),
                await self._list_of_many(),
            )

    async def _cost(
        self, name: str, ready: Callable[[], Awaitable[Order]], operation: Operation
    ) -> Cost:
        made = [await ready() for _ in range(WARM + self._orders)]
        for order in made[:WARM]:
            await operation(order)
        await self._quiet()
        return await self._measured(name, made[WARM:], operation, OPERATION_TARGET_MS)

    async def _quiet(self) -> None:
        """Wait until the mails of what was made ready are out: they are not the operation's."""
        while True:
            with self._shop.database.connect() as connection:
                (left,) = connection.execute(WAITING).fetchone() or (0,)
            if not left:
                return
            await asyncio.sleep(PAUSE_S)

    async def _measured(
        self, name: str, on: Sequence[Order], operation: Operation, target_ms: float
    ) -> Cost:
        before, times = self._target.spent(), list[float]()
        for order in on:
            began = time.perf_counter()
            await operation(order)
            times.append(time.perf_counter() - began)
        after = self._target.spent()
        server_s, database_s = (late - early for early, late in zip(before, after, strict=True))
        return Cost(
            operation=name,
            target_ms=target_ms,
            cpu_ms=round((server_s + database_s) / len(on) * 1e3, 2),
            database_ms=round(database_s / len(on) * 1e3, 2),
            p50_ms=percentile(times, 50),
            p99_ms=percentile(times, 99),
            done=len(on),
        )

    async def _paid(self, token: str | None = None) -> Order:
        guest, agreed = await quoted(self._session, self._base, self._context)
        wanted = {
            "email": "ada@example.com",
            "shipping_address": ADDRESS,
            "shipping_method": "standard",
            "expected_total": agreed["quote"]["total"],
        }
        owner = guest if token is None else await self._merged(guest, token)
        order = await self._ask("POST", "/orders", wanted, owner)
        buyer = {"X-Order-Token": order["token"]} if token is None else owner
        intent = {"order_id": order["id"], "gateway": "manual"}
        payment = await self._ask("POST", "/payments/create-intent", intent, buyer)
        confirm = {"order_id": order["id"], "payment_id": payment["id"]}
        await self._ask("POST", "/payments/confirm", confirm, buyer)
        return {**await self._ask("GET", f"/orders/{order['id']}", None, buyer), "buyer": buyer}

    async def _merged(self, guest: Mapping[str, str], token: str) -> Mapping[str, str]:
        owner = {"Authorization": f"Bearer {token}"}
        body = {"cart_token": guest["X-Cart-Token"]}
        await self._ask("POST", "/cart/merge", body, owner)
        return owner

    async def _delivered(self) -> Order:
        order = await self._paid()
        await self._ask("POST", f"/admin/orders/{order['id']}/shipments", None, STAFF)
        await self._ask("POST", f"/admin/orders/{order['id']}/deliver", None, STAFF)
        return order

    async def _asked(self) -> Order:
        order = await self._delivered()
        returned = await self._ask_for_return(order)
        await self._ask("POST", f"/admin/returns/{returned['id']}/approve", None, STAFF)
        return {**order, "return": returned["id"]}

    async def _edit(self, order: Order) -> None:
        body = {
            "items": [{"item_id": order["items"][0]["id"], "quantity": 0}],
            "add": [{"variant_id": order["items"][1]["variant_id"], "quantity": 1}],
        }
        await self._change(order, "modify-items", body)

    async def _move(self, order: Order) -> None:
        body = {"shipping_address": {**ADDRESS, "postal_code": "90002"}}
        await self._change(order, "change-address", body)

    async def _change(self, order: Order, what: str, body: object) -> None:
        headers = {**order["buyer"], "If-Match": f'"{order["version"]}"'}
        await self._ask("PUT", f"/orders/{order['id']}/{what}", body, headers)

    async def _cancel_one(self, order: Order) -> None:
        body = {"items": [{"item_id": order["items"][0]["id"], "quantity": 1}]}
        await self._ask("PUT", f"/orders/{order['id']}/cancel", body, order["buyer"])

    async def _cancel(self, order: Order) -> None:
        await self._ask("PUT", f"/orders/{order['id']}/cancel", None, order["buyer"])

    async def _ask_return(self, order: Order) -> None:
        await self._ask_for_return(order)

    async def _ask_for_return(self, order: Order) -> Order:
        item = {"item_id": order["items"][0]["id"], "quantity": 1, "reason": "changed_mind"}
        path = f"/orders/{order['id']}/return"
        return await self._ask("POST", path, {"items": [item]}, order["buyer"])

    async def _receive(self, order: Order) -> None:
        item = {"item_id": order["items"][0]["id"], "accepted": 1, "condition": "new"}
        path = f"/admin/returns/{order['return']}/receive"
        await self._ask("POST", path, {"items": [item]}, STAFF)

    async def _list_of_many(self) -> Cost:
        body = registration(f"ada-{time.perf_counter_ns()}@example.com")
        registered = await self._ask("POST", "/auth/register", body, {})
        order = await self._paid(registered["token"])
        with self._shop.database.connect() as connection:
            for statement in COPIES.format(many=ORDERS_OF_ONE - 1, order=order["id"]).split(";"):
                if statement.strip():
                    connection.execute(statement.encode())

        async def listed(of: Order) -> None:
            found = await self._ask("GET", "/orders", None, of["buyer"])
            assert len(found["items"]) == 20, "not a page"

        for _ in range(WARM):
            await listed(order)
        many = [order] * (5 * self._orders)
        return await self._measured("order_list", many, listed, LIST_TARGET_MS)

    async def _ask(
        self, method: str, path: str, body: object, headers: Mapping[str, str]
    ) -> dict[str, Any]:
        self._turn += 1
        keyed = {**headers, "Idempotency-Key": f"bench-{self._turn}"}
        url = f"{self._base}{API}{path}"
        async with self._session.request(method, url, json=body, headers=keyed) as answer:
            told: dict[str, Any] = await answer.json()
            assert answer.status in {200, 201, 202}, f"{path}: {answer.status}: {told}"
            return told
