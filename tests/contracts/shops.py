"""Shops in memory for the suites, whole or with a part changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from automate_store.adapters.memory import MemoryShop, MemoryStore, MemoryWork, Session
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


def open_shop(
    *,
    repositories: Callable[[Session], MemoryWork] = MemoryWork,
    store: type[MemoryStore] = MemoryStore,
) -> MemoryShop:
    """An empty shop at noon."""
    return MemoryShop.open(POLICY, PRICING, at=NOON, repositories=repositories, store=store)
