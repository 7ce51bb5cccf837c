"""The shop that the tests of the use cases trade in."""

from __future__ import annotations

import pytest

from tests.application.trading import Trade


@pytest.fixture
async def trade() -> Trade:
    """An open shop in memory."""
    return await Trade.open()
