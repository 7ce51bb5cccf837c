"""Products on the wire, as those who sell them send and see them."""

from automate_store.entrypoints.http.wire.products.answers import (
    ImageList,
    RemovedProductAnswer,
    StaffProductAnswer,
    StaffProductList,
    StaffVariantAnswer,
    image_list,
    removed_product_answer,
    staff_product_answer,
    staff_product_list,
    staff_variant_answer,
)
from automate_store.entrypoints.http.wire.products.inputs import (
    AddVariant,
    ChangeProduct,
    ChangeVariant,
    CreateProduct,
    StaffProductQuery,
)

__all__ = [
    "AddVariant",
    "ChangeProduct",
    "ChangeVariant",
    "CreateProduct",
    "ImageList",
    "RemovedProductAnswer",
    "StaffProductAnswer",
    "StaffProductList",
    "StaffProductQuery",
    "StaffVariantAnswer",
    "image_list",
    "removed_product_answer",
    "staff_product_answer",
    "staff_product_list",
    "staff_variant_answer",
]
