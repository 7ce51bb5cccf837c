"""One product's rows, read into its listing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import evolve, frozen

from automate_store.adapters.shopify.cells import Desk, Row
from automate_store.adapters.shopify.columns import ORDINARY, Header
from automate_store.adapters.shopify.words import NAME_LENGTH, SKU_LENGTH, label, spare_skus
from automate_store.application.ports.catalog_files import (
    ImageListing,
    Label,
    ProductListing,
    VariantListing,
)
from automate_store.domain.catalog import ProductStatus
from automate_store.domain.kernel.money import Money

TITLE_LENGTH = 255
DESCRIPTION_LENGTH = 100_000
"""Cleaned; whatever its letters are, PostgreSQL's index for searching has room for so much."""
CATEGORY_DEPTH = 20
"""Steps from the root; the format's own tree has eight."""
BARCODE_LENGTH = 100
OPTION_LENGTH = 255
TAG_LENGTH = 255
URL_LENGTH = 500
ALT_LENGTH = 255
META_TITLE_LENGTH = 255
NO_OPTION = ("Title", "Default Title")
"""What the format writes as the one option of a product that has none."""
DEFAULT_VARIANT = "Default"
_POSITION_DIGITS = 9

_SILENT: Mapping[str, tuple[str, ...]] = {
    "description": ("body",),
    "brand": ("vendor",),
    "category": ("category", "type"),
    "tags": ("tags",),
    "status": ("published", "status"),
    "sku": ("sku",),
    "weight_g": ("grams",),
    "tracked": ("tracker",),
    "allow_backorder": ("policy",),
    "compare_price": ("compare_at",),
    "cost_price": ("cost",),
    "requires_shipping": ("requires_shipping",),
    "taxable": ("taxable",),
    "barcode": ("barcode",),
    "image_url": ("variant_image",),
    "images": ("image_src",),
    "meta_title": ("seo_title",),
    "meta_description": ("seo_description",),
    "options": ("option1_name",),
}
"""The fields of a listing, each with the columns that speak of it."""


@frozen
class _Options:
    """The product's options: the numbers of their columns, and their names."""

    numbers: tuple[int, ...]
    names: tuple[str, ...]

    def values(self, row: Row) -> tuple[str, ...]:
        return tuple(row[f"option{number}_value"] for number in self.numbers)


def silent_fields(header: Header) -> frozenset[str]:
    """The fields of a listing that the file has no column for."""
    told = header.fields
    return frozenset(
        field for field, columns in _SILENT.items() if not any(name in told for name in columns)
    )


def read_product(rows: Sequence[Row], *, slug: str, desk: Desk) -> ProductListing | None:
    """The listing of the rows, to be used only where the desk has refused nothing."""
    head = next((row for row in rows if row["title"]), None)
    sold = [row for row in rows if _is_variant(row)]
    if head is None or not sold:
        missing = "title" if head is None else "price"
        desk.refuse(rows[0].line, f"there is no {missing}")
        return None
    options = _options(head, sold, desk)
    _check_combinations(sold, options, desk)
    _note_unkept(rows, head, desk)
    category, other = _category(head, desk)
    return ProductListing(
        line=head.line,
        slug=slug,
        name=_title(head, desk),
        description=_description(head, desk),
        category=category,
        brand=_label(head, "vendor", "the vendor", desk),
        tags=_tags(head, desk),
        status=_status(head, desk),
        options=options.names,
        variants=tuple(_variants(sold, options, slug, desk)),
        images=_images(rows, desk),
        meta_title=desk.cut(head, "seo_title", META_TITLE_LENGTH),
        meta_description=head["seo_description"] or None,
        metadata={**other, **_kept(sold[0], of_variant=False), **_kept(head, of_variant=False)},
        metadata_columns=head.header.metadata_columns,
        silent=silent_fields(head.header),
    )


def _is_variant(row: Row) -> bool:
    if row["price"] or row["sku"]:
        return True
    return any(row[f"option{number}_value"] for number in row.header.options)


def _options(head: Row, sold: Sequence[Row], desk: Desk) -> _Options:
    numbers, names = [], []
    for number in head.header.options:
        name, column = head[f"option{number}_name"], f"option{number}_value"
        valued = any(row[column] for row in sold)
        if not valued:
            if name and name != NO_OPTION[0]:
                desk.mend(head, f"option{number}_name", "has no values: dropped", name)
            continue
        if not name:
            name = f"Option {number}"
            desk.mend(head, f"option{number}_name", f"is blank: named {name!r}")
        if len(name) > OPTION_LENGTH:
            desk.too_long(head, "an option's name", name, OPTION_LENGTH)
        numbers.append(number)
        names.append(name)
    options = _Options(tuple(numbers), tuple(names))
    one = len(sold) == 1 and names == [NO_OPTION[0]]
    if one and options.values(sold[0]) == (NO_OPTION[1],):
        return _Options((), ())
    return options


def _check_combinations(sold: Sequence[Row], options: _Options, desk: Desk) -> None:
    seen: dict[tuple[str, ...], int] = {}
    for row in sold:
        values = options.values(row)
        for name, value in zip(options.names, values, strict=True):
            if not value:
                desk.refuse(row.line, f"the variant has no {name}")
            elif len(value) > OPTION_LENGTH:
                desk.too_long(row, name, value, OPTION_LENGTH)
        if values in seen:
            same = (
                f"has the same {' and '.join(options.names)} as"
                if values
                else "has no option unlike"
            )
            desk.refuse(row.line, f"the variant {same} the one on line {seen[values]}")
        seen.setdefault(values, row.line)


def _variants(
    sold: Sequence[Row], options: _Options, slug: str, desk: Desk
) -> Iterator[VariantListing]:
    for row in sold:
        price = desk.price(row)
        if price is not None:
            values = options.values(row)
            attributes = dict(zip(options.names, values, strict=True))
            listing = _variant(row, price, attributes, slug, desk)
            # The product's own columns stand on the first variant's row.
            kept = _kept(row, of_variant=True if row is sold[0] else None)
            yield evolve(listing, metadata=kept)


def _variant(
    row: Row, price: Money, attributes: Mapping[str, str], slug: str, desk: Desk
) -> VariantListing:
    values = tuple(attributes.values())
    tracker = "tracker" if "tracker" in row.header.fields else "quantity"
    return VariantListing(
        line=row.line,
        sku=desk.unquoted(row, "sku", "the SKU", SKU_LENGTH),
        spare_skus=spare_skus(slug, values, desk.texts),
        attributes=attributes,
        name=" / ".join(values)[:NAME_LENGTH].rstrip() or DEFAULT_VARIANT,
        price=price,
        compare_price=desk.compare_price(row, price),
        cost_price=desk.cost(row),
        barcode=desk.unquoted(row, "barcode", "the barcode", BARCODE_LENGTH),
        weight_g=desk.weight_g(row),
        image_url=desk.url(row, "variant_image", URL_LENGTH),
        requires_shipping=desk.boolean(
            row, "requires_shipping", missing=True, blank=False, bad=True
        ),
        taxable=desk.boolean(row, "taxable", missing=True, blank=False, bad=True),
        tracked=bool(row[tracker]),
        allow_backorder=_backorder(row, desk),
        quantity=desk.quantity(row),
    )


def _backorder(row: Row, desk: Desk) -> bool:
    policy = row["policy"].lower()
    if policy not in {"", "deny", "continue", "true", "false"}:
        desk.mend(row, "policy", "is neither deny nor continue: taken as deny", row["policy"])
    return policy in {"continue", "true"}


def _title(head: Row, desk: Desk) -> str:
    title = " ".join(head["title"].split())
    if len(title) > TITLE_LENGTH:
        desk.too_long(head, "the title", title, TITLE_LENGTH)
    return title


def _description(head: Row, desk: Desk) -> str | None:
    cleaned = desk.texts.clean(head["body"])
    if cleaned.missed:
        desk.mend(head, "body", f"unsafe HTML taken out: {', '.join(cleaned.missed)}")
    if len(cleaned.html) > DESCRIPTION_LENGTH:
        desk.too_long(head, "the description", cleaned.html, DESCRIPTION_LENGTH)
    return cleaned.html.strip() or None


def _label(head: Row, name: str, said: str, desk: Desk) -> Label | None:
    value = desk.text(head, name, said, NAME_LENGTH)
    return label(" ".join(value.split()), desk.texts) if value else None


def _category(head: Row, desk: Desk) -> tuple[tuple[Label, ...], dict[str, str]]:
    """The way to the category, and the type where it is not the category."""
    path = [" ".join(step.split()) for step in head["category"].split(">")]
    if too_long := [step for step in path if len(step) > NAME_LENGTH]:
        desk.too_long(head, "a category's name", too_long[0], NAME_LENGTH)
    if len(path) > CATEGORY_DEPTH:
        desk.refuse(
            head.line, f"its category stands {len(path):,} steps deep, at most {CATEGORY_DEPTH} fit"
        )
    if not any(path):
        only = _label(head, "type", "the type", desk)
        return ((only,) if only else ()), {}
    kind = head["type"]
    return tuple(label(step, desk.texts) for step in path if step), {"Type": kind} if kind else {}


def _tags(head: Row, desk: Desk) -> tuple[str, ...]:
    tags = dict.fromkeys(tag for said in head["tags"].split(",") if (tag := said.strip()))
    for tag in tags:
        if len(tag) > TAG_LENGTH:
            desk.too_long(head, "a tag", tag, TAG_LENGTH)
    return tuple(tags)


def _status(head: Row, desk: Desk) -> ProductStatus:
    published = desk.boolean(head, "published", missing=True, blank=True, bad=False)
    said = head["status"].lower()
    if said == "archived":
        return ProductStatus.ARCHIVED
    if said not in {"", "active", "draft"}:
        desk.mend(head, "status", "is no status: taken as draft", head["status"])
    on_sale = published and said in {"", "active"}
    return ProductStatus.ACTIVE if on_sale else ProductStatus.DRAFT


def _images(rows: Sequence[Row], desk: Desk) -> tuple[ImageListing, ...]:
    images: dict[str, ImageListing] = {}
    places: dict[str, tuple[int, int]] = {}
    for order, row in enumerate(rows):
        url = desk.url(row, "image_src", URL_LENGTH)
        if url is None:
            continue
        if url in images:
            desk.mend(row, "image_src", "stands there twice: the second is dropped", url)
            continue
        images[url] = ImageListing(url=url, alt_text=desk.cut(row, "image_alt", ALT_LENGTH))
        places[url] = (_position(row, order), order)
    return tuple(images[url] for url in sorted(images, key=places.__getitem__))


def _position(row: Row, order: int) -> int:
    said = row["image_position"]
    return (
        int(said)
        if said.isascii() and said.isdigit() and len(said) <= _POSITION_DIGITS
        else order + 1
    )


def _kept(row: Row, *, of_variant: bool | None) -> dict[str, str]:
    """
    What the columns that are only kept say on this row, blanks and ordinary values left out.

    None asks for the product's and the variant's alike.
    """
    return {
        column.name: value
        for column in row.header.kept
        if of_variant is None or column.of_variant is of_variant
        if (value := row.cells[column.index].strip())
        if value.lower() != ORDINARY.get(column.name)
    }


def _note_unkept(rows: Sequence[Row], head: Row, desk: Desk) -> None:
    for row in rows:
        for index in row.header.unnamed:
            if value := row.cells[index].strip():
                desk.mend(row, f"column {index + 1}", "has no name: the value is not kept", value)
        if row is not head and not _is_variant(row):
            for name, value in _kept(row, of_variant=None).items():
                desk.mend(row, name, "stands beside an image alone: not kept", value)
