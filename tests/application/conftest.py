"""The shop that the tests of the use cases trade in."""

from __future__ import annotations

import pytest

from automate_store.adapters.manual import ManualGateway
from automate_store.adapters.memory import MemoryGateway
from tests.application.trading import Trade


@pytest.fixture(params=[MemoryGateway, ManualGateway], ids=["online", "offline"])
async def trade(request: pytest.FixtureRequest) -> Trade:
    """An open shop in memory, whose gateway is another machine, or answers on the spot."""
    return await Trade.open(request.param())
