"""Laws of the catalogue: products that break a rule cannot be built; prices leave a trail."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from automate_store.domain.catalog import (
    MOVES,
    Category,
    CategoryCycle,
    PriceChanged,
    Product,
    ProductMoveRefused,
    ProductPublished,
    ProductStatus,
    Variant,
    VariantNotFound,
    VariantNotNamed,
    ancestors,
    descendants,
)
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import CategoryId, VariantId
from automate_store.domain.kernel.money import Money
from automate_store.entrypoints.properties.catalog import (
    category_trees,
    parents_of,
    products,
    slugs,
)
from automate_store.entrypoints.properties.moments import NOON

PARTS = ("price", "compare_price", "cost_price", "minimum_price")


def faults(product: Product, **changes: Any) -> set[str]:
    with pytest.raises(InvalidInput) as refused:
        evolve(product, **changes)
    return {error.field for error in refused.value.errors}


def with_first(product: Product, **changes: Any) -> tuple[Variant, ...]:
    return (evolve(product.variants[0], **changes), *product.variants[1:])


@given(product=products())
def test_the_price_in_force_is_the_variants_own_or_the_products(product: Product) -> None:
    for variant in product.variants:
        own = [] if variant.price is None else [variant.price]
        assert product.price_of(variant) == [*own, product.price][0]


@given(product=products())
def test_what_it_cost_before_always_exceeds_what_it_costs(product: Product) -> None:
    for variant in product.variants:
        before = product.compare_price_of(variant)
        assert before is None or before > product.price_of(variant)


@given(product=products(), lower=st.integers(0, 10**6))
def test_a_compare_price_that_does_not_exceed_the_price_is_refused(
    product: Product, lower: int
) -> None:
    low = Money(max(0, product.price.minor - lower), product.price.currency)
    assert faults(product, compare_price=low) >= {"compare_price"}
    first = product.price_of(product.variants[0])
    at_most = Money(max(0, first.minor - lower), first.currency)
    variants = with_first(product, compare_price=at_most)
    assert faults(product, variants=variants) == {"variants[0].compare_price"}


@given(product=products("USD"), part=st.sampled_from(PARTS))
def test_every_amount_is_in_the_products_currency(product: Product, part: str) -> None:
    foreign = Money(10**9, "EUR")
    assert f"variants[0].{part}" in faults(product, variants=with_first(product, **{part: foreign}))
    assert faults(product, compare_price=foreign) == {"compare_price"}


@given(product=products("USD"), part=st.sampled_from(PARTS))
def test_no_amount_is_below_zero(product: Product, part: str) -> None:
    below = {part: Money(-1, "USD")}
    assert f"variants[0].{part}" in faults(product, variants=with_first(product, **below))
    assert "price" in faults(product, price=Money(-1, "USD"))


@given(product=products().filter(lambda each: len(each.variants) > 1))
def test_skus_of_one_product_differ_by_more_than_case(product: Product) -> None:
    twin = evolve(product.variants[1], sku=product.variants[0].sku.lower())
    variants = (product.variants[0], twin, *product.variants[2:])
    assert "variants" in faults(product, variants=variants)


@given(product=products())
def test_every_variant_gives_each_option_its_value(product: Product) -> None:
    odd = {**product.variants[0].attributes, "an option nobody has": "1"}
    assert faults(product, variants=with_first(product, attributes=odd)) == {
        "variants[0].attributes"
    }


@given(product=products().filter(lambda each: not each.options))
def test_a_product_without_options_has_one_variant(product: Product) -> None:
    other = evolve(product.variants[0], id=VariantId(UUID(int=5)), sku="another sku")
    assert faults(product, variants=(*product.variants, other)) == {"variants"}
    assert faults(product, variants=()) == {"variants"}


@given(slug=slugs(), product=products())
def test_a_slug_is_words_between_single_hyphens(slug: str, product: Product) -> None:
    assert evolve(product, slug=slug).slug == slug
    for wrong in (slug.upper() + "A", f"-{slug}", f"{slug}-", f"{slug}--x", f"{slug} x", "", "ü"):
        assert faults(product, slug=wrong) == {"slug"}


@given(product=products())
def test_a_variant_is_found_by_its_id_or_alone(product: Product) -> None:
    for variant in product.variants:
        assert product.variant(variant.id) is variant
    with pytest.raises(VariantNotFound):
        product.variant(VariantId(UUID(int=0)))
    if len(product.variants) == 1:
        assert product.variant(None) is product.variants[0]
    else:
        with pytest.raises(VariantNotNamed):
            product.variant(None)


@given(product=products())
def test_customers_never_see_what_the_merchant_pays(product: Product) -> None:
    shown = product.for_customers()
    assert not any(each.cost_price or each.minimum_price for each in shown.variants)
    prices = [(shown.price_of(each), shown.compare_price_of(each)) for each in shown.variants]
    kept = [(product.price_of(each), product.compare_price_of(each)) for each in product.variants]
    assert prices == kept


@given(product=products(), wanted=st.sampled_from(ProductStatus))
def test_a_product_moves_only_where_its_life_leads(product: Product, wanted: ProductStatus) -> None:
    move = {ProductStatus.ACTIVE: product.publish, ProductStatus.ARCHIVED: product.archive}
    if wanted is ProductStatus.DRAFT:
        assert not any(ProductStatus.DRAFT in moves for moves in MOVES.values())
    elif wanted in MOVES[product.status]:
        assert move[wanted](at=NOON).status is wanted
    else:
        with pytest.raises(ProductMoveRefused):
            move[wanted](at=NOON)


@given(product=products(status=ProductStatus.DRAFT))
def test_the_first_publication_keeps_its_time(product: Product) -> None:
    first = product.publish(at=NOON)
    again = first.archive(at=NOON).publish(at=NOON.replace(hour=23))
    assert again.published_at == first.published_at == NOON
    assert [type(each) for each in first.events] == [ProductPublished]


@given(product=products())
def test_a_revision_without_a_change_is_the_same_product(product: Product) -> None:
    assert product.revise(product, at=NOON, by="import") is product
    assert product.revise(evolve(product, version=9), at=NOON, by="import") is product


@given(product=products(), wanted=products())
def test_a_revision_takes_the_content_and_keeps_identity_and_life(
    product: Product, wanted: Product
) -> None:
    revised = product.revise(evolve(wanted, id=product.id), at=NOON, by="import")
    assert (revised.name, revised.variants) == (wanted.name, wanted.variants)
    assert (revised.version, revised.status) == (product.version, product.status)
    assert revised.created_at == product.created_at


@given(product=products("USD"), prices=st.lists(st.integers(0, 10**6), min_size=4, max_size=4))
def test_each_change_of_a_price_is_told_with_old_and_new(
    product: Product, prices: list[int]
) -> None:
    variants = tuple(
        evolve(each, price=Money(price, "USD"), compare_price=None)
        for each, price in zip(product.variants, prices, strict=False)
    )
    revised = product.revise(evolve(product, variants=variants), at=NOON, by="ann")
    told = {each.variant_id: each for each in revised.events if isinstance(each, PriceChanged)}
    for before, after in zip(product.variants, variants, strict=True):
        old, new = product.price_of(before), revised.price_of(after)
        if old == new:
            assert before.id not in told
        else:
            event = told[before.id]
            assert (event.old, event.new, event.by) == (old, new, "ann")


@given(tree=category_trees())
def test_who_stands_below_and_who_stands_above_agree(tree: tuple[Category, ...]) -> None:
    parents = parents_of(tree)
    for one in tree:
        below = descendants(one.id, tree)
        assert one.id in below
        for other in tree:
            assert (other.id in below) == (one.id in ancestors(other.id, parents))


@given(tree=category_trees())
def test_a_circle_of_categories_is_found_and_not_walked_for_ever(
    tree: tuple[Category, ...],
) -> None:
    parents: dict[CategoryId, CategoryId | None] = dict(parents_of(tree))
    parents[tree[0].id] = tree[-1].id
    walked = tree[-1].id in descendants(tree[0].id, tree)
    if walked:
        with pytest.raises(CategoryCycle):
            ancestors(tree[-1].id, parents)
    else:
        assert tree[-1].id in ancestors(tree[0].id, parents)
