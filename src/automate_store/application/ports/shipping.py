"""Carriers: who is asked what it costs to carry a parcel."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from attrs import frozen

from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.places import Destination
from automate_store.domain.shipping import Parcel


@frozen
class RateQuestion:
    """What a carrier asks for that parcel to that place; equal questions have one answer."""

    provider: str
    destination: Destination
    parcel: Parcel


CarrierAnswers = Mapping[RateQuestion, Money | None]
"""A price, or None for a parcel that the carrier does not take; who is silent is not in it."""


class Carriers(Protocol):
    """
    All carriers that the store may ask; none is asked inside a database transaction.

    A question is never an error: a provider that is unknown, away, too slow, or that
    answers nonsense or in another currency than the parcel's, has not answered.
    """

    async def ask(self, questions: Collection[RateQuestion]) -> CarrierAnswers:
        """
        The answers that came in time: all questions are asked at once, under one deadline.

        An answer may be kept for a while and given again without asking; so may a silence,
        for a shorter while: a carrier that is away holds up one customer, not all.
        """


class NoCarriers:
    """Nobody to ask: each external rate falls back."""

    async def ask(self, questions: Collection[RateQuestion]) -> CarrierAnswers:  # noqa: ARG002
        """No answers."""
        return {}


NO_CARRIERS = NoCarriers()
