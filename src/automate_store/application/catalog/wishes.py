"""What staff wish of a product, and what becomes of it: the product as it would be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import field, frozen

from automate_store.application.ports import Ports
from automate_store.domain.catalog import (
    Product,
    ProductStatus,
    Variant,
    VariantNotFound,
    in_order,
)
from automate_store.domain.kernel.errors import FieldError, InvalidInput
from automate_store.domain.kernel.ids import BrandId, CategoryId, UserId, VariantId
from automate_store.domain.kernel.money import Money

DESCRIPTION_LENGTH = 100_000
"""Cleaned; whatever its letters are, PostgreSQL's index for searching has room for so much."""
VARIANT_NAME_LENGTH = 100
DEFAULT_VARIANT = "Default"
"""What a variant is called that nobody named, of a product without options."""
_SAME_NAMED = (
    "price",
    "compare_price",
    "short_description",
    "category_id",
    "brand_id",
    "options",
    "featured",
    "meta_title",
    "meta_description",
    "metadata",
)
_SAME_NAMED_IN_VARIANTS = (
    "price",
    "compare_price",
    "cost_price",
    "minimum_price",
    "barcode",
    "weight_g",
    "image_url",
    "requires_shipping",
    "is_digital",
    "metadata",
)


@frozen
class Owner:
    """Whose a product is to be: an account's, or the store's own where it is None."""

    account_id: UserId | None


@frozen(kw_only=True)
class PutVariant:
    """A variant as it is to be, from its SKU to what it costs."""

    id: VariantId | None = None
    """Of one that the product has; a new one where it is None."""
    sku: str
    name: str | None = None
    """Made from its choices where it is None."""
    attributes: Mapping[str, str] = field(factory=dict)
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
    inventory_quantity: int = 0
    """On hand of a new one; of one that is there the stock counts alone."""


@frozen(kw_only=True)
class PutProduct:
    """A product as it is to be; what says None of ``Stays`` stays as it is."""

    name: str
    slug: str | None = None
    """Stays; of a new product, made from its name."""
    price: Money
    compare_price: Money | None = None
    description: str | None = None
    """HTML; what could do harm is taken out."""
    short_description: str | None = None
    category_id: CategoryId | None = None
    brand_id: BrandId | None = None
    owner: Owner | None = None
    """Stays; of a new product, the vendor who makes it, else the store."""
    tags: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    status: ProductStatus | None = None
    """Stays; of a new product, draft."""
    featured: bool = False
    meta_title: str | None = None
    meta_description: str | None = None
    metadata: Mapping[str, str] = field(factory=dict)
    variants: tuple[PutVariant, ...] | None = None
    """Stay; a new product needs one at least."""


@frozen
class Content:
    """What a product is to be made of, and what is on hand of each variant that is new."""

    fields: Mapping[str, Any]
    stock: Mapping[VariantId, int]


def content_of(command: PutProduct, known: Sequence[Variant], *, ports: Ports) -> Content:
    """
    All that the command says of a product with those variants: not its slug, owner, status.

    Raises InvalidInput naming the fields, and VariantNotFound.
    """
    variants, stock = tuple(known), {}
    if command.variants is not None:
        _refuse_unknown(command.variants, known)
        placed = [
            (wish, variant_of(wish, command.options, ports=ports)) for wish in command.variants
        ]
        variants = in_order(variant for _, variant in placed)
        stock = {v.id: wish.inventory_quantity for wish, v in placed if wish.id is None}
    same = {name: getattr(command, name) for name in _SAME_NAMED}
    fields = {
        **same,
        "name": called(command.name),
        "tags": tuple(dict.fromkeys(tag for each in command.tags if (tag := each.strip()))),
        "description": cleaned(command.description, ports),
        "variants": variants,
    }
    return Content(fields, stock)


def variant_of(command: PutVariant, options: Sequence[str], *, ports: Ports) -> Variant:
    """The variant as the command has it, of a product with those options."""
    choices = {name: value.strip() for name, value in command.attributes.items()}
    # JSON keeps no order of names: the product's options give it.
    ordered = {name: choices.pop(name) for name in options if name in choices} | choices
    return Variant(
        id=command.id or VariantId(ports.ids.uuid()),
        sku=command.sku.strip(),
        name=(command.name or "").strip() or _named(ordered),
        attributes=ordered,
        tax_class=command.tax_class.strip(),
        **{name: getattr(command, name) for name in _SAME_NAMED_IN_VARIANTS},
    )


def cleaned(html: str | None, ports: Ports) -> str | None:
    """The description without what could do harm, None where nothing is left; InvalidInput."""
    if html is None:
        return None
    clean = ports.texts.clean(html).html.strip()
    if len(clean) > DESCRIPTION_LENGTH:
        reason = f"has {DESCRIPTION_LENGTH} characters at most, once it is cleaned"
        raise InvalidInput.of("description", reason)
    return clean or None


def refuse_faults(product: Product, ports: Ports) -> None:
    """Nothing, where the store can sell it; raises InvalidInput."""
    if product.price.currency != ports.policy.currency:
        raise InvalidInput.of("price", f"is in {ports.policy.currency}")
    if not all(option.strip() for option in product.options):
        raise InvalidInput.of("options", "have names")
    if faults := tuple(_variant_faults(product)):
        raise InvalidInput(faults)


def called(name: str) -> str:
    """The name without what stands around it; raises InvalidInput where nothing is left."""
    if not (plain := name.strip()):
        raise InvalidInput.of("name", "is required")
    return plain


def _refuse_unknown(wishes: Iterable[PutVariant], known: Iterable[Variant]) -> None:
    ids = {variant.id for variant in known}
    for wish in wishes:
        if wish.id is not None and wish.id not in ids:
            raise VariantNotFound(str(wish.id))


def _named(attributes: Mapping[str, str]) -> str:
    return " / ".join(attributes.values())[:VARIANT_NAME_LENGTH].rstrip() or DEFAULT_VARIANT


def _variant_faults(product: Product) -> Iterator[FieldError]:
    for index, variant in enumerate(product.variants):
        floor = variant.minimum_price
        if floor is not None and floor > product.price_of(variant):
            yield FieldError(f"variants[{index}].minimum_price", "is the price at most")
        if not variant.tax_class:
            yield FieldError(f"variants[{index}].tax_class", "is required")
        if not all(variant.attributes.values()):
            reason = "gives each option of the product a value"
            yield FieldError(f"variants[{index}].attributes", reason)
