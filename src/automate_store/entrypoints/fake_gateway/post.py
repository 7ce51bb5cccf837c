"""Webhooks: signed, from a queue of their own, told again where nobody listened."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from datetime import datetime

import msgspec
from attrs import evolve, frozen

from automate_store.adapters.asking import Asker, NoAnswer, opened_asker
from automate_store.adapters.fake.signing import SIGNATURE, sign
from automate_store.application.ports.sources import Clock
from automate_store.entrypoints.fake_gateway.faults import Chance
from automate_store.entrypoints.fake_gateway.words import Happened

TRIES_AFTER_S = (0.5, 2.0, 10.0)
"""When a webhook is told again that was not answered with 2xx; then no more."""
OVERTAKEN_S = 0.25
"""How long one that is told out of turn is held back, so that later ones overtake it."""
LONGEST_LINE = 100_000
"""Webhooks that wait, and deliveries that are remembered, at most; older ones are dropped."""
TIMEOUT_S = 5.0
LONGEST_ANSWER = 65_536
"""Bytes that are read of what a shop answers."""
SUCCESS = range(200, 300)


@frozen(kw_only=True)
class Letter:
    """One webhook on its way, due by the loop's clock."""

    event: Happened
    due: float
    tries: int = 0


@frozen(kw_only=True)
class Delivery:
    """What became of one try to tell."""

    event_id: str
    type: str
    url: str
    at: datetime
    status: int | None
    """None where nobody answered."""


class Post:
    """Tells of events, to the address that is set; to nobody where none is."""

    def __init__(self, chance: Chance, *, clock: Clock, secret: str, url: str | None) -> None:
        self._chance, self._clock, self._secret = chance, clock, secret
        self._line: deque[Letter] = deque(maxlen=LONGEST_LINE)
        self._news = asyncio.Event()
        self._at_work = False
        self.url = url
        self.deliveries: deque[Delivery] = deque(maxlen=LONGEST_LINE)

    @property
    def waiting(self) -> int:
        """Webhooks that are still to be told, the one that is being told included."""
        return len(self._line) + self._at_work

    def clear(self) -> None:
        """Forget what is still to be told, and what was."""
        self._line.clear()
        self.deliveries.clear()

    def put(self, event: Happened) -> None:
        """Tell of it soon, unless chance will have it otherwise."""
        if self.url is not None:
            self._line.extend(self._letters(event))
            self._news.set()

    def again(self, event: Happened) -> None:
        """Tell of it, whatever chance says."""
        self._line.append(Letter(event=event, due=0.0))
        self._news.set()

    async def run(self) -> None:
        """Deliver, one after the other, until cancelled."""
        async with opened_asker(connect_s=TIMEOUT_S, read_s=TIMEOUT_S) as asker:
            while True:
                letter = self._next()
                if letter is None:
                    await self._wait()
                    continue
                self._at_work = True
                await self._deliver(asker, letter)
                self._at_work = False

    def _letters(self, event: Happened) -> Iterator[Letter]:
        odds, now = self._chance.faults.events, asyncio.get_running_loop().time()
        if self._chance.strikes(odds.lose):
            return
        for _ in range(1 + self._chance.strikes(odds.duplicate)):
            due = now
            if self._chance.strikes(odds.reorder):
                due += OVERTAKEN_S
            if self._chance.strikes(odds.delay):
                due += odds.delay_s
            yield Letter(event=event, due=due)

    def _next(self) -> Letter | None:
        """The first that is due, out of the line."""
        now = asyncio.get_running_loop().time()
        for letter in self._line:
            if letter.due <= now:
                self._line.remove(letter)
                return letter
        return None

    async def _wait(self) -> None:
        self._news.clear()
        now = asyncio.get_running_loop().time()
        until = min((each.due for each in self._line), default=None)
        try:
            async with asyncio.timeout(None if until is None else max(until - now, 0)):
                await self._news.wait()
        except TimeoutError:
            return

    async def _deliver(self, asker: Asker, letter: Letter) -> None:
        if self.url is None:
            return
        url, at = self.url, self._clock()
        body = msgspec.json.encode(letter.event)
        headers = {SIGNATURE: sign(self._secret, body, at=at), "content-type": "application/json"}
        try:
            answer = await asker.ask(
                "POST", url, longest=LONGEST_ANSWER, headers=headers, body=body
            )
            status: int | None = answer.status
        except NoAnswer:
            status = None
        event = letter.event
        self.deliveries.append(
            Delivery(event_id=event.id, type=event.type, url=url, at=at, status=status)
        )
        if status not in SUCCESS and letter.tries < len(TRIES_AFTER_S):
            due = asyncio.get_running_loop().time() + TRIES_AFTER_S[letter.tries]
            self._line.append(evolve(letter, due=due, tries=letter.tries + 1))
