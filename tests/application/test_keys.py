"""The keys that tokens are signed with, as several processes know them."""

from __future__ import annotations

import asyncio
import json
from base64 import urlsafe_b64decode
from datetime import timedelta

import pytest

from automate_store.adapters.memory import MemoryShop, MemoryTokens
from automate_store.application.access import Actor, Role
from automate_store.application.identity import drop_old_keys, rotate_keys
from automate_store.application.identity.keyring import ASKED_AGAIN_AFTER, KEPT_FOR
from automate_store.application.identity.purging import SETTLING
from automate_store.application.ports.credentials import AccessClaims, SigningKey
from automate_store.entrypoints.properties.accounts import POLICY
from tests.application.gates import Customer, Process, open_processes, sign_in

CROWD = 100
STAFF = Actor(Role.ADMIN, "staff")
SECOND = timedelta(seconds=1)
STEP = ASKED_AGAIN_AFTER / 4
"""Too soon to ask again for a key that is not known."""
SIGNS_BY = 3 * KEPT_FOR


async def fresh_token(process: Process, customer: Customer) -> str:
    """Another token of the session, as the process signs it now."""
    async with process.ports.reading() as reads:
        found = await reads.sessions.signed_in(customer.session_id, at=process.ports.clock())
    assert found is not None
    return (await process.gate.issue(found)).token


def key_of(token: str) -> str:
    """What the token says it is signed with."""
    told: dict[str, str] = json.loads(urlsafe_b64decode(token.partition(".")[0]))
    return told["key"]


def forged(shop: MemoryShop, customer: Customer, number: int) -> str:
    """A token for the customer's session that somebody else has signed."""
    now = shop.clock()
    claims = AccessClaims(
        user_id=customer.account_id,
        email="ann@example.com",
        role="admin",
        session_id=customer.session_id,
        token_id=shop.ports.ids.uuid(),
        audience="the shop",
        issued_at=now,
        expires_at=now + POLICY.access_lifetime,
    )
    key = SigningKey(id=f"made up {number}", secret=b"made up as well")
    return MemoryTokens(audience="the shop").issue(claims, key)


async def test_a_new_key_signs_everywhere_soon_and_is_known_everywhere_before() -> None:
    shop, (one, other) = open_processes(2, cached=False)
    ann = await sign_in(one)
    shop.clock.advance(SIGNS_BY)
    assert await other.lets_in(ann.token)
    fresh = await rotate_keys(at_once=False, actor=STAFF, ports=one.ports)

    signed_by = set[str]()
    for _ in range(int(SIGNS_BY / STEP)):
        shop.clock.advance(STEP)
        for here, there in ((one, other), (other, one)):
            token = await fresh_token(here, ann)
            signed_by.add(key_of(token))
            assert await there.lets_in(token)
    assert fresh in signed_by
    assert key_of(await fresh_token(other, ann)) == fresh


async def test_tokens_of_an_older_key_count_until_they_are_over() -> None:
    shop, (one, other) = open_processes(2, cached=False)
    ann = await sign_in(one)
    await rotate_keys(at_once=False, actor=STAFF, ports=one.ports)
    over_in = POLICY.access_lifetime
    shop.clock.advance(over_in - SECOND)
    await drop_old_keys(ports=one.ports)
    shop.clock.advance(SECOND / 2)
    assert await other.lets_in(ann.token)
    shop.clock.advance(SECOND / 2)

    assert not await one.lets_in(ann.token)
    assert not await other.lets_in(ann.token)


async def test_keys_whose_tokens_are_over_are_dropped() -> None:
    shop, (one, _) = open_processes(2, cached=False)
    ann = await sign_in(one)
    shop.clock.advance(SIGNS_BY)
    fresh = await rotate_keys(at_once=False, actor=STAFF, ports=one.ports)
    assert await drop_old_keys(ports=one.ports) == 0
    shop.clock.advance(POLICY.access_lifetime + SETTLING)

    assert await drop_old_keys(ports=one.ports) == 1
    assert await drop_old_keys(ports=one.ports) == 0
    assert key_of(await fresh_token(one, ann)) == fresh


async def test_a_key_that_is_dropped_at_once_opens_nothing_within_seconds() -> None:
    shop, (one, other) = open_processes(2, cached=False)
    ann = await sign_in(one)
    assert await other.lets_in(ann.token)
    shop.clock.advance(SECOND)
    fresh = await rotate_keys(at_once=True, actor=STAFF, ports=one.ports)

    shop.clock.advance(KEPT_FOR)
    assert not await one.lets_in(ann.token)
    assert not await other.lets_in(ann.token)
    assert key_of(await fresh_token(other, ann)) == fresh


async def test_a_key_that_signs_at_once_is_known_everywhere_within_a_second() -> None:
    shop, (one, other) = open_processes(2, cached=False)
    ann = await sign_in(one)
    assert await other.lets_in(ann.token)
    shop.clock.advance(SECOND)
    await rotate_keys(at_once=True, actor=STAFF, ports=one.ports)
    token = await fresh_token(one, ann)
    shop.clock.advance(ASKED_AGAIN_AFTER)

    assert await other.lets_in(token)


async def test_a_storm_of_forged_keys_asks_the_database_once_a_second() -> None:
    shop, (one, _) = open_processes(2, cached=False)
    ann = await sign_in(one)
    asked = []
    for second in range(3):
        one.reading.count = 0
        tokens = [forged(shop, ann, CROWD * second + each) for each in range(CROWD)]
        for _ in range(2):
            assert await asyncio.gather(*map(one.lets_in, tokens)) == [False] * CROWD
        asked.append(one.reading.count)
        shop.clock.advance(ASKED_AGAIN_AFTER)
    assert asked == [0, 1, 1]


@pytest.mark.parametrize("secret", [b"", b"made up as well"])
async def test_who_knows_a_key_by_name_alone_signs_nothing(secret: bytes) -> None:
    _, (one, _) = open_processes(2, cached=False)
    ann = await sign_in(one)
    tokens = MemoryTokens(audience="the shop")
    ring = await one.gate._keys.all()
    claims = tokens.read(ann.token, ring, at=one.ports.clock())
    mine = tokens.issue(claims, SigningKey(id=key_of(ann.token), secret=secret))

    assert not await one.lets_in(mine)
