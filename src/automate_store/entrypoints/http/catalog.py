"""Routes of the catalogue: public, the same for everybody, and kept for a moment."""

from __future__ import annotations

from decimal import Decimal

from automate_store.application import catalog as use_cases
from automate_store.application.errors import BadCursor
from automate_store.application.ports.catalog import PageRequest, ProductFilter, ProductSort
from automate_store.domain.catalog import BrandNotFound, CategoryNotFound, ProductNotFound
from automate_store.entrypoints.http.calls import Call
from automate_store.entrypoints.http.decoding import readable
from automate_store.entrypoints.http.routes import Routes
from automate_store.entrypoints.http.wire.catalog import (
    BrandList,
    CategoryTree,
    ProductAnswer,
    ProductList,
    ProductQuery,
    brand_list,
    category_tree,
    product_answer,
    product_list,
)
from automate_store.entrypoints.http.wire.paging import SortOrder

SLUG_LENGTH = 255
routes = Routes("Catalogue")


@routes.get(
    "/products",
    summary="List products",
    raises=(CategoryNotFound, BrandNotFound, BadCursor),
    cached=True,
)
async def list_products(call: Call, query: ProductQuery) -> ProductList:
    """Products on sale, newest first if nothing else is asked for."""
    page = PageRequest(
        limit=query.limit, cursor=query.cursor, sort=query.sort, descending=_descending(query)
    )
    return product_list(await use_cases.list_products(_filter(query), page, ports=call.ports))


@routes.get(
    "/products/{id_or_slug}",
    summary="Show a product",
    raises=(ProductNotFound,),
    cached=True,
)
async def show_product(call: Call) -> ProductAnswer:
    """The product of that id or slug with its variants, pictures, category and brand."""
    name = call.path("id_or_slug")
    if not readable(name, longest=SLUG_LENGTH):
        raise ProductNotFound(name[:SLUG_LENGTH])
    return product_answer(await use_cases.get_product(name, ports=call.ports))


@routes.get("/categories", summary="Show the tree of categories", cached=True)
async def list_categories(call: Call) -> CategoryTree:
    """Every category in use, each with those below it."""
    return category_tree(await use_cases.list_categories(ports=call.ports))


@routes.get("/brands", summary="List brands", cached=True)
async def list_brands(call: Call) -> BrandList:
    """Every brand in use, by name."""
    return brand_list(await use_cases.list_brands(ports=call.ports))


def _filter(query: ProductQuery) -> ProductFilter:
    return ProductFilter(
        category=query.category,
        brand=query.brand,
        min_price=Decimal(query.min_price) if query.min_price else None,
        max_price=Decimal(query.max_price) if query.max_price else None,
        in_stock=query.in_stock,
        featured=query.featured,
    )


def _descending(query: ProductQuery) -> bool:
    if query.order is None:
        return query.sort is ProductSort.CREATED_AT
    return query.order is SortOrder.DESC
