"""Use cases of products: staff make them, change them, and let them go."""

from __future__ import annotations

from enum import StrEnum

from attrs import evolve, frozen

from automate_store.application.access import Actor, Permission
from automate_store.application.auditing import note
from automate_store.application.catalog.naming import product_slug, refuse_taken_skus
from automate_store.application.catalog.opening import open_stock
from automate_store.application.catalog.reaching import (
    StaffProduct,
    as_staff_see,
    owner_of_all_that,
    reach,
    refuse_for_another,
)
from automate_store.application.catalog.wishes import PutProduct, content_of, refuse_faults
from automate_store.application.ports import Ports
from automate_store.application.ports.catalog import ProductRecord, ProductsOfStaff
from automate_store.application.ports.unit_of_work import Work
from automate_store.application.retries import retrying
from automate_store.application.versions import Versions
from automate_store.domain.catalog import DraftInHistory, Product, ProductStatus
from automate_store.domain.identity import AccountNotFound, AccountRole
from automate_store.domain.kernel.errors import FieldError, InvalidInput
from automate_store.domain.kernel.ids import ProductId, UserId


class Removal(StrEnum):
    """What became of a product that was to go."""

    DELETED = "deleted"
    ARCHIVED = "archived"


@frozen(kw_only=True)
class RemovedProduct:
    """A product as it was when it went, or as it stays for the history that names it."""

    outcome: Removal
    product: Product


async def create_product(command: PutProduct, *, actor: Actor, ports: Ports) -> StaffProduct:
    """
    The new product, a draft unless it is to be sold at once, and its stock.

    A vendor makes its own. Raises InvalidInput, SlugTaken, SkuTaken, ProductMoveRefused,
    and NotAllowed for a vendor who makes one for somebody else.
    """
    actor.may(Permission.EDIT_OWN_PRODUCTS)

    async def attempt() -> StaffProduct:
        async with ports.unit_of_work() as work:
            return await _create(command, work, actor, ports)

    return await retrying(attempt)


async def change_product(
    id_or_slug: str,
    command: PutProduct,
    *,
    versions: Versions | None,
    actor: Actor,
    ports: Ports,
) -> StaffProduct:
    """
    The product as it is from now on; each change of a price is recorded.

    Variants that are left out of a list of them go; the ledger and old orders keep them.
    Raises ProductNotFound, VersionConflict, InvalidInput, SlugTaken, SkuTaken,
    VariantNotFound, ProductMoveRefused, NotAllowed.
    """

    async def attempt() -> StaffProduct:
        async with ports.unit_of_work() as work:
            product = await reach(id_or_slug, actor=actor, reads=work, versions=versions)
            return await _change(product, command, work, actor, ports)

    return await retrying(attempt)


async def remove_product(
    id_or_slug: str, *, versions: Versions | None, actor: Actor, ports: Ports
) -> RemovedProduct:
    """
    What became of it: deleted, or archived where an order, a cart or the ledger names it.

    Raises ProductNotFound, VersionConflict, and DraftInHistory for a draft whose stock was
    booked: what was never on sale is not archived.
    """

    async def attempt() -> RemovedProduct:
        async with ports.unit_of_work() as work:
            product = await reach(id_or_slug, actor=actor, reads=work, versions=versions)
            return await _remove(product, work, actor, ports)

    return await retrying(attempt)


async def get_staff_product(id_or_slug: str, *, actor: Actor, ports: Ports) -> StaffProduct:
    """The product, whatever its status, with its stock; raises ProductNotFound."""
    async with ports.reading() as reads:
        product = await reach(id_or_slug, actor=actor, reads=reads)
        return await as_staff_see(product, reads)


async def list_staff_products(
    *,
    status: ProductStatus | None,
    before: ProductId | None,
    limit: int,
    actor: Actor,
    ports: Ports,
) -> tuple[ProductRecord, ...]:
    """Products of that status, or of any, newest first; a vendor's list has its own alone."""
    actor.may(Permission.EDIT_OWN_PRODUCTS)
    wanted = ProductsOfStaff(status=status, vendor_id=owner_of_all_that(actor))
    async with ports.reading() as reads:
        return await reads.products.page(wanted, before=before, limit=limit)


async def save_changed(before: Product, after: Product, work: Work) -> Product:
    """The changed product as it is stored; one that is the same is not touched."""
    if after is before:
        return before
    await work.products.save([after])
    return after.saved()


async def _create(command: PutProduct, work: Work, actor: Actor, ports: Ports) -> StaffProduct:
    if not command.variants:
        raise InvalidInput.of("variants", "has one entry at least")
    owner = command.owner.account_id if command.owner else owner_of_all_that(actor)
    await _refuse_strangers(command, owner, None, work, actor)
    at = ports.clock()
    content = content_of(command, (), ports=ports)
    slug = await product_slug(command.slug, command.name, product=None, work=work, ports=ports)
    product = Product(
        id=ProductId(ports.ids.uuid()),
        slug=slug,
        vendor_id=owner,
        created_at=at,
        updated_at=at,
        **content.fields,
    )
    refuse_faults(product, ports)
    product = product.become(command.status or ProductStatus.DRAFT, at=at)
    await refuse_taken_skus(product, work)
    await work.products.add([product])
    await open_stock(content.stock, work=work, actor=actor, ports=ports)
    await note(
        work, actor, "create_product", _subject(product), before=None, after=product, ports=ports
    )
    return await as_staff_see(product.saved(), work)


async def _change(
    product: Product, command: PutProduct, work: Work, actor: Actor, ports: Ports
) -> StaffProduct:
    owner = command.owner.account_id if command.owner else product.vendor_id
    await _refuse_strangers(command, owner, product, work, actor)
    at = ports.clock()
    content = content_of(command, product.variants, ports=ports)
    slug = await product_slug(command.slug, command.name, product=product, work=work, ports=ports)
    wanted = evolve(product, slug=slug, vendor_id=owner, **content.fields)
    refuse_faults(wanted, ports)
    changed = product.revise(wanted, at=at, by=actor.name)
    changed = changed.become(command.status or product.status, at=at)
    await refuse_taken_skus(changed, work)
    saved = await save_changed(product, changed, work)
    await open_stock(content.stock, work=work, actor=actor, ports=ports)
    if changed is not product:
        subject = _subject(product)
        await note(
            work, actor, "change_product", subject, before=product, after=changed, ports=ports
        )
    return await as_staff_see(saved, work)


async def _remove(product: Product, work: Work, actor: Actor, ports: Ports) -> RemovedProduct:
    subject = _subject(product)
    if not await work.products.in_history(product.id):
        await work.products.remove(product)
        await note(work, actor, "remove_product", subject, before=product, after=None, ports=ports)
        return RemovedProduct(outcome=Removal.DELETED, product=product)
    if product.status is ProductStatus.DRAFT:
        raise DraftInHistory(product.slug)
    archived = product.become(ProductStatus.ARCHIVED, at=ports.clock())
    saved = await save_changed(product, archived, work)
    if archived is not product:
        await note(
            work, actor, "remove_product", subject, before=product, after=archived, ports=ports
        )
    return RemovedProduct(outcome=Removal.ARCHIVED, product=saved)


async def _refuse_strangers(
    command: PutProduct, owner: UserId | None, known: Product | None, work: Work, actor: Actor
) -> None:
    """Nothing, where its category, brand and owner can be what they are to be."""
    refuse_for_another(actor, owner)
    category, brand = command.category_id, command.brand_id
    faults = []
    if category and category not in {each.id for each in await work.products.categories()}:
        faults.append(FieldError("category_id", "is the id of a category"))
    if brand and brand not in {each.id for each in await work.products.brands()}:
        faults.append(FieldError("brand_id", "is the id of a brand"))
    kept = known is not None and owner == known.vendor_id
    if owner and not kept and not await _is_vendor(owner, work):
        faults.append(FieldError("vendor_id", "is the id of a vendor's account"))
    if faults:
        raise InvalidInput(tuple(faults))


async def _is_vendor(owner: UserId, work: Work) -> bool:
    try:
        return (await work.accounts.get(owner)).role is AccountRole.VENDOR
    except AccountNotFound:
        return False


def _subject(product: Product) -> str:
    return f"product:{product.id}"
