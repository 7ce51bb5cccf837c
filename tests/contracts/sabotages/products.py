"""The ways to break what staff ask of products, categories and brands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import evolve

from tests.contracts.sabotages.making import Broken, answers, backwards, does_nothing
from tests.contracts.sabotages.ways import ignores_the_version


async def lists_anybodys(_products: Any, original: Any, wanted: Any, **kwargs: Any) -> Any:
    return await original(evolve(wanted, vendor_id=None), **kwargs)


async def lists_every_status(_products: Any, original: Any, wanted: Any, **kwargs: Any) -> Any:
    return await original(evolve(wanted, status=None), **kwargs)


async def begins_anew(_products: Any, original: Any, wanted: Any, **kwargs: Any) -> Any:
    return await original(wanted, **{**kwargs, "before": None})


async def forgets_what_is_gone(products: Any, original: Any, product_id: Any) -> Any:
    gone = products._tables.gone_variants
    for variant_id in [key for key, owner in gone.items() if owner == product_id]:
        gone.drop(variant_id)
    return await original(product_id)


async def removes_what_is_ordered(products: Any, original: Any, product: Any) -> None:
    products._in_history = lambda _: False
    await original(product)


async def leaves_its_slug(products: Any, original: Any, product: Any) -> None:
    await original(product)
    products._tables.slugs.put(product.slug, product.id)


async def removes_what_is_full(products: Any, _original: Any, shelf: Any) -> None:
    for rows in (products._tables.categories, products._tables.brands):
        rows.drop(shelf.id)
    products._changed()


async def changes_in_silence(products: Any, original: Any, shelf: Any) -> None:
    products._changed = lambda: None
    await original(shelf)


async def makes_what_is_not_there(products: Any, original: Any, shelf: Any) -> None:
    rows = products._tables.categories if hasattr(shelf, "parent_id") else products._tables.brands
    rows.put(shelf.id, shelf)
    await original(shelf)


async def forgets_what_was_ordered(products: Any, original: Any) -> Any:
    items = [item for order in products._tables.orders.values() for item in order.items]
    ordered = {str(item.image_url).rpartition("/")[2] for item in items}
    return await original() - ordered


OF_STAFF: Mapping[str, list[Broken]] = {
    "page": [lists_anybodys, lists_every_status, begins_anew, backwards],
    "in_history": [answers(value=True), answers(value=False), forgets_what_is_gone],
    "remove": [
        does_nothing,
        ignores_the_version("products"),
        removes_what_is_ordered,
        leaves_its_slug,
    ],
    "pictures_named": [answers(frozenset()), forgets_what_was_ordered],
    "lock_shelves": [does_nothing],
    "save_category": [does_nothing, changes_in_silence, makes_what_is_not_there],
    "save_brand": [does_nothing, changes_in_silence, makes_what_is_not_there],
    "remove_category": [does_nothing, changes_in_silence, removes_what_is_full],
    "remove_brand": [does_nothing, changes_in_silence, removes_what_is_full],
}
