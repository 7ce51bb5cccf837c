"""Orders that are paid at the fake gateway: what their shoppers do here, and what there."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any, Self, TypeVar
from uuid import UUID

from attrs import frozen

from benchmarks.rig.gateway import FakeGateway
from benchmarks.rig.races import Job
from benchmarks.rig.shoppers import Answer, Shoppers, fresh_key

TOO_BUSY = "503 database_unavailable"
MOST_ASKED, PAUSE_S = 20, 0.5
T = TypeVar("T")


@frozen(kw_only=True)
class Held:
    """An order that holds its goods, and the intent that nobody has paid yet."""

    order: Mapping[str, Any]
    token: str
    payment: Mapping[str, Any]
    intent_id: str
    secret: str
    """What the shopper's browser proves itself with at the gateway."""

    @classmethod
    def of(cls, order: Mapping[str, Any], payment: Mapping[str, Any]) -> Self:
        """The two as the shop answered."""
        return cls(
            order=order,
            token=order["token"],
            payment=payment,
            intent_id=payment["intent_id"],
            secret=payment["client"]["client_secret"],
        )

    @property
    def id(self) -> UUID:
        """The order's."""
        return UUID(self.order["id"])


async def held(
    shoppers: Shoppers, variant: UUID, *, pieces: int = 1, email: str = "ada@example.com"
) -> Held:
    """An order of that many pieces, whose payment by the gateway was begun."""
    placed = await ordered(shoppers, variant, pieces=pieces, email=email)
    intend = partial(shoppers.intend, placed, placed["token"], key=fresh_key(), gateway="fake")
    intent = await patiently(intend)
    assert intent.ok, f"a payment could not be begun: {intent}"
    return Held.of(placed, intent.body)


async def ordered(
    shoppers: Shoppers, variant: UUID, *, pieces: int = 1, email: str = "ada@example.com"
) -> Mapping[str, Any]:
    """An order of that many pieces, as the shop answered."""
    filled = await patiently(partial(shoppers.add, [(variant, pieces)]))
    assert filled.ok, f"a cart could not be filled: {filled}"
    cart = filled.headers["X-Cart-Token"]
    placed = await patiently(partial(shoppers.order, cart, key=fresh_key(), email=email))
    assert placed.ok, f"an order could not be placed: {placed}"
    order: Mapping[str, Any] = placed.body
    return order


async def patiently(ask: Job[T]) -> T:
    """What is answered once the database is not too busy to say; asked for under one key."""
    answer, asked = await ask(), 1
    while isinstance(answer, Answer) and answer.label() == TOO_BUSY and asked < MOST_ASKED:
        await asyncio.sleep(PAUSE_S)
        answer, asked = await ask(), asked + 1
    return answer


async def act(gateway: FakeGateway, path: str, **body: object) -> Mapping[str, Any]:
    """What somebody does at the gateway, while others do other things."""
    return await asyncio.to_thread(gateway.act, path, **body)


async def pay(gateway: FakeGateway, one: Held, card: str = "card_ok") -> None:
    """The shopper types a card in."""
    path = f"/intents/{one.intent_id}/pay"
    await act(gateway, path, client_secret=one.secret, card=card)
