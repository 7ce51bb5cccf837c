"""
Argon2id beside the shop: what is stored, what is read, and what it may cost.

OWASP ASVS 5.0: 6.2.8 (verified as received, neither shortened nor in other capitals), 11.4.2
(an approved, costly function, with its parameters tuned).
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from collections.abc import Iterator

import bcrypt
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from automate_store.adapters.credentials import Argon2Passwords
from automate_store.adapters.credentials.hashing import NICENESS, _is_bearable
from automate_store.application.ports.credentials import HashingBusy
from automate_store.entrypoints.settings import Settings

PASSWORD = "Zebra-lamp 42"
OWNERS_BCRYPT = "$2b$12$tQf2dVyu3Z8m1i56Upm1reAdFeVlXegnWzOuzQOckeF0GE1.kdK.C"
ARGON2I = (
    "$argon2i$v=19$m=64,t=1,p=1$fDpVDTnAc62oO2sKqk2Avg$l/Cwc6MyL6XbbuP92gFMoyMdMMSwzyzqFXxHvPKboEg"
)


def passwords(
    *, memory_kib: int = 64, time_cost: int = 1, at_once: int = 1, waiting: int = 100
) -> Argon2Passwords:
    return Argon2Passwords(
        memory_kib=memory_kib,
        time_cost=time_cost,
        parallelism=1,
        at_once=at_once,
        waiting=waiting,
    )


@pytest.fixture
def cheap() -> Iterator[Argon2Passwords]:
    hasher = passwords()
    yield hasher
    hasher.close()


@pytest.fixture
def dear() -> Iterator[Argon2Passwords]:
    hasher = passwords(memory_kib=19_456, time_cost=2)
    yield hasher
    hasher.close()


def our_threads() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if each.name.startswith("passwords")]


async def test_a_hash_says_what_it_cost(dear: Argon2Passwords) -> None:
    assert (await dear.hash(PASSWORD)).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize("prefix", ["$2b$", "$2a$", "$2y$"])
async def test_a_hash_of_the_owners_twelve_rounds_is_upgraded(
    cheap: Argon2Passwords, prefix: str
) -> None:
    verified = await cheap.verify(PASSWORD, OWNERS_BCRYPT.replace("$2b$", prefix))
    assert verified.ok
    assert str(verified.upgraded).startswith("$argon2id$")


async def test_bcrypt_knows_72_bytes_and_what_replaces_it_all(cheap: Argon2Passwords) -> None:
    typed = "ä" * 40
    older = bcrypt.hashpw(typed.encode()[:72], bcrypt.gensalt(4)).decode()
    verified = await cheap.verify(typed, older)
    assert verified.ok
    assert (await cheap.verify(typed, verified.upgraded)).ok
    assert not (await cheap.verify(typed[:36], verified.upgraded)).ok


async def test_a_hash_of_other_parameters_is_upgraded(cheap: Argon2Passwords) -> None:
    stronger = passwords(memory_kib=128)
    for stored in (await cheap.hash(PASSWORD), ARGON2I):
        verified = await stronger.verify(PASSWORD, stored)
        assert verified.ok
        assert str(verified.upgraded).startswith("$argon2id$v=19$m=128,")
    stronger.close()


@pytest.mark.parametrize(
    "stored",
    [
        OWNERS_BCRYPT.replace("$12$", "$18$"),
        "$argon2id$v=19$m=65536,t=400,p=1$" + "A" * 22 + "$" + "A" * 43,
    ],
)
async def test_a_hash_that_would_hold_up_the_shop_is_not_looked_at(
    cheap: Argon2Passwords, stored: str
) -> None:
    async with asyncio.timeout(10):
        assert not (await cheap.verify(PASSWORD, stored)).ok


@pytest.mark.parametrize(
    ("memory_kib", "passes", "bearable"),
    [
        (262_144, 16, True),
        (262_144, 17, False),
        (1_048_576, 4, True),
        (1_048_577, 1, False),
        (9_999_999, 1, False),
    ],
)
def test_a_stored_hash_may_cost_what_the_settings_allow(
    memory_kib: int, passes: int, *, bearable: bool
) -> None:
    stored = f"$argon2id$v=19$m={memory_kib},t={passes},p=1${'A' * 22}${'A' * 43}"
    assert _is_bearable(stored) is bearable


@pytest.mark.parametrize(
    "stored", [None, "", "!", OWNERS_BCRYPT[:-1], "$argon2id$v=19$m=19456,t=2,p=1", "$2b$31$x"]
)
async def test_what_cannot_be_right_takes_as_long_as_what_can(
    dear: Argon2Passwords, stored: str | None
) -> None:
    right = await dear.hash(PASSWORD)
    real = min([await took(dear, PASSWORD, right) for _ in range(3)])
    assert min([await took(dear, PASSWORD, stored) for _ in range(3)]) > real / 2
    assert await took(dear, "x" * 129, right) > real / 2


async def took(hasher: Argon2Passwords, password: str, stored: str | None) -> float:
    # Of the processor, since the clock on the wall also counts what others make us wait.
    began = time.process_time()
    await hasher.verify(password, stored)
    return time.process_time() - began


@given(
    stored=st.one_of(
        st.text(max_size=100),
        st.from_regex(r"\A\$2[abxy]\$0[34]\$[./A-Za-z0-9]{21}[.Oeuf][./A-Za-z0-9]{31}\Z"),
        st.from_regex(
            r"\A\$argon2(id|i|d|x)\$(v=(16|19|20)\$)?m=\d\d?,t=\d,p=[0-3]"
            r"\$[A-Za-z0-9+/]{10,24}\$[A-Za-z0-9+/]{4,44}\Z"
        ),
    )
)
@example("$2a$04$" + "0" * 53)  # a salt whose last letter has bits too many
def test_whatever_is_stored_it_is_answered(stored: str) -> None:
    async def answered() -> bool:
        return (await SHARED.verify(PASSWORD, stored)).ok

    assert asyncio.run(answered()) is False


SHARED = passwords()


async def test_the_shop_goes_on_while_passwords_are_hashed(dear: Argon2Passwords) -> None:
    hashing = asyncio.gather(*(dear.hash(PASSWORD) for _ in range(3)))
    turns = 0
    while not hashing.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert turns > 10


async def test_so_many_are_hashed_at_once_and_no_more() -> None:
    hasher, before = passwords(at_once=2), set(our_threads())
    await asyncio.gather(*(hasher.hash(PASSWORD) for _ in range(50)))
    assert len(set(our_threads()) - before) == 2
    hasher.close()


async def test_who_would_wait_too_long_is_told_to_come_back() -> None:
    hasher = passwords(memory_kib=19_456, waiting=2)
    hashing = [asyncio.ensure_future(hasher.hash(PASSWORD)) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(HashingBusy) as busy:
        await hasher.verify(PASSWORD, None)
    assert busy.value.retry_after_s > 0
    await asyncio.gather(*hashing)
    assert await hasher.hash(PASSWORD)
    hasher.close()


async def test_who_gives_up_leaves_their_place_to_others() -> None:
    hasher = passwords(memory_kib=19_456, waiting=1)
    first = asyncio.ensure_future(hasher.hash(PASSWORD))
    for _ in range(5):
        waiting = asyncio.ensure_future(hasher.hash(PASSWORD))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.sleep(0)
    assert await hasher.hash(PASSWORD)
    await first
    hasher.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux knows threads by number")
async def test_hashing_gives_way_to_everything_else(cheap: Argon2Passwords) -> None:
    before = {thread.native_id for thread in our_threads()}
    await cheap.hash(PASSWORD)
    (fresh,) = {thread.native_id for thread in our_threads()} - before
    assert os.getpriority(os.PRIO_PROCESS, fresh or 0) == NICENESS
    assert os.getpriority(os.PRIO_PROCESS, threading.main_thread().native_id or 0) < NICENESS


def test_the_settings_start_at_what_owasp_asks_for() -> None:
    settings = Settings()
    assert (settings.password_hash_memory_kib, settings.password_hash_time_cost) == (19_456, 2)
    assert settings.password_hash_parallelism == 1
