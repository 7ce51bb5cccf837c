"""Whose scripts may read what the shop says, and what they are told beforehand."""

from __future__ import annotations

from typing import Any

import msgspec
from attrs import evolve

from automate_store.entrypoints.http import ROUTES
from automate_store.entrypoints.http.edge import TAKEN_HEADERS, TOLD_HEADERS
from automate_store.entrypoints.http.openapi import document
from automate_store.entrypoints.settings import Settings
from tests.http.knocking import Told, knock
from tests.http.web import CONFIG, Web, open_web

PRODUCTS = "/api/v1/products"
OURS = b"https://automatestore.dev"
LISTED = evolve(CONFIG, cors_origins=("https://automatestore.dev", "http://localhost:3000"))
STRANGERS = [
    b"https://evil.example",
    b"http://automatestore.dev",
    b"https://automatestore.dev:8443",
    b"https://automatestore.dev.evil.example",
    b"https://sub.automatestore.dev",
    b"https://automatestore.dev/",
    b"null",
    b"",
    b"*",
]
DOCUMENT: dict[str, Any] = msgspec.json.decode(document(ROUTES, CONFIG))


def allowed(told: Told) -> dict[str, str]:
    return {
        name.decode().removeprefix("access-control-"): value.decode()
        for name, value in told.headers
        if name.startswith(b"access-control-")
    }


async def ask(web: Web, origin: bytes, path: str = PRODUCTS, **knocking: Any) -> Told:
    return await knock(web.app, path, headers=[(b"origin", origin)], **knocking)


async def preflight(web: Web, origin: bytes, path: str = PRODUCTS, method: bytes = b"PUT") -> Told:
    headers = [(b"origin", origin), (b"access-control-request-method", method)]
    return await knock(web.app, path, method="OPTIONS", headers=headers)


def test_the_sites_are_the_owners_unless_the_settings_say_otherwise() -> None:
    assert Settings().cors_origins == ("https://automatestore.dev", "http://localhost:3000")


async def test_a_listed_site_may_read_answers_with_cookies() -> None:
    async with open_web(LISTED) as web:
        told = [
            await ask(web, OURS, path)
            for path in (PRODUCTS, f"{PRODUCTS}/none", "/nowhere", "/api/v1/admin/taxes/rates")
        ]

    assert [each.status for each in told] == [200, 404, 404, 404]
    for each in told:
        assert allowed(each) == {
            "allow-origin": "https://automatestore.dev",
            "allow-credentials": "true",
            "expose-headers": ", ".join(TOLD_HEADERS),
        }
        assert each.one("vary") == "Origin"


async def test_what_a_site_has_already_it_may_go_on_using() -> None:
    async with open_web(LISTED) as web:
        headers = [(b"origin", OURS), (b"if-none-match", b"*")]
        told = await knock(web.app, PRODUCTS, headers=headers)

    assert (told.status, allowed(told)["allow-origin"]) == (304, "https://automatestore.dev")


async def test_no_other_site_is_told_anything() -> None:
    async with open_web(LISTED) as web:
        told = {
            (origin, knocking): await knocking(web, origin)
            for origin in STRANGERS
            for knocking in (ask, preflight)
        }

    assert [asked for asked, each in told.items() if allowed(each)] == []
    assert {each.one("vary") for each in told.values()} == {"Origin"}


async def test_who_sends_no_origin_is_told_nothing_and_caches_know_that_others_are() -> None:
    async with open_web(LISTED) as web:
        told = await knock(web.app, PRODUCTS)

    assert (allowed(told), told.one("vary")) == ({}, "Origin")


async def test_a_preflight_is_answered_wherever_it_asks_and_signed_in_or_not() -> None:
    paths = (PRODUCTS, "/api/v1/admin/taxes/rates", "/nowhere", "/")
    async with open_web(LISTED) as web:
        told = [await preflight(web, OURS, path) for path in paths]

    assert [(each.status, each.body) for each in told] == [(204, b"")] * len(paths)
    for each in told:
        assert allowed(each) == {
            "allow-origin": "https://automatestore.dev",
            "allow-credentials": "true",
            "allow-methods": "GET, POST, PUT, DELETE",
            "allow-headers": ", ".join(TAKEN_HEADERS),
            "expose-headers": ", ".join(TOLD_HEADERS),
            "max-age": "600",
        }


async def test_two_origins_are_none() -> None:
    async with open_web(LISTED) as web:
        headers = [(b"origin", OURS), (b"origin", OURS)]
        told = await knock(web.app, PRODUCTS, headers=headers)

    assert allowed(told) == {}


async def test_any_site_may_read_without_cookies_where_any_is_listed() -> None:
    async with open_web(evolve(CONFIG, cors_origins=("*",))) as web:
        told = [await ask(web, b"https://anybody.example"), await preflight(web, b"null")]

    assert [allowed(each)["allow-origin"] for each in told] == ["*", "*"]
    assert ["allow-credentials" in allowed(each) for each in told] == [False, False]


async def test_where_none_is_listed_nothing_is_said_of_sites() -> None:
    async with open_web(evolve(CONFIG, cors_origins=())) as web:
        told = [await ask(web, OURS), await preflight(web, OURS)]

    assert [(allowed(each), each.one("vary")) for each in told] == [({}, None)] * 2


def test_every_header_that_the_manual_takes_may_be_sent() -> None:
    schemes = DOCUMENT["components"]["securitySchemes"].values()
    operations = [each for path in DOCUMENT["paths"].values() for each in path.values()]
    parameters = [each for one in operations for each in one.get("parameters", [])]
    taken = {each["name"] for each in (*schemes, *parameters) if each.get("in") == "header"}

    assert {name.lower() for name in taken} <= {name.lower() for name in TAKEN_HEADERS}


def test_every_header_that_the_manual_tells_may_be_read() -> None:
    operations = [each for path in DOCUMENT["paths"].values() for each in path.values()]
    answers = [each for one in operations for each in one["responses"].values()]
    told = {name for each in answers for name in each.get("headers", {})}

    assert told - {"Cache-Control", "Set-Cookie"} <= set(TOLD_HEADERS)
