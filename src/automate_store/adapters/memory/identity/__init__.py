"""Accounts in memory: people, their sessions, mailed links, addresses, keys and the trail."""

from automate_store.adapters.memory.identity.accounts import MemoryAccounts
from automate_store.adapters.memory.identity.address_books import MemoryAddressBooks
from automate_store.adapters.memory.identity.keys import MemorySigningKeys
from automate_store.adapters.memory.identity.links import MemoryLinks
from automate_store.adapters.memory.identity.sessions import MemorySessions
from automate_store.adapters.memory.identity.trail import MemoryTrail

__all__ = [
    "MemoryAccounts",
    "MemoryAddressBooks",
    "MemoryLinks",
    "MemorySessions",
    "MemorySigningKeys",
    "MemoryTrail",
]
