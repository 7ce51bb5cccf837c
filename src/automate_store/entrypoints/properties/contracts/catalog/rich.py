"""A product with everything on it, and the shelves and brand it needs."""

from __future__ import annotations

from attrs import frozen

from automate_store.application.ports import Ports
from automate_store.domain.catalog import (
    Brand,
    Category,
    Image,
    Product,
    ProductStatus,
    Variant,
)
from automate_store.domain.kernel.ids import (
    BrandId,
    CategoryId,
    ImageId,
    ProductId,
    VariantId,
)
from automate_store.entrypoints.properties.contracts.scene import price


@frozen(kw_only=True)
class Shelves:
    """Clothes above shirts, tools apart, and one brand."""

    clothes: Category
    shirts: Category
    tools: Category
    brand: Brand


async def put_shelves(store: Ports) -> Shelves:
    """Store the shelves and the brand."""
    clothes = _category(store, "Clothes", sort_order=2)
    shelves = Shelves(
        clothes=clothes,
        shirts=_category(store, "Shirts", parent_id=clothes.id),
        tools=_category(store, "Tools", sort_order=1),
        brand=Brand(
            id=BrandId(store.ids.uuid()), name="Acme", slug="acme", website="https://a.example"
        ),
    )
    async with store.unit_of_work() as work:
        await work.products.add_categories([shelves.clothes, shelves.shirts, shelves.tools])
        await work.products.add_brands([shelves.brand])
    return shelves


def rich_product(store: Ports, shelves: Shelves, slug: str = "shirt") -> Product:
    """A product with two variants, the dearer one first, and every field filled."""
    at = store.clock()
    return Product(
        id=ProductId(store.ids.uuid()),
        name="Shirt, größte Auswahl",
        slug=slug,
        price=price(store, 20),
        compare_price=price(store, 25),
        variants=(_large(store, slug), _small(store, slug)),
        options=("Size", "Colour"),
        description="<p>Soft &amp; warm.</p>",
        short_description="Soft.",
        category_id=shelves.shirts.id,
        brand_id=shelves.brand.id,
        tags=("summer", "cotton"),
        images=(_image(store, 1, "front"), _image(store, 2, None)),
        status=ProductStatus.ACTIVE,
        featured=True,
        meta_title="Shirts",
        meta_description="Soft shirts.",
        metadata={"origin": "PT"},
        published_at=at,
        created_at=at,
        updated_at=at,
    )


def _large(store: Ports, slug: str) -> Variant:
    return Variant(
        id=VariantId(store.ids.uuid()),
        sku=f"{slug.upper()}-L",
        name="L / red",
        position=0,
        attributes={"Size": "L", "Colour": "red"},
        price=price(store, 30),
        compare_price=price(store, 40),
        cost_price=price(store, 11),
        minimum_price=price(store, 15),
        barcode="4006381333931",
        weight_g=310,
        image_url="https://images.example/large.jpg",
        tax_class="reduced",
        metadata={"bin": "A7"},
    )


def _small(store: Ports, slug: str) -> Variant:
    return Variant(
        id=VariantId(store.ids.uuid()),
        sku=f"{slug.upper()}-S",
        name="S / red",
        position=1,
        attributes={"Size": "S", "Colour": "red"},
        weight_g=250,
    )


def _image(store: Ports, sort_order: int, alt_text: str | None) -> Image:
    url = f"https://images.example/{sort_order}.jpg"
    return Image(id=ImageId(store.ids.uuid()), url=url, alt_text=alt_text, sort_order=sort_order)


def _category(
    store: Ports, name: str, *, parent_id: CategoryId | None = None, sort_order: int = 0
) -> Category:
    return Category(
        id=CategoryId(store.ids.uuid()),
        name=name,
        slug=name.lower(),
        description=f"All {name.lower()}.",
        parent_id=parent_id,
        image_url="https://images.example/shelf.jpg",
        sort_order=sort_order,
    )
