"""The stores that every suite is run on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from automate_store.adapters.memory import MemoryShop
from automate_store.application.policies import StorePolicy
from automate_store.entrypoints.properties.carts import POLICY as CART_POLICY
from automate_store.entrypoints.properties.moments import NOON
from automate_store.entrypoints.properties.orders import PRICING

POLICY = StorePolicy(
    store_name="Contracts",
    currency="USD",
    cart=CART_POLICY,
    reservation_lifetime=timedelta(minutes=30),
    guest_cart_lifetime=timedelta(days=7),
    key_lifetime=timedelta(hours=24),
    low_stock_threshold=5,
)


@pytest.fixture
def memory_shop() -> MemoryShop:
    return MemoryShop.open(POLICY, PRICING, at=NOON)
