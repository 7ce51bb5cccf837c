"""Every change by staff leaves one entry in the trail, and what is refused leaves none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from httpx import Response

from automate_store.application.access import Actor, Role
from automate_store.domain.identity import AccountRole
from automate_store.entrypoints.http import ROUTES
from automate_store.entrypoints.http.routes import Route
from tests.architecture.auditing_rules import WRITING
from tests.http.bad_input import Sound
from tests.http.people import Person, staff
from tests.http.test_bad_input import sound_requests
from tests.http.web import NOBODYS, STAFF_TOKEN, Web

CHANGING = [
    route
    for route in ROUTES
    if route.writes and route.needs is not None and route.needs.name in WRITING
]
EVERY_ROUTE = pytest.mark.parametrize("route", CHANGING, ids=lambda route: route.operation_id)
DONE_BY = {"set_status": "ship_order"}
"""What a change is called, where the request only says what is to come of it."""
EARLIER = {"deliver_order": "ship_order"}
"""What has to be done before a request is right."""
KINDS = {
    "generate_coupons": "coupon_batch",
    "change_standing": "account",
    "end_sessions_of": "account",
    **dict.fromkeys(("approve_return", "reject_return", "receive_return"), "order"),
    **dict.fromkeys(("refund_return", "replace_return", "set_status", "set_tracking"), "order"),
    **dict.fromkeys(("deliver_shipment", "lose_shipment"), "order"),
    "replay_event": "webhook_event",
    "dismiss_event": "webhook_event",
    **dict.fromkeys(("add_variant", "change_variant", "remove_variant"), "product"),
    **dict.fromkeys(("add_image", "arrange_images", "remove_image"), "product"),
}
"""What was changed, where the operation's own name does not say it."""
TOKEN = {"authorization": f"Bearer {STAFF_TOKEN}"}
TAX = {
    "code": "us-ny-2",
    "name": "New York",
    "rate": "0.08875",
    "zone": {"country": "US", "state": "NY"},
    "applies_to_shipping": True,
}


async def audit(web: Web, query: str = "") -> dict[str, Any]:
    answer = await web.ask("GET", f"/admin/audit{query}", headers=TOKEN)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def entries(web: Web) -> list[dict[str, Any]]:
    """The whole trail, newest first."""
    page = await audit(web, "?limit=100")
    assert page["next_cursor"] is None
    found: list[dict[str, Any]] = page["items"]
    return found


async def send(web: Web, route: Route, sound: Sound, who: Mapping[str, str]) -> Response:
    theirs = {name: value for name, value in sound.headers.items() if name != b"authorization"}
    named = {name.encode(): value.encode() for name, value in who.items()}
    return await web.client.request(
        route.method,
        sound.path,
        json=sound.body,
        content=sound.form,
        headers={**theirs, **named, b"idempotency-key": b"once"},
    )


async def sound_request(web: Web, route: Route) -> Sound:
    sound = await sound_requests(web)
    for earlier in [
        each for each in CHANGING if each.operation_id == EARLIER.get(route.operation_id)
    ]:
        await send(web, earlier, sound[earlier.operation_id], TOKEN)
    return sound[route.operation_id]


@EVERY_ROUTE
async def test_a_change_leaves_one_entry_of_who_did_what(web: Web, route: Route) -> None:
    admin = await staff(web, AccountRole.ADMIN, "root@example.com")
    sound = await sound_request(web, route)
    before = await entries(web)
    answer = await send(web, route, sound, admin.headers)
    assert answer.status_code == route.status, answer.text
    entry, *older = after = await entries(web)
    assert older == before
    assert entry["action"] == DONE_BY.get(route.operation_id, route.operation_id)
    assert (entry["actor"], entry["account_id"]) == (f"admin:{admin.id}", admin.id)
    kind, _, name = entry["subject"].partition(":")
    assert kind
    assert kind in KINDS.get(route.operation_id, route.operation_id)
    assert name
    assert name in f"{sound.path} {sound.body} {answer.text}"
    assert entry["before"] != entry["after"]
    # What is repeated or refused leaves none.
    again = await send(web, route, sound, admin.headers)
    done_again = again.status_code == route.status and not route.keyed and route.method != "PUT"
    assert 0 <= len(await entries(web)) - len(after) <= done_again


async def test_whoever_may_not_leaves_none(web: Web) -> None:
    who = [await staff(web, role, f"{role}@example.com") for role in AccountRole]
    sound = await sound_requests(web)
    before = await entries(web)
    for route in CHANGING:
        others = [each.headers for each in who if not await may(each, route)]
        for headers in [{}, *others]:
            refused = await send(web, route, sound[route.operation_id], headers)
            assert refused.status_code in {401, 403, 404}, route.operation_id
    assert await entries(web) == before


async def may(someone: Person, route: Route) -> bool:
    assert route.needs is not None
    async with someone.web.shop.ports.reading() as reads:
        account = await reads.accounts.by_email(someone.email)
    assert account is not None
    return Actor(Role(account.role.value), "").can(route.needs)


async def test_an_entry_has_both_ends_of_the_change(web: Web) -> None:
    await web.stock(1)
    await web.ask("POST", "/admin/taxes", TAX, headers=TOKEN)
    raised = {**TAX, "rate": "0.09"}
    del raised["code"]
    await web.ask("PUT", "/admin/taxes/us-ny-2", raised, headers=TOKEN)
    await web.ask("DELETE", "/admin/taxes/us-ny-2", headers=TOKEN)
    removed, changed, added = await entries(web)
    assert {each["subject"] for each in (added, changed, removed)} == {"tax_rate:us-ny-2"}
    assert {each["actor"] for each in (added, changed, removed)} == {"staff"}
    assert (added["before"], removed["after"]) == (None, None)
    assert added["after"] == changed["before"]
    assert changed["after"] == removed["before"] == {**added["after"], "rate": "0.09"}


async def test_the_trail_is_read_page_by_page(web: Web) -> None:
    await web.stock(1)
    for number in range(25):
        await web.ask("POST", "/admin/taxes", {**TAX, "code": f"t-{number}"}, headers=TOKEN)
    first = await audit(web)
    second = await audit(web, f"?cursor={first['next_cursor']}")
    subjects = [each["subject"] for page in (first, second) for each in page["items"]]
    assert subjects == [f"tax_rate:t-{number}" for number in reversed(range(25))]
    assert (len(first["items"]), second["next_cursor"]) == (20, None)


async def test_the_trail_is_read_by_subject_and_by_account(web: Web) -> None:
    admin = await staff(web, AccountRole.ADMIN, "root@example.com")
    await web.stock(1)
    await admin.post("/admin/taxes", TAX)
    await web.ask("POST", "/admin/taxes", {**TAX, "code": "other"}, headers=TOKEN)
    await web.ask("DELETE", "/admin/taxes/us-ny-2", headers=TOKEN)

    async def found(query: str) -> list[tuple[str, str]]:
        page = await audit(web, query)
        return [(each["action"], each["subject"]) for each in page["items"]]

    removed, added = ("remove_tax_rate", "tax_rate:us-ny-2"), ("add_tax_rate", "tax_rate:us-ny-2")
    assert await found("?subject=tax_rate:us-ny-2") == [removed, added]
    assert await found(f"?account_id={admin.id}") == [added]
    assert await found(f"?account_id={admin.id}&subject=tax_rate:other") == []
    assert await found(f"?account_id={NOBODYS}") == []
    assert await found("?subject=tax_rate") == []


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=101", "limit=x", "cursor=x", "account_id=x", "subject=", "subject=%00"],
)
async def test_nonsense_is_refused(web: Web, query: str) -> None:
    answer = await web.ask("GET", f"/admin/audit?{query}", headers=TOKEN)
    assert answer.status_code == 400


async def test_the_trail_is_for_whoever_may_read_it(web: Web) -> None:
    asked = {
        role: (
            await (await staff(web, role, f"{role}@example.com")).get("/admin/audit")
        ).status_code
        for role in AccountRole
    }
    assert asked == {
        AccountRole.CUSTOMER: 404,
        AccountRole.VENDOR: 403,
        AccountRole.SUPPORT: 403,
        AccountRole.ADMIN: 200,
    }
