"""What every answer forbids the browser that gets it, whatever it is."""

from __future__ import annotations

import pytest
from attrs import evolve

from automate_store.entrypoints.http import HttpConfig
from automate_store.entrypoints.http.sending import Sent
from tests.http.knocking import Told, knock
from tests.http.web import CONFIG, open_web

ASKED = [
    ("GET", "/api/v1/products", 200),
    ("HEAD", "/api/v1/products", 200),
    ("GET", "/api/v1/products/none", 404),
    ("GET", "/api/v1/admin/taxes/rates", 404),
    ("DELETE", "/api/v1/products", 405),
    ("POST", "/api/v1/cart/add", 415),
    ("GET", "/nowhere", 404),
    ("GET", "/", 200),
    ("GET", "/docs", 200),
    ("GET", "/openapi.json", 200),
    ("GET", "/problems/out-of-stock", 200),
    ("GET", "/health/live", 200),
    ("OPTIONS", "/docs", 204),
]
SECURE = evolve(CONFIG, url="https://shop.example")


def forbidden(told: Told) -> dict[str, str | None]:
    names = (
        "x-content-type-options",
        "referrer-policy",
        "permissions-policy",
        "cross-origin-opener-policy",
        "cross-origin-resource-policy",
    )
    return {name: told.one(name) for name in names}


async def asked(config: HttpConfig) -> list[Told]:
    async with open_web(config) as web:
        told = [await knock(web.app, path, method=method) for method, path, _ in ASKED]
    assert [each.status for each in told] == [status for _, _, status in ASKED]
    return told


async def test_every_answer_forbids_what_it_does_not_need() -> None:
    for told in await asked(CONFIG):
        assert forbidden(told) == {
            "x-content-type-options": "nosniff",
            "referrer-policy": "no-referrer",
            "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
        }
        policy = told.one("content-security-policy") or ""
        for directive in ("default-src", "base-uri", "form-action", "frame-ancestors"):
            assert f"{directive} 'none'" in policy
        assert (told.one("server"), told.one("x-powered-by")) == (None, None)


@pytest.mark.parametrize("path", ["/", "/docs", "/api/v1/products", "/api/v1/categories"])
async def test_who_has_it_already_is_told_the_same(path: str) -> None:
    async with open_web() as web:
        told = await knock(web.app, path)
        again = await knock(web.app, path, headers=[(b"if-none-match", b"*")])

    assert (again.status, again.body) == (304, b"")
    left_out = {b"content-type", b"content-length", b"x-request-id"}
    told_before = {each for each in told.headers if each[0] not in left_out}
    assert {each for each in again.headers if each[0] not in left_out} == told_before


async def test_over_https_browsers_are_told_to_keep_to_it() -> None:
    told = [each.one("strict-transport-security") for each in await asked(SECURE)]
    assert told == ["max-age=31536000; includeSubDomains"] * len(ASKED)


async def test_over_plain_http_they_are_not() -> None:
    told = [each.one("strict-transport-security") for each in await asked(CONFIG)]
    assert told == [None] * len(ASKED)


def test_a_picture_may_be_part_of_any_page() -> None:
    picture = Sent.of(200, b"...", media_type="image/webp").for_any_page()

    told = Told(picture.status, picture.headers, picture.body)
    assert told.one("cross-origin-resource-policy") == "cross-origin"
