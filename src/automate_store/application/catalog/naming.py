"""Slugs and SKUs that nothing else has."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from string import ascii_lowercase, digits
from uuid import UUID

from automate_store.application.ports import Ports
from automate_store.application.ports.unit_of_work import Work
from automate_store.domain.catalog import SLUG, Product, SkuTaken, SlugTaken
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.words import folded

SLUG_LENGTH = 255
SHELF_SLUG_LENGTH = 100
NUMBERED = 9
"""How many numbers are tried behind a slug that is taken, before letters nobody else has."""
_FRESH = 6


async def product_slug(
    wanted: str | None, name: str, *, product: Product | None, work: Work, ports: Ports
) -> str:
    """
    The product's slug: the wanted one, else the one it has, else one made from its name.

    Raises SlugTaken, InvalidInput.
    """
    if wanted is None and product is not None:
        return product.slug
    tried = [wanted] if wanted is not None else list(candidates(name, SLUG_LENGTH, ports))
    if wanted is not None:
        refuse_odd_slug(wanted)
    found = await work.products.by_slugs(tried)
    mine = product.id if product else None
    taken = {slug for slug, owner in found.items() if owner.id != mine}
    return first_free(tried, taken, wanted=wanted)


def shelf_slug(
    wanted: str | None, name: str, *, now: str | None, taken: Collection[str], ports: Ports
) -> str:
    """The slug of a category or brand, as that of a product; ``now`` is the one it has."""
    if wanted is None and now is not None:
        return now
    if wanted is not None:
        refuse_odd_slug(wanted)
        return first_free([wanted], taken, wanted=wanted)
    return first_free(candidates(name, SHELF_SLUG_LENGTH, ports), taken, wanted=None)


def first_free(tried: Iterable[str], taken: Collection[str], *, wanted: str | None) -> str:
    """The first that is not taken; raises SlugTaken where a certain one is wanted."""
    free = next((slug for slug in tried if slug not in taken), None)
    if free is None:
        assert wanted is not None, "one of the made ones has letters that nobody else has"
        raise SlugTaken(wanted)
    return free


def candidates(name: str, longest: int, ports: Ports) -> Iterator[str]:
    """Slugs for that name: plain, numbered, and one that nobody else has."""
    stem = ports.texts.slug(name)[: longest - _FRESH - 1].rstrip("-")
    if stem and not _is_id(stem):
        yield stem
        for number in range(2, NUMBERED + 2):
            yield f"{stem}-{number}"
    fresh = ports.ids.letters(ascii_lowercase + digits, _FRESH)
    yield "-".join(filter(None, [stem, fresh]))


def refuse_odd_slug(slug: str) -> None:
    """Nothing, where an address can have it; raises InvalidInput."""
    if not SLUG.fullmatch(slug):
        raise InvalidInput.of("slug", "is made of a-z, 0-9 and single hyphens")
    # Whoever asks for an id would else be shown what took its form.
    if _is_id(slug):
        raise InvalidInput.of("slug", "has not the form of an id")


async def refuse_taken_skus(product: Product, work: Work) -> None:
    """Nothing, where no other product has one of its SKUs; raises SkuTaken."""
    skus = {folded(variant.sku): variant.sku for variant in product.variants}
    for sku, owner in (await work.products.taken_skus(list(skus.values()))).items():
        if owner != product.id:
            raise SkuTaken(sku)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
