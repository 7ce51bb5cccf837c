"""The fake gateway for tests: in this process, by a clock that tests set."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from typing import Any

import msgspec
import uvicorn
from attrs import frozen

from automate_store.adapters.fake import FakeGateway
from automate_store.adapters.fake.signing import SIGNATURE, sign
from automate_store.adapters.memory import MemoryClock
from automate_store.adapters.system import SystemIds
from automate_store.application.ports.payments import PaymentGateway
from automate_store.domain.payments import Payment, SetupReport
from automate_store.entrypoints.fake_gateway import create_fake_gateway
from automate_store.entrypoints.properties.contracts import Told
from automate_store.entrypoints.properties.moments import NOON
from tests.adapters.asking import HttpxAsker, asker_of

SECRET = "whsec_of_these_tests"
OTHER_SECRET = "whsec_of_somebody_else"
URL = "http://fake.example"
JSON = {"content-type": "application/json"}


def asker_at(clock: MemoryClock) -> HttpxAsker:
    """Asks a gateway of its own, without a socket between them."""
    return asker_of(create_fake_gateway(clock=clock, ids=SystemIds(), secret=SECRET))


def fake_gateway(kind: type[FakeGateway] = FakeGateway, at: datetime = NOON) -> FakeGateway:
    """A gateway with empty books."""
    return kind(URL, asker_at(MemoryClock(at)), secret=SECRET)


class Shoppers:
    """What shoppers do at the fake gateway, for its suites."""

    def now(self) -> datetime:
        return NOON

    async def shopper_pays(self, gateway: PaymentGateway, payment: Payment) -> None:
        assert isinstance(gateway, FakeGateway)
        secret = (await gateway.fetch(payment)).client["client_secret"]
        path = f"/intents/{payment.intent_id}/pay"
        await posted(gateway, path, {"client_secret": secret, "card": "card_ok"})

    async def hand_over(self, gateway: PaymentGateway, setup: SetupReport) -> str:
        assert isinstance(gateway, FakeGateway)
        body = {"client_secret": setup.client["client_secret"], "card": "card_ok"}
        token = (await posted(gateway, f"/setups/{setup.setup_id}/card", body))["token"]
        assert isinstance(token, str)
        return token


async def posted(gateway: FakeGateway, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """What somebody gets who is not the shop."""
    answer = await gateway._asker.ask(
        "POST", gateway._url + path, longest=1000_000, headers=JSON, body=msgspec.json.encode(body)
    )
    assert answer.done, answer.body
    told: Mapping[str, Any] = msgspec.json.decode(answer.body)
    return told


@frozen
class FakeTeller:
    """Signs what the fake gateway would have told."""

    gateway: FakeGateway

    async def tell(self, payment: Payment, *, happened: datetime, signed: datetime) -> Told:
        return self._signed(payment, happened, signed, SECRET)

    async def forge(self, payment: Payment, *, signed: datetime) -> Told:
        return self._signed(payment, signed, signed, OTHER_SECRET)

    def _signed(self, payment: Payment, happened: datetime, signed: datetime, by: str) -> Told:
        amount = {"amount": payment.amount.minor, "currency": payment.amount.currency}
        intent = {"id": "in_1", "state": "captured", "failure": None, **amount}
        whole = {"authorised": payment.amount.minor, "captured": payment.amount.minor}
        event = {
            "id": f"evt_{payment.id.hex}",
            "type": "intent.captured",
            "at": happened,
            "intent_id": "in_1",
            "payment_id": str(payment.id),
            "data": {"intent": {**intent, **whole}},
        }
        body = msgspec.json.encode(event)
        return Told({SIGNATURE: sign(by, body, at=signed)}, body)


class Quiet(uvicorn.Server):
    """Leaves signals to whoever runs the tests, and ends at once."""

    async def main_loop(self) -> None:
        await self.on_tick(0)
        while not self.should_exit:  # noqa: ASYNC110 - set from outside of the loop
            await asyncio.sleep(0.005)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def live(app: Any) -> AsyncIterator[str]:
    """The address where the app is served, over a real socket."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_config=None, ws="none", timeout_graceful_shutdown=1)
        server = Quiet(config)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:  # noqa: ASYNC110 - uvicorn tells nobody
            await asyncio.sleep(0.005)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving


@contextmanager
def served(app: Any) -> Iterator[str]:
    """The same by a thread, for those who keep this one waiting."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_config=None, ws="none", timeout_graceful_shutdown=1)
        server = Quiet(config)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the fake gateway did not start"
            time.sleep(0.005)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
