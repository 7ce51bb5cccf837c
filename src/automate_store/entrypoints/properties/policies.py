"""How a store does what the rules leave open, where a test does not care."""

from __future__ import annotations

from datetime import timedelta

from automate_store.application.policies import StorePolicy
from automate_store.entrypoints.properties.accounts import POLICY as ACCOUNTS
from automate_store.entrypoints.properties.carts import POLICY as CARTS
from automate_store.entrypoints.properties.returns import POLICY as RETURNS

POLICY = StorePolicy(
    store_name="Contracts",
    currency="USD",
    cart=CARTS,
    reservation_lifetime=timedelta(minutes=30),
    edit_window=timedelta(minutes=60),
    guest_cart_lifetime=timedelta(days=7),
    key_lifetime=timedelta(hours=24),
    low_stock_threshold=5,
    accounts=ACCOUNTS,
    returns=RETURNS,
    url="http://shop.example",
)
"""What ``MemoryShop.open`` asks for; ``attrs.evolve`` gives one that differs."""
