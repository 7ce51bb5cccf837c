"""
Products, and the variants of them that are sold.

Units: weights are grams; prices are of one piece, before tax or with it as the store is set.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum

from attrs import evolve, field, frozen

from automate_store.domain.catalog.refusals import (
    ImageNotFound,
    ImagesNotNamed,
    LastVariant,
    ProductMoveRefused,
    VariantNotFound,
    VariantNotNamed,
)
from automate_store.domain.kernel.aggregate import Aggregate
from automate_store.domain.kernel.errors import FieldError, InvalidInput
from automate_store.domain.kernel.events import Event
from automate_store.domain.kernel.ids import (
    BrandId,
    CategoryId,
    ImageId,
    ProductId,
    UserId,
    VariantId,
)
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.words import folded

OPTION_LIMIT = 10
VARIANT_LIMIT = 2_000
SAME_CHOICE = "repeat a choice of options"
"""What is said of two variants that nobody could tell apart."""
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@frozen(kw_only=True)
class ProductPublished(Event):
    """The product can be found and bought from now on."""

    product_id: ProductId


@frozen(kw_only=True)
class ProductArchived(Event):
    """The product is no longer sold; its history stays readable."""

    product_id: ProductId


@frozen(kw_only=True)
class PriceChanged(Event):
    """A variant's price in force went from one amount to another."""

    product_id: ProductId
    variant_id: VariantId
    old: Money
    new: Money
    by: str


class ProductStatus(StrEnum):
    """draft -> active -> archived -> active."""

    DRAFT = "draft"
    ACTIVE = "active"
    ARCHIVED = "archived"


MOVES: Mapping[ProductStatus, frozenset[ProductStatus]] = {
    ProductStatus.DRAFT: frozenset({ProductStatus.ACTIVE}),
    ProductStatus.ACTIVE: frozenset({ProductStatus.ARCHIVED}),
    ProductStatus.ARCHIVED: frozenset({ProductStatus.ACTIVE}),
}


@frozen(kw_only=True)
class Image:
    """A picture of a product; the lowest ``sort_order`` is shown first."""

    id: ImageId
    url: str
    alt_text: str | None = None
    sort_order: int = 0


@frozen(kw_only=True)
class Variant:
    """What is sold, stocked and priced; a price of None takes the product's."""

    id: VariantId
    sku: str
    name: str
    position: int = 0
    attributes: Mapping[str, str] = field(factory=dict)
    """The value of each of the product's options, by the option's name."""
    price: Money | None = None
    compare_price: Money | None = None
    cost_price: Money | None = None
    minimum_price: Money | None = None
    barcode: str | None = None
    weight_g: int = 0
    image_url: str | None = None
    requires_shipping: bool = True
    is_digital: bool = False
    tax_class: str = "standard"
    metadata: Mapping[str, str] = field(factory=dict)


def in_order(variants: Iterable[Variant]) -> tuple[Variant, ...]:
    """The variants, each with its place among them as its position."""
    return tuple(evolve(each, position=place) for place, each in enumerate(variants))


def _as_shown(images: Iterable[Image]) -> tuple[Image, ...]:
    return tuple(sorted(images, key=lambda image: (image.sort_order, image.id)))


@frozen(kw_only=True)
class Product(Aggregate):
    """A product with its variants and images; one that breaks a rule cannot be built."""

    id: ProductId
    name: str
    slug: str
    price: Money
    variants: tuple[Variant, ...]
    options: tuple[str, ...] = ()
    compare_price: Money | None = None
    description: str | None = None
    """HTML that has been cleaned at the edge."""
    short_description: str | None = None
    category_id: CategoryId | None = None
    brand_id: BrandId | None = None
    vendor_id: UserId | None = None
    """Whose product it is; the store's own where it is None."""
    tags: tuple[str, ...] = ()
    images: tuple[Image, ...] = field(default=(), converter=_as_shown)
    status: ProductStatus = ProductStatus.DRAFT
    featured: bool = False
    meta_title: str | None = None
    meta_description: str | None = None
    metadata: Mapping[str, str] = field(factory=dict)
    published_at: datetime | None = None
    created_at: datetime
    updated_at: datetime

    def __attrs_post_init__(self) -> None:
        if faults := tuple(_faults(self)):
            raise InvalidInput(faults)

    def price_of(self, variant: Variant) -> Money:
        """The price in force: the variant's own, else the product's."""
        return self.price if variant.price is None else variant.price

    def compare_price_of(self, variant: Variant) -> Money | None:
        """What it cost before: the variant's own, or with the product's price the product's."""
        takes_both = variant.price is None and variant.compare_price is None
        return self.compare_price if takes_both else variant.compare_price

    def for_customers(self) -> Product:
        """The product without what only staff may know: costs, floor prices, metadata."""
        variants = tuple(
            evolve(variant, cost_price=None, minimum_price=None, metadata={})
            for variant in self.variants
        )
        return evolve(self, variants=variants, metadata={})

    def variant(self, variant_id: VariantId | None) -> Variant:
        """
        The variant named, or the only one where none is.

        Raises VariantNotFound, or VariantNotNamed where several could be meant.
        """
        if variant_id is None:
            if len(self.variants) > 1:
                raise VariantNotNamed(self.id, len(self.variants))
            return self.variants[0]
        for variant in self.variants:
            if variant.id == variant_id:
                return variant
        raise VariantNotFound(str(variant_id))

    def publish(self, *, at: datetime) -> Product:
        """The product on sale; raises ProductMoveRefused."""
        self._may_become(ProductStatus.ACTIVE)
        return self.after(
            ProductPublished(at=at, product_id=self.id),
            status=ProductStatus.ACTIVE,
            published_at=self.published_at or at,
            updated_at=at,
        )

    def archive(self, *, at: datetime) -> Product:
        """The product off sale; raises ProductMoveRefused."""
        self._may_become(ProductStatus.ARCHIVED)
        return self.after(
            ProductArchived(at=at, product_id=self.id),
            status=ProductStatus.ARCHIVED,
            updated_at=at,
        )

    def become(self, wanted: ProductStatus, *, at: datetime) -> Product:
        """The product with that status, itself where it has it; raises ProductMoveRefused."""
        if wanted is self.status:
            return self
        if wanted is ProductStatus.ACTIVE:
            return self.publish(at=at)
        self._may_become(wanted)
        return self.archive(at=at)

    def put_variant(self, variant: Variant, *, at: datetime, by: str) -> Product:
        """With the variant: at the end, or in the place of the one of that id."""
        known = {each.id: each for each in self.variants}
        return self._with_variants({**known, variant.id: variant}.values(), at=at, by=by)

    def drop_variant(self, variant_id: VariantId, *, at: datetime, by: str) -> Product:
        """Without the variant; raises VariantNotFound, LastVariant."""
        gone = self.variant(variant_id)
        if len(self.variants) == 1:
            raise LastVariant(self.id)
        left = (variant for variant in self.variants if variant is not gone)
        return self._with_variants(left, at=at, by=by)

    def add_image(self, image: Image, *, at: datetime) -> Product:
        """With the image behind those it has."""
        return self._with_images((*self.images, image), at=at)

    def drop_image(self, image_id: ImageId, *, at: datetime) -> Product:
        """Without the image; raises ImageNotFound."""
        left = [image for image in self.images if image.id != image_id]
        if len(left) == len(self.images):
            raise ImageNotFound(str(image_id))
        return self._with_images(left, at=at)

    def arrange_images(self, alt_texts: Mapping[ImageId, str | None], *, at: datetime) -> Product:
        """Its images in that order, with those alt texts; raises ImagesNotNamed."""
        known = {image.id: image for image in self.images}
        if known.keys() != alt_texts.keys():
            raise ImagesNotNamed(self.id, tuple(known))
        arranged = [evolve(known[each], alt_text=told) for each, told in alt_texts.items()]
        return self._with_images(arranged, at=at)

    def revise(self, wanted: Product, *, at: datetime, by: str) -> Product:
        """
        This product with the content of another one of the same id.

        The same object where nothing differs; otherwise each variant's change of
        price is an event. Its status, and when it was first published, stay.
        """
        assert wanted.id == self.id, "a revision is of the same product"
        settled = evolve(
            wanted,
            version=self.version,
            events=self.events,
            status=self.status,
            created_at=self.created_at,
            updated_at=self.updated_at,
            published_at=self.published_at or wanted.published_at,
        )
        if settled == self:
            return self
        changes = _price_changes(self, settled, at=at, by=by)
        return settled.after(*changes, updated_at=at)

    def _with_variants(self, variants: Iterable[Variant], *, at: datetime, by: str) -> Product:
        wanted = evolve(self, variants=in_order(variants))
        return self.revise(wanted, at=at, by=by)

    def _with_images(self, images: Iterable[Image], *, at: datetime) -> Product:
        placed = tuple(evolve(each, sort_order=place) for place, each in enumerate(images))
        return self if placed == self.images else self.after(images=placed, updated_at=at)

    def _may_become(self, wanted: ProductStatus) -> None:
        if wanted not in MOVES[self.status]:
            raise ProductMoveRefused(self.status, wanted)


def _price_changes(
    old: Product, new: Product, *, at: datetime, by: str
) -> tuple[PriceChanged, ...]:
    before = {variant.id: old.price_of(variant) for variant in old.variants}
    return tuple(
        PriceChanged(
            at=at,
            product_id=new.id,
            variant_id=variant.id,
            old=before[variant.id],
            new=price,
            by=by,
        )
        for variant in new.variants
        if variant.id in before and before[variant.id] != (price := new.price_of(variant))
    )


def _faults(product: Product) -> list[FieldError]:
    faults = []
    if not product.name.strip():
        faults.append(FieldError("name", "is required"))
    if not SLUG.fullmatch(product.slug):
        faults.append(FieldError("slug", "is made of a-z, 0-9 and single hyphens"))
    if not 1 <= len(product.variants) <= VARIANT_LIMIT:
        faults.append(FieldError("variants", f"has one to {VARIANT_LIMIT} entries"))
    if len(product.options) > OPTION_LIMIT or len(set(product.options)) < len(product.options):
        faults.append(FieldError("options", f"names at most {OPTION_LIMIT}, each once"))
    if not product.options and len(product.variants) > 1:
        faults.append(FieldError("variants", "is one where the product has no options"))
    skus = {folded(variant.sku) for variant in product.variants}
    if len(skus) < len(product.variants):
        faults.append(FieldError("variants", "repeat a SKU"))
    choices = {tuple(variant.attributes.items()) for variant in product.variants}
    if product.options and len(choices) < len(product.variants):
        faults.append(FieldError("variants", SAME_CHOICE))
    currency = product.price.currency
    faults += _amount_faults("", currency, product.price, compare_price=product.compare_price)
    for index, variant in enumerate(product.variants):
        faults += _variant_faults(f"variants[{index}].", product, variant)
    return faults


def _variant_faults(at: str, product: Product, variant: Variant) -> list[FieldError]:
    faults = _amount_faults(
        at,
        product.price.currency,
        product.price_of(variant),
        compare_price=variant.compare_price,
        cost_price=variant.cost_price,
        minimum_price=variant.minimum_price,
    )
    if not variant.sku.strip():
        faults.append(FieldError(f"{at}sku", "is required"))
    if tuple(variant.attributes) != product.options:
        faults.append(FieldError(f"{at}attributes", "gives each option of the product a value"))
    if variant.weight_g < 0:
        faults.append(FieldError(f"{at}weight_g", "is zero or more grams"))
    return faults


def _amount_faults(
    at: str, currency: str, price: Money, **beside: Money | None
) -> list[FieldError]:
    given = {"price": price} | {name: each for name, each in beside.items() if each is not None}
    foreign = [name for name, each in given.items() if each.currency != currency]
    if foreign:
        return [FieldError(f"{at}{name}", f"is in {currency}") for name in foreign]
    negative = [name for name, each in given.items() if each.minor < 0]
    faults = [FieldError(f"{at}{name}", "is zero or more") for name in negative]
    if "compare_price" in given and not given["compare_price"] > price:
        faults.append(FieldError(f"{at}compare_price", "exceeds the price, or is left out"))
    return faults
