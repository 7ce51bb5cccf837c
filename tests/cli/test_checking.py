"""``check-gateways``: which payment provider works, and what is wrong with the others."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from attrs import evolve

from automate_store.adapters.memory import MemoryGateway
from automate_store.adapters.memory.telling import TellingGateway
from automate_store.application.errors import GatewayUnavailable, KeyRefused
from automate_store.domain.payments import GatewayEvent
from automate_store.entrypoints.cli.checking import run
from tests.application.telling import Desk
from tests.cli.commands import command


class Silent(MemoryGateway):
    cause: Exception | None = None

    async def events(self, since: datetime) -> AsyncIterator[GatewayEvent]:
        async for each in super().events(since):
            yield each
        raise GatewayUnavailable(self.name) from self.cause


class Locked(Silent):
    cause = KeyRefused()


async def test_each_gateway_is_told_of(capsys: pytest.CaptureFixture[str]) -> None:
    desk = await Desk.in_memory()
    well = {"memory": TellingGateway()}
    assert await run(evolve(desk.ports, gateways=well))
    ill = {**well, "emu": Silent("emu"), "owl": Locked("owl")}
    assert not await run(evolve(desk.ports, gateways=ill))
    assert capsys.readouterr().out.splitlines() == [
        "memory: works",
        "emu: it does not answer",
        "memory: works",
        "owl: it refuses the store's key",
    ]


def test_a_shop_without_providers_has_nothing_to_check(postgres_url: str) -> None:
    checked = command("check-gateways", settings={"database_url": postgres_url})
    assert (checked.code, "by hand" in checked.out) == (0, True)
    away = {
        "database_url": postgres_url,
        "gateways": "manual,fake",
        "fake_url": "http://127.0.0.1:9",
    }
    checked = command("check-gateways", settings=away)
    assert (checked.code, "fake: it does not answer" in checked.out) == (1, True)
