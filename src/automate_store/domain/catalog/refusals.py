"""What the catalogue refuses, each with what would satisfy it."""

from __future__ import annotations

from attrs import frozen

from automate_store.domain.kernel.errors import NotFound, RuleBroken
from automate_store.domain.kernel.ids import CategoryId, ImageId, ProductId


@frozen
class ProductNotFound(NotFound):
    """No product that may be seen has that id or slug."""

    says = "There is no product {product!r}."
    product: str


@frozen
class CategoryNotFound(NotFound):
    """No category has that id or slug."""

    says = "There is no category {category!r}."
    category: str


@frozen
class BrandNotFound(NotFound):
    """No brand has that id or slug."""

    says = "There is no brand {brand!r}."
    brand: str


@frozen
class VariantNotFound(NotFound):
    """The product has no such variant, or it is not sold now."""

    says = "There is no variant {variant!r} for sale."
    variant: str


@frozen
class VariantNotNamed(RuleBroken):
    """The product has several variants, and the request does not say which."""

    says = "Product {product_id} comes in {variants} variants; name one by variant_id."
    product_id: ProductId
    variants: int


@frozen
class CategoryCycle(RuleBroken):
    """The category would stand below itself."""

    says = "Category {category_id} can't stand below itself."
    category_id: CategoryId


@frozen
class ProductMoveRefused(RuleBroken):
    """The product's status does not lead there."""

    says = "A product that is {current} can't become {wanted}."
    current: str
    wanted: str


@frozen
class LastVariant(RuleBroken):
    """A product is sold in one variant at least."""

    says = "The last variant of product {product_id} stays; archive the product instead."
    product_id: ProductId


@frozen
class ImageNotFound(NotFound):
    """The product has no image of that id."""

    says = "The product has no image {image!r}."
    image: str


@frozen
class ImagesNotNamed(RuleBroken):
    """An order of images names each of the product's, once."""

    says = "Name each image of product {product_id} once, in the order they are to have."
    product_id: ProductId
    images: tuple[ImageId, ...]
    """Those it has now."""


@frozen
class ImagesFull(RuleBroken):
    """The product has as many images as a product may have."""

    says = "Product {product_id} has {limit} images, which is all it can have."
    product_id: ProductId
    limit: int


@frozen
class SlugTaken(RuleBroken):
    """Another one of its kind has that slug, in this case or another."""

    says = "The slug {slug!r} is taken; choose another one."
    slug: str


@frozen
class SkuTaken(RuleBroken):
    """Another product has a variant of that SKU, in this case or another."""

    says = "The SKU {sku!r} is taken; each variant has one of its own."
    sku: str


@frozen
class BrandNameTaken(RuleBroken):
    """Another brand has that name, in this case or another."""

    says = "There is a brand {brand!r} already."
    brand: str


@frozen
class CategoryInUse(RuleBroken):
    """Products or categories stand in the category."""

    says = "Category {category!r} still holds products or categories; move them first."
    category: str


@frozen
class BrandInUse(RuleBroken):
    """Products name the brand."""

    says = "Brand {brand!r} still has products; give them another one first."
    brand: str


@frozen
class DraftInHistory(RuleBroken):
    """The draft can't be deleted, since the ledger names it, nor archived, since it never sold."""

    says = (
        "Stock was booked for {product!r}, and the ledger keeps that: leave it a draft, or"
        " publish it and archive it then."
    )
    product: str
