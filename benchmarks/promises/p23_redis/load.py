"""Customers who come, sign in, order and sign out again, and what became of each request."""

from __future__ import annotations

import asyncio
import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

from attrs import Factory, define, frozen

from benchmarks.rig.accounts import PASSWORD, Member, member, registration
from benchmarks.rig.races import at_once
from benchmarks.rig.shoppers import API, Answer, Shoppers, fresh_key
from benchmarks.rig.telling import fresh_event, tell

PAUSE_S = 0.02
TIMEOUT_S = 15.0
REFUSED = {"401 session_over"}
DONE: Mapping[str, set[str]] = {
    "browse": {"200"},
    "cart": {"200"},
    "checkout": {"201"},
    "payment": {"200", "201"},
    "webhook": {"200"},
    "sign-in": {"200", "201"},
    "signed in": {"200"},
    "sign-out": {"200"},
    "signed out": REFUSED,
}
"""What each kind of request is answered, whatever becomes of Redis."""
_ADDRESS: ContextVar[str] = ContextVar("address")


class Visitors(Shoppers):
    """Shoppers who come through a proxy that says where each is from."""

    def __init__(self, bases: tuple[str, ...]) -> None:
        super().__init__(bases, timeout_s=TIMEOUT_S)
        self._addresses = _addresses()

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> Answer:
        """One request from wherever its sender has come to be."""
        sent = {"X-Forwarded-For": _ADDRESS.get(), **(headers or {})}
        return await super().ask(method, path, body, headers=sent, **more)

    def move(self) -> None:
        """From now on, whoever asks in this task comes from where nobody came from before."""
        _ADDRESS.set(next(self._addresses))


@frozen
class Kept:
    """What was acknowledged, and has to be there to the end."""

    carts: dict[str, int] = Factory(dict)
    """How many pieces are in each, by its token."""
    orders: dict[str, dict[str, Any]] = Factory(dict)
    paid: set[str] = Factory(set)
    events: set[str] = Factory(set)
    """What the provider told, by the events' names."""


@define
class Town:
    """The customers of one shop, what they were answered, and who of them is signed out."""

    visitors: Visitors
    handle: str
    variant: UUID
    random: Random
    name: str
    phase: str = ""
    """What becomes of Redis; answers are told apart by when their request was sent."""
    kept: Kept = Factory(Kept)
    answers: dict[tuple[str, str], list[Answer]] = Factory(lambda: defaultdict(list))
    """By phase and kind."""
    signed_out: dict[str, list[str]] = Factory(lambda: defaultdict(list))
    """The tokens that stopped to count, by phase."""
    _numbers: Iterator[int] = Factory(itertools.count)

    async def live(self, done: asyncio.Event) -> None:
        """Visit after visit until it is over."""
        while not done.is_set():
            self.visitors.move()
            await self._visit(f"{self.name}-{next(self._numbers)}@example.com")

    async def refused_everywhere(self, token: str) -> None:
        """Whoever signed out tries each server."""
        headers = {"Authorization": f"Bearer {token}"}
        tries = [
            partial(self._me, "signed out", headers, server=server)
            for server in range(len(self.visitors.bases))
        ]
        await at_once(tries)

    async def _visit(self, email: str) -> None:
        await self._browse()
        await self._be_told()
        cart = await self._fill()
        first = await self._sign_in("/auth/register", registration(email))
        second = await self._sign_in("/auth/login", {"email": email, "password": PASSWORD})
        if first is None or second is None:
            return
        for someone in (first, second, first, second):
            await self._me("signed in", someone.headers)
        if cart is not None:
            await self._order(cart, email)
        await self._sign_out("/auth/logout", first)
        await self._me("signed in", second.headers)
        await self._sign_out("/auth/logout-everywhere", second)

    async def _browse(self) -> None:
        for path in ("/products", f"/products/{self.handle}", "/categories"):
            await self._told("browse", "GET", path)

    async def _fill(self) -> str | None:
        wish = {"variant_id": str(self.variant), "quantity": 2}
        added = await self._told("cart", "POST", "/cart/add", wish)
        if not added.ok:
            return None
        cart = added.headers["X-Cart-Token"]
        self.kept.carts[cart] = 2
        await self._told("cart", "GET", "/cart", headers={"X-Cart-Token": cart})
        return cart

    async def _sign_in(self, path: str, body: object) -> Member | None:
        answer = await self._told("sign-in", "POST", path, body)
        return member(answer) if answer.ok else None

    async def _order(self, cart: str, email: str) -> None:
        """Two of three order what is in the cart; half of those pay."""
        choice = self.random.randrange(3)
        if choice == 0:
            return
        phase = self.phase
        placed = await self.visitors.order(cart, key=fresh_key(), email=email)
        self.answers[phase, "checkout"].append(placed)
        if not placed.ok:
            return
        del self.kept.carts[cart]
        self.kept.orders[placed.body["id"]] = placed.body
        if choice == 1:
            paid = await self.visitors.pay(placed.body, placed.body["token"])
            self.answers[phase, "payment"].append(paid)
            if paid.ok:
                self.kept.paid.add(placed.body["id"])

    async def _be_told(self) -> None:
        """The shop, of a payment, by a provider."""
        phase, event = self.phase, fresh_event()
        answer = await tell(self.visitors, event)
        self.answers[phase, "webhook"].append(answer)
        if answer.ok:
            self.kept.events.add(event["id"])

    async def _sign_out(self, path: str, someone: Member) -> None:
        answer = await self._told("sign-out", "POST", path, headers=someone.headers)
        if answer.ok:
            await self.refused_everywhere(someone.token)
            self.signed_out[self.phase].append(someone.token)

    async def _me(
        self, kind: str, headers: Mapping[str, str], *, server: int | None = None
    ) -> Answer:
        return await self._told(kind, "GET", "/auth/me", headers=headers, server=server)

    async def _told(
        self, kind: str, method: str, path: str, body: object = None, **more: Any
    ) -> Answer:
        phase = self.phase
        answer = await self.visitors.ask(method, API + path, body, **more)
        self.answers[phase, kind].append(answer)
        await asyncio.sleep(PAUSE_S)
        return answer


def _addresses() -> Iterator[str]:
    """Every address of 10.0.0.0/8 that is one, each once."""
    for number in itertools.count(1):
        yield f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
