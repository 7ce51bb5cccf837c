"""The desk that asks carriers, and the carrier that is asked over HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import structlog

from automate_store.adapters.carriers import CarrierDesk, CarrierSilent
from automate_store.adapters.carriers import desk as desks
from automate_store.adapters.carriers.http import LONGEST_ANSWER, HttpCarrier
from automate_store.adapters.memory import MemoryCarriers, MemoryClock
from automate_store.application.ports.shipping import Carriers, RateQuestion
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.places import Destination
from automate_store.domain.shipping import Parcel
from automate_store.entrypoints.properties.contracts import Board, CarriersContract
from tests.adapters.asking import HttpxAsker

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEPT_FOR = timedelta(minutes=5)


def question(provider: str = "ups", *, weight_g: int = 500) -> RateQuestion:
    place = Destination("US", "NY", "10001")
    return RateQuestion(provider, place, Parcel(weight_g, 2, Money(3998, "USD")))


class FakeCarrier:
    """Answers what it is told to, or never."""

    def __init__(self, answer: Money | None = None) -> None:
        self.answer = answer
        self.wrong: Exception | None = None
        self.hangs = False
        self.asked = 0

    async def price(self, _: RateQuestion) -> Money | None:
        self.asked += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.wrong is not None:
            raise self.wrong
        return self.answer


class DeskBoard:
    def __init__(self) -> None:
        self.fakes = {name: FakeCarrier() for name in ("ups", "dhl", "fedex")}
        self.clock = MemoryClock(NOON)
        self.carriers: Carriers = CarrierDesk(
            self.fakes, deadline_s=0.02, kept_for=KEPT_FOR, clock=self.clock
        )

    def price(self, provider: str, answer: Money | None) -> None:
        self.fakes[provider].answer = answer

    def silence(self, provider: str) -> None:
        self.fakes[provider].wrong = CarrierSilent("is away")


class MemoryBoard:
    def __init__(self) -> None:
        self.fake = MemoryCarriers()
        self.carriers: Carriers = self.fake

    def price(self, provider: str, answer: Money | None) -> None:
        self.fake.price(provider, answer)

    def silence(self, provider: str) -> None:
        self.fake.silence(provider)


class TestDesk(CarriersContract):
    @pytest.fixture
    def board(self) -> Board:
        return DeskBoard()


class TestMemory(CarriersContract):
    @pytest.fixture
    def board(self) -> Board:
        return MemoryBoard()


@pytest.fixture
def board() -> DeskBoard:
    return DeskBoard()


async def test_who_is_too_slow_holds_up_nobody_who_answers(board: DeskBoard) -> None:
    board.fakes["ups"].hangs = True
    board.price("dhl", Money(500, "USD"))
    asked = [question("ups"), question("dhl")]
    assert await board.carriers.ask(asked) == {asked[1]: Money(500, "USD")}


async def test_an_answer_is_given_again_until_it_is_old(board: DeskBoard) -> None:
    board.price("ups", Money(740, "USD"))
    await board.carriers.ask([question()])
    board.price("ups", Money(990, "USD"))
    board.clock.advance(KEPT_FOR - timedelta(microseconds=1))
    assert await board.carriers.ask([question()]) == {question(): Money(740, "USD")}
    board.clock.advance(timedelta(microseconds=1))
    assert await board.carriers.ask([question()]) == {question(): Money(990, "USD")}
    assert board.fakes["ups"].asked == 2


async def test_another_parcel_is_another_question(board: DeskBoard) -> None:
    board.price("ups", Money(740, "USD"))
    await board.carriers.ask([question(), question(weight_g=501)])
    assert board.fakes["ups"].asked == 2


async def test_a_silent_carrier_is_left_alone_for_a_moment_only(board: DeskBoard) -> None:
    board.silence("ups")
    await board.carriers.ask([question()])
    board.fakes["ups"].wrong = None
    board.price("ups", Money(740, "USD"))
    assert await board.carriers.ask([question()]) == {}
    assert board.fakes["ups"].asked == 1
    board.clock.advance(desks.SILENCE_KEPT)
    assert await board.carriers.ask([question()]) == {question(): Money(740, "USD")}


@pytest.mark.parametrize("answer", [Money(740, "EUR"), Money(-1, "USD")])
async def test_nonsense_counts_as_silence(board: DeskBoard, answer: Money) -> None:
    board.price("ups", answer)
    assert await board.carriers.ask([question()]) == {}


async def test_a_broken_program_of_a_carrier_breaks_no_checkout(board: DeskBoard) -> None:
    board.fakes["ups"].wrong = ZeroDivisionError()
    with structlog.testing.capture_logs() as lines:
        assert await board.carriers.ask([question()]) == {}
    assert [(line["provider"], line["reason"]) for line in lines] == [("ups", "ZeroDivisionError")]


async def test_the_desk_remembers_so_much_and_no_more() -> None:
    fake = FakeCarrier(Money(740, "USD"))
    desk = CarrierDesk(
        {"ups": fake}, deadline_s=1, kept_for=KEPT_FOR, clock=MemoryClock(NOON), most_kept=2
    )
    for weight_g in (1, 2, 3, 1):
        await desk.ask([question(weight_g=weight_g)])
    assert fake.asked == 4


Respond = Callable[[httpx.Request], httpx.Response]


async def asked_over_http(respond: Respond) -> Money | None:
    transport = httpx.MockTransport(respond)
    async with httpx.AsyncClient(transport=transport) as client:
        return await HttpCarrier("http://rates.example/price", HttpxAsker(client)).price(question())


async def test_the_service_is_sent_place_and_parcel_and_answers_a_price() -> None:
    sent: list[object] = []

    def respond(request: httpx.Request) -> httpx.Response:
        sent.append((request.method, str(request.url), json.loads(request.content)))
        return httpx.Response(200, json={"amount": "7.40", "currency": "USD", "days": 2})

    assert await asked_over_http(respond) == Money(740, "USD")
    assert sent == [
        (
            "POST",
            "http://rates.example/price",
            {
                "provider": "ups",
                "destination": {"country": "US", "state": "NY", "postal_code": "10001"},
                "parcel": {
                    "weight_g": 500,
                    "quantity": 2,
                    "value": {"amount": "39.98", "currency": "USD"},
                },
            },
        )
    ]


async def test_422_is_a_parcel_that_is_not_taken() -> None:
    assert await asked_over_http(lambda _: httpx.Response(422, text="too long")) is None


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(302, headers={"location": "http://elsewhere.example"}),
        httpx.Response(200, text="7.40"),
        httpx.Response(200, content=b"\xff"),
        httpx.Response(200, json={"amount": 7.4, "currency": "USD"}),
        httpx.Response(200, json={"amount": "7.405", "currency": "USD"}),
        httpx.Response(200, json={"amount": "7.40", "currency": "Taler"}),
        httpx.Response(200, content=b" " * (LONGEST_ANSWER + 1)),
    ],
)
async def test_anything_else_is_silence(answer: httpx.Response) -> None:
    with pytest.raises(CarrierSilent):
        await asked_over_http(lambda _: answer)


async def test_a_service_that_is_away_is_silent() -> None:
    def respond(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(CarrierSilent):
        await asked_over_http(respond)
