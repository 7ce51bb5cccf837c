"""
A service that is asked over HTTP, and speaks for every carrier that methods name.

It is sent, by POST, ``{"provider": "ups", "destination": {"country": "US", "state": "NY",
"postal_code": "10001"}, "parcel": {"weight_g": 500, "quantity": 2, "value": {"amount":
"39.98", "currency": "USD"}}}`` and answers 200 with ``{"amount": "7.40", "currency":
"USD"}``, or 422 where the carrier does not take the parcel. Anything else is silence.
"""

from __future__ import annotations

from typing import Any

import httpx
import msgspec
from msgspec import Struct

from automate_store.adapters.carriers.desk import CarrierSilent
from automate_store.application.ports.shipping import RateQuestion
from automate_store.domain.kernel.errors import StoreError
from automate_store.domain.kernel.money import Money

REFUSED = 422
LONGEST_ANSWER = 65_536
"""Bytes that are read of an answer."""


class _Price(Struct, frozen=True):
    amount: str
    currency: str


class HttpCarrier:
    """Implements ``Carrier``; the client's owner closes it."""

    def __init__(self, url: str, client: httpx.AsyncClient) -> None:
        self._url = url
        self._client = client

    async def price(self, question: RateQuestion) -> Money | None:
        """The price of the answer, None where it refuses; raises CarrierSilent."""
        try:
            async with self._client.stream("POST", self._url, json=_told(question)) as answer:
                if answer.status_code == REFUSED:
                    return None
                if answer.status_code != httpx.codes.OK:
                    raise CarrierSilent(f"answered {answer.status_code}")
                body = await _bounded(answer)
        except httpx.HTTPError as wrong:
            raise CarrierSilent(type(wrong).__name__) from wrong
        return _read(body)


def _told(question: RateQuestion) -> dict[str, Any]:
    place, parcel = question.destination, question.parcel
    value = {"amount": f"{parcel.value.decimal():f}", "currency": parcel.value.currency}
    return {
        "provider": question.provider,
        "destination": {
            "country": place.country,
            "state": place.state,
            "postal_code": place.postal_code,
        },
        "parcel": {"weight_g": parcel.weight_g, "quantity": parcel.quantity, "value": value},
    }


async def _bounded(answer: httpx.Response) -> bytes:
    body = b""
    async for part in answer.aiter_bytes():
        body += part
        if len(body) > LONGEST_ANSWER:
            raise CarrierSilent("answered too much")
    return body


def _read(body: bytes) -> Money:
    try:
        price = msgspec.json.decode(body, type=_Price)
        return Money.parse(price.amount, price.currency)
    except (msgspec.MsgspecError, UnicodeDecodeError, StoreError) as wrong:
        raise CarrierSilent("answered no price") from wrong
