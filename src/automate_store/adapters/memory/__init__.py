"""
Every port in memory, shipped for tests: yours and ours.

``MemoryShop.open`` gives a whole shop in one line; its parts can be had one by one.
"""

from automate_store.adapters.memory.audit import MemoryAuditor
from automate_store.adapters.memory.carts import MemoryCarts
from automate_store.adapters.memory.catalog import (
    MemoryCatalogQueries,
    MemoryProducts,
    MemoryShelf,
)
from automate_store.adapters.memory.catalog_files import MemoryCatalogFile
from automate_store.adapters.memory.credentials import (
    MemoryHasher,
    MemoryPasswords,
    MemorySecondFactor,
    MemoryTokens,
)
from automate_store.adapters.memory.inventory import MemoryStock
from automate_store.adapters.memory.keys import MemoryKeys
from automate_store.adapters.memory.limits import MemoryLimits
from automate_store.adapters.memory.media import MemoryMedia, MemoryPictures
from automate_store.adapters.memory.messages import MemoryMailer
from automate_store.adapters.memory.notices import MemoryNotices
from automate_store.adapters.memory.orders import MemoryOrders
from automate_store.adapters.memory.payments import MemoryGateway, MemoryPayments
from automate_store.adapters.memory.pricing import MemoryRules
from automate_store.adapters.memory.saving import MemorySavingGateway
from automate_store.adapters.memory.session import RecordedEvent, Session
from automate_store.adapters.memory.session_cache import MemorySessionCache
from automate_store.adapters.memory.shipping import MemoryCarriers
from automate_store.adapters.memory.shop import MemoryShop
from automate_store.adapters.memory.sources import MemoryClock, MemoryIds
from automate_store.adapters.memory.store import MemoryReads, MemoryStore, MemoryWork
from automate_store.adapters.memory.texts import MemoryTexts

__all__ = [
    "MemoryAuditor",
    "MemoryCarriers",
    "MemoryCarts",
    "MemoryCatalogFile",
    "MemoryCatalogQueries",
    "MemoryClock",
    "MemoryGateway",
    "MemoryHasher",
    "MemoryIds",
    "MemoryKeys",
    "MemoryLimits",
    "MemoryMailer",
    "MemoryMedia",
    "MemoryNotices",
    "MemoryOrders",
    "MemoryPasswords",
    "MemoryPayments",
    "MemoryPictures",
    "MemoryProducts",
    "MemoryReads",
    "MemoryRules",
    "MemorySavingGateway",
    "MemorySecondFactor",
    "MemorySessionCache",
    "MemoryShelf",
    "MemoryShop",
    "MemoryStock",
    "MemoryStore",
    "MemoryTexts",
    "MemoryTokens",
    "MemoryWork",
    "RecordedEvent",
    "Session",
]
