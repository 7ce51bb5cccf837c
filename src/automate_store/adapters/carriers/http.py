"""
A service that is asked over HTTP, and speaks for every carrier that methods name.

It is sent, by POST, ``{"provider": "ups", "destination": {"country": "US", "state": "NY",
"postal_code": "10001"}, "parcel": {"weight_g": 500, "quantity": 2, "value": {"amount":
"39.98", "currency": "USD"}}}`` and answers 200 with ``{"amount": "7.40", "currency":
"USD"}``, or 422 where the carrier does not take the parcel. Anything else is silence.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import msgspec
from msgspec import Struct

from automate_store.adapters.asking import Asker, NoAnswer
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
    """Implements ``Carrier``."""

    def __init__(self, url: str, asker: Asker) -> None:
        self._url = url
        self._asker = asker

    async def price(self, question: RateQuestion) -> Money | None:
        """The price of the answer, None where it refuses; raises CarrierSilent."""
        try:
            answer = await self._asker.ask(
                "POST",
                self._url,
                longest=LONGEST_ANSWER,
                headers={"Content-Type": "application/json"},
                body=msgspec.json.encode(_told(question)),
            )
        except NoAnswer as wrong:
            raise CarrierSilent(f"{wrong}") from wrong
        if answer.status == REFUSED:
            return None
        if answer.status != HTTPStatus.OK:
            raise CarrierSilent(f"answered {answer.status}")
        return _read(answer.body)


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


def _read(body: bytes) -> Money:
    try:
        price = msgspec.json.decode(body, type=_Price)
        return Money.parse(price.amount, price.currency)
    except (msgspec.MsgspecError, UnicodeDecodeError, StoreError) as wrong:
        raise CarrierSilent("answered no price") from wrong
