"""By which names the store answers."""

from __future__ import annotations

import pytest
from attrs import evolve

from automate_store.entrypoints.settings import Settings
from tests.http.knocking import HOST, knock
from tests.http.web import CONFIG, open_web

PRODUCTS = "/api/v1/products"
NAMED = evolve(CONFIG, hosts=frozenset({"shop.example", "127.0.0.1", "[::1]", "localhost"}))
OURS = [
    b"shop.example",
    b"SHOP.Example",
    b"shop.example.",
    b"shop.example:8000",
    b"127.0.0.1:8000",
    b"[::1]",
    b"[::1]:8000",
    b"localhost:1",
]
FOREIGN = [
    b"evil.example",
    b"shop.example.evil.example",
    b"evilshop.example",
    b"shop.example:80:80",
    b"shop.example:x",
    b"shop.example:\xb2",
    b"shop.example/",
    b"user@shop.example",
    b"shop.example@evil.example",
    b"shop.example, evil.example",
    b"shop.example evil.example",
    b" shop.example",
    b"::1",
    b"[::2]",
    b"[shop.example]",
    b"127.0.0.2",
    b"",
    b":",
    b"..",
    b"*",
    b"sh\xf6p.example",
]


async def test_the_store_answers_to_its_names() -> None:
    async with open_web(NAMED) as web:
        told = [await knock(web.app, PRODUCTS, host=(b"host", host)) for host in OURS]

    assert [each.status for each in told] == [200] * len(OURS)


async def test_it_does_not_answer_to_any_other() -> None:
    async with open_web(NAMED) as web:
        told = {
            (host, path): await knock(web.app, path, host=(b"host", host), method=method)
            for path, method in [
                (PRODUCTS, "GET"),
                ("/", "GET"),
                ("/x", "POST"),
                ("/docs", "OPTIONS"),
            ]
            for host in FOREIGN
        }

    refused = {asked: (each.status, each.code) for asked, each in told.items()}
    assert refused == dict.fromkeys(told, (400, "bad_host"))
    assert all(each.one("x-request-id") for each in told.values())
    assert not any(b"evil" in each.body for each in told.values())


async def test_who_names_no_host_or_two_names_none() -> None:
    async with open_web(NAMED) as web:
        none = await knock(web.app, PRODUCTS, host=None)
        two = await knock(web.app, PRODUCTS, headers=[HOST])

    assert [(each.status, each.code) for each in (none, two)] == [(400, "bad_host")] * 2


async def test_no_other_header_names_a_host() -> None:
    names = (
        b"x-forwarded-host",
        b"forwarded",
        b"x-host",
        b"x-original-host",
        b"x-forwarded-server",
    )
    foreign = (b"host", b"evil.example")
    async with open_web(NAMED) as web:
        ours = await knock(web.app, "/", headers=[(name, b"evil.example") for name in names])
        theirs = await knock(
            web.app, "/", host=foreign, headers=[(name, b"shop.example") for name in names]
        )

    assert (ours.status, theirs.status) == (200, 400)
    assert b"evil.example" not in ours.body + repr(ours.headers).encode()


async def test_probes_may_come_by_any_name() -> None:
    async with open_web(NAMED) as web:
        told = [
            await knock(web.app, path, host=host)
            for path in ("/health/live", "/health/ready")
            for host in ((b"host", b"10.1.2.3:8000"), (b"host", b"pod-7"), None)
        ]

    assert [each.status for each in told] == [200] * 6


async def test_it_answers_to_any_where_any_is_allowed() -> None:
    async with open_web(evolve(CONFIG, hosts=frozenset({"*"}))) as web:
        assert (await knock(web.app, PRODUCTS, host=(b"host", b"evil.example"))).status == 200


@pytest.mark.parametrize(
    ("settings", "hosts"),
    [
        (Settings(), {"localhost", "127.0.0.1", "[::1]"}),
        (
            Settings(public_url="https://Shop.example:8443/store", host="10.0.0.5"),
            {"localhost", "127.0.0.1", "[::1]", "shop.example", "10.0.0.5"},
        ),
        (
            Settings(public_url="https://bücher.example", host="2001:db8::5"),
            {"localhost", "127.0.0.1", "[::1]", "xn--bcher-kva.example", "[2001:db8::5]"},
        ),
        (
            Settings(public_url="https://shop.example", allowed_hosts=("api.example",)),
            {"api.example"},
        ),
    ],
)
def test_its_names_are_those_of_its_address_unless_the_settings_say_otherwise(
    settings: Settings, hosts: set[str]
) -> None:
    assert settings.hosts == hosts
