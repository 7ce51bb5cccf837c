"""Routes of categories and brands: for staff who edit the catalogue."""

from __future__ import annotations

from automate_store.application import catalog as use_cases
from automate_store.application.access import Permission
from automate_store.application.errors import BadCursor
from automate_store.domain.catalog import (
    SLUG,
    BrandInUse,
    BrandNameTaken,
    BrandNotFound,
    CategoryCycle,
    CategoryInUse,
    CategoryNotFound,
    SlugTaken,
)
from automate_store.entrypoints.http.calls import Call
from automate_store.entrypoints.http.decoding import readable
from automate_store.entrypoints.http.routes import Routes
from automate_store.entrypoints.http.wire.paging import PageQuery, key_before, one_page
from automate_store.entrypoints.http.wire.shelves import (
    PutBrandInput,
    PutCategoryInput,
    StaffBrandAnswer,
    StaffBrandList,
    StaffBrandQuery,
    StaffCategoryAnswer,
    StaffCategoryList,
    StaffCategoryQuery,
    staff_brand_answer,
    staff_brand_list,
    staff_category_answer,
    staff_category_list,
)

SLUG_LENGTH = 255
routes = Routes("Staff: catalogue")


@routes.get(
    "/admin/categories",
    summary="List categories, in use or not",
    raises=(BadCursor,),
    needs=Permission.EDIT_CATALOG,
)
async def list_staff_categories(call: Call, query: StaffCategoryQuery) -> StaffCategoryList:
    """In the order of their slugs; parent_id says where each stands."""
    found = await use_cases.list_staff_categories(
        after=_after(query), limit=query.limit + 1, actor=call.actor, ports=call.ports
    )
    return staff_category_list(*one_page(found, query, lambda each: each.slug))


@routes.post(
    "/admin/categories",
    summary="Put up a category",
    status=201,
    raises=(SlugTaken,),
    needs=Permission.EDIT_CATALOG,
    changes_catalog=True,
)
async def create_category(call: Call, body: PutCategoryInput) -> StaffCategoryAnswer:
    """The new category, below another or at the root."""
    category = await use_cases.create_category(body.command(), actor=call.actor, ports=call.ports)
    return staff_category_answer(category)


@routes.get(
    "/admin/categories/{id_or_slug}",
    summary="Show a category, in use or not",
    raises=(CategoryNotFound,),
    needs=Permission.EDIT_CATALOG,
)
async def show_staff_category(call: Call) -> StaffCategoryAnswer:
    """The category of that id or slug."""
    category = await use_cases.get_category(_category(call), actor=call.actor, ports=call.ports)
    return staff_category_answer(category)


@routes.put(
    "/admin/categories/{id_or_slug}",
    summary="Change or move a category",
    raises=(CategoryNotFound, SlugTaken, CategoryCycle),
    needs=Permission.EDIT_CATALOG,
    changes_catalog=True,
)
async def change_category(call: Call, body: PutCategoryInput) -> StaffCategoryAnswer:
    """The category as it is from now on, with all that stands below it."""
    category = await use_cases.change_category(
        _category(call), body.command(), actor=call.actor, ports=call.ports
    )
    return staff_category_answer(category)


@routes.delete(
    "/admin/categories/{id_or_slug}",
    summary="Take down an empty category",
    raises=(CategoryNotFound, CategoryInUse),
    needs=Permission.EDIT_CATALOG,
    changes_catalog=True,
)
async def remove_category(call: Call) -> StaffCategoryAnswer:
    """The category as it was; one that holds products or categories stays."""
    category = await use_cases.remove_category(_category(call), actor=call.actor, ports=call.ports)
    return staff_category_answer(category)


@routes.get(
    "/admin/brands",
    summary="List brands, in use or not",
    raises=(BadCursor,),
    needs=Permission.EDIT_CATALOG,
)
async def list_staff_brands(call: Call, query: StaffBrandQuery) -> StaffBrandList:
    """In the order of their slugs."""
    found = await use_cases.list_staff_brands(
        after=_after(query), limit=query.limit + 1, actor=call.actor, ports=call.ports
    )
    return staff_brand_list(*one_page(found, query, lambda each: each.slug))


@routes.post(
    "/admin/brands",
    summary="Put up a brand",
    status=201,
    raises=(SlugTaken, BrandNameTaken),
    needs=Permission.EDIT_CATALOG,
    changes_catalog=True,
)
async def create_brand(call: Call, body: PutBrandInput) -> StaffBrandAnswer:
    """The new brand."""
    brand = await use_cases.create_brand(body.command(), actor=call.actor, ports=call.ports)
    return staff_brand_answer(brand)


@routes.get(
    "/admin/brands/{id_or_slug}",
    summary="Show a brand, in use or not",
    raises=(BrandNotFound,),
    needs=Permission.EDIT_CATALOG,
)
async def show_staff_brand(call: Call) -> StaffBrandAnswer:
    """The brand of that id or slug."""
    brand = await use_cases.get_brand(_brand(call), actor=call.actor, ports=call.ports)
    return staff_brand_answer(brand)


@routes.put(
    "/admin/brands/{id_or_slug}",
    summary="Change a brand",
    raises=(BrandNotFound, SlugTaken, BrandNameTaken),
    needs=Permission.EDIT_CATALOG,
    changes_catalog=True,
)
async def change_brand(call: Call, body: PutBrandInput) -> StaffBrandAnswer:
    """The brand as it is from now on."""
    brand = await use_cases.change_brand(
        _brand(call), body.command(), actor=call.actor, ports=call.ports
    )
    return staff_brand_answer(brand)


@routes.delete(
    "/admin/brands/{id_or_slug}",
    summary="Take down a brand that no product names",
    raises=(BrandNotFound, BrandInUse),
    needs=Permission.EDIT_CATALOG,
    changes_catalog=True,
)
async def remove_brand(call: Call) -> StaffBrandAnswer:
    """The brand as it was."""
    brand = await use_cases.remove_brand(_brand(call), actor=call.actor, ports=call.ports)
    return staff_brand_answer(brand)


def _after(query: PageQuery) -> str:
    after = key_before(query)
    if after is not None and not SLUG.fullmatch(after):
        raise BadCursor
    return after or ""


def _category(call: Call) -> str:
    name = call.path("id_or_slug")
    if not readable(name, longest=SLUG_LENGTH):
        raise CategoryNotFound(name[:SLUG_LENGTH])
    return name


def _brand(call: Call) -> str:
    name = call.path("id_or_slug")
    if not readable(name, longest=SLUG_LENGTH):
        raise BrandNotFound(name[:SLUG_LENGTH])
    return name
