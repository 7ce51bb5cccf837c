"""Orders that are paid at the fake gateway: what their shoppers do here, and what there."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Self
from uuid import UUID

from attrs import frozen

from benchmarks.rig.gateway import FakeGateway
from benchmarks.rig.shoppers import Shoppers, fresh_key


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
    cart = await shoppers.fill([(variant, pieces)])
    placed = await shoppers.order(cart, key=fresh_key(), email=email)
    assert placed.ok, f"an order could not be placed: {placed}"
    token = placed.body["token"]
    intent = await shoppers.intend(placed.body, token, key=fresh_key(), gateway="fake")
    assert intent.ok, f"a payment could not be begun: {intent}"
    return Held.of(placed.body, intent.body)


async def act(gateway: FakeGateway, path: str, **body: object) -> Mapping[str, Any]:
    """What somebody does at the gateway, while others do other things."""
    return await asyncio.to_thread(gateway.act, path, **body)


async def pay(gateway: FakeGateway, one: Held, card: str = "card_ok") -> None:
    """The shopper types a card in."""
    path = f"/intents/{one.intent_id}/pay"
    await act(gateway, path, client_secret=one.secret, card=card)
