"""E-mails with an account and without, asked for in turn."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from statistics import median
from typing import Any

from attrs import field, frozen

from benchmarks.promises.run import Run
from benchmarks.rig.accounts import Member, register, registration
from benchmarks.rig.people import ask
from benchmarks.rig.servers import RAISED
from benchmarks.rig.shop import Shop
from benchmarks.rig.shoppers import API, Answer, Shoppers

APART_MS = 5.0
PROVING: Mapping[str, str] = {"registration": "verified", **dict.fromkeys(RAISED, "off")}
"""Where it is open, a taken e-mail is told: that is what ``open`` means."""
OF_THE_REQUEST = frozenset({"request_id"})
OF_THE_MOMENT = frozenset({"date", "x-request-id"})


@frozen(kw_only=True)
class Asking:
    """Somebody who wants to know who has an account."""

    shoppers: Shoppers
    known: Member
    curious: Member
    """Their own account, for what only somebody with one may ask."""


@frozen
class Told:
    """What one side of a route was told, as far as it can differ, and how long it took."""

    answers: dict[str, str] = field(factory=dict)
    """How each was labelled, by all of it that may be compared."""
    ms: list[float] = field(factory=list)


Way = Callable[[Asking, str], Awaitable[Answer]]


async def answers_are_alike(shop: Shop, run: Run) -> None:
    """Ask each route for both kinds of e-mail, so often that a difference would show."""
    tries = run.size(500, 5)
    with shop.beside(PROVING, count=2) as servers:
        # Accounts are opened where they are open at once, and asked for where they are not.
        async with Shoppers(shop.bases) as welcoming:
            known = await register(welcoming, f"p34-known-{run.seed}@example.com")
            curious = await register(welcoming, f"p34-curious-{run.seed}@example.com")
        async with Shoppers([server.base for server in servers]) as shoppers:
            asking = Asking(shoppers=shoppers, known=known, curious=curious)
            for name, way in WAYS.items():
                await _in_turn(run, asking, name, way, tries=tries)


async def _in_turn(run: Run, asking: Asking, name: str, way: Way, *, tries: int) -> None:
    known, unknown, warming = Told(), Told(), run.size(5, 1)
    for number in range(warming + tries):
        stranger = f"p34-{number}-{name.replace(' ', '-')}-{run.seed}@example.com"
        pair = [(known, asking.known.email), (unknown, stranger)]
        # In either order: what one request leaves to be done may slow the next one down.
        run.random.shuffle(pair)
        for told, email in pair:
            began = time.perf_counter()
            answer = await way(asking, email)
            if number >= warming:
                told.ms.append(1_000 * (time.perf_counter() - began))
                told.answers[_comparable(answer)] = answer.label()
    run.tries += 2 * tries
    labels = f"{set(known.answers.values())} or {set(unknown.answers.values())}"
    run.require(known.answers == unknown.answers, f"{name}: it shows who is known: {labels}")
    run.equal(f"{name}: different answers", len(known.answers), 1)
    _judge(run, name, known, unknown)


def _judge(run: Run, name: str, known: Told, unknown: Told) -> None:
    medians = median(known.ms), median(unknown.ms)
    apart_ms = abs(medians[0] - medians[1])
    run.measured[name.replace(" ", "_")] = {
        "known_ms": round(medians[0], 2),
        "unknown_ms": round(medians[1], 2),
        "apart_ms": round(apart_ms, 2),
    }
    if not run.quick:
        run.require(apart_ms <= APART_MS, f"{name}: {apart_ms:.1f} ms between the medians")


def _comparable(answer: Answer) -> str:
    body: Any = answer.body
    if isinstance(body, dict):
        body = {name: value for name, value in body.items() if name not in OF_THE_REQUEST}
    headers = {
        name.lower(): value
        for name, value in answer.headers.items()
        if name.lower() not in OF_THE_MOMENT
    }
    return str((answer.status, body, sorted(headers.items())))


async def _sign_in(asking: Asking, email: str) -> Answer:
    body = {"email": email, "password": "a wrong one, 4 sure!"}
    return await asking.shoppers.ask("POST", f"{API}/auth/login", body)


async def _forget(asking: Asking, email: str) -> Answer:
    return await asking.shoppers.ask("POST", f"{API}/auth/forgot-password", {"email": email})


async def _register(asking: Asking, email: str) -> Answer:
    return await asking.shoppers.ask("POST", f"{API}/auth/register", registration(email))


async def _change_email(asking: Asking, email: str) -> Answer:
    path = "/auth/change-email"
    return await ask(asking.shoppers, asking.curious, "POST", path, {"email": email})


WAYS: Mapping[str, Way] = {
    "signing in": _sign_in,
    "forgetting a password": _forget,
    "registering": _register,
    "changing an e-mail": _change_email,
}
