"""What staff send of products and their variants; what is left out is told field by field."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType, field

from automate_store.application.catalog import (
    DESCRIPTION_LENGTH,
    PAGE_SIZE,
    Owner,
    PutProduct,
    PutVariant,
)
from automate_store.domain.catalog import OPTION_LIMIT, SLUG, VARIANT_LIMIT, ProductStatus
from automate_store.domain.inventory import STOCK_LIMIT
from automate_store.domain.kernel.ids import BrandId, CategoryId, UserId, VariantId
from automate_store.domain.kernel.money import Money
from automate_store.entrypoints.http.wire.inputs import WORDS, Input, Text255, Text1000
from automate_store.entrypoints.http.wire.money import Amount, money
from automate_store.entrypoints.http.wire.paging import Cursor, Limit

WEIGHT_LIMIT_G = 10**8
TAG_LIMIT = METADATA_LIMIT = 250
SLUG_WORDS = "is small letters and digits with single hyphens between, such as blue-shirt"
URL_WORDS = "is a web address that begins with http:// or https://"
URL = r"^[Hh][Tt][Tt][Pp][Ss]?://[^\s<>\"'`\\]+$"

Name100 = Annotated[str, Meta(min_length=1, max_length=100)]
Name255 = Annotated[str, Meta(min_length=1, max_length=255)]
WebAddress = Annotated[
    str,
    Meta(
        pattern=URL,
        max_length=500,
        description="http or https.",
        examples=["https://a.example"],
        extra={WORDS: URL_WORDS},
    ),
]
Html = Annotated[
    str,
    Meta(
        max_length=2 * DESCRIPTION_LENGTH,
        description="HTML; what could do harm is taken out, and not refused.",
    ),
]
Slug255 = Annotated[
    str,
    Meta(
        pattern=f"^{SLUG.pattern}$",
        max_length=255,
        description="Small letters, digits and single hyphens; null makes one of the name,"
        " or keeps the one there is.",
        extra={WORDS: SLUG_WORDS},
    ),
]
Metadata = Annotated[
    dict[Name255, Annotated[str, Meta(max_length=5_000)]],
    Meta(max_length=METADATA_LIMIT, description="The merchant's own notes; customers see none."),
]
Choices = Annotated[
    dict[Name255, Name255],
    Meta(max_length=OPTION_LIMIT, description="The value of each of the product's options."),
]


class ChangeVariant(Input, frozen=True, kw_only=True):
    """
    A variant as it is from now on: what is left out goes back to what is usual.

    Without a price of its own it takes the product's. Its stock stays as it is.
    """

    sku: Name100
    name: Annotated[Name100 | None, Meta(description="Null makes one of its choices.")] = None
    attributes: Choices = field(default_factory=dict)
    price: Amount | None = None
    compare_price: Amount | None = None
    cost_price: Amount | None = None
    minimum_price: Annotated[
        Amount | None, Meta(description="No discount takes it below that.")
    ] = None
    barcode: Name100 | None = None
    weight_g: Annotated[int, Meta(ge=0, le=WEIGHT_LIMIT_G)] = 0
    image_url: WebAddress | None = None
    requires_shipping: bool = True
    is_digital: bool = False
    tax_class: Name100 = "standard"
    metadata: Metadata = field(default_factory=dict)

    def command(
        self, *, id: VariantId | None, at: str = "", inventory_quantity: int = 0
    ) -> PutVariant:
        """The wish in the words of the trade; ``at`` is where its fields stand in the body."""

        def amount(name: str) -> Money | None:
            given: Amount | None = getattr(self, name)
            return None if given is None else money(given, field=f"{at}{name}")

        return PutVariant(
            id=id,
            sku=self.sku,
            name=self.name,
            attributes=self.attributes,
            price=amount("price"),
            compare_price=amount("compare_price"),
            cost_price=amount("cost_price"),
            minimum_price=amount("minimum_price"),
            barcode=self.barcode,
            weight_g=self.weight_g,
            image_url=self.image_url,
            requires_shipping=self.requires_shipping,
            is_digital=self.is_digital,
            tax_class=self.tax_class,
            metadata=self.metadata,
            inventory_quantity=inventory_quantity,
        )


Pieces = Annotated[
    int, Meta(ge=0, le=STOCK_LIMIT, description="On hand of a new variant, booked as a restock.")
]


class AddVariant(ChangeVariant, frozen=True, kw_only=True):
    """A new variant, and how many of it are on hand."""

    inventory_quantity: Pieces = 0


class ListedVariant(AddVariant, frozen=True, kw_only=True):
    """A variant in the list of a product's: with its id the one that is there, else a new one."""

    id: UUID | None = None


class ProductFields(Input, frozen=True, kw_only=True):
    """What every product has; what is left out goes back to what is usual."""

    several_lines: ClassVar[frozenset[str]] = frozenset(
        {"description", "short_description", "meta_description"}
    )

    name: Name255
    slug: Slug255 | None = None
    price: Amount
    compare_price: Annotated[
        Amount | None, Meta(description="What it cost before; more than the price.")
    ] = None
    description: Html | None = None
    short_description: Text1000 | None = None
    category_id: UUID | None = None
    brand_id: UUID | None = None
    vendor_id: Annotated[
        UUID | UnsetType | None,
        Meta(description="Whose it is, null is the store's own; left out, it stays."),
    ] = UNSET
    tags: Annotated[list[Name255], Meta(max_length=TAG_LIMIT)] = field(default_factory=list)
    options: Annotated[
        list[Name255],
        Meta(max_length=OPTION_LIMIT, description="What its variants differ by, as Size."),
    ] = field(default_factory=list)
    status: Annotated[
        ProductStatus | None,
        Meta(description="Null keeps it; a new product is a draft. draft, active, archived."),
    ] = None
    featured: bool = False
    meta_title: Text255 | None = None
    meta_description: Text1000 | None = None
    metadata: Metadata = field(default_factory=dict)

    def with_variants(self, variants: tuple[PutVariant, ...] | None) -> PutProduct:
        """The wish in the words of the trade."""
        before = self.compare_price
        return PutProduct(
            name=self.name,
            slug=self.slug,
            price=money(self.price, field="price"),
            compare_price=None if before is None else money(before, field="compare_price"),
            description=self.description,
            short_description=self.short_description,
            category_id=None if self.category_id is None else CategoryId(self.category_id),
            brand_id=None if self.brand_id is None else BrandId(self.brand_id),
            owner=self._owner(),
            tags=tuple(self.tags),
            options=tuple(self.options),
            status=self.status,
            featured=self.featured,
            meta_title=self.meta_title,
            meta_description=self.meta_description,
            metadata=self.metadata,
            variants=variants,
        )

    def _owner(self) -> Owner | None:
        if isinstance(self.vendor_id, UnsetType):
            return None
        return Owner(None if self.vendor_id is None else UserId(self.vendor_id))


class CreateProduct(ProductFields, frozen=True, kw_only=True):
    """
    A product with its variants: one where it has no options, else one for each choice.

    It is a draft unless its status is active. Amounts are in the store's currency.
    """

    variants: Annotated[list[AddVariant], Meta(min_length=1, max_length=VARIANT_LIMIT)]

    def command(self) -> PutProduct:
        """The wish in the words of the trade."""
        return self.with_variants(
            tuple(
                each.command(
                    id=None, at=f"variants[{place}].", inventory_quantity=each.inventory_quantity
                )
                for place, each in enumerate(self.variants)
            )
        )


class ChangeProduct(ProductFields, frozen=True, kw_only=True):
    """
    A product as it is from now on: what is left out goes back to what is usual.

    Its slug, status, owner and variants stay where they are left out. A list of variants
    is all of them: one that is there is named by its id, one that is not listed goes.
    """

    variants: (
        Annotated[list[ListedVariant], Meta(min_length=1, max_length=VARIANT_LIMIT)] | UnsetType
    ) = UNSET

    def command(self) -> PutProduct:
        """The wish in the words of the trade."""
        if isinstance(self.variants, UnsetType):
            return self.with_variants(None)
        return self.with_variants(
            tuple(
                each.command(
                    id=None if each.id is None else VariantId(each.id),
                    at=f"variants[{place}].",
                    inventory_quantity=each.inventory_quantity,
                )
                for place, each in enumerate(self.variants)
            )
        )


class StaffProductQuery(Input, frozen=True, kw_only=True):
    """Of which status (any without one), how many, from where on."""

    status: ProductStatus | None = None
    limit: Limit = PAGE_SIZE
    cursor: Cursor | None = None
