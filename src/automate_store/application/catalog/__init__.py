"""Use cases of the catalogue: browse it, edit it, take in a file of it, write one."""

from automate_store.application.catalog.brands import (
    PutBrand,
    change_brand,
    create_brand,
    get_brand,
    list_staff_brands,
    remove_brand,
)
from automate_store.application.catalog.categories import (
    PutCategory,
    change_category,
    create_category,
    get_category,
    list_staff_categories,
    remove_category,
)
from automate_store.application.catalog.editing import (
    Removal,
    RemovedProduct,
    change_product,
    create_product,
    get_staff_product,
    list_staff_products,
    remove_product,
)
from automate_store.application.catalog.exporting import export_catalog
from automate_store.application.catalog.importing import (
    ImportProgress,
    ImportReport,
    import_catalog,
)
from automate_store.application.catalog.picturing import (
    IMAGE_LIMIT,
    add_image,
    arrange_images,
    remove_image,
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
from automate_store.application.catalog.reaching import StaffProduct
from automate_store.application.catalog.sweeping import Swept, sweep_pictures
from automate_store.application.catalog.varying import (
    StaffVariant,
    add_variant,
    change_variant,
    remove_variant,
)
from automate_store.application.catalog.wishes import (
    DESCRIPTION_LENGTH,
    Owner,
    PutProduct,
    PutVariant,
)

__all__ = [
    "DESCRIPTION_LENGTH",
    "IMAGE_LIMIT",
    "PAGE_LIMIT",
    "PAGE_SIZE",
    "ImportProgress",
    "ImportReport",
    "Owner",
    "PutBrand",
    "PutCategory",
    "PutProduct",
    "PutVariant",
    "Removal",
    "RemovedProduct",
    "StaffProduct",
    "StaffVariant",
    "Swept",
    "add_image",
    "add_variant",
    "arrange_images",
    "catalog_version",
    "change_brand",
    "change_category",
    "change_product",
    "change_variant",
    "create_brand",
    "create_category",
    "create_product",
    "export_catalog",
    "get_brand",
    "get_category",
    "get_product",
    "get_staff_product",
    "import_catalog",
    "list_brands",
    "list_categories",
    "list_products",
    "list_staff_brands",
    "list_staff_categories",
    "list_staff_products",
    "remove_brand",
    "remove_category",
    "remove_image",
    "remove_product",
    "remove_variant",
    "sweep_pictures",
]
