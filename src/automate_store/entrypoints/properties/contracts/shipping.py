"""What every adapter of ``ports.shipping.Carriers`` promises."""

from __future__ import annotations

from typing import Protocol

import pytest

from automate_store.application.ports.shipping import Carriers, RateQuestion
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.places import Destination
from automate_store.domain.shipping import Parcel


class Board(Protocol):
    """The carriers, and where a test sets what they say."""

    @property
    def carriers(self) -> Carriers:
        """Whoever is asked."""

    def price(self, provider: str, answer: Money | None) -> None:
        """What the provider asks for any parcel from now on; None: it takes none."""

    def silence(self, provider: str) -> None:
        """The provider can't be reached from now on."""


@pytest.mark.asyncio
class CarriersContract:
    """Whoever answers is told of, whoever does not is left out, and nobody raises."""

    async def test_a_price_is_told_for_its_question(self, board: Board) -> None:
        board.price("ups", Money(740, "USD"))
        asked = _question("ups")
        assert await board.carriers.ask([asked]) == {asked: Money(740, "USD")}

    async def test_a_parcel_that_is_not_taken_is_told_as_none(self, board: Board) -> None:
        board.price("ups", None)
        asked = _question("ups")
        assert await board.carriers.ask([asked]) == {asked: None}

    async def test_who_is_silent_or_unknown_has_no_answer(self, board: Board) -> None:
        board.silence("ups")
        assert await board.carriers.ask([_question("ups"), _question("drone")]) == {}

    async def test_several_questions_are_answered_each_by_its_own(self, board: Board) -> None:
        board.price("ups", Money(740, "USD"))
        board.price("dhl", Money(0, "USD"))
        board.silence("fedex")
        light, heavy = _question("ups"), _question("ups", weight_g=9000)
        asked = [light, heavy, _question("dhl"), _question("fedex")]
        assert await board.carriers.ask(asked) == {
            light: Money(740, "USD"),
            heavy: Money(740, "USD"),
            asked[2]: Money(0, "USD"),
        }

    async def test_nothing_is_asked_for_nothing(self, board: Board) -> None:
        assert await board.carriers.ask([]) == {}


def _question(provider: str, *, weight_g: int = 500) -> RateQuestion:
    place = Destination("US", "NY", "10001")
    return RateQuestion(provider, place, Parcel(weight_g, 2, Money(3998, "USD")))
