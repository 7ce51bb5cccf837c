"""What the fake gateway says to whoever asks it wrongly, and what it keeps out of the log."""

from __future__ import annotations

import logging

import httpx
import pytest

from automate_store.adapters.system import SystemClock, SystemIds
from automate_store.entrypoints.cli.errors import GatewayAddressTaken, sentence
from automate_store.entrypoints.cli.faking import not_on_purpose, serve_fake_gateway
from automate_store.entrypoints.fake_gateway import create_fake_gateway
from automate_store.entrypoints.settings import Settings
from tests.adapters.fake.serving import SECRET, live


@pytest.mark.parametrize(
    ("path", "sent", "status", "code", "says"),
    [
        ("/intents", "{}", 400, "bad_request", "`amount`"),
        ("/intents", '{"amount": 0, "currency": "USD"}', 400, "bad_request", "amount: "),
        ("/intents", '{"amount": 1, "currency": "USD", "tip": 1}', 400, "bad_request", "`tip`"),
        ("/intents", "{", 400, "bad_request", "truncated"),
        ("/intents/in_1/disputes", "", 400, "bad_request", "a body of JSON is needed, {}"),
        ("/intents/in_1/disputes", "{}", 404, "not_found", "in_1"),
        ("/elsewhere", "{}", 404, "not_found", "Not Found"),
    ],
)
async def test_what_it_can_not_read_it_says_field_by_field(
    path: str, sent: str, status: int, code: str, says: str
) -> None:
    app = create_fake_gateway(clock=SystemClock(), ids=SystemIds(), secret=SECRET)
    headers = {"content-type": "application/json"}
    async with live(app) as url, httpx.AsyncClient(base_url=url) as client:
        told = await client.post(path, content=sent, headers=headers)
    answer = told.json()
    assert (told.status_code, answer["code"], answer.keys()) == (status, code, {"code", "message"})
    assert says in answer["message"]


async def test_an_answer_that_is_dropped_on_purpose_is_no_error_of_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = create_fake_gateway(clock=SystemClock(), ids=SystemIds(), secret=SECRET)
    async with live(app) as url, httpx.AsyncClient(base_url=url) as client:
        await client.put("/faults", json={"calls": {"create_intent": {"drop_answer": 1}}})
        with pytest.raises(httpx.RemoteProtocolError):
            await client.post("/intents", json={"amount": 1, "currency": "USD"})
    spoken = [each for each in caplog.records if each.levelno >= logging.ERROR]
    assert spoken, "the server has something to say of it"
    assert not any(not_on_purpose(each) for each in spoken)


async def test_an_address_that_is_taken_names_the_way_out() -> None:
    app = create_fake_gateway(clock=SystemClock(), ids=SystemIds(), secret=SECRET)
    async with live(app) as url:
        settings = Settings(port=int(url.rpartition(":")[2]))
        with pytest.raises(GatewayAddressTaken) as taken:
            await serve_fake_gateway(settings, webhook_url=None)
    assert "another port: --port" in sentence(taken.value)
    assert "AUTOMATE_STORE_PORT" not in sentence(taken.value)
