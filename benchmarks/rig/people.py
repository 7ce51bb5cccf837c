"""What becomes of people with accounts: what they are to the store, and how they stay signed in."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve

from benchmarks.rig.accounts import PASSWORD, Member, member, register
from benchmarks.rig.shop import STAFF
from benchmarks.rig.shoppers import API, Answer, Shoppers

OTHER_PASSWORD = "another 1, much longer!"  # noqa: S105 - of people that live for a minute


async def ask(
    shoppers: Shoppers,
    someone: Member,
    method: str,
    path: str,
    body: object = None,
    *,
    server: int | None = None,
) -> Answer:
    """One request of theirs; the path stands behind the API's prefix."""
    return await shoppers.ask(method, API + path, body, headers=someone.headers, server=server)


async def again(
    shoppers: Shoppers, someone: Member, *, headers: Mapping[str, str] | None = None
) -> Member:
    """The same person in another session, opened by a browser that sends these headers."""
    body = {"email": someone.email, "password": PASSWORD}
    answer = await shoppers.ask("POST", f"{API}/auth/login", body, headers=headers)
    assert answer.ok, f"nobody could sign in: {answer}"
    return member(answer)


async def employ(shoppers: Shoppers, someone: Member, role: str, *, server: int = 0) -> Answer:
    """Make somebody what they are to the store, from their next request on."""
    path = f"{API}/admin/customers/{someone.id}/standing"
    return await shoppers.ask("PUT", path, {"role": role}, headers=STAFF, server=server)


async def employee(shoppers: Shoppers, email: str, role: str) -> Member:
    """Somebody new who works here, and whose token says so."""
    someone = await register(shoppers, email)
    answer = await employ(shoppers, someone, role)
    assert answer.ok, f"nobody could be made {role}: {answer}"
    return await again(shoppers, someone)


async def refresh(shoppers: Shoppers, refresh_token: str, *, server: int | None = None) -> Answer:
    """Fresh tokens for a refresh token, or a refusal."""
    body = {"refresh_token": refresh_token}
    return await shoppers.ask("POST", f"{API}/auth/refresh", body, server=server)


def carried_on(someone: Member, answer: Answer) -> Member:
    """The person with the tokens that a refresh gave."""
    fresh = member(answer)
    return evolve(someone, token=fresh.token, refresh_token=fresh.refresh_token)
