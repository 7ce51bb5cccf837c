"""What every adapter of the catalogue's ports promises."""

from automate_store.entrypoints.properties.contracts.catalog.products import ProductsContract
from automate_store.entrypoints.properties.contracts.catalog.queries import CatalogQueriesContract
from automate_store.entrypoints.properties.contracts.catalog.shelf import ShelfContract

__all__ = ["CatalogQueriesContract", "ProductsContract", "ShelfContract"]
