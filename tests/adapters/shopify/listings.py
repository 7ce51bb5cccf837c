"""Listings for property tests, as a reader would give them: clean, stripped, in order."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from automate_store.adapters.shopify.products import NO_OPTION
from automate_store.adapters.shopify.words import label
from automate_store.adapters.texts import WrittenTexts
from automate_store.application.ports.catalog_files import (
    ImageListing,
    ProductListing,
    VariantListing,
)
from automate_store.domain.catalog import ProductStatus
from automate_store.domain.kernel.money import Money
from automate_store.entrypoints.properties.catalog import slugs

KEPT = ("Season", "Google Shopping / MPN", "Gift Card")
KEPT_OF_VARIANTS = ("Variant Weight Unit", "Variant Tax Code")
TEXTS = WrittenTexts()
_LETTERS = st.characters(codec="utf-8", exclude_characters="\0")
_SHOWN = st.characters(codec="utf-8", exclude_categories=["C", "Z"])


def cells(longest: int = 30) -> SearchStrategy[str]:
    """Texts of any letters, commas, quotation marks and line breaks, without outer spaces."""
    marks = st.sampled_from(list(",\"';\t\n\r<&> ="))
    return st.text(_LETTERS | marks, max_size=longest).map(str.strip).filter(bool)


def names(longest: int = 30) -> SearchStrategy[str]:
    """Texts with single spaces between their words."""
    return (
        st.lists(st.text(_SHOWN, min_size=1, max_size=8), min_size=1, max_size=4)
        .map(" ".join)
        .map(lambda name: name[:longest].strip())
    )


def descriptions() -> SearchStrategy[str | None]:
    """HTML that has been cleaned."""
    return cells(80).map(lambda html: TEXTS.clean(html).html.strip() or None) | st.none()


@st.composite
def variants(draw: st.DrawFn, attributes: Mapping[str, str], currency: str) -> VariantListing:
    """A variant with those values of its options."""
    price = draw(st.integers(0, 10**6))
    before = draw(st.none() | st.integers(price + 1, price + 10**6))
    cost = draw(st.none() | st.integers(0, 10**6))
    values = tuple(attributes.values())
    return VariantListing(
        line=0,
        sku=draw(st.none() | cells(20)),
        spare_skus=(),
        attributes=attributes,
        name=" / ".join(values)[:100].rstrip() or "Default",
        price=Money(price, currency),
        compare_price=None if before is None else Money(before, currency),
        cost_price=None if cost is None else Money(cost, currency),
        barcode=draw(st.none() | cells(20)),
        weight_g=draw(st.integers(0, 10**6)),
        image_url=draw(st.none() | urls()),
        requires_shipping=draw(st.booleans()),
        taxable=draw(st.booleans()),
        tracked=draw(st.booleans()),
        allow_backorder=draw(st.booleans()),
        quantity=draw(st.none() | st.integers(0, 10**6)),
        metadata=draw(st.dictionaries(st.sampled_from(KEPT_OF_VARIANTS), cells(10), max_size=2)),
    )


@st.composite
def listings(draw: st.DrawFn, currency: str) -> ProductListing:
    """A product as a reader would list it."""
    options = tuple(draw(st.lists(cells(10), max_size=4, unique=True)))
    values = st.tuples(*(cells(10) for _ in options))
    combinations = draw(
        st.lists(values, min_size=1, max_size=3 if options else 1, unique=True).filter(
            lambda found: (options, found) != (NO_OPTION[:1], [NO_OPTION[1:]])
        )
    )
    path = draw(st.lists(names().map(lambda name: name.replace(">", "")), max_size=3))
    metadata = draw(st.dictionaries(st.sampled_from(KEPT), kept(), max_size=3))
    category = tuple(label(step, TEXTS) for each in path if (step := " ".join(each.split())))
    beside: bool = draw(st.booleans())
    if category and beside:
        metadata |= {"Type": draw(cells(10))}
    brand = draw(st.none() | names())
    tags = draw(st.lists(cells(10).map(lambda tag: tag.replace(",", "").strip()), max_size=3))
    return ProductListing(
        line=0,
        slug=draw(slugs()),
        name=draw(names()),
        description=draw(descriptions()),
        category=category,
        brand=None if brand is None else label(brand, TEXTS),
        tags=tuple(dict.fromkeys(filter(None, tags))),
        status=draw(st.sampled_from(ProductStatus)),
        options=options,
        variants=tuple(
            draw(variants(dict(zip(options, each, strict=True)), currency)) for each in combinations
        ),
        images=tuple(
            ImageListing(url=url, alt_text=draw(st.none() | cells(20)))
            for url in draw(st.lists(urls(), max_size=4, unique=True))
        ),
        meta_title=draw(st.none() | cells(20)),
        meta_description=draw(st.none() | cells(40)),
        metadata=metadata,
    )


def catalogues(currency: str) -> SearchStrategy[list[ProductListing]]:
    """Some products, no two of one slug."""
    return st.lists(listings(currency), max_size=3, unique_by=lambda one: one.slug)


def kept() -> SearchStrategy[str]:
    """Values worth keeping: an ordinary one says nothing and is left out."""
    return cells(10).filter(lambda value: value.lower() != "false")


def urls() -> SearchStrategy[str]:
    """Addresses of pictures."""
    return cells(20).map("https://img.example/{}".format)
