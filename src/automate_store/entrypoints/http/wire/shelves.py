"""Categories and brands on the wire, as their staff see them: those out of use too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar
from uuid import UUID

from msgspec import Meta, Struct

from automate_store.application.catalog import PAGE_SIZE, PutBrand, PutCategory
from automate_store.domain.catalog import SLUG, Brand, Category
from automate_store.domain.kernel.ids import CategoryId
from automate_store.entrypoints.http.wire.inputs import WORDS, Input
from automate_store.entrypoints.http.wire.paging import Cursor, Limit
from automate_store.entrypoints.http.wire.products.inputs import (
    SLUG_WORDS,
    URL,
    URL_WORDS,
    Html,
    Name100,
    WebAddress,
)

Slug100 = Annotated[
    str,
    Meta(
        pattern=f"^{SLUG.pattern}$",
        max_length=100,
        description="Null makes one of the name, or keeps the one there is.",
        extra={WORDS: SLUG_WORDS},
    ),
]
Website = Annotated[
    str,
    Meta(pattern=URL, max_length=255, description="http or https.", extra={WORDS: URL_WORDS}),
]
Place = Annotated[
    int, Meta(ge=-(2**31), le=2**31 - 1, description="Among its neighbours; low ones first.")
]


class PutCategoryInput(Input, frozen=True, kw_only=True):
    """
    A category as it is from now on: what is left out goes back to what is usual.

    parent_id null stands at the root. One that is not active is shown to nobody, nor is
    what stands below it.
    """

    several_lines: ClassVar[frozenset[str]] = frozenset({"description"})

    name: Name100
    slug: Slug100 | None = None
    description: Html | None = None
    parent_id: UUID | None = None
    image_url: WebAddress | None = None
    sort_order: Place = 0
    is_active: bool = True

    def command(self) -> PutCategory:
        """The wish in the words of the trade."""
        return PutCategory(
            name=self.name,
            slug=self.slug,
            description=self.description,
            parent_id=None if self.parent_id is None else CategoryId(self.parent_id),
            image_url=self.image_url,
            sort_order=self.sort_order,
            is_active=self.is_active,
        )


class PutBrandInput(Input, frozen=True, kw_only=True):
    """A brand as it is from now on: what is left out goes back to what is usual."""

    several_lines: ClassVar[frozenset[str]] = frozenset({"description"})

    name: Name100
    slug: Slug100 | None = None
    logo_url: WebAddress | None = None
    description: Html | None = None
    website: Website | None = None
    is_active: bool = True

    def command(self) -> PutBrand:
        """The wish in the words of the trade."""
        return PutBrand(
            name=self.name,
            slug=self.slug,
            logo_url=self.logo_url,
            description=self.description,
            website=self.website,
            is_active=self.is_active,
        )


class StaffCategoryQuery(Input, frozen=True, kw_only=True):
    """How many, from where on."""

    limit: Limit = PAGE_SIZE
    cursor: Cursor | None = None


class StaffBrandQuery(Input, frozen=True, kw_only=True):
    """How many, from where on."""

    limit: Limit = PAGE_SIZE
    cursor: Cursor | None = None


class StaffCategoryAnswer(Struct, frozen=True):
    """A category, in use or not."""

    id: UUID
    name: str
    slug: str
    description: str | None
    parent_id: UUID | None
    image_url: str | None
    sort_order: int
    is_active: bool


class StaffBrandAnswer(Struct, frozen=True):
    """A brand, in use or not."""

    id: UUID
    name: str
    slug: str
    logo_url: str | None
    description: str | None
    website: str | None
    is_active: bool


class StaffCategoryList(Struct, frozen=True):
    """Categories in the order of their slugs."""

    items: list[StaffCategoryAnswer]
    next_cursor: str | None


class StaffBrandList(Struct, frozen=True):
    """Brands in the order of their slugs."""

    items: list[StaffBrandAnswer]
    next_cursor: str | None


def staff_category_answer(category: Category) -> StaffCategoryAnswer:
    """The category."""
    return StaffCategoryAnswer(
        category.id,
        category.name,
        category.slug,
        category.description,
        category.parent_id,
        category.image_url,
        category.sort_order,
        category.is_active,
    )


def staff_brand_answer(brand: Brand) -> StaffBrandAnswer:
    """The brand."""
    return StaffBrandAnswer(
        brand.id,
        brand.name,
        brand.slug,
        brand.logo_url,
        brand.description,
        brand.website,
        brand.is_active,
    )


def staff_category_list(found: Sequence[Category], next_cursor: str | None) -> StaffCategoryList:
    """A page of them."""
    return StaffCategoryList([staff_category_answer(each) for each in found], next_cursor)


def staff_brand_list(found: Sequence[Brand], next_cursor: str | None) -> StaffBrandList:
    """A page of them."""
    return StaffBrandList([staff_brand_answer(each) for each in found], next_cursor)
