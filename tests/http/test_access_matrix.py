"""
Every operation and all eight callers: who gets through, and what all others are told.

OWASP ASVS 5.0: 8.1.1 rules of access are written down, 8.2.1 functions and 8.2.2 data are
for those who may, 8.3.1 the service itself decides.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from attrs import frozen

from automate_store.application.access import Permission
from automate_store.application.reactions import REACTIONS
from automate_store.domain.identity import AccountRole
from automate_store.entrypoints.http import ROUTES
from automate_store.entrypoints.http.routes import Route
from benchmarks.rig.access import (
    ADMINS,
    MONEY,
    OPERATIONS,
    OVER,
    REFUSALS,
    SELLERS,
    SIGNED_IN,
    SUPPORT,
    VENDORS,
    Caller,
    Row,
)
from tests.http.bad_input import Sound
from tests.http.forms import FORM
from tests.http.people import PASSWORD, Person, mailed, person, sign_in, staff
from tests.http.test_bad_input import API, STAFF, sound_requests
from tests.http.test_sales import give
from tests.http.web import Web, open_web

BY_PERMISSION: Mapping[Permission, Row] = {
    Permission.HAVE_ACCOUNT: SIGNED_IN,
    Permission.READ_OWN_SALES: VENDORS,
    Permission.READ_ORDERS: SUPPORT,
    Permission.READ_STOCK: SUPPORT,
    Permission.READ_PRICING: SUPPORT,
    Permission.READ_CUSTOMERS: SUPPORT,
    Permission.ADJUST_STOCK: ADMINS,
    Permission.SHIP_ORDERS: ADMINS,
    Permission.CHANGE_PRICING: ADMINS,
    Permission.CHANGE_CUSTOMERS: ADMINS,
    Permission.READ_AUDIT: ADMINS,
    Permission.EDIT_OWN_PRODUCTS: VENDORS,
    Permission.EDIT_CATALOG: ADMINS,
    Permission.MOVE_MONEY: MONEY,
    Permission.HANDLE_RETURNS: SUPPORT,
}
"""Who has which permission, in a word each."""
HIDDEN: Mapping[Permission, Row] = {
    Permission.EDIT_OWN_PRODUCTS: SELLERS,
    Permission.MOVE_MONEY: ADMINS,
}
"""Who has one that not all of its routes are there for customers of."""
TOKENS = (b"x-cart-token", b"x-order-token")
SIGNED = (b"x-signature", b"x-signed-at")
"""By what a request shows of itself who sends it, whoever that is to the store."""
WRITING = [route for route in ROUTES if route.writes]
READING = [route for route in ROUTES if not route.writes]
_BY_ID = {route.operation_id: route for route in ROUTES}
SHARES = 12
"""How many shops the routes that write are asked in; to make one takes longer than to ask."""
BEFORE = {"deliver_order": _BY_ID["ship_order"]}
"""What has to be done before a request can succeed."""


def test_every_operation_has_its_row_and_no_other() -> None:
    assert {route.operation_id for route in ROUTES} == OPERATIONS.keys()


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation_id)
def test_a_row_says_of_strangers_what_its_permission_says(route: Route) -> None:
    row = OPERATIONS[route.operation_id]
    if route.needs is not None:
        known = BY_PERMISSION[route.needs]
        if route.hidden:
            known = HIDDEN.get(route.needs, known)
        assert known.told.items() <= row.told.items()
        assert row.owners or row == known
    assert bool(row.told) == route.asks_who


@pytest.mark.parametrize("share", range(SHARES))
async def test_whoever_may_gets_through_and_nobody_else(web: Web, share: int) -> None:
    wrong, street = list[str](), await _street(web)
    for route in WRITING[share::SHARES]:
        # One may spoil the next, which is then asked where nobody was before.
        if await _written(street, route):
            async with open_web() as fresh:
                wrong += await _written(await _street(fresh), route)
    assert wrong == []


async def test_whoever_may_reads_and_nobody_else(web: Web) -> None:
    street = await _street(web)
    assert [wrong for route in READING for wrong in await _wrong(street, route)] == []


async def _written(street: Street, route: Route) -> list[str]:
    """What differs from the row of a route that writes."""
    if before := BEFORE.get(route.operation_id):
        await street.knock(before, Caller.ADMIN)
    return await _wrong(street, route)


async def _wrong(street: Street, route: Route) -> list[str]:
    """What differs from the route's row."""
    row, name = OPERATIONS[route.operation_id], route.operation_id
    told = {caller: await street.knock(route, caller) for caller in _refused_first(row)}
    wrong = [f"{name}: {who} is told {told[who]}" for who in row.told if told[who] != row.told[who]]
    # A refresh token that is spent is refused like a session that is over.
    refusals = REFUSALS - ({OVER} if route.anonymous else set()) | set(row.told.values())
    wrong += [f"{name}: {who} is told {told[who]}" for who in row.through if told[who] in refusals]
    if not any(told[who].startswith("2") for who in row.through):
        wrong.append(f"{name}: nobody succeeds, which proves nothing: {told}")
    return wrong


def _refused_first(row: Row) -> list[Caller]:
    """What those do who get through must not be what turns others away."""
    return sorted(Caller, key=lambda caller: (caller in row.through, caller is not Caller.OWNER))


@frozen
class Street:
    """A shop with all that can be asked for in it, and everybody who asks."""

    web: Web
    sound: Mapping[str, Sound]
    people: Mapping[Caller, Person]

    async def knock(self, route: Route, caller: Caller) -> str:
        """What the caller is answered: the status, and the code of a refusal."""
        request = self.sound.get(route.operation_id) or Sound(
            path=self._path(route), body=None, headers={}
        )
        own = {name: request.headers[name] for name in SIGNED if name in request.headers}
        headers = {**own, **self._headers(request, caller)}
        headers[b"idempotency-key"] = f"{route.operation_id}-{caller}".encode()
        if route.version_needed:
            headers[b"if-match"] = b"*"
        self.web.client.cookies.clear()
        if request.form is not None:
            headers[b"content-type"] = FORM.encode()
        answer = await self.web.client.request(
            route.method,
            request.path,
            json=request.body,
            content=request.form or request.raw,
            headers=headers,
        )
        if answer.is_success:
            return str(answer.status_code)
        return f"{answer.status_code} {answer.json()['code']}"

    def _headers(self, request: Sound, caller: Caller) -> dict[bytes, bytes]:
        """The guest has the tokens; of those who are signed in, the owner is whose it is."""
        if caller is Caller.ANONYMOUS:
            return {}
        if caller is Caller.GUEST:
            known = (self.sound["add_to_cart"], self.sound["create_intent"], request)
            tokens = {name: token for each in known for name, token in each.headers.items()}
            return {name: tokens[name] for name in TOKENS}
        bearer = f"Bearer {self.people[caller].token}".encode()
        theirs = request.headers.get(b"authorization", STAFF[b"authorization"])
        if caller is Caller.OWNER and theirs != STAFF[b"authorization"]:
            bearer = theirs
        return {b"authorization": bearer}

    def _path(self, route: Route) -> str:
        body = self.sound["create_intent"].body
        assert body is not None, "an intent names its order"
        known = {
            "/orders/{id}": body["order_id"],
            "/sales/{id}": body["order_id"],
            "/admin/customers/{id}": self.people[Caller.OWNER].id,
            "/admin/taxes/{code}": "us-ny",
            "/admin/shipping-methods/{code}": "standard",
            "/admin/promotions/{code}": "spring",
            "/admin/coupons/{code}": "WELCOME",
            "/admin/products/{id_or_slug}": "shirt-0",
            "/admin/categories/{id_or_slug}": "sound",
            "/admin/brands/{id_or_slug}": "sound",
            "/products/{id_or_slug}": "shirt-0",
        }
        for pattern, name in known.items():
            if route.path.startswith(API + pattern):
                return route.path.replace(pattern[pattern.index("{") :], str(name))
        asked = {
            "/cart/shipping-options": "?country=US",
            "/payments/gateways": f"?order_id={body['order_id']}",
        }
        return route.path + asked.get(route.path.removeprefix(API), "")


async def _street(web: Web) -> Street:
    sound = await sound_requests(web)
    owner = await person(web, "ann@example.com")
    await web.post(
        "/auth/verify-email", {"token": await mailed(web, owner.email), "password": PASSWORD}
    )
    # The guest's orders are the account's from here on.
    await web.shop.store.react(REACTIONS, web.shop.ports)
    revoked = await sign_in(web, owner.email)
    await revoked.post("/auth/logout")
    people = {
        Caller.OWNER: owner,
        Caller.OTHER: await person(web, "bob@example.com"),
        Caller.VENDOR: await staff(web, AccountRole.VENDOR, "vera@example.com"),
        Caller.SUPPORT: await staff(web, AccountRole.SUPPORT, "sue@example.com"),
        Caller.ADMIN: await staff(web, AccountRole.ADMIN, "ada@example.com"),
        Caller.REVOKED: revoked,
    }
    await give(web, "shirt-0", people[Caller.VENDOR])
    return Street(web, sound, people)
