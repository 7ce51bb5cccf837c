"""Who asks: nobody in particular, the staff's program with its token, or an account."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from hmac import compare_digest
from typing import Any

from automate_store.application.access import GUEST, Actor, Role
from automate_store.application.errors import NotAllowed, SignInNeeded
from automate_store.entrypoints.http.calls import Shop, header
from automate_store.entrypoints.http.errors import NoSuchRoute
from automate_store.entrypoints.http.routes import Route
from automate_store.entrypoints.http.sending import Header

STAFF = Actor(Role.ADMIN, "staff")
"""The program that has the staff token."""
_ACTOR = "actor"


async def caller(scope: Any, shop: Shop) -> Actor:
    """Who sent the request, found out once; raises what is said of tokens that are none."""
    state = scope["state"]
    if _ACTOR not in state:
        state[_ACTOR] = await _found(scope, shop)
    actor: Actor = state[_ACTOR]
    return actor


async def _found(scope: Any, shop: Shop) -> Actor:
    return STAFF if is_staff(scope["headers"], shop.config.staff_token) else GUEST


def admit(actor: Actor, route: Route) -> None:
    """
    Nothing, where the route is there for the actor.

    Raises NoSuchRoute for strangers at a staff route, SignInNeeded, or NotAllowed.
    """
    if route.needs is None or actor.can(route.needs):
        return
    if route.hidden and not actor.is_staff:
        raise NoSuchRoute
    if actor.role is Role.GUEST:
        raise SignInNeeded
    raise NotAllowed(actor.role, route.needs)


def is_staff(headers: Iterable[Header], staff_token: str | None) -> bool:
    """Whether the right staff token was sent, in constant time; never where none is set."""
    given = header(headers, b"authorization")
    if not staff_token or given is None:
        return False
    scheme, _, token = given.partition(" ")
    # Hashed first, so that not even the length shows in the time.
    right = compare_digest(_digest(token.strip()), _digest(staff_token))
    return right and scheme.lower() == "bearer"


def _digest(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogateescape")).digest()
