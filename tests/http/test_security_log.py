"""What the log tells of signing in and of being turned away (OWASP ASVS 5.0: 16.3.1, 16.3.2)."""

from __future__ import annotations

from typing import Any

import structlog

from automate_store.domain.identity import AccountRole
from tests.http.people import PASSWORD, person, sign_in, staff
from tests.http.web import Web


def told(lines: list[Any], event: str) -> list[Any]:
    return [line for line in lines if line["event"] == event]


async def test_every_sign_in_is_told_with_its_account_and_no_secret(web: Web) -> None:
    ann = await person(web)
    with structlog.testing.capture_logs() as lines:
        fresh = await sign_in(web, ann.email)
    (line,) = told(lines, "signed_in")
    assert (line["account"], line["second_factor"]) == (ann.id, False)
    assert fresh.token not in str(lines)
    assert PASSWORD not in str(lines)
    assert ann.email not in str(lines)


async def test_every_failed_sign_in_is_told_without_whom_it_was_tried_for(web: Web) -> None:
    with structlog.testing.capture_logs() as lines:
        await web.post("/auth/login", {"email": "ann@example.com", "password": "wrong 1!"})
    (line,) = told(lines, "turned_away")
    assert (line["code"], line["operation"], line["actor"]) == (
        "wrong_credentials",
        "login",
        "guest",
    )
    assert "ann@example.com" not in str(lines)


async def test_whoever_goes_further_than_they_may_is_told(web: Web) -> None:
    sam = await staff(web, AccountRole.SUPPORT, "sam@example.com")
    with structlog.testing.capture_logs() as lines:
        await sam.ask("DELETE", f"/admin/customers/{sam.id}/sessions")
    (line,) = told(lines, "turned_away")
    assert (line["code"], line["actor"]) == ("not_allowed", f"support:{sam.id}")


async def test_strangers_at_the_door_of_the_staff_are_told(web: Web) -> None:
    ann = await person(web)
    wrong = {"authorization": "Bearer not-the-staff-token"}
    with structlog.testing.capture_logs() as lines:
        await web.ask("GET", "/admin/audit", headers=wrong)
        await ann.get("/admin/audit")
    told_of = told(lines, "turned_away")
    assert [(line["code"], line["operation"], line["actor"]) for line in told_of] == [
        ("token_refused", "staff_door", "guest"),
        ("no_such_route", "staff_door", f"customer:{ann.id}"),
    ]
    assert "not-the-staff-token" not in str(lines)


async def test_a_session_that_is_carried_on_is_no_sign_in(web: Web) -> None:
    ann = await person(web)
    with structlog.testing.capture_logs() as lines:
        await web.post("/auth/refresh", {"refresh_token": ann.refresh_token})
    assert told(lines, "signed_in") == []
    (line,) = told(lines, "carried_on")
    assert line["account"] == ann.id
