"""How often one address may ask, and what counts as one."""

from __future__ import annotations

from ipaddress import ip_network

from attrs import evolve

from tests.http.knocking import knock
from tests.http.limiting import PRODUCTS, limited, statuses
from tests.http.web import CONFIG

PROXIED = evolve(CONFIG, trusted_proxies=(ip_network("10.0.0.0/8"),))


async def test_addresses_are_counted_apart() -> None:
    async with limited() as web:
        assert await statuses(web, *["203.0.113.9"] * 6) == [200] * 5 + [429]
        assert await statuses(web, "203.0.113.10") == [200]


async def test_one_home_of_ipv6_is_counted_as_one() -> None:
    homes = [f"2001:db8:1:2::{number:x}" for number in range(1, 100)]
    async with limited() as web:
        assert (await statuses(web, *homes)).count(200) == 5
        assert await statuses(web, "2001:db8:1:3::1") == [200]


async def test_a_thousand_forged_addresses_gain_nothing() -> None:
    forged = [b"198.51.%d.%d" % (number // 250, number % 250 + 1) for number in range(1_000)]
    async with limited() as web:
        told = [
            (await knock(web.app, PRODUCTS, headers=[(b"x-forwarded-for", each)])).status
            for each in forged
        ]
    assert (told.count(200), told.count(429)) == (5, 995)


async def test_a_thousand_forged_addresses_gain_nothing_behind_a_proxy_either() -> None:
    forged = [b"198.51.%d.%d" % (number // 250, number % 250 + 1) for number in range(1_000)]
    async with limited(config=PROXIED) as web:
        told = [
            (
                await knock(
                    web.app,
                    PRODUCTS,
                    peer="10.0.0.1",
                    headers=[(b"x-forwarded-for", each + b", 203.0.113.9")],
                )
            ).status
            for each in forged
        ]
    assert (told.count(200), told.count(429)) == (5, 995)


async def test_behind_a_proxy_clients_are_counted_apart() -> None:
    async with limited(config=PROXIED) as web:
        told = [
            await statuses(
                web, *["10.0.0.1"] * 6, headers=[(b"x-forwarded-for", b"203.0.113.%d" % number)]
            )
            for number in (1, 2)
        ]
    assert told == [[200] * 5 + [429]] * 2
