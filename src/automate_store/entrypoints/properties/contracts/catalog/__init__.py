"""What every adapter of the catalogue's ports promises."""

from automate_store.entrypoints.properties.contracts.catalog.leaving import (
    LeavingProducts,
    ListedProducts,
    NamedPictures,
    OwnedProducts,
)
from automate_store.entrypoints.properties.contracts.catalog.products import KeptProducts
from automate_store.entrypoints.properties.contracts.catalog.queries import CatalogQueriesContract
from automate_store.entrypoints.properties.contracts.catalog.shelf import ShelfContract
from automate_store.entrypoints.properties.contracts.catalog.shelves import ManagedShelves

__all__ = ["CatalogQueriesContract", "ProductsContract", "ShelfContract"]


class ProductsContract(
    KeptProducts,
    ListedProducts,
    OwnedProducts,
    LeavingProducts,
    NamedPictures,
    ManagedShelves,
):
    """Products are kept whole, listed, owned and let go; so are the shelves they stand on."""
