"""Who reaches which product: vendors their own, whoever edits the catalogue all of them."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from attrs import frozen

from automate_store.application.access import Actor, Permission
from automate_store.application.errors import NotAllowed
from automate_store.application.ports.unit_of_work import Reads
from automate_store.application.versions import Versions, based_on
from automate_store.domain.catalog import Product, ProductNotFound
from automate_store.domain.inventory import StockItem
from automate_store.domain.kernel.ids import ProductId, UserId, VariantId


@frozen(kw_only=True)
class StaffProduct:
    """A product with all that only its staff may know, and its variants' stock."""

    product: Product
    stock: Mapping[VariantId, StockItem]


async def reach(
    id_or_slug: str, *, actor: Actor, reads: Reads, versions: Versions | None = None
) -> Product:
    """
    The product, whatever its status, where the actor may change it.

    Raises ProductNotFound, for another vendor's as for none, and VersionConflict where
    it is not of one of those versions.
    """
    actor.may(Permission.EDIT_OWN_PRODUCTS)
    product = await _found(id_or_slug, reads)
    owner = owner_of_all_that(actor)
    if owner is not None and product.vendor_id != owner:
        raise ProductNotFound(id_or_slug)
    based_on(versions, product.version, kind="product", id=product.id)
    return product


def owner_of_all_that(actor: Actor) -> UserId | None:
    """Whose products are all that the actor reaches; None where it reaches everybody's."""
    return None if actor.can(Permission.EDIT_CATALOG) else actor.account()


def refuse_for_another(actor: Actor, owner: UserId | None) -> None:
    """Nothing, where the actor may make it that account's; raises NotAllowed."""
    mine = owner_of_all_that(actor)
    if mine is not None and owner != mine:
        raise NotAllowed(actor.role, Permission.EDIT_CATALOG)


async def as_staff_see(product: Product, reads: Reads) -> StaffProduct:
    """The product beside its stock."""
    stock = await reads.stock.of([variant.id for variant in product.variants])
    return StaffProduct(product=product, stock=stock)


async def _found(id_or_slug: str, reads: Reads) -> Product:
    try:
        return await reads.products.get(ProductId(UUID(id_or_slug)))
    except ValueError:
        pass
    slug = id_or_slug.lower()
    found = (await reads.products.by_slugs([slug])).get(slug)
    if found is None:
        raise ProductNotFound(id_or_slug)
    return found
