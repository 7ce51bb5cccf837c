"""Use cases of variants: staff add one to a product, change it, and take it off."""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve, frozen

from automate_store.application.access import Actor
from automate_store.application.auditing import note
from automate_store.application.catalog.editing import save_changed
from automate_store.application.catalog.naming import refuse_taken_skus
from automate_store.application.catalog.opening import open_stock
from automate_store.application.catalog.reaching import (
    StaffProduct,
    as_staff_see,
    reach,
)
from automate_store.application.catalog.wishes import PutVariant, refuse_faults, variant_of
from automate_store.application.ports import Ports
from automate_store.application.ports.unit_of_work import Work
from automate_store.application.retries import retrying
from automate_store.application.versions import Versions
from automate_store.domain.catalog import SAME_CHOICE, Product, SkuTaken, Variant
from automate_store.domain.kernel.errors import FieldError, InvalidInput
from automate_store.domain.kernel.ids import VariantId
from automate_store.domain.kernel.words import folded

_Decide = Callable[[Product], Product]


@frozen(kw_only=True)
class StaffVariant:
    """A variant of a product, beside the product and its stock."""

    variant_id: VariantId
    of: StaffProduct


async def add_variant(
    id_or_slug: str,
    command: PutVariant,
    *,
    versions: Versions | None,
    actor: Actor,
    ports: Ports,
) -> StaffVariant:
    """
    The new variant, behind those that the product has, with its first stock.

    Raises ProductNotFound, VersionConflict, SkuTaken, and InvalidInput naming the fields.
    """
    fresh = evolve(command, id=VariantId(ports.ids.uuid()))
    return await _put(id_or_slug, fresh, versions, "add_variant", actor=actor, ports=ports)


async def change_variant(
    id_or_slug: str,
    command: PutVariant,
    *,
    versions: Versions | None,
    actor: Actor,
    ports: Ports,
) -> StaffVariant:
    """
    The variant of that id as it is from now on; a change of its price is recorded.

    Its stock stays as it is. Raises ProductNotFound, VariantNotFound, VersionConflict,
    SkuTaken, InvalidInput.
    """
    assert command.id is not None, "a variant that changes has its id"
    return await _put(id_or_slug, command, versions, "change_variant", actor=actor, ports=ports)


async def remove_variant(
    id_or_slug: str,
    variant_id: VariantId,
    *,
    versions: Versions | None,
    actor: Actor,
    ports: Ports,
) -> StaffProduct:
    """
    The product without the variant, which the ledger and old orders keep.

    Raises ProductNotFound, VariantNotFound, VersionConflict, LastVariant.
    """

    async def attempt() -> StaffProduct:
        async with ports.unit_of_work() as work:
            product = await reach(id_or_slug, actor=actor, reads=work, versions=versions)
            gone = product.variant(variant_id)
            changed = product.drop_variant(variant_id, at=ports.clock(), by=actor.name)
            saved = await save_changed(product, changed, work)
            subject = f"product:{product.id}"
            await note(work, actor, "remove_variant", subject, before=gone, after=None, ports=ports)
            return await as_staff_see(saved, work)

    return await retrying(attempt)


async def _put(
    id_or_slug: str,
    command: PutVariant,
    versions: Versions | None,
    action: str,
    *,
    actor: Actor,
    ports: Ports,
) -> StaffVariant:
    assert command.id is not None, "it has its id by now"
    variant_id = command.id

    async def attempt() -> StaffVariant:
        async with ports.unit_of_work() as work:
            product = await reach(id_or_slug, actor=actor, reads=work, versions=versions)
            known = None if action == "add_variant" else product.variant(variant_id)
            wanted = variant_of(command, product.options, ports=ports)
            saved = await _save(product, known, wanted, work, actor=actor, ports=ports)
            if known is None:
                stock = {variant_id: command.inventory_quantity}
                await open_stock(stock, work=work, actor=actor, ports=ports)
            if known != wanted:
                subject = f"product:{product.id}"
                await note(work, actor, action, subject, before=known, after=wanted, ports=ports)
            return StaffVariant(variant_id=variant_id, of=await as_staff_see(saved, work))

    return await retrying(attempt)


async def _save(
    product: Product,
    known: Variant | None,
    wanted: Variant,
    work: Work,
    *,
    actor: Actor,
    ports: Ports,
) -> Product:
    others = {folded(each.sku) for each in product.variants if each.id != wanted.id}
    if folded(wanted.sku) in others:
        raise SkuTaken(wanted.sku)
    if known is None and not product.options:
        raise InvalidInput.of("attributes", "tell it from the others: give the product options")
    place = len(product.variants) if known is None else product.variants.index(known)
    try:
        changed = product.put_variant(wanted, at=ports.clock(), by=actor.name)
        refuse_faults(changed, ports)
    except InvalidInput as wrong:
        raise _of_one(wrong, place) from wrong
    await refuse_taken_skus(changed, work)
    return await save_changed(product, changed, work)


def _of_one(wrong: InvalidInput, place: int) -> InvalidInput:
    """The refusal in the words of the one variant's request."""
    inside = f"variants[{place}]."
    return InvalidInput(
        tuple(
            FieldError("attributes", "is a choice that no other variant has")
            if each.reason == SAME_CHOICE
            else FieldError(each.field.removeprefix(inside), each.reason)
            for each in wrong.errors
        )
    )
