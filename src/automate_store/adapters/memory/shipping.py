"""Carriers that say what a test tells them to."""

from __future__ import annotations

from collections.abc import Callable, Collection

from automate_store.application.ports.shipping import CarrierAnswers, RateQuestion
from automate_store.domain.kernel.money import Money
from automate_store.domain.shipping import Parcel

PriceList = Callable[[Parcel], Money | None]


class MemoryCarriers:
    """
    Implements ``ports.shipping.Carriers``; who was told nothing is silent.

    It keeps no answers, so that a price may change between two looks. ``asked`` is each
    question, in its turn.
    """

    def __init__(self) -> None:
        self.asked: list[RateQuestion] = []
        self._prices: dict[str, PriceList] = {}

    def price(self, provider: str, prices: PriceList | Money | None) -> None:
        """What the provider answers from now on: a price, one for each parcel, or a refusal."""
        self._prices[provider] = prices if callable(prices) else lambda _: prices

    def silence(self, provider: str) -> None:
        """The provider does not answer from now on."""
        self._prices.pop(provider, None)

    async def ask(self, questions: Collection[RateQuestion]) -> CarrierAnswers:
        """What each provider was told to say."""
        self.asked.extend(questions)
        return {
            question: self._prices[question.provider](question.parcel)
            for question in questions
            if question.provider in self._prices
        }
