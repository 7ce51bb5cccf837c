"""Laws of what staff change of a product: nothing else moves, and prices leave a trail."""

from __future__ import annotations

from uuid import UUID

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from automate_store.domain.catalog import (
    MOVES,
    Image,
    ImageNotFound,
    ImagesNotNamed,
    LastVariant,
    PriceChanged,
    Product,
    ProductMoveRefused,
    ProductStatus,
    Variant,
    VariantNotFound,
)
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import ImageId, VariantId
from automate_store.domain.kernel.money import Money
from automate_store.entrypoints.properties.catalog import images, products
from automate_store.entrypoints.properties.moments import NOON

NOBODY = UUID(int=0)
WITH_OPTIONS = products("USD").filter(lambda each: bool(each.options))
SEVERAL = products("USD").filter(lambda each: len(each.variants) > 1)


def other_variant(product: Product) -> Variant:
    """One that the product has not: its own id, SKU and choice of options."""
    values = dict.fromkeys(product.options, "a value longer than any drawn")
    return Variant(id=VariantId(NOBODY), sku="another sku", name="Other", attributes=values)


def without_events(product: Product) -> Product:
    return evolve(product, events=())


@pytest.mark.parametrize("status", ProductStatus)
@pytest.mark.parametrize("wanted", ProductStatus)
@given(product=products())
def test_a_status_is_reached_where_the_life_leads_and_else_refused(
    product: Product, status: ProductStatus, wanted: ProductStatus
) -> None:
    product = evolve(product, status=status)
    if wanted is product.status:
        assert product.become(wanted, at=NOON) is product
    elif wanted in MOVES[product.status]:
        assert product.become(wanted, at=NOON).status is wanted
    else:
        with pytest.raises(ProductMoveRefused):
            product.become(wanted, at=NOON)


@given(product=WITH_OPTIONS)
def test_a_variant_that_comes_stands_last_and_goes_again(product: Product) -> None:
    fresh = other_variant(product)
    grown = product.put_variant(fresh, at=NOON, by="ann")
    assert [each.id for each in grown.variants] == [*(v.id for v in product.variants), fresh.id]
    assert [each.position for each in grown.variants] == list(range(len(grown.variants)))
    shrunk = grown.drop_variant(fresh.id, at=product.updated_at, by="ann")
    assert without_events(shrunk) == product
    assert not any(isinstance(event, PriceChanged) for event in shrunk.events)


@given(product=SEVERAL, more=st.integers(1, 10**6))
def test_a_variant_that_changes_keeps_its_place_and_its_price_leaves_a_trail(
    product: Product, more: int
) -> None:
    old = product.variants[1]
    dearer = Money(product.price_of(old).minor + more, "USD")
    wanted = evolve(old, price=dearer, compare_price=None)
    changed = product.put_variant(wanted, at=NOON, by="ann")
    assert changed.variants[1] == wanted
    assert changed.variants[0] == product.variants[0]
    (event,) = changed.events
    assert isinstance(event, PriceChanged)
    assert (event.variant_id, event.old, event.new, event.by, event.at) == (
        old.id,
        product.price_of(old),
        dearer,
        "ann",
        NOON,
    )


@given(product=products())
def test_what_changes_nothing_is_the_product_itself(product: Product) -> None:
    assert product.put_variant(product.variants[0], at=NOON, by="ann") is product
    told = {image.id: image.alt_text for image in product.images}
    arranged = product.arrange_images(told, at=NOON)
    assert arranged.arrange_images(told, at=NOON) is arranged


@given(product=products())
def test_the_last_variant_stays(product: Product) -> None:
    for variant in product.variants[1:]:
        product = product.drop_variant(variant.id, at=NOON, by="ann")
    with pytest.raises(LastVariant):
        product.drop_variant(product.variants[0].id, at=NOON, by="ann")


@given(product=products())
def test_a_variant_that_is_not_the_products_is_not_found(product: Product) -> None:
    with pytest.raises(VariantNotFound):
        product.drop_variant(VariantId(NOBODY), at=NOON, by="ann")


@given(product=SEVERAL)
def test_no_two_variants_are_the_same_choice(product: Product) -> None:
    first, second, *rest = product.variants
    twin = evolve(second, attributes=first.attributes)
    with pytest.raises(InvalidInput) as refused:
        evolve(product, variants=(first, twin, *rest))
    assert [error.field for error in refused.value.errors] == ["variants"]


@given(product=products(), image=images())
def test_an_image_that_comes_stands_last_and_goes_again(product: Product, image: Image) -> None:
    fresh = evolve(image, id=ImageId(NOBODY))
    grown = product.add_image(fresh, at=NOON)
    assert [each.id for each in grown.images] == [*(i.id for i in product.images), fresh.id]
    assert [each.sort_order for each in grown.images] == list(range(len(grown.images)))
    shrunk = grown.drop_image(fresh.id, at=NOON)
    assert [each.url for each in shrunk.images] == [each.url for each in product.images]
    with pytest.raises(ImageNotFound):
        shrunk.drop_image(fresh.id, at=NOON)


@given(product=products(), data=st.data())
def test_images_stand_in_the_order_told_with_the_texts_told(
    product: Product, data: st.DataObject
) -> None:
    ids = data.draw(st.permutations([image.id for image in product.images]))
    arranged = product.arrange_images({each: f"about {each}" for each in ids}, at=NOON)
    assert [(image.id, image.alt_text) for image in arranged.images] == [
        (each, f"about {each}") for each in ids
    ]
    assert {(i.id, i.url) for i in arranged.images} == {(i.id, i.url) for i in product.images}


@given(product=products())
def test_an_order_of_images_names_each_of_them(product: Product) -> None:
    assume(product.images)
    told = {image.id: image.alt_text for image in product.images}
    for wrong in (dict(list(told.items())[1:]), {**told, ImageId(NOBODY): None}):
        with pytest.raises(ImagesNotNamed) as refused:
            product.arrange_images(wrong, at=NOON)
        assert refused.value.images == tuple(told)
