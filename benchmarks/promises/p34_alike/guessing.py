"""Passwords guessed at from everywhere, where the limits are those of a new shop."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import count, islice

from benchmarks.promises.run import Run
from benchmarks.rig.accounts import Member, register
from benchmarks.rig.shop import Shop
from benchmarks.rig.shoppers import API, Shoppers

ALLOWED = 5
AS_NEW: Mapping[str, str] = {"limit_auth": "5/15m"}
"""What storms raise, as a new shop has it."""
BEHIND_A_PROXY: Mapping[str, str] = {**AS_NEW, "trusted_proxies": "127.0.0.1"}
CLIENT = "203.0.113.7"
LIMITED = "429 rate_limited"
WRONG = "401 wrong_credentials"
WIDE = 0xFEE0
"""From a letter to the same one as wide as Chinese ones, which stands for it in an e-mail."""
OTHERS: Sequence[str] = (
    "X-Real-IP",
    "X-Client-IP",
    "X-Cluster-Client-IP",
    "True-Client-IP",
    "CF-Connecting-IP",
    "Fastly-Client-IP",
    "Forwarded",
)
"""Headers that one proxy or another tells the client's address in."""


async def guesses_are_few(shop: Shop, run: Run) -> None:
    """Five tries in a quarter of an hour, whatever a client says of where it is."""
    guesses = run.size(1_000, 24)
    async with Shoppers(shop.bases) as welcoming:
        victim = await register(welcoming, f"p34-victim-{run.seed}@example.com")
    strangers = [f"p34-guess-{number}@example.com" for number in range(guesses)]
    elsewhere = list(islice(made_up(), guesses))
    behind = [{"X-Forwarded-For": f"{each}, {CLIENT}"} for each in _addresses(guesses)]
    everywhere = [{"X-Forwarded-For": each} for each in _addresses(guesses)]
    spelt = list(islice(spellings(victim.email), guesses))
    with shop.beside(AS_NEW) as (server,):
        await _guess(run, server.base, "an address is made up", strangers, elsewhere)
    with shop.beside(BEHIND_A_PROXY) as (server,):
        await _guess(run, server.base, "a proxy is made up", strangers, behind)
        await _guess(run, server.base, "an account is guessed at", spelt, everywhere)
        await _right_password(run, server.base, victim)


async def _guess(
    run: Run, base: str, when: str, emails: Sequence[str], headers: Sequence[Mapping[str, str]]
) -> None:
    """One guess an e-mail and client, one after the other."""
    seen: Counter[str] = Counter()
    async with Shoppers([base]) as shoppers:
        for email, told in zip(emails, headers, strict=True):
            body = {"email": email, "password": "a wrong one, 4 sure!"}
            answer = await shoppers.ask("POST", f"{API}/auth/login", body, headers=told)
            seen[answer.label()] += 1
            waits = answer.label() != LIMITED or int(answer.headers["Retry-After"]) > 0
            run.require(waits, f"{when}: nobody says when to come back")
    run.tries += len(emails)
    run.measured[when.replace(" ", "_")] = dict(sorted(seen.items()))
    expected = {WRONG: ALLOWED, LIMITED: len(emails) - ALLOWED}
    run.equal(f"{when}: guesses", dict(seen), expected)


async def _right_password(run: Run, base: str, victim: Member) -> None:
    """Once the tries are used up, not even the right password is looked at."""
    async with Shoppers([base]) as shoppers:
        body = {"email": victim.email, "password": "correct horse 4 battery!"}
        told = {"X-Forwarded-For": "198.51.100.99"}
        answer = await shoppers.ask("POST", f"{API}/auth/login", body, headers=told)
    run.tries += 1
    run.require(answer.label() == LIMITED, f"the right password then: {answer.label()}")


def made_up() -> Iterator[Mapping[str, str]]:
    """What a client may say of its address, in ever other forms."""
    for number in count():
        address = str(ipaddress.IPv4Address(0x0B000000 + 7919 * number))
        six = str(ipaddress.IPv6Address((0x2001_0DB8 << 96) + (number << 64) + 1))
        forms = (
            address,
            f"{address}:4711",
            six,
            f"[{six}]:80",
            f"{address}, {six}",
            f"unknown{number}",
        )
        form = forms[number % len(forms)]
        yield {"X-Forwarded-For": form, OTHERS[number % len(OTHERS)]: _as(form, number)}


def _as(form: str, number: int) -> str:
    return f'for="{form}"' if OTHERS[number % len(OTHERS)] == "Forwarded" else form


def _addresses(guesses: int) -> list[str]:
    return [str(ipaddress.IPv4Address(0x0B000000 + 7919 * number)) for number in range(guesses)]


def spellings(email: str) -> Iterator[str]:
    """The one e-mail in ever other spellings: capitals, wide letters, blanks around it."""
    letters = [place for place, letter in enumerate(email) if letter.isalpha()]
    for number in count():
        spelt, rest = list(email), number
        for place in letters:
            rest, how = divmod(rest, 3)
            spelt[place] = _spelt(email[place], how)
        yield " " * (number % 4) + "".join(spelt)


def _spelt(letter: str, how: int) -> str:
    return (letter, letter.upper(), chr(ord(letter) + WIDE))[how]
