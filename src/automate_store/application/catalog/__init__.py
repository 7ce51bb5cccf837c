"""Use cases of the catalogue: browse it, take in a file of it, write one."""

from automate_store.application.catalog.exporting import export_catalog
from automate_store.application.catalog.importing import (
    ImportProgress,
    ImportReport,
    import_catalog,
)
from automate_store.application.catalog.queries import (
    PAGE_LIMIT,
    PAGE_SIZE,
    catalog_version,
    get_product,
    list_brands,
    list_categories,
    list_products,
)

__all__ = [
    "PAGE_LIMIT",
    "PAGE_SIZE",
    "ImportProgress",
    "ImportReport",
    "catalog_version",
    "export_catalog",
    "get_product",
    "import_catalog",
    "list_brands",
    "list_categories",
    "list_products",
]
