"""The stores that every suite is run on."""

from __future__ import annotations

import pytest

from automate_store.adapters.memory import MemoryShop
from tests.contracts.shops import open_shop


@pytest.fixture
def memory_shop() -> MemoryShop:
    return open_shop()
