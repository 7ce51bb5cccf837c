"""The manual's example, run as it stands."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

from automate_store.adapters.asking import opened_asker
from automate_store.adapters.fake import FakeGateway
from automate_store.adapters.system import SystemClock, SystemIds
from automate_store.domain.kernel.ids import OrderId, PaymentId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import GatewayReport, Payment, PaymentState
from automate_store.entrypoints.fake_gateway import CARDS, create_fake_gateway
from automate_store.entrypoints.fake_gateway.faults import Call
from automate_store.entrypoints.settings.paying import FAKE_SECRET
from tests.adapters.fake.serving import Shoppers, live

MANUAL = (Path(__file__).parents[3] / "docs" / "testing-with-the-fake-gateway.md").read_text()
ADDRESS = "http://127.0.0.1:4242"


def block(mark: str) -> str:
    found = re.search(rf"<!-- {mark} -->\n```python\n(.*?)```\n", MANUAL, re.DOTALL)
    assert found is not None
    return found[1]


class Hook:
    """A shop of which only the ear is there."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return
        self.path = scope["path"]
        self.headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.body = (await receive())["body"]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})


async def test_what_parks_a_payment_parks_it() -> None:
    clock, ids, hook = SystemClock(), SystemIds(), Hook()
    app = create_fake_gateway(clock=clock, ids=ids, secret=FAKE_SECRET)
    async with live(app) as url, live(hook) as shop, opened_asker(connect_s=2, read_s=5) as asker:
        gateway = FakeGateway(url, asker, secret=FAKE_SECRET)
        payment = Payment.intend(
            id=PaymentId(ids.uuid()),
            order_id=OrderId(ids.uuid()),
            gateway="fake",
            amount=Money(1999, "USD"),
            at=clock(),
        )
        payment = payment.settle(await gateway.create_intent(payment), at=clock())
        await Shoppers().shopper_pays(gateway, payment)
        code = block("parked").replace(ADDRESS, url).replace("http://127.0.0.1:8000", shop)
        names: dict[str, Any] = {}
        exec(compile(code, "parked", "exec"), names)  # noqa: S102 - our own page
        await asyncio.to_thread(names["park"], str(payment.id))
        event = await gateway.read_webhook(hook.headers, hook.body, at=clock())
    assert hook.path == "/api/v1/payments/fake/webhook"
    assert isinstance(event.news, GatewayReport)
    assert payment.settle(event.news, at=clock()).state is PaymentState.PARKED


async def test_the_example_does_what_it_says() -> None:
    example = block("example")
    assert ADDRESS in example
    app = create_fake_gateway(clock=SystemClock(), ids=SystemIds(), secret=FAKE_SECRET)
    async with live(app) as url:
        program = compile(example.replace(ADDRESS, url), "example", "exec")
        await asyncio.to_thread(exec, program, {"__name__": "example"})


def test_the_manual_knows_every_card_and_every_call() -> None:
    known = set(re.findall(r"`(\w+)`", MANUAL))
    assert CARDS.keys() <= known
    assert set(Call.__args__) <= known  # type: ignore[attr-defined]
