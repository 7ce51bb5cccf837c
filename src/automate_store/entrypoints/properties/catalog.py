"""Catalogues for property tests: products, their variants and images, shelves and brands."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import count
from string import ascii_lowercase, ascii_uppercase, digits

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from automate_store.domain.catalog import (
    Brand,
    Category,
    Image,
    Product,
    ProductStatus,
    Variant,
)
from automate_store.domain.kernel.ids import (
    BrandId,
    CategoryId,
    ImageId,
    ProductId,
    VariantId,
)
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.words import folded
from automate_store.entrypoints.properties.identity import words
from automate_store.entrypoints.properties.moments import moments
from automate_store.entrypoints.properties.money import currencies, money

DEAREST = 10**7
"""No price drawn here passes so many minor units."""
_TOLD_APART_BY: tuple[Callable[[Variant], Hashable], ...] = (
    lambda each: folded(each.sku),
    lambda each: each.id,
    lambda each: tuple(each.attributes.items()),
)
"""What no two variants of a product have in common."""


def slugs() -> SearchStrategy[str]:
    """Slugs: words of a-z and digits between single hyphens."""
    part = st.text(ascii_lowercase + digits, min_size=1, max_size=10)
    return st.lists(part, min_size=1, max_size=3).map("-".join)


def skus() -> SearchStrategy[str]:
    """Article numbers in capitals, as merchants write them."""
    return st.text(ascii_uppercase + digits, min_size=3, max_size=12)


def images() -> SearchStrategy[Image]:
    """Pictures of a product."""
    return st.builds(
        Image,
        id=st.uuids().map(ImageId),
        url=slugs().map("https://images.example/{}.jpg".format),
        alt_text=st.none() | words(),
        sort_order=st.integers(0, 9),
    )


@st.composite
def variants(
    draw: st.DrawFn, currency: str, product_price: Money, options: Sequence[str] = ()
) -> Variant:
    """A variant of a product with that price, with a value for each of its options."""
    price = draw(st.none() | money(currency, 0, DEAREST))
    in_force = product_price if price is None else price
    is_digital = draw(st.booleans())
    return Variant(
        id=draw(st.uuids().map(VariantId)),
        sku=draw(skus()),
        name=draw(words()),
        attributes={option: draw(words(12)) for option in options},
        price=price,
        compare_price=draw(st.none() | _above(in_force)),
        cost_price=draw(st.none() | money(currency, 0, DEAREST)),
        barcode=draw(st.none() | st.text(digits, min_size=8, max_size=13)),
        weight_g=draw(st.integers(0, 50_000)),
        requires_shipping=not is_digital,
        is_digital=is_digital,
        tax_class=draw(st.sampled_from(["standard", "reduced"])),
    )


@st.composite
def products(
    draw: st.DrawFn,
    currency: str | None = None,
    *,
    status: ProductStatus | None = None,
    category_id: CategoryId | None = None,
    brand_id: BrandId | None = None,
) -> Product:
    """A product that keeps every rule: up to four variants, up to three options."""
    prices_in = draw(currencies()) if currency is None else currency
    price = draw(money(prices_in, 0, DEAREST))
    options = tuple(draw(st.lists(words(12), max_size=3, unique=True)))
    drawn = draw(
        st.lists(
            variants(prices_in, price, options),
            min_size=1,
            max_size=4 if options else 1,
            unique_by=_TOLD_APART_BY,
        )
    )
    created_at = draw(moments())
    return Product(
        id=draw(st.uuids().map(ProductId)),
        name=draw(words()),
        slug=draw(slugs()),
        price=price,
        compare_price=draw(st.none() | _above(price)),
        variants=tuple(evolve(each, position=at) for at, each in enumerate(drawn)),
        options=options,
        description=draw(st.none() | words()),
        short_description=draw(st.none() | words()),
        category_id=category_id,
        brand_id=brand_id,
        tags=tuple(draw(st.lists(words(12), max_size=3, unique=True))),
        images=tuple(draw(st.lists(images(), max_size=3, unique_by=lambda each: each.id))),
        status=draw(st.sampled_from(ProductStatus)) if status is None else status,
        featured=draw(st.booleans()),
        created_at=created_at,
        updated_at=created_at,
    )


@st.composite
def category_trees(draw: st.DrawFn, max_size: int = 8) -> tuple[Category, ...]:
    """Categories, parents first: each stands at the root or below an earlier one."""
    numbers = count()
    found: list[Category] = []
    for category_id in draw(st.lists(st.uuids(), min_size=1, max_size=max_size, unique=True)):
        number = next(numbers)
        above = draw(st.none() | st.sampled_from(found)) if found else None
        category = Category(
            id=CategoryId(category_id),
            name=f"Category {number}",
            slug=f"category-{number}",
            parent_id=above.id if above else None,
            sort_order=draw(st.integers(0, 3)),
            is_active=draw(st.booleans()),
        )
        found.append(category)
    return tuple(found)


def parents_of(categories: Sequence[Category]) -> Mapping[CategoryId, CategoryId | None]:
    """Where each category stands."""
    return {category.id: category.parent_id for category in categories}


def brands() -> SearchStrategy[Brand]:
    """Who makes things."""
    return st.builds(
        Brand,
        id=st.uuids().map(BrandId),
        name=words(),
        slug=slugs(),
        is_active=st.booleans(),
    )


def _above(price: Money) -> SearchStrategy[Money]:
    return money(price.currency, price.minor + 1, price.minor + DEAREST)
