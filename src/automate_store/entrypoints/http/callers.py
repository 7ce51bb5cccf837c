"""
Who asks: nobody in particular, the staff's program with its token, or an account.

An account is known by its access token, in the Authorization header or, for browsers, in a
cookie. What a cookie alone vouches for is done only where the request shows, by a second
secret in a header, that a page of the shop sent it.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from hmac import compare_digest
from typing import Any

from automate_store.application.access import GUEST, Actor, Role
from automate_store.application.errors import SignInNeeded
from automate_store.application.identity import csrf_label
from automate_store.application.ports.identity import SignedIn
from automate_store.domain.identity import AccountPolicy
from automate_store.entrypoints.http.calls import Shop, bearer, header
from automate_store.entrypoints.http.cookies import (
    ACCESS,
    CSRF_HEADER,
    REFRESH,
    cookie,
    session_cookie_name,
)
from automate_store.entrypoints.http.errors import CsrfRefused, NoSuchRoute, RefreshFirst
from automate_store.entrypoints.http.routes import Route
from automate_store.entrypoints.http.sending import Header

STAFF = Actor(Role.ADMIN, "staff")
"""The program that has the staff token."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_ACTOR = "actor"


async def caller(scope: Any, shop: Shop) -> Actor:
    """
    Who sent the request, found out once.

    Raises TokenRefused or SessionOver for a token that is none or no longer one,
    RefreshFirst where a browser kept the session and not the token, and CsrfRefused.
    """
    state = scope["state"]
    if _ACTOR not in state:
        state[_ACTOR] = await _found(scope, shop)
    actor: Actor = state[_ACTOR]
    return actor


async def caller_now(scope: Any, shop: Shop) -> Actor:
    """Who sent the request, found out anew; raises as ``caller``."""
    del scope["state"][_ACTOR]
    return await caller(scope, shop)


def admit(actor: Actor, route: Route) -> None:
    """
    Nothing, where the route is there for the actor.

    Raises NoSuchRoute for strangers at a staff route, SignInNeeded, NotAllowed, or
    SecondFactorMissing.
    """
    if route.needs is None or actor.can(route.needs):
        return
    if route.hidden and not actor.is_staff:
        raise NoSuchRoute
    if actor.role is Role.GUEST:
        raise SignInNeeded
    actor.may(route.needs)


def is_staff(headers: Iterable[Header], staff_token: str | None) -> bool:
    """Whether the right staff token was sent, in constant time; never where none is set."""
    given = bearer(headers)
    if not staff_token or given is None:
        return False
    # Hashed first, so that not even the length shows in the time.
    return compare_digest(_digest(given), _digest(staff_token))


def actor_of(signed_in: SignedIn, policy: AccountPolicy) -> Actor:
    """The account as an actor, held back where the policy wants a second factor first."""
    return Actor(
        Role(signed_in.role.value),
        f"{signed_in.role.value}:{signed_in.account_id}",
        signed_in.account_id,
        signed_in.session_id,
        groups=signed_in.groups,
        tax_exempt=signed_in.tax_exempt,
        signed_in_at=signed_in.signed_in_at,
        held_back=policy.staff_second_factor and not signed_in.second_factor,
    )


async def _found(scope: Any, shop: Shop) -> Actor:
    headers = scope["headers"]
    if is_staff(headers, shop.config.staff_token):
        return STAFF
    token = bearer(headers)
    if token is not None:
        return actor_of(await shop.ports.gate.admit(token), shop.ports.policy.accounts)
    kept = cookie(headers, session_cookie_name(ACCESS, secure=shop.config.secure))
    if kept is None:
        _refuse_unrefreshed(headers, shop)
        return GUEST
    signed_in = await shop.ports.gate.admit(kept)
    if scope["method"] not in SAFE:
        await _refuse_forged(headers, signed_in, shop)
    return actor_of(signed_in, shop.ports.policy.accounts)


def _refuse_unrefreshed(headers: Iterable[Header], shop: Shop) -> None:
    # A browser drops the access cookie when its time is over: whoever was signed in a moment
    # ago would fill a guest's cart and place a guest's order, and never be told.
    if cookie(headers, session_cookie_name(REFRESH, secure=shop.config.secure)) is not None:
        raise RefreshFirst


async def _refuse_forged(headers: Iterable[Header], signed_in: SignedIn, shop: Shop) -> None:
    given = header(headers, CSRF_HEADER)
    label = csrf_label(signed_in.session_id)
    if given is None or not await shop.ports.gate.knows(label, given):
        raise CsrfRefused


def _digest(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogateescape")).digest()
