"""The desk: asks every carrier at once under one deadline, and remembers what was said."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from attrs import frozen

from automate_store.application.ports.shipping import CarrierAnswers, RateQuestion
from automate_store.application.ports.sources import Clock
from automate_store.domain.kernel.money import Money

MOST_KEPT = 10_000
"""Answers that are remembered; the oldest goes first."""
SILENCE_KEPT = timedelta(seconds=10)


class CarrierSilent(Exception):  # noqa: N818 - named for the fact
    """The carrier can't be reached, or what it said can't be used."""


class Carrier(Protocol):
    """One carrier, or one service that speaks for several."""

    async def price(self, question: RateQuestion) -> Money | None:
        """Its price, or None for a parcel that it does not take; raises CarrierSilent."""


@frozen
class _Kept:
    answer: Money | None
    answered: bool
    until: datetime


class CarrierDesk:
    """
    Implements ``ports.shipping.Carriers`` over carriers by name.

    ``otherwise`` speaks for every name that is not among them. An answer is kept for
    ``kept_for`` and a silence for SILENCE_KEPT, in this process alone.
    """

    def __init__(
        self,
        carriers: Mapping[str, Carrier],
        *,
        otherwise: Carrier | None = None,
        deadline_s: float,
        kept_for: timedelta,
        clock: Clock,
        most_kept: int = MOST_KEPT,
    ) -> None:
        self._carriers = carriers
        self._otherwise = otherwise
        self._deadline_s = deadline_s
        self._kept_for = kept_for
        self._clock = clock
        self._most_kept = most_kept
        self._kept: dict[RateQuestion, _Kept] = {}

    async def ask(self, questions: Collection[RateQuestion]) -> CarrierAnswers:
        """The answers that are remembered, or came in time."""
        now = self._clock()
        known = {question: kept for question in questions if (kept := self._fresh(question, now))}
        unknown = [question for question in dict.fromkeys(questions) if question not in known]
        told = await asyncio.gather(*map(self._asked, unknown))
        known.update(zip(unknown, told, strict=True))
        return {question: kept.answer for question, kept in known.items() if kept.answered}

    def _fresh(self, question: RateQuestion, now: datetime) -> _Kept | None:
        kept = self._kept.get(question)
        return kept if kept is not None and now < kept.until else None

    async def _asked(self, question: RateQuestion) -> _Kept:
        answer, answered = None, True
        try:
            async with asyncio.timeout(self._deadline_s):
                answer = _checked(await self._carrier(question.provider).price(question), question)
        except Exception as wrong:  # noqa: BLE001 - whatever a carrier's program does, the shop sells
            answered = False
            said = str(wrong) if isinstance(wrong, CarrierSilent) else type(wrong).__name__
            structlog.get_logger().warning(
                "carrier_silent", provider=question.provider, reason=said
            )
        return self._keep(question, answer, answered=answered)

    def _carrier(self, provider: str) -> Carrier:
        carrier = self._carriers.get(provider, self._otherwise)
        if carrier is None:
            raise CarrierSilent("no carrier of that name")
        return carrier

    def _keep(self, question: RateQuestion, answer: Money | None, *, answered: bool) -> _Kept:
        kept_for = self._kept_for if answered else min(self._kept_for, SILENCE_KEPT)
        kept = _Kept(answer, answered, self._clock() + kept_for)
        self._kept.pop(question, None)
        self._kept[question] = kept
        while len(self._kept) > self._most_kept:
            del self._kept[next(iter(self._kept))]
        return kept


def _checked(answer: Money | None, question: RateQuestion) -> Money | None:
    if answer is None:
        return None
    if answer.currency != question.parcel.value.currency:
        raise CarrierSilent(f"answered in {answer.currency}")
    if answer.minor < 0:
        raise CarrierSilent("answered below zero")
    return answer
