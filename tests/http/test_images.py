"""Pictures come in as files, are drawn anew, and are shown to everybody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from httpx import Response
from PIL import Image

from automate_store.adapters.media import FolderMedia, PillowPictures
from automate_store.domain.identity import AccountRole
from automate_store.entrypoints.properties.contracts.media import bomb, png
from tests.http.forms import FORM, form, part, picture_form
from tests.http.people import PASSWORD, staff
from tests.http.sound_catalog import made, pictured, shirt
from tests.http.test_cookies import kept as kept_cookies
from tests.http.web import CONFIG, NOBODYS, STAFF, Web, open_web

URL = "https://shop.example/media"


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Web]:
    """A shop that draws with Pillow and keeps in a folder."""
    drawing = PillowPictures(max_bytes=100_000, max_pixels=1_000_000, at_once=1, waiting=9)
    config = evolve(CONFIG, max_image_bytes=100_000)
    async with open_web(config, pictures=drawing, media=FolderMedia(tmp_path, URL)) as web:
        yield web
    drawing.close()


async def upload(
    web: Web, product: dict[str, Any], content: bytes, alt_text: str | None = None
) -> Response:
    return await send(web, product, picture_form(content, alt_text))


async def send(web: Web, product: dict[str, Any], body: bytes, kind: str = FORM) -> Response:
    path = f"/api/v1/products/{product['id']}/images"
    return await web.client.post(path, content=body, headers={**STAFF, "content-type": kind})


def jpeg() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "Secret Camera"
    content = BytesIO()
    Image.new("RGB", (40, 20), "red").save(content, "JPEG", exif=exif)
    return content.getvalue()


def kept(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*.*")]


async def fetched(web: Web, url: str, method: str = "GET", **headers: str) -> Response:
    name = url.removeprefix(f"{URL}/")
    assert name != url
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return await web.client.request(method, f"/media/{name}", headers=named)


async def test_a_picture_is_drawn_anew_and_shown_to_everybody(shop: Web) -> None:
    product = await made(shop, "tee", status="active")
    answer = await upload(shop, product, jpeg(), "The front")
    assert (answer.status_code, answer.headers["etag"]) == (201, '"2"')
    (image,) = answer.json()["items"]
    assert (image["alt_text"], image["sort_order"]) == ("The front", 0)
    shown = (await shop.get("/products/tee")).json()["images"]
    assert shown == [image]
    picture = await fetched(shop, image["url"])
    assert picture.status_code == 200
    assert b"Secret Camera" not in picture.content
    assert Image.open(BytesIO(picture.content)).size == (40, 20)


async def test_a_picture_goes_out_as_nothing_else_and_for_ever(shop: Web) -> None:
    product = await made(shop, "tee")
    (image,) = (await upload(shop, product, jpeg())).json()["items"]
    picture = await fetched(shop, image["url"])
    told = {
        "content-type": "image/jpeg",
        "cache-control": "public, max-age=31536000, immutable",
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "cross-origin",
        "content-length": str(len(picture.content)),
        "etag": f'"{image["url"].rpartition("/")[2]}"',
    }
    assert {name: picture.headers[name] for name in told} == told
    assert "set-cookie" not in picture.headers
    assert picture.headers["content-security-policy"].startswith("default-src 'none'")
    head = await fetched(shop, image["url"], "HEAD")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == told["content-length"]
    known = await fetched(shop, image["url"], if_none_match=told["etag"])
    assert (known.status_code, known.content) == (304, b"")


@pytest.mark.parametrize(
    "name",
    [
        "x",
        "0" * 64 + ".png",
        "0" * 64 + ".svg",
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e",
        "%00",
        "..%5cx.png",
        "0" * 64 + ".png%0a",
    ],
)
async def test_no_other_name_is_found(shop: Web, tmp_path: Path, name: str) -> None:
    (tmp_path / "x").write_text("not a picture")
    answer = await shop.client.get(f"/media/{name}")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_route")


async def test_nobody_writes_where_pictures_are_kept(shop: Web) -> None:
    for method in ("POST", "PUT", "DELETE"):
        answer = await shop.client.request(method, f"/media/{'0' * 64}.png", headers=STAFF)
        assert answer.status_code == 405


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 415, "not_a_picture"),
        (b"<svg onload='alert(1)'/>", 415, "not_a_picture"),
        (b"GIF89a/*" + bytes(20) + b"*/=alert(1);", 400, "picture_broken"),
        (jpeg()[:-40], 400, "picture_broken"),
        (bomb(100_000, 100_000), 413, "picture_too_large"),
        (png(1_001, 1_000), 413, "picture_too_large"),
        (png(4, 4) + bytes(99_990), 413, "picture_too_heavy"),
        (bytes(120_000), 413, "body_too_large"),
    ],
)
async def test_what_is_no_picture_that_is_shown_is_refused_and_nothing_kept(
    shop: Web, tmp_path: Path, content: bytes, status: int, code: str
) -> None:
    product = await made(shop, "tee")
    answer = await upload(shop, product, content)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert kept(tmp_path) == []


async def test_a_picture_may_be_larger_than_any_other_body(tmp_path: Path) -> None:
    drawing = PillowPictures(max_bytes=3_000_000, max_pixels=10_000_000, at_once=1, waiting=1)
    noise = BytesIO()
    Image.effect_noise((1_300, 1_300), 90).save(noise, "PNG")
    assert len(noise.getvalue()) > CONFIG.max_body_bytes
    async with open_web(pictures=drawing, media=FolderMedia(tmp_path, URL)) as web:
        answer = await upload(web, await made(web, "tee"), noise.getvalue())
        assert answer.status_code == 201, answer.text
        (image,) = answer.json()["items"]
        picture = await fetched(web, image["url"])
        assert len(picture.content) > 1_000_000
    drawing.close()


async def test_the_name_and_type_that_a_client_gives_are_nothing(shop: Web, tmp_path: Path) -> None:
    product = await made(shop, "tee")
    sent = form([part("file", jpeg(), filename="../../../etc/cron.d/x.php")])
    answer = await send(shop, product, sent)
    (image,) = answer.json()["items"]
    assert image["url"].endswith(".jpg")
    assert kept(tmp_path) == [image["url"].rpartition("/")[2]]


async def test_a_file_may_come_without_a_name_of_its_own(shop: Web) -> None:
    product = await made(shop, "tee")
    assert (await send(shop, product, form([part("file", jpeg())]))).status_code == 201


@pytest.mark.parametrize(
    "kind", ["application/json", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
async def test_what_is_not_declared_as_a_form_is_refused(shop: Web, kind: str) -> None:
    product = await made(shop, "tee")
    answer = await send(shop, product, picture_form(jpeg()), kind)
    assert (answer.status_code, answer.json()["code"]) == (415, "not_a_form")


async def test_images_are_arranged_and_taken_off_and_the_picture_stays(shop: Web) -> None:
    product = await made(shop, "tee")
    one, two = await pictured(shop, product, 1, 2)
    path = f"/products/{product['id']}/images"
    wanted = {"images": [{"id": two["id"], "alt_text": "first"}, {"id": one["id"]}]}
    arranged = await shop.ask("PUT", path, wanted, headers=STAFF)
    assert [(each["id"], each["alt_text"]) for each in arranged.json()["items"]] == [
        (two["id"], "first"),
        (one["id"], None),
    ]
    left = await shop.ask("DELETE", f"{path}/{one['id']}", headers=STAFF)
    assert [each["id"] for each in left.json()["items"]] == [two["id"]]
    assert (await fetched(shop, one["url"])).status_code == 200


async def test_an_order_of_images_has_each_once(shop: Web) -> None:
    product = await made(shop, "tee")
    (image,) = await pictured(shop, product, 1)
    path = f"/products/{product['id']}/images"
    for ids, code in (([], "images_not_named"), ([image["id"], NOBODYS], "images_not_named")):
        body = {"images": [{"id": each} for each in ids]}
        answer = await shop.ask("PUT", path, body, headers=STAFF)
        assert (answer.status_code, answer.json()["code"]) == (409, code)
    twice = {"images": [{"id": image["id"]}, {"id": image["id"]}]}
    answer = await shop.ask("PUT", path, twice, headers=STAFF)
    assert [each["field"] for each in answer.json()["errors"]] == ["images"]
    missing = await shop.ask("DELETE", f"{path}/{NOBODYS}", headers=STAFF)
    assert (missing.status_code, missing.json()["code"]) == (404, "image_not_found")


async def test_whoever_may_not_is_turned_away_before_anything_is_read(shop: Web) -> None:
    product = await made(shop, "tee")
    path = f"/api/v1/products/{product['id']}/images"
    headers = {"content-type": FORM}
    answer = await shop.client.post(path, content=bytes(200_000), headers=headers)
    assert answer.status_code == 401


async def test_a_form_of_another_site_sends_nothing_in_a_vendors_name(shop: Web) -> None:
    """Any page can send a form, and browsers ask nobody before they do (ASVS 5.0: 3.5.1)."""
    ann = await staff(shop, AccountRole.VENDOR, "ann@example.com")
    created = await ann.post("/products", shirt("tee"))
    login = {"email": ann.email, "password": PASSWORD, "cookies": True}
    signed_in = await shop.post("/auth/login", login)
    path = f"/api/v1/products/{created.json()['id']}/images"
    headers = {"cookie": kept_cookies(signed_in), "content-type": FORM}
    forged = await shop.client.post(path, content=picture_form(jpeg()), headers=headers)
    assert (forged.status_code, forged.json()["code"]) == (403, "csrf_refused")
    headers["x-csrf-token"] = signed_in.json()["csrf_token"]
    sent = await shop.client.post(path, content=picture_form(jpeg()), headers=headers)
    assert sent.status_code == 201, sent.text


async def test_a_picture_for_an_old_version_is_refused(shop: Web) -> None:
    product = await made(shop, "tee")
    path = f"/api/v1/products/{product['id']}/images"
    headers = {**STAFF, "content-type": FORM, "if-match": '"7"'}
    answer = await shop.client.post(path, content=picture_form(jpeg()), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (412, "version_conflict")
