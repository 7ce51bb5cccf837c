"""Routes of products for those who sell them: vendors reach their own, staff all."""

from __future__ import annotations

from automate_store.application import catalog as use_cases
from automate_store.application.access import Permission
from automate_store.application.catalog import StaffProduct
from automate_store.application.errors import BadCursor, NotAllowed
from automate_store.domain.catalog import (
    DraftInHistory,
    LastVariant,
    ProductMoveRefused,
    ProductNotFound,
    SkuTaken,
    SlugTaken,
    VariantNotFound,
)
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import ProductId, VariantId
from automate_store.entrypoints.http.calls import Call
from automate_store.entrypoints.http.decoding import readable
from automate_store.entrypoints.http.routes import Routes
from automate_store.entrypoints.http.versions import tell_version, wanted_versions
from automate_store.entrypoints.http.wire.paging import id_before, one_page
from automate_store.entrypoints.http.wire.products import (
    AddVariant,
    ChangeProduct,
    ChangeVariant,
    CreateProduct,
    RemovedProductAnswer,
    StaffProductAnswer,
    StaffProductList,
    StaffProductQuery,
    StaffVariantAnswer,
    removed_product_answer,
    staff_product_answer,
    staff_product_list,
    staff_variant_answer,
)

SLUG_LENGTH = 255
routes = Routes("Staff: catalogue")


@routes.get(
    "/admin/products",
    summary="List products of any status",
    raises=(BadCursor,),
    needs=Permission.EDIT_OWN_PRODUCTS,
)
async def list_staff_products(call: Call, query: StaffProductQuery) -> StaffProductList:
    """Drafts and archived ones too, newest first; a vendor's list has its own alone."""
    before = id_before(query)
    found = await use_cases.list_staff_products(
        status=query.status,
        before=None if before is None else ProductId(before),
        limit=query.limit + 1,
        actor=call.actor,
        ports=call.ports,
    )
    return staff_product_list(*one_page(found, query, lambda each: each.id))


@routes.get(
    "/admin/products/{id_or_slug}",
    summary="Show a product of any status",
    raises=(ProductNotFound,),
    needs=Permission.EDIT_OWN_PRODUCTS,
    versioned=True,
)
async def show_staff_product(call: Call) -> StaffProductAnswer:
    """All there is of it, with costs and stock; its ETag is the version that If-Match takes."""
    seen = await use_cases.get_staff_product(product_of(call), actor=call.actor, ports=call.ports)
    return _told(call, seen)


@routes.post(
    "/products",
    summary="Make a product",
    status=201,
    raises=(SlugTaken, SkuTaken, ProductMoveRefused, NotAllowed),
    needs=Permission.EDIT_OWN_PRODUCTS,
    versioned=True,
    changes_catalog=True,
)
async def create_product(call: Call, body: CreateProduct) -> StaffProductAnswer:
    """The new product, a draft unless it is to be sold at once; a vendor makes its own."""
    seen = await use_cases.create_product(body.command(), actor=call.actor, ports=call.ports)
    call.headers.append((b"location", f"/api/v1/admin/products/{seen.product.id}".encode()))
    return _told(call, seen)


@routes.put(
    "/products/{id_or_slug}",
    summary="Change a product",
    raises=(ProductNotFound, VariantNotFound, SlugTaken, SkuTaken, ProductMoveRefused, NotAllowed),
    needs=Permission.EDIT_OWN_PRODUCTS,
    versioned=True,
    changes_catalog=True,
)
async def change_product(call: Call, body: ChangeProduct) -> StaffProductAnswer:
    """
    The product as it is from now on; each change of a price is recorded.

    Orders keep what they were made of. A variant that is left out of the list goes.
    """
    seen = await use_cases.change_product(
        product_of(call),
        body.command(),
        versions=wanted_versions(call),
        actor=call.actor,
        ports=call.ports,
    )
    return _told(call, seen)


@routes.delete(
    "/products/{id_or_slug}",
    summary="Remove a product",
    raises=(ProductNotFound, DraftInHistory, ProductMoveRefused),
    needs=Permission.EDIT_OWN_PRODUCTS,
    versioned=True,
    changes_catalog=True,
)
async def remove_product(call: Call) -> RemovedProductAnswer:
    """
    What became of it: deleted, or archived where an order, a cart or the ledger names it.

    An archived product is sold no more, and its history stays readable.
    """
    removed = await use_cases.remove_product(
        product_of(call), versions=wanted_versions(call), actor=call.actor, ports=call.ports
    )
    return removed_product_answer(removed)


@routes.post(
    "/products/{id_or_slug}/variants",
    summary="Add a variant",
    status=201,
    raises=(ProductNotFound, SkuTaken),
    needs=Permission.EDIT_OWN_PRODUCTS,
    versioned=True,
    changes_catalog=True,
)
async def add_variant(call: Call, body: AddVariant) -> StaffVariantAnswer:
    """The new variant, behind those that the product has, with its first stock."""
    command = body.command(id=None, inventory_quantity=body.inventory_quantity)
    added = await use_cases.add_variant(
        product_of(call),
        command,
        versions=wanted_versions(call),
        actor=call.actor,
        ports=call.ports,
    )
    tell_version(call, added.of.product.version)
    return staff_variant_answer(added)


@routes.put(
    "/products/{id_or_slug}/variants/{variant_id}",
    summary="Change a variant",
    raises=(ProductNotFound, VariantNotFound, SkuTaken),
    needs=Permission.EDIT_OWN_PRODUCTS,
    versioned=True,
    changes_catalog=True,
)
async def change_variant(call: Call, body: ChangeVariant) -> StaffVariantAnswer:
    """The variant as it is from now on; its stock stays, a change of its price is recorded."""
    changed = await use_cases.change_variant(
        product_of(call),
        body.command(id=_variant_of(call)),
        versions=wanted_versions(call),
        actor=call.actor,
        ports=call.ports,
    )
    tell_version(call, changed.of.product.version)
    return staff_variant_answer(changed)


@routes.delete(
    "/products/{id_or_slug}/variants/{variant_id}",
    summary="Take a variant off a product",
    raises=(ProductNotFound, VariantNotFound, LastVariant, InvalidInput),
    needs=Permission.EDIT_OWN_PRODUCTS,
    versioned=True,
    changes_catalog=True,
)
async def remove_variant(call: Call) -> StaffProductAnswer:
    """The product without it; the ledger and old orders keep what they know of it."""
    seen = await use_cases.remove_variant(
        product_of(call),
        _variant_of(call),
        versions=wanted_versions(call),
        actor=call.actor,
        ports=call.ports,
    )
    return _told(call, seen)


def product_of(call: Call) -> str:
    """The product that the path names; raises ProductNotFound for what can be none."""
    name = call.path("id_or_slug")
    if not readable(name, longest=SLUG_LENGTH):
        raise ProductNotFound(name[:SLUG_LENGTH])
    return name


def _variant_of(call: Call) -> VariantId:
    return VariantId(call.path_id("variant_id", VariantNotFound))


def _told(call: Call, seen: StaffProduct) -> StaffProductAnswer:
    tell_version(call, seen.product.version)
    return staff_product_answer(seen)
