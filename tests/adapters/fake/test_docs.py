"""The manual's example, run as it stands."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from automate_store.adapters.system import SystemClock, SystemIds
from automate_store.entrypoints.fake_gateway import CARDS, create_fake_gateway
from automate_store.entrypoints.fake_gateway.faults import Call
from automate_store.entrypoints.settings.paying import FAKE_SECRET
from tests.adapters.fake.serving import live

MANUAL = (Path(__file__).parents[3] / "docs" / "testing-with-the-fake-gateway.md").read_text()
ADDRESS = "http://127.0.0.1:4242"


async def test_the_example_does_what_it_says() -> None:
    found = re.search(r"<!-- example -->\n```python\n(.*?)```\n", MANUAL, re.DOTALL)
    assert found is not None
    assert ADDRESS in found[1]
    app = create_fake_gateway(clock=SystemClock(), ids=SystemIds(), secret=FAKE_SECRET)
    async with live(app) as url:
        program = compile(found[1].replace(ADDRESS, url), "example", "exec")
        await asyncio.to_thread(exec, program, {"__name__": "example"})


def test_the_manual_knows_every_card_and_every_call() -> None:
    known = set(re.findall(r"`(\w+)`", MANUAL))
    assert CARDS.keys() <= known
    assert set(Call.__args__) <= known  # type: ignore[attr-defined]
