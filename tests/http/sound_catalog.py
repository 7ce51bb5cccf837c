"""A right request for every route that edits the catalogue, each of a product of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automate_store.entrypoints.properties.contracts.media import png
from tests.http.bad_input import Sound
from tests.http.forms import FORM, picture_form
from tests.http.web import STAFF, STAFF_TOKEN, Web

API = "/api/v1"
BEARER = {b"authorization": f"Bearer {STAFF_TOKEN}".encode()}


def usd(amount: str) -> dict[str, str]:
    """So much."""
    return {"amount": amount, "currency": "USD"}


def variant(sku: str, size: str, **changes: Any) -> dict[str, Any]:
    """A variant of a shirt."""
    return {
        "sku": sku,
        "name": f"Size {size}",
        "attributes": {"Size": size},
        "price": usd("18.00"),
        "compare_price": usd("19.00"),
        "cost_price": usd("7.00"),
        "minimum_price": usd("9.00"),
        "barcode": "4006381333931",
        "weight_g": 200,
        "image_url": "https://a.example/s.jpg",
        "tax_class": "standard",
        "metadata": {"season": "summer"},
        **changes,
    }


def shirt(name: str, **changes: Any) -> dict[str, Any]:
    """A product in two sizes, with all that it may have."""
    return {
        "name": name,
        "slug": name.lower().replace(" ", "-"),
        "price": usd("20.00"),
        "compare_price": usd("25.00"),
        "description": "<p>Soft.</p>",
        "short_description": "Soft",
        "tags": ["summer", "cotton"],
        "options": ["Size"],
        "meta_title": name,
        "meta_description": "Soft shirts",
        "metadata": {"origin": "PT"},
        "variants": [variant(f"{name}-S", "S"), variant(f"{name}-L", "L", inventory_quantity=3)],
        **changes,
    }


async def made(web: Web, name: str, **changes: Any) -> dict[str, Any]:
    """A product of that name, as staff are told of it."""
    answer = await web.ask("POST", "/products", shirt(name, **changes), headers=STAFF)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def pictured(web: Web, product: Mapping[str, Any], *shades: int) -> list[dict[str, Any]]:
    """The product's images, after so many more."""
    answer: Any = None
    for shade in shades:
        answer = await web.client.post(
            f"{API}/products/{product['id']}/images",
            content=picture_form(png(4, 4, shade=shade), "front"),
            headers={**STAFF, "content-type": FORM},
        )
        assert answer.status_code == 201, answer.text
    images: list[dict[str, Any]] = answer.json()["items"]
    return images


async def catalog_requests(web: Web) -> Mapping[str, Sound]:
    """Each of a product, category or brand of its own where one would spoil another."""
    changed = await made(web, "changed")
    gone = await made(web, "gone", variants=[variant("gone-S", "S")])
    varied, shown = await made(web, "varied"), await made(web, "shown")
    front, back = await pictured(web, shown, 1, 2)
    shelves = [(kind, name) for kind in ("categories", "brands") for name in ("Sound", "Empty")]
    for path, name in shelves:
        answer = await web.ask("POST", f"/admin/{path}", {"name": name}, headers=STAFF)
        assert answer.status_code == 201, answer.text
    small, large = varied["variants"]
    listed = [variant("changed-S", "S", id=changed["variants"][0]["id"])]
    category = {
        "name": "Shirts",
        "slug": "sound-shirts",
        "description": "<p>Sleeves.</p>",
        "image_url": "https://a.example/s.jpg",
        "sort_order": 3,
    }
    brand = {
        "name": "Plain",
        "slug": "sound-plain",
        "logo_url": "https://a.example/l.png",
        "description": "<p>Plain.</p>",
        "website": "https://plain.example",
    }
    images = [{"id": back["id"], "alt_text": "back"}, {"id": front["id"], "alt_text": None}]

    def at(path: str, body: Mapping[str, object] | None) -> Sound:
        return Sound(path=API + path, body=body, headers=BEARER)

    return {
        "create_product": at("/products", shirt("created")),
        "change_product": at(f"/products/{changed['id']}", shirt("other", variants=listed)),
        "remove_product": at(f"/products/{gone['slug']}", None),
        "add_variant": at(f"/products/{varied['id']}/variants", variant("varied-M", "M")),
        "change_variant": at(
            f"/products/{varied['id']}/variants/{small['id']}", variant("varied-XS", "XS")
        ),
        "remove_variant": at(f"/products/{varied['id']}/variants/{large['id']}", None),
        "add_image": Sound(
            path=f"{API}/products/{shown['id']}/images",
            body=None,
            form=picture_form(png(5, 5), "side"),
            headers={**BEARER, b"content-type": FORM.encode()},
        ),
        "arrange_images": at(f"/products/{shown['id']}/images", {"images": images}),
        "remove_image": at(f"/products/{shown['id']}/images/{front['id']}", None),
        "create_category": at("/admin/categories", {**category, "slug": "sound-new"}),
        "change_category": at("/admin/categories/sound", category),
        "remove_category": at("/admin/categories/empty", None),
        "create_brand": at("/admin/brands", {**brand, "slug": "sound-new"}),
        "change_brand": at("/admin/brands/sound", {**brand, "name": "Plainer"}),
        "remove_brand": at("/admin/brands/empty", None),
    }
