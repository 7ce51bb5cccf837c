"""What can be sold, read from variants, products and stock in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from attrs import frozen
from sqlalchemy import (
    ColumnElement,
    Label,
    Select,
    and_,
    bindparam,
    case,
    false,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.sql.expression import FromClause

from automate_store.adapters.postgres.inventory import to_stock_item
from automate_store.adapters.postgres.pricing import ShopCache
from automate_store.adapters.postgres.rows import Row, maybe_money, to_money
from automate_store.adapters.postgres.session import Session
from automate_store.adapters.postgres.tables import (
    catalogue_version,
    product_images,
    product_variants,
    products,
    stock_items,
)
from automate_store.application.ports.catalog import Choice, Sellable
from automate_store.domain.catalog import (
    ProductNotFound,
    VariantNotFound,
    VariantNotNamed,
)
from automate_store.domain.inventory import DEFAULT_LOCATION
from automate_store.domain.kernel.ids import BrandId, CategoryId, ProductId, VariantId

_first_image = (
    select(product_images.c.url)
    .where(product_images.c.product_id == products.c.id)
    .order_by(product_images.c.sort_order, product_images.c.id)
    .limit(1)
    .scalar_subquery()
)

_at_default: ColumnElement[UUID] = literal_column(f"'{DEFAULT_LOCATION}'::uuid", pg.UUID())

catalogue_mark = (
    select(func.sum(catalogue_version.c.version)).scalar_subquery().label("catalogue_version")
)
"""The catalogue's version as one more column, for the caches that hang on it."""

sellable_columns: tuple[Label[Any], ...] = (
    product_variants.c.id.label("variant_id"),
    products.c.id.label("product_id"),
    products.c.slug.label("slug"),
    products.c.name.label("product_name"),
    product_variants.c.name.label("variant_name"),
    product_variants.c.sku.label("sku"),
    product_variants.c.attributes.label("attributes"),
    products.c.options.label("options"),
    func.coalesce(product_variants.c.image_url, _first_image).label("image_url"),
    products.c.currency.label("price_currency"),
    func.coalesce(product_variants.c.price, products.c.price).label("unit_price"),
    func.coalesce(
        product_variants.c.compare_price,
        case((product_variants.c.price.is_(None), products.c.compare_price)),
    ).label("compare_price"),
    product_variants.c.minimum_price.label("minimum_price"),
    product_variants.c.weight.label("weight"),
    product_variants.c.requires_shipping.label("requires_shipping"),
    product_variants.c.is_digital.label("is_digital"),
    product_variants.c.tax_class.label("tax_class"),
    products.c.category_id.label("category_id"),
    products.c.brand_id.label("brand_id"),
    products.c.tags.label("tags"),
    and_(products.c.status == "active", product_variants.c.archived_at.is_(None)).label("active"),
    _at_default.label("location_id"),
    func.coalesce(stock_items.c.on_hand, 0).label("on_hand"),
    func.coalesce(stock_items.c.reserved, 0).label("reserved"),
    func.coalesce(stock_items.c.tracked, true()).label("tracked"),
    func.coalesce(stock_items.c.allow_backorder, false()).label("allow_backorder"),
    stock_items.c.backorder_limit.label("backorder_limit"),
    func.coalesce(stock_items.c.low_stock_threshold, 0).label("low_stock_threshold"),
)
"""A variant that no stock was ever put for has none, as if it were sold out."""


def joined_to_the_shelf(variants: FromClause) -> FromClause:
    """The variants, joined to their product and to their stock at the default location."""
    at_default = and_(
        stock_items.c.variant_id == product_variants.c.id,
        stock_items.c.location_id == _at_default,
    )
    return variants.join(products, products.c.id == product_variants.c.product_id).outerjoin(
        stock_items, at_default
    )


_sellable: Select[Any] = select(*sellable_columns, catalogue_mark).select_from(
    joined_to_the_shelf(product_variants)
)
_OF = _sellable.where(
    product_variants.c.id == func.any(bindparam("variant_ids", type_=pg.ARRAY(pg.UUID)))
)
_BY_VARIANT = _sellable.where(product_variants.c.id == bindparam("variant_id"))
_BY_PRODUCT = _sellable.where(
    products.c.id == bindparam("product_id"), product_variants.c.archived_at.is_(None)
).limit(2)
_HOW_MANY = (
    select(func.count().label("variants"))
    .select_from(product_variants)
    .where(
        product_variants.c.product_id == bindparam("product_id"),
        product_variants.c.archived_at.is_(None),
    )
)
_OF_PRODUCTS = (
    _sellable.add_columns(func.count().over(partition_by=products.c.id).label("variants"))
    .where(
        products.c.id == func.any(bindparam("product_ids", type_=pg.ARRAY(pg.UUID))),
        products.c.status == "active",
        product_variants.c.archived_at.is_(None),
    )
    .ext(pg.distinct_on(products.c.id))
    .order_by(products.c.id)
)


@frozen
class PostgresShelf:
    """The Shelf port on Postgres."""

    session: Session
    cache: ShopCache

    async def find(self, product_id: ProductId | None, variant_id: VariantId | None) -> Sellable:
        """The active variant named, or the only one of the product named."""
        if variant_id is None:
            assert product_id is not None, "one of the two ids is given"
            return await self._only_one(product_id)
        row = await self.session.fetch_one(_BY_VARIANT, {"variant_id": variant_id})
        if row is None or not row.active or product_id not in {None, row.product_id}:
            raise VariantNotFound(str(variant_id))
        return await self._sellable(row)

    async def of(self, variant_ids: Iterable[VariantId]) -> Mapping[VariantId, Sellable]:
        """Each variant that exists, archived ones too."""
        rows = await self.session.fetch_all(_OF, {"variant_ids": list(variant_ids)})
        return {VariantId(row.variant_id): await self._sellable(row) for row in rows}

    async def of_products(self, product_ids: Iterable[ProductId]) -> Mapping[ProductId, Choice]:
        """What each active product offers, in one statement however many there are."""
        rows = await self.session.fetch_all(_OF_PRODUCTS, {"product_ids": list(product_ids)})
        return {
            ProductId(row.product_id): Choice(
                variant=await self._sellable(row), variants=row.variants
            )
            for row in rows
        }

    async def _only_one(self, product_id: ProductId) -> Sellable:
        rows = await self.session.fetch_all(_BY_PRODUCT, {"product_id": product_id})
        if not rows or not rows[0].active:
            raise ProductNotFound(str(product_id))
        if len(rows) > 1:
            count = await self.session.fetch_one(_HOW_MANY, {"product_id": product_id})
            raise VariantNotNamed(product_id, count.variants if count else len(rows))
        return await self._sellable(rows[0])

    async def _sellable(self, row: Row) -> Sellable:
        parents = await self.cache.parents(self.session, row.catalogue_version)
        return to_sellable(row, parents)


def to_sellable(row: Row, parents: Mapping[CategoryId, frozenset[CategoryId]]) -> Sellable:
    """The sellable variant of a row that has ``sellable_columns``."""
    currency = row.price_currency
    return Sellable(
        product_id=ProductId(row.product_id),
        variant_id=VariantId(row.variant_id),
        slug=row.slug,
        name=row.product_name,
        variant_name=row.variant_name,
        sku=row.sku,
        attributes={option: row.attributes[option] for option in row.options},
        image_url=row.image_url,
        unit_price=to_money(row.unit_price, currency),
        compare_price=maybe_money(row.compare_price, currency),
        minimum_price=maybe_money(row.minimum_price, currency),
        weight_g=row.weight,
        requires_shipping=row.requires_shipping,
        is_digital=row.is_digital,
        tax_class=row.tax_class,
        category_ids=parents.get(row.category_id, frozenset()),
        brand_id=None if row.brand_id is None else BrandId(row.brand_id),
        tags=frozenset(row.tags),
        active=row.active,
        stock=to_stock_item(row),
    )
