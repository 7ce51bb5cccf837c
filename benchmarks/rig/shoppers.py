"""Shoppers: what a browser would send, and what came back, time-outs included."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
import uuid
from collections.abc import Mapping, Sequence
from io import BytesIO
from types import TracebackType
from typing import Any, Self

import aiohttp
from attrs import frozen

API = "/api/v1"
UNKNOWN = 0
"""The status of a request that got no answer: it may have happened."""

TIMEOUT_S = 60
ADDRESS: Mapping[str, str] = {
    "first_name": "Ada",
    "last_name": "Byron",
    "address_line_1": "12 Main Street",
    "city": "Springfield",
    "state": "CA",
    "postal_code": "90001",
    "country": "US",
}


@frozen(kw_only=True)
class Answer:
    """One request's outcome."""

    status: int
    body: Any
    headers: Mapping[str, str]
    """Read in any case."""
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether it was done."""
        return 200 <= self.status < 300

    @property
    def known(self) -> bool:
        """Whether there was an answer at all."""
        return self.status != UNKNOWN

    @property
    def code(self) -> str:
        """The problem's stable name; empty where it is none."""
        return str(self.body.get("code", "")) if isinstance(self.body, dict) else ""

    def label(self) -> str:
        """How a tally counts it."""
        return f"{self.status} {self.code}".strip()


class Shoppers:
    """Any number of shoppers on one loop; requests go to the servers in turn."""

    def __init__(self, bases: Sequence[str], *, timeout_s: float = TIMEOUT_S) -> None:
        self.bases = tuple(bases)
        self._turn = itertools.count()
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=self._timeout,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._session is not None, "entered before it is left"
        await self._session.close()

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        headers: Mapping[str, str] | None = None,
        server: int | None = None,
        raw: bytes | None = None,
    ) -> Answer:
        """One request; a time-out or a broken connection is an answer too."""
        assert self._session is not None, "entered before it is used"
        turn = next(self._turn) if server is None else server
        url = self.bases[turn % len(self.bases)] + path
        content = raw if body is None else json.dumps(body).encode()
        data = None if content is None else BytesIO(content)
        sent = {"Content-Type": "application/json"} if data is not None else {}
        began = time.perf_counter()
        try:
            async with self._session.request(
                method, url, data=data, headers={**sent, **(headers or {})}
            ) as answer:
                told = await answer.read()
                status, answered = answer.status, answer.headers.copy()
        except (aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError, OSError) as lost:
            return Answer(
                status=UNKNOWN,
                body={"code": type(lost).__name__},
                headers={},
                seconds=time.perf_counter() - began,
            )
        return Answer(
            status=status,
            body=_decoded(told),
            headers=answered,
            seconds=time.perf_counter() - began,
        )

    async def add(
        self, items: Sequence[tuple[uuid.UUID, int]], *, cart: str | None = None
    ) -> Answer:
        """Put variants in a cart, a new one where none is named."""
        body = {"items": [{"variant_id": str(which), "quantity": count} for which, count in items]}
        headers = {"X-Cart-Token": cart} if cart else None
        return await self.ask("POST", f"{API}/cart/add", body, headers=headers)

    async def fill(self, items: Sequence[tuple[uuid.UUID, int]]) -> str:
        """The token of a new cart with these variants in it."""
        answer = await self.add(items)
        assert answer.ok, f"a cart could not be filled: {answer}"
        token: str = answer.headers["X-Cart-Token"]
        return token

    async def show(self, cart: str) -> Answer:
        """The cart with its quote of this moment."""
        return await self.ask("GET", f"{API}/cart", headers={"X-Cart-Token": cart})

    async def use_code(self, cart: str, code: str) -> Answer:
        """Put a code on the cart."""
        headers = {"X-Cart-Token": cart}
        return await self.ask("POST", f"{API}/cart/coupons", {"code": code}, headers=headers)

    async def drop_code(self, cart: str, code: str) -> Answer:
        """Take a code off the cart."""
        headers = {"X-Cart-Token": cart}
        return await self.ask("DELETE", f"{API}/cart/coupons/{code}", headers=headers)

    async def fill_with_code(self, items: Sequence[tuple[uuid.UUID, int]], code: str) -> str:
        """The token of a new cart with these variants and that code in it."""
        cart = await self.fill(items)
        answer = await self.use_code(cart, code)
        assert answer.ok, f"a code could not be used: {answer}"
        return cart

    async def order(
        self,
        cart: str | None,
        *,
        key: str | None,
        email: str = "ada@example.com",
        server: int | None = None,
        opening: Mapping[str, str] | None = None,
        **more: object,
    ) -> Answer:
        """Place the order of the cart, or of that which the headers open."""
        body = {
            "email": email,
            "shipping_address": dict(ADDRESS),
            "shipping_method": "standard",
            **more,
        }
        opened = opening or ({} if cart is None else {"X-Cart-Token": cart})
        headers = {**opened, **({} if key is None else {"Idempotency-Key": key})}
        return await self.ask("POST", f"{API}/orders", body, headers=headers, server=server)

    async def intend(
        self,
        order: Mapping[str, Any],
        token: str,
        *,
        key: str,
        gateway: str = "manual",
        server: int | None = None,
        **more: object,
    ) -> Answer:
        """Ask for a payment of the order by that gateway."""
        body = {"order_id": order["id"], "gateway": gateway, **more}
        headers = {"X-Order-Token": token, "Idempotency-Key": key}
        path = f"{API}/payments/create-intent"
        return await self.ask("POST", path, body, headers=headers, server=server)

    async def confirm(
        self,
        order: Mapping[str, Any],
        payment: Mapping[str, Any],
        token: str,
        *,
        key: str,
        server: int | None = None,
    ) -> Answer:
        """Carry the payment out."""
        body = {"order_id": order["id"], "payment_id": payment["id"]}
        headers = {"X-Order-Token": token, "Idempotency-Key": key}
        path = f"{API}/payments/confirm"
        return await self.ask("POST", path, body, headers=headers, server=server)

    async def cancel(
        self,
        order: Mapping[str, Any],
        token: str,
        *,
        key: str,
        items: Mapping[str, int] | None = None,
    ) -> Answer:
        """Call off so many of each item, or all that has not shipped, whatever else happened."""
        headers = {"X-Order-Token": token, "Idempotency-Key": key, "If-Match": "*"}
        named = {"items": counts(items)} if items else {}
        return await self.ask("PUT", f"{API}/orders/{order['id']}/cancel", named, headers=headers)

    async def pay(self, order: Mapping[str, Any], token: str) -> Answer:
        """Intent and confirmation; the last answer."""
        intent = await self.intend(order, token, key=fresh_key())
        if not intent.ok:
            return intent
        return await self.confirm(order, intent.body, token, key=fresh_key())


def fresh_key() -> str:
    """An idempotency key for one purchase that is meant."""
    return str(uuid.uuid4())


def counts(items: Mapping[str, int]) -> list[dict[str, object]]:
    """So many of each item, as a body names them."""
    return [{"item_id": item_id, "quantity": many} for item_id, many in items.items()]


def _decoded(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return content.decode(errors="replace")
