"""What staff send of the example shop's catalogue, and what they are told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from attrs import evolve
from msgspec import Struct

from automate_store.application.catalog import (
    Removal,
    RemovedProduct,
    StaffProduct,
    StaffVariant,
)
from automate_store.application.ports.catalog import ProductRecord
from automate_store.domain.catalog import Product
from automate_store.domain.kernel.money import Money
from automate_store.entrypoints.http.openapi import examples
from automate_store.entrypoints.http.wire.images import AddImage, ArrangeImages
from automate_store.entrypoints.http.wire.products import (
    AddVariant,
    ChangeProduct,
    ChangeVariant,
    CreateProduct,
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
from automate_store.entrypoints.http.wire.shelves import (
    PutBrandInput,
    PutCategoryInput,
    StaffBrandAnswer,
    StaffBrandList,
    StaffCategoryAnswer,
    StaffCategoryList,
    staff_brand_answer,
    staff_brand_list,
    staff_category_answer,
    staff_category_list,
)

_SMALL = {
    "sku": "SHIRT-S",
    "attributes": {"Size": "S"},
    "cost_price": {"amount": "7.40", "currency": "USD"},
    "minimum_price": {"amount": "12.00", "currency": "USD"},
    "weight_g": 180,
}
_SHIRT = {
    "name": "Blue cotton shirt",
    "price": {"amount": "19.99", "currency": "USD"},
    "description": "<p>Soft &amp; warm.</p>",
    "category_id": str(examples.CATEGORY_ID),
    "brand_id": str(examples.BRAND_ID),
    "tags": ["summer"],
    "options": ["Size"],
}


def _large() -> dict[str, Any]:
    return {**_SMALL, "sku": "SHIRT-L", "attributes": {"Size": "L"}}


BODIES: Mapping[type[Struct], Mapping[str, Any]] = {
    CreateProduct: {
        **_SHIRT,
        "status": "active",
        "variants": [{**_SMALL, "inventory_quantity": 40}, _large()],
    },
    ChangeProduct: {
        **_SHIRT,
        "price": {"amount": "17.99", "currency": "USD"},
        "compare_price": {"amount": "19.99", "currency": "USD"},
    },
    AddVariant: {**_SMALL, "sku": "SHIRT-M", "attributes": {"Size": "M"}, "inventory_quantity": 25},
    ChangeVariant: {**_SMALL, "price": {"amount": "18.99", "currency": "USD"}},
    AddImage: {"file": "(the picture)", "alt_text": "The shirt from the front"},
    ArrangeImages: {
        "images": [
            {"id": str(each.id), "alt_text": each.alt_text}
            for each in examples.product().product.images
        ]
    },
    PutCategoryInput: {"name": "Shirts", "description": "<p>All that has sleeves.</p>"},
    PutBrandInput: {"name": "Plain Goods", "website": "https://plain-goods.example"},
}


@cache
def product() -> Product:
    """The shirt with what only its staff may know."""
    shown = examples.product().product
    costs = (Money(740, "USD"), Money(780, "USD"))
    variants = tuple(
        evolve(variant, cost_price=cost, minimum_price=Money(1200, "USD"))
        for variant, cost in zip(shown.variants, costs, strict=True)
    )
    return evolve(shown, variants=variants, metadata={"season": "summer"}, version=3)


def seen() -> StaffProduct:
    """The shirt and its stock."""
    stock = {each.id: evolve(examples.stock(), variant_id=each.id) for each in product().variants}
    return StaffProduct(product=product(), stock=stock)


def record() -> ProductRecord:
    """The shirt in a list."""
    shirt = product()
    prices = sorted(map(shirt.price_of, shirt.variants))
    return ProductRecord(
        id=shirt.id,
        slug=shirt.slug,
        name=shirt.name,
        status=shirt.status,
        price=prices[0],
        max_price=prices[-1],
        variants=len(shirt.variants),
        image_url=shirt.images[0].url,
        category_id=shirt.category_id,
        brand_id=shirt.brand_id,
        vendor_id=None,
        featured=shirt.featured,
        version=shirt.version,
        created_at=shirt.created_at,
        updated_at=shirt.updated_at,
    )


ANSWERS: Mapping[type[Struct], Callable[[], Struct]] = {
    StaffProductAnswer: lambda: staff_product_answer(seen()),
    StaffProductList: lambda: staff_product_list([record()], None),
    StaffVariantAnswer: lambda: staff_variant_answer(
        StaffVariant(variant_id=examples.VARIANT_IDS[0], of=seen())
    ),
    RemovedProductAnswer: lambda: removed_product_answer(
        RemovedProduct(outcome=Removal.ARCHIVED, product=product())
    ),
    ImageList: lambda: image_list(seen()),
    StaffCategoryAnswer: lambda: staff_category_answer(examples.categories()[0].category),
    StaffCategoryList: lambda: staff_category_list(
        [each.category for each in examples.categories()], None
    ),
    StaffBrandAnswer: lambda: staff_brand_answer(examples.brands()[0]),
    StaffBrandList: lambda: staff_brand_list(examples.brands(), None),
}
