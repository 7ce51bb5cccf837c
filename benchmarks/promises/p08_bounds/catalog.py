"""The writing routes of the catalogue: products, variants, images, categories and brands."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from benchmarks.promises.p08_bounds import values as v
from benchmarks.promises.p08_bounds.cases import Route
from benchmarks.rig.shop import STAFF
from benchmarks.rig.shoppers import API, Shoppers

LINE = "a-line-between-parts"
FORM = {**STAFF, "Content-Type": f"multipart/form-data; boundary={LINE}"}
WEB: tuple[Any, ...] = (1, "", "x", "javascript:alert(1)", "https://a b", "\x00", "x" * 600)
SLUGS: tuple[Any, ...] = (1, "", "Not A Slug", "-x", "x--y", str(uuid4()), "x" * 300, "\x00")
WHOLE: tuple[Any, ...] = (-1, 1.5, 2**63, "1", None, True, [])
WORDS: tuple[Any, ...] = (1, "x", {}, [1], [None], [""], ["\x00"], ["x" * 300], ["x"] * 300)
NOTES: tuple[Any, ...] = (1, "x", [], {"a": 1}, {"": "x"}, {"a": "\x00"}, {"\x00": "a"})
PRICES: tuple[Any, ...] = v.PRICES[1:]
VARIANT_FIELDS: Mapping[str, Sequence[Any]] = {
    "sku": (*v.REQUIRED_TEXTS, "x" * 101),
    "name": (1, "", "\x00", "x" * 101, []),
    "attributes": (*NOTES, {}, {"Size": ""}, {"Size": 1}, {"Colour": "red"}),
    "price": PRICES,
    "compare_price": (*PRICES, {"amount": "20.00", "currency": "USD"}),
    "cost_price": PRICES,
    "minimum_price": (*PRICES, {"amount": "20.01", "currency": "USD"}),
    "barcode": (1, "", "\x00", "x" * 101),
    "weight_g": WHOLE,
    "image_url": WEB,
    "requires_shipping": v.FLAGS,
    "is_digital": v.FLAGS,
    "tax_class": v.REQUIRED_TEXTS,
    "metadata": NOTES,
}
PRODUCT_FIELDS: Mapping[str, Sequence[Any]] = {
    "name": (*v.REQUIRED_TEXTS, "x" * 256),
    "slug": SLUGS,
    "price": v.PRICES,
    "compare_price": (*PRICES, {"amount": "20.00", "currency": "USD"}),
    "description": (1, True, [], "\x00", "x" * 300_000),
    "short_description": (1, [], "\x00", "x" * 1_001),
    "category_id": (*v.IDS, str(uuid4())),
    "brand_id": (*v.IDS, str(uuid4())),
    "vendor_id": (*v.IDS, str(uuid4())),
    "tags": WORDS,
    "options": (*WORDS, [], ["Size", "Size"], ["Size", "Colour"]),
    "status": (1, "", "gone", []),
    "featured": v.FLAGS,
    "meta_title": (1, "\x00", "x" * 256),
    "meta_description": (1, "\x00", "x" * 1_001),
    "metadata": NOTES,
}
SHELF_FIELDS: Mapping[str, Sequence[Any]] = {
    "name": (*v.REQUIRED_TEXTS, "x" * 101),
    "slug": (*SLUGS, "x" * 101),
    "description": (1, [], "\x00", "x" * 300_000),
    "is_active": v.FLAGS,
}
CATEGORY_FIELDS: Mapping[str, Sequence[Any]] = {
    **SHELF_FIELDS,
    "parent_id": (*v.IDS, str(uuid4())),
    "image_url": WEB,
    "sort_order": (1.5, 2**31, -(2**31) - 1, "1", None, True),
}
BRAND_FIELDS: Mapping[str, Sequence[Any]] = {**SHELF_FIELDS, "logo_url": WEB, "website": WEB}


async def catalog(shoppers: Shoppers) -> list[Route]:
    """In an order in which each can still succeed once all cases are through."""
    kept, gone = await _product(shoppers, "p08-kept"), await _product(shoppers, "p08-gone")
    small, large = (each["id"] for each in kept["variants"])
    images = await _images(shoppers, kept["id"])
    await _shelf(shoppers, "categories", "P08")
    await _shelf(shoppers, "brands", "P08")
    at = f"{API}/products/{kept['id']}"
    return [
        Route(
            method="POST",
            path=f"{API}/products",
            template="/products",
            headers=STAFF,
            body=_body("p08-new"),
            fields={
                **PRODUCT_FIELDS,
                "slug": (*SLUGS, "p08-kept"),
                "variants": (None, 1, [], [{}], [1]),
                "variants.0.inventory_quantity": WHOLE,
                **{f"variants.0.{name}": values for name, values in VARIANT_FIELDS.items()},
                "variants.1.sku": ("p08-kept-S", "p08-new-s"),
            },
        ),
        *_variants(at, small, large),
        *_pictures(at, images),
        Route(
            method="PUT",
            path=at,
            template="/products/{id}",
            headers=STAFF,
            body={name: each for name, each in _body("p08-kept").items() if name != "variants"},
            fields={**PRODUCT_FIELDS, "variants": (1, [], [{}], [{"id": str(uuid4())}])},
        ),
        Route(
            method="DELETE",
            path=f"{API}/products/{gone['slug']}",
            template="/products/{id}",
            headers=STAFF,
        ),
        *_shelves("categories", CATEGORY_FIELDS),
        *_shelves("brands", BRAND_FIELDS),
    ]


def _variants(at: str, small: str, large: str) -> list[Route]:
    return [
        Route(
            method="POST",
            path=f"{at}/variants",
            template="/products/{id}/variants",
            headers=STAFF,
            body=_variant("p08-kept-M", "M"),
            fields={**VARIANT_FIELDS, "inventory_quantity": WHOLE},
        ),
        Route(
            method="PUT",
            path=f"{at}/variants/{small}",
            template="/products/{id}/variants/{id}",
            headers=STAFF,
            body=_variant("p08-kept-XS", "XS"),
            fields=VARIANT_FIELDS,
        ),
        Route(
            method="DELETE",
            path=f"{at}/variants/{large}",
            template="/products/{id}/variants/{id}",
            headers=STAFF,
        ),
    ]


def _pictures(at: str, images: Sequence[Mapping[str, Any]]) -> list[Route]:
    ids = [{"id": each["id"]} for each in reversed(images)]
    return [
        Route(
            method="PUT",
            path=f"{at}/images",
            template="/products/{id}/images",
            headers=STAFF,
            body={"images": [*ids]},
            fields={
                "images": (None, 1, [], ids[:1], [*ids, *ids], [{"id": str(uuid4())}], [1], [{}]),
                "images.0.id": (*v.REQUIRED_IDS, str(uuid4())),
                "images.0.alt_text": (1, [], "\x00", "x" * 256),
            },
        ),
        Route(
            method="POST",
            path=f"{at}/images",
            template="/products/{id}/images",
            headers=FORM,
            form=_form(_picture(7)),
            bad_forms=(
                *(b"", b"{}", _form(_picture(8))[:-30], _form(b""), _form(_picture(8)[:40])),
                *(_form(b"<svg onload='x()'/>"), _form(b"GIF89a" + bytes(30))),
                *(_form(_picture(8, sides=(60_000, 60_000))), _form(bytes(11_000_000))),
                _form(_picture(8)).replace(f"--{LINE}--\r\n".encode(), _form(_picture(9))),
                _form(_picture(8), alt_text=b"\x00"),
                _form(_picture(8), alt_text=b"x" * 300),
                _form(_picture(8), alt_text=b"\xff"),
                _form(_picture(8), name="price"),
            ),
        ),
        Route(
            method="DELETE",
            path=f"{at}/images/{images[0]['id']}",
            template="/products/{id}/images/{id}",
            headers=STAFF,
        ),
    ]


def _shelves(of: str, fields: Mapping[str, Sequence[Any]]) -> list[Route]:
    at = f"{API}/admin/{of}"
    body = {"name": "P08 new", "slug": "p08-new", "description": "<p>x</p>"}
    return [
        Route(
            method="POST",
            path=at,
            template=f"/admin/{of}",
            headers=STAFF,
            body=body,
            fields={**fields, "slug": (*fields["slug"], "p08")},
        ),
        Route(
            method="PUT",
            path=f"{at}/p08",
            template=f"/admin/{of}/{{id}}",
            headers=STAFF,
            body={**body, "name": "P08 kept", "slug": "p08"},
            fields=fields,
        ),
        Route(
            method="DELETE",
            path=f"{at}/p08",
            template=f"/admin/{of}/{{id}}",
            headers=STAFF,
        ),
    ]


def _variant(sku: str, size: str) -> dict[str, Any]:
    return {"sku": sku, "attributes": {"Size": size}}


def _body(slug: str) -> dict[str, Any]:
    return {
        "name": slug,
        "slug": slug,
        "price": {"amount": "20.00", "currency": "USD"},
        "options": ["Size"],
        "variants": [_variant(f"{slug}-{size}", size) for size in ("S", "L")],
    }


async def _product(shoppers: Shoppers, slug: str) -> Mapping[str, Any]:
    answer = await shoppers.ask("POST", f"{API}/products", _body(slug), headers=STAFF)
    assert answer.ok, f"{slug} could not be made: {answer}"
    told: Mapping[str, Any] = answer.body
    return told


async def _images(shoppers: Shoppers, product_id: str) -> Sequence[Mapping[str, Any]]:
    path, told = f"{API}/products/{product_id}/images", None
    for shade in (1, 2):
        form = _form(_picture(shade))
        answer = await shoppers.ask("POST", path, raw=form, headers=FORM)
        assert answer.ok, f"no picture: {answer}"
        told = answer.body
    assert told is not None, "two were sent"
    items: Sequence[Mapping[str, Any]] = told["items"]
    return items


async def _shelf(shoppers: Shoppers, of: str, name: str) -> None:
    answer = await shoppers.ask("POST", f"{API}/admin/{of}", {"name": name}, headers=STAFF)
    assert answer.ok, f"{of} could not be made: {answer}"


def _form(content: bytes, *, alt_text: bytes | None = None, name: str = "file") -> bytes:
    """A form with that file, as a browser sends it."""
    head = f'Content-Disposition: form-data; name="{name}"; filename="p08.png"\r\n\r\n'
    parts = [head.encode() + content]
    if alt_text is not None:
        parts.append(b'Content-Disposition: form-data; name="alt_text"\r\n\r\n' + alt_text)
    line = f"--{LINE}".encode()
    return b"".join(line + b"\r\n" + part + b"\r\n" for part in parts) + line + b"--\r\n"


def _picture(shade: int, *, sides: tuple[int, int] = (8, 8)) -> bytes:
    """A grey PNG of eight by eight, whatever it says of itself."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        sum_ = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + sum_

    lines = zlib.compress((b"\0" + bytes([shade]) * 8) * 8)
    head = struct.pack(">IIBBBBB", *sides, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", lines), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*each) for each in chunks)
