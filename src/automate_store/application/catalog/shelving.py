"""Finding the categories and brands that a file names, and making those that are new."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count

from attrs import define, field

from automate_store.application.ports.catalog import Products
from automate_store.application.ports.catalog_files import Label
from automate_store.application.ports.sources import Ids
from automate_store.domain.catalog import Brand, Category
from automate_store.domain.kernel.ids import BrandId, CategoryId

SLUG_LENGTH = 100


@define
class Shelves:
    """The categories and brands of the store, by name; names are compared case folded."""

    _ids: Ids
    _categories: dict[CategoryId, Category] = field(init=False, factory=dict)
    _brands: dict[BrandId, Brand] = field(init=False, factory=dict)
    _by_name: dict[tuple[CategoryId | None, str], Category] = field(init=False, factory=dict)
    _brand_by_name: dict[str, Brand] = field(init=False, factory=dict)
    _slugs: dict[type, set[str]] = field(init=False)
    _new: list[Category | Brand] = field(init=False, factory=list)

    def __attrs_post_init__(self) -> None:
        self._slugs = {Category: set(), Brand: set()}

    async def load(self, products: Products) -> None:
        """Take in all that the store has."""
        for category in await products.categories():
            self._keep(category)
        for brand in await products.brands():
            self._keep(brand)

    async def save_new(self, products: Products) -> None:
        """Store what was made since the last time, parents first."""
        new, self._new = self._new, []
        if categories := [one for one in new if isinstance(one, Category)]:
            await products.add_categories(categories)
        if brands := [one for one in new if isinstance(one, Brand)]:
            await products.add_brands(brands)

    def category(self, path: Sequence[Label]) -> CategoryId | None:
        """The category at the end of the path, made where it is new; None for no path."""
        above: Category | None = None
        for step in path:
            parent_id = above.id if above else None
            found = self._by_name.get((parent_id, step.name.casefold()))
            if found is None:
                below = [above.slug] if above else []
                found = Category(
                    id=CategoryId(self._ids.uuid()),
                    name=step.name,
                    slug=self._free(Category, [step.slug, "-".join([*below, step.slug])]),
                    parent_id=parent_id,
                )
                self._make(found)
            above = found
        return above.id if above else None

    def brand(self, label: Label | None) -> BrandId | None:
        """The brand of that name, made where it is new; None for none."""
        if label is None:
            return None
        found = self._brand_by_name.get(label.name.casefold())
        if found is None:
            slug = self._free(Brand, [label.slug])
            found = Brand(id=BrandId(self._ids.uuid()), name=label.name, slug=slug)
            self._make(found)
        return found.id

    def path_to(self, category_id: CategoryId | None) -> tuple[Label, ...]:
        """The way to the category from the root."""
        path: list[Label] = []
        while category_id is not None:
            category = self._categories[category_id]
            path.append(Label(category.name, category.slug))
            category_id = category.parent_id
        return tuple(reversed(path))

    def label_of(self, brand_id: BrandId | None) -> Label | None:
        """What the brand is called."""
        if brand_id is None:
            return None
        brand = self._brands[brand_id]
        return Label(brand.name, brand.slug)

    def _make(self, one: Category | Brand) -> None:
        self._keep(one)
        self._new.append(one)

    def _keep(self, one: Category | Brand) -> None:
        self._slugs[type(one)].update([one.slug.casefold()])
        if isinstance(one, Category):
            self._categories[one.id] = one
            self._by_name.setdefault((one.parent_id, one.name.casefold()), one)
        else:
            self._brands[one.id] = one
            self._brand_by_name.setdefault(one.name.casefold(), one)

    def _free(self, kind: type, wanted: Iterable[str]) -> str:
        taken = self._slugs[kind]
        candidates = [slug[:SLUG_LENGTH].rstrip("-") for slug in wanted]
        for slug in candidates:
            if slug not in taken:
                return slug
        stem = candidates[-1][: SLUG_LENGTH - 7]
        return next(slug for n in count(2) if (slug := f"{stem}-{n}") not in taken)
