"""The composition root: Settings in, a store out; nothing else chooses adapters."""

from automate_store.entrypoints.bootstrap.opening import Store, open_store, running_database
from automate_store.entrypoints.bootstrap.policies import (
    PROMOTION_PARTS,
    password_hasher,
    pricing_policy,
    promotion_kinds,
    store_policy,
)

__all__ = [
    "PROMOTION_PARTS",
    "Store",
    "open_store",
    "password_hasher",
    "pricing_policy",
    "promotion_kinds",
    "running_database",
    "store_policy",
]
