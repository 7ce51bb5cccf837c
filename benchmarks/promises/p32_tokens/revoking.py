"""Tokens that the store gave and has taken back, while somebody keeps using them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

from attrs import frozen

from benchmarks.promises.run import Run
from benchmarks.rig.accounts import PASSWORD, Member
from benchmarks.rig.mails import Mailbox
from benchmarks.rig.people import OTHER_PASSWORD, again, ask, employ, employee, refresh
from benchmarks.rig.shoppers import API, Answer, Shoppers

CLIENTS = 8
WARM_S = 0.1
AFTER_S = 0.3
"""How long the clients go on once the token is over."""


@frozen(kw_only=True)
class Victim:
    """Somebody in two sessions: one is taken back, the other may be what takes it back."""

    shoppers: Shoppers
    person: Member
    other: Member
    mailbox: Mailbox


Act = Callable[[Victim, int], Awaitable[Answer]]


@frozen(kw_only=True)
class Use:
    """One use of the token: when it was sent, and what came back."""

    sent_at: float
    answer: Answer


async def what_is_over_is_over(run: Run, shoppers: Shoppers, mailbox: Mailbox) -> None:
    """Take sessions back in every way, a few times each, on either server."""
    refused: dict[str, int] = {}
    for turn in range(run.size(20, 1)):
        for number, (name, act) in enumerate(WAYS.items()):
            email = f"p32-{run.seed}-{turn}-{number}@example.com"
            person = await employee(shoppers, email, "support")
            other = await again(shoppers, person)
            victim = Victim(shoppers=shoppers, person=person, other=other, mailbox=mailbox)
            asked = await _taken_back(run, victim, name, act, server=(turn + number) % 2)
            refused[name] = refused.get(name, 0) + asked
    run.measured["refused_after"] = refused


async def _taken_back(run: Run, victim: Victim, name: str, act: Act, *, server: int) -> int:
    """How often the token was sent, and refused, after the answer that took it back."""
    path = "/admin/inventory/low-stock" if name in ROLES else "/auth/me"
    uses: list[Use] = []
    over = asyncio.Event()
    clients = [
        asyncio.ensure_future(_use(victim, path, uses, over, turn=each)) for each in range(CLIENTS)
    ]
    await asyncio.sleep(WARM_S)
    done = await act(victim, server)
    ended_at = time.perf_counter()
    await asyncio.sleep(AFTER_S)
    over.set()
    await asyncio.gather(*clients)
    run.require(done.ok, f"{name}: answered {done.label()}")
    run.require(any(use.answer.ok for use in uses), f"{name}: the token never opened anything")
    late = [use.answer for use in uses if use.sent_at > ended_at]
    run.tries += len(late)
    run.require(len(late) >= CLIENTS, f"{name}: only {len(late)} uses afterwards")
    for answer in late:
        label = answer.label()
        run.require(label == WHAT_IS_TOLD.get(name, OVER), f"{name}: then answered {label}")
    if name not in ROLES:
        await _not_carried_on(run, victim, name)
    return len(late)


async def _use(
    victim: Victim, path: str, uses: list[Use], over: asyncio.Event, *, turn: int
) -> None:
    """Use the token on one server after the other until it is enough."""
    while not over.is_set():
        turn += 1
        sent_at = time.perf_counter()
        answer = await ask(victim.shoppers, victim.person, "GET", path, server=turn)
        uses.append(Use(sent_at=sent_at, answer=answer))


async def _not_carried_on(run: Run, victim: Victim, name: str) -> None:
    for server in range(len(victim.shoppers.bases)):
        token = victim.person.refresh_token
        label = (await refresh(victim.shoppers, token, server=server)).label()
        run.tries += 1
        run.require(label == OVER, f"{name}: the refresh token is answered {label}")


async def _sign_out(victim: Victim, server: int) -> Answer:
    return await ask(victim.shoppers, victim.person, "POST", "/auth/logout", server=server)


async def _sign_out_everywhere(victim: Victim, server: int) -> Answer:
    path = "/auth/logout-everywhere"
    return await ask(victim.shoppers, victim.other, "POST", path, server=server)


async def _end_session(victim: Victim, server: int) -> Answer:
    listed = await ask(victim.shoppers, victim.person, "GET", "/auth/sessions", server=server)
    current = next(each["id"] for each in listed.body["items"] if each["current"])
    path = f"/auth/sessions/{current}"
    return await ask(victim.shoppers, victim.other, "DELETE", path, server=server)


async def _change_password(victim: Victim, server: int) -> Answer:
    body = {"current_password": PASSWORD, "new_password": OTHER_PASSWORD}
    path = "/auth/change-password"
    return await ask(victim.shoppers, victim.other, "POST", path, body, server=server)


async def _reset_password(victim: Victim, server: int) -> Answer:
    shoppers, email = victim.shoppers, victim.person.email
    asked = {"email": email}
    await shoppers.ask("POST", f"{API}/auth/forgot-password", asked, server=server)
    letter = await victim.mailbox.link(email, "reset-password")
    body = {"token": letter.secret, "password": OTHER_PASSWORD}
    return await shoppers.ask("POST", f"{API}/auth/reset-password", body, server=server)


async def _delete_account(victim: Victim, server: int) -> Answer:
    path, body = "/auth/delete-account", {"password": PASSWORD}
    return await ask(victim.shoppers, victim.other, "DELETE", path, body, server=server)


async def _refresh_again(victim: Victim, server: int) -> Answer:
    """Carry the session on, then use the spent token once more; the refusal is what ends it."""
    spent = victim.person.refresh_token
    carried = await refresh(victim.shoppers, spent, server=server)
    answer = await refresh(victim.shoppers, spent, server=server)
    return carried if answer.label() == OVER else answer


async def _make_customer(victim: Victim, server: int) -> Answer:
    return await employ(victim.shoppers, victim.person, "customer", server=server)


async def _make_vendor(victim: Victim, server: int) -> Answer:
    return await employ(victim.shoppers, victim.person, "vendor", server=server)


OVER = "401 session_over"
WAYS: Mapping[str, Act] = {
    "signing out": _sign_out,
    "signing out everywhere": _sign_out_everywhere,
    "ending the session from another": _end_session,
    "changing the password": _change_password,
    "resetting the password": _reset_password,
    "deleting the account": _delete_account,
    "using a refresh token twice": _refresh_again,
    "becoming a customer": _make_customer,
    "becoming a vendor": _make_vendor,
}
WHAT_IS_TOLD: Mapping[str, str] = {
    "becoming a customer": "404 no_such_route",
    "becoming a vendor": "403 not_allowed",
}
"""What the staff's routes answer to whoever has another role by now; else the session is over."""
ROLES = WHAT_IS_TOLD.keys()
