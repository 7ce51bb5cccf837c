"""The catalogue in memory: the shelf, the products, and what customers browse."""

from automate_store.adapters.memory.catalog.products import MemoryProducts
from automate_store.adapters.memory.catalog.queries import MemoryCatalogQueries
from automate_store.adapters.memory.catalog.shelf import MemoryShelf

__all__ = ["MemoryCatalogQueries", "MemoryProducts", "MemoryShelf"]
