"""Accounts over HTTP: open, sign in, stay, and go; each refusal as it is documented."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from automate_store.application.reactions import REACTIONS
from automate_store.domain.identity import Registration
from tests.http.people import PASSWORD, Person, mailed, of_answer, person, registration, sign_in
from tests.http.web import Web, open_web


def code(answer: object) -> tuple[int, str]:
    """The status and the code of a refusal."""
    return answer.status_code, answer.json()["code"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("phone", ["abc", "call me", "+", "1" * 21])
async def test_a_phone_that_is_no_number_is_refused(web: Web, phone: str) -> None:
    refused = await web.post("/auth/register", registration("ann@example.com", phone=phone))
    said = "is a phone number of at most 20 characters, such as +1 212 555 0100"
    assert refused.json()["errors"] == [{"field": "phone", "reason": said}]


@pytest.mark.parametrize("phone", ["+1 (212) 555-0100", "030/1234567", "0123.456 x12", "", None])
async def test_a_phone_is_taken_as_people_write_it(web: Web, phone: str | None) -> None:
    assert (await person(web, phone=phone)).email == "ann@example.com"


async def test_a_new_password_is_another_one(web: Web) -> None:
    ann = await person(web)
    body = {"current_password": PASSWORD, "new_password": PASSWORD}
    refused = await ann.post("/auth/change-password", body)
    said = "is the one of before; choose another"
    assert refused.json()["errors"] == [{"field": "new_password", "reason": said}]


async def test_who_registers_is_signed_in_at_once(web: Web) -> None:
    ann = await person(web, " Ann@Example.COM ", phone="+1 212 555 0100")
    me = (await ann.get("/auth/me")).json()
    assert me["email"] == "ann@example.com"
    assert (me["role"], me["email_verified"], me["phone"]) == ("customer", False, "+1 212 555 0100")


@pytest.mark.parametrize("again", ["ann@example.com", "ANN@example.com", "\uff41nn@example.com"])
async def test_an_e_mail_has_one_account_however_it_is_spelt(web: Web, again: str) -> None:
    await person(web)
    answer = await web.post("/auth/register", registration(again))
    assert code(answer) == (409, "email_taken")


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short 1!", None),
        ("short1!", "8"),
        ("no number here!", "number"),
        ("n0specialhere", "special"),
        ("Password1!", "tried first"),
        ("ann@example.com1", "e-mail"),
        ("x" * 128 + "1!", "128"),
    ],
)
async def test_a_password_is_as_the_policy_wants_it(
    web: Web, password: str, reason: str | None
) -> None:
    answer = await web.post("/auth/register", registration("ann@example.com", password=password))
    if reason is None:
        assert answer.status_code == 201
        return
    assert answer.status_code == 400
    told = answer.json()["errors"]
    assert {each["field"] for each in told} == {"password"}
    assert any(reason in each["reason"] for each in told), told


async def test_an_unknown_e_mail_and_a_wrong_password_are_answered_alike(web: Web) -> None:
    await person(web)
    answers = [
        await web.post("/auth/login", {"email": email, "password": "wrong password 1!"})
        for email in ("ann@example.com", "nobody@example.com", "no e-mail at all")
    ]
    told = [{k: v for k, v in a.json().items() if k != "request_id"} for a in answers]
    assert [a.status_code for a in answers] == [401, 401, 401]
    assert told[0] == told[1] == told[2]


async def test_a_wrong_token_is_refused_and_no_token_is_asked_for_one(web: Web) -> None:
    refused = await web.get("/auth/me", authorization="Bearer wrong")
    missing = await web.get("/auth/me")
    assert code(refused) == (401, "token_refused")
    assert code(missing) == (401, "sign_in_needed")
    assert missing.headers["www-authenticate"] == "Bearer"


async def test_a_signed_out_token_is_refused_on_the_next_request(web: Web) -> None:
    ann = await person(web)
    other = await sign_in(web, ann.email)
    assert (await ann.post("/auth/logout")).status_code == 200
    assert code(await ann.get("/auth/me")) == (401, "session_over")
    refreshed = await web.post("/auth/refresh", {"refresh_token": ann.refresh_token})
    assert code(refreshed) == (401, "session_over")
    assert (await other.get("/auth/me")).status_code == 200


async def test_signing_out_everywhere_ends_every_session(web: Web) -> None:
    ann = await person(web)
    other = await sign_in(web, ann.email)
    await ann.post("/auth/logout-everywhere")
    assert code(await ann.get("/auth/me")) == (401, "session_over")
    assert code(await other.get("/auth/me")) == (401, "session_over")


async def test_a_refresh_token_does_once_and_a_second_use_ends_the_session(web: Web) -> None:
    ann = await person(web)
    first = await web.post("/auth/refresh", {"refresh_token": ann.refresh_token})
    fresh = of_answer(web, first.json())
    assert (await fresh.get("/auth/me")).status_code == 200
    again = await web.post("/auth/refresh", {"refresh_token": ann.refresh_token})
    assert code(again) == (401, "session_over")
    assert code(await fresh.get("/auth/me")) == (401, "session_over")
    last = await web.post("/auth/refresh", {"refresh_token": fresh.refresh_token})
    assert code(last) == (401, "session_over")


async def test_an_access_token_is_over_in_minutes_and_its_session_goes_on(web: Web) -> None:
    ann = await person(web)
    web.shop.clock.advance(timedelta(minutes=15))
    assert code(await ann.get("/auth/me")) == (401, "token_refused")
    fresh = of_answer(
        web, (await web.post("/auth/refresh", {"refresh_token": ann.refresh_token})).json()
    )
    assert (await fresh.get("/auth/me")).status_code == 200


async def test_a_session_that_nobody_uses_is_over_after_a_day(web: Web) -> None:
    ann = await person(web)
    web.shop.clock.advance(timedelta(days=1))
    answer = await web.post("/auth/refresh", {"refresh_token": ann.refresh_token})
    assert code(answer) == (401, "session_over")


async def test_ones_own_sessions_are_listed_and_ended_and_nobody_elses(web: Web) -> None:
    ann, bob = await person(web), await person(web, "bob@example.com")
    await sign_in(web, ann.email)
    listed = (await ann.get("/auth/sessions")).json()["items"]
    theirs = (await bob.get("/auth/sessions")).json()["items"]
    assert [each["current"] for each in listed].count(True) == 1
    assert len(listed) == 2
    foreign = await ann.ask("DELETE", f"/auth/sessions/{theirs[0]['id']}")
    missing = await ann.ask("DELETE", "/auth/sessions/0195510c-0000-7000-8000-ffffffffffff")
    assert code(foreign) == code(missing) == (404, "session_not_found")
    other = next(each["id"] for each in listed if not each["current"])
    assert (await ann.ask("DELETE", f"/auth/sessions/{other}")).status_code == 200
    assert len((await ann.get("/auth/sessions")).json()["items"]) == 1
    assert (await bob.get("/auth/me")).status_code == 200


async def test_the_profile_is_what_its_owner_says(web: Web) -> None:
    ann = await person(web)
    body = {"first_name": " Anna ", "last_name": "Li", "date_of_birth": "1990-05-17"}
    changed = (await ann.ask("PUT", "/auth/profile", body)).json()
    assert (changed["first_name"], changed["last_name"]) == ("Anna", "Li")
    assert changed["date_of_birth"] == "1990-05-17"
    future = await ann.ask("PUT", "/auth/profile", {**body, "date_of_birth": "2999-01-01"})
    assert future.json()["errors"][0]["field"] == "date_of_birth"


async def test_a_changed_password_ends_every_session_before_it(web: Web) -> None:
    ann = await person(web)
    other = await sign_in(web, ann.email)
    wrong = await ann.post(
        "/auth/change-password", {"current_password": "x", "new_password": "another 1, longer!"}
    )
    assert code(wrong) == (403, "password_wrong")
    answer = await ann.post(
        "/auth/change-password",
        {"current_password": PASSWORD, "new_password": "another 1, longer!"},
    )
    fresh = of_answer(web, answer.json())
    assert code(await ann.get("/auth/me")) == (401, "session_over")
    assert code(await other.get("/auth/me")) == (401, "session_over")
    assert (await fresh.get("/auth/me")).status_code == 200
    old = await web.post("/auth/login", {"email": ann.email, "password": PASSWORD})
    assert code(old) == (401, "wrong_credentials")
    await sign_in(web, ann.email, "another 1, longer!")
    await web.shop.store.react(REACTIONS, web.shop.ports)
    assert any("password was changed" in mail.subject for mail in web.shop.mailer.sent)


async def test_a_forgotten_password_is_set_by_a_mailed_link_once(web: Web) -> None:
    ann = await person(web)
    known = await web.post("/auth/forgot-password", {"email": ann.email})
    unknown = await web.post("/auth/forgot-password", {"email": "nobody@example.com"})
    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())
    secret = await mailed(web, ann.email)
    assert not [mail for mail in web.shop.mailer.sent if mail.to == "nobody@example.com"]
    weak = await web.post("/auth/reset-password", {"token": secret, "password": "weak"})
    assert weak.status_code == 400
    body = {"token": secret, "password": "another 1, longer!"}
    assert (await web.post("/auth/reset-password", body)).status_code == 200
    assert code(await web.post("/auth/reset-password", body)) == (400, "link_invalid")
    assert code(await ann.get("/auth/me")) == (401, "session_over")
    fresh = await sign_in(web, ann.email, "another 1, longer!")
    assert (await fresh.get("/auth/me")).json()["email_verified"] is True


async def test_a_newer_link_voids_the_older_and_all_are_for_one_purpose(web: Web) -> None:
    ann = await person(web)
    verification = await mailed(web, ann.email)
    wrong_purpose = {"token": verification, "password": "another 1, longer!"}
    assert code(await web.post("/auth/reset-password", wrong_purpose)) == (400, "link_invalid")
    await ann.post("/auth/resend-verification")
    newer = await mailed(web, ann.email)
    assert newer != verification
    old = await web.post("/auth/verify-email", {"token": verification, "password": PASSWORD})
    assert code(old) == (400, "link_invalid")
    assert (
        await web.post("/auth/verify-email", {"token": newer, "password": PASSWORD})
    ).status_code == 200
    assert (await ann.get("/auth/me")).json()["email_verified"] is True


async def test_a_link_is_good_for_as_long_as_it_says(web: Web) -> None:
    ann = await person(web)
    secret = await mailed(web, ann.email)
    web.shop.clock.advance(timedelta(days=1))
    late = await web.post("/auth/verify-email", {"token": secret, "password": PASSWORD})
    assert code(late) == (400, "link_invalid")


async def proven(web: Web) -> Person:
    """Ann, whose e-mail is confirmed."""
    ann = await person(web)
    await web.post(
        "/auth/verify-email", {"token": await mailed(web, ann.email), "password": PASSWORD}
    )
    return ann


async def test_an_e_mail_changes_once_both_ends_confirmed_it(web: Web) -> None:
    ann = await proven(web)
    body = {"email": "anna@example.com", "password": PASSWORD}
    assert (await ann.post("/auth/change-email", body)).status_code == 202
    new = await mailed(web, "anna@example.com")
    old = await mailed(web, "ann@example.com")
    first = await web.post("/auth/confirm-email", {"token": new, "password": PASSWORD})
    assert first.status_code == 200
    assert (await ann.get("/auth/me")).json()["email"] == "ann@example.com"
    await web.post("/auth/confirm-email", {"token": old})
    me = (await ann.get("/auth/me")).json()
    assert (me["email"], me["email_verified"], me["pending_email"]) == (
        "anna@example.com",
        True,
        None,
    )
    await web.shop.store.react(REACTIONS, web.shop.ports)
    told = [mail.to for mail in web.shop.mailer.sent if "e-mail was changed" in mail.subject]
    assert sorted(told) == ["ann@example.com", "anna@example.com"]
    again = await web.post("/auth/confirm-email", {"token": old})
    assert code(again) == (400, "link_invalid")


async def test_an_e_mail_that_nobody_may_read_has_no_say_in_its_change(web: Web) -> None:
    ann = await person(web, "slip@exmaple.com")
    await ann.post("/auth/change-email", {"email": "ann@example.com", "password": PASSWORD})
    new = await mailed(web, "ann@example.com")
    assert not [mail for mail in web.shop.mailer.sent if "approve" in mail.subject]
    told = await web.post("/auth/confirm-email", {"token": new, "password": PASSWORD})
    assert told.json() == {"message": "The e-mail is changed."}
    me = (await ann.get("/auth/me")).json()
    assert (me["email"], me["email_verified"]) == ("ann@example.com", True)


async def test_links_in_the_old_mailbox_are_void_once_the_e_mail_is_another(web: Web) -> None:
    ann = await proven(web)
    await web.post("/auth/forgot-password", {"email": ann.email})
    left_behind = await mailed(web, ann.email)
    await ann.post("/auth/change-email", {"email": "anna@example.com", "password": PASSWORD})
    for end in ("anna@example.com", "ann@example.com"):
        secret = await mailed(web, end)
        assert (
            await web.post("/auth/confirm-email", {"token": secret, "password": PASSWORD})
        ).status_code == 200
    body = {"token": left_behind, "password": "another 1, longer!"}
    assert code(await web.post("/auth/reset-password", body)) == (400, "link_invalid")


async def test_a_link_that_reaches_the_old_mailbox_late_sets_no_password(web: Web) -> None:
    ann = await person(web)
    await web.post("/auth/forgot-password", {"email": ann.email})
    late = await mailed(web, ann.email)
    async with web.shop.ports.unit_of_work() as work:
        account = await work.accounts.by_email(ann.email, lock=True)
        assert account is not None
        # As where the e-mail changes between the reading of the account and the link's storing.
        await work.accounts.save(account.after(email="anna@example.com"))
    body = {"token": late, "password": "another 1, longer!"}
    assert code(await web.post("/auth/reset-password", body)) == (400, "link_invalid")


async def test_a_change_of_e_mail_waits_no_longer_once_the_password_is_another(web: Web) -> None:
    ann = await person(web)
    await ann.post("/auth/change-email", {"email": "eve@example.com", "password": PASSWORD})
    await web.post("/auth/forgot-password", {"email": ann.email})
    body = {"token": await mailed(web, ann.email), "password": "another 1, longer!"}
    assert (await web.post("/auth/reset-password", body)).status_code == 200
    fresh = await sign_in(web, ann.email, "another 1, longer!")
    assert (await fresh.get("/auth/me")).json()["pending_email"] is None


async def test_a_weak_new_password_is_refused_by_the_name_that_it_came_by(web: Web) -> None:
    ann = await person(web)
    body = {"current_password": PASSWORD, "new_password": "weak"}
    refused = await ann.post("/auth/change-password", body)
    assert refused.status_code == 400
    assert {each["field"] for each in refused.json()["errors"]} == {"new_password"}


async def test_an_old_sign_in_is_no_proof_for_what_an_account_stands_on(web: Web) -> None:
    ann = await person(web)
    web.shop.clock.advance(timedelta(minutes=11))
    unproven = await ann.post("/auth/change-email", {"email": "anna@example.com"})
    assert code(unproven) == (403, "proof_needed")


async def test_where_proof_comes_first_registering_tells_nothing() -> None:
    async with open_web() as plain:
        policy = plain.shop.ports.policy
    verified = evolve(policy, accounts=evolve(policy.accounts, registration=Registration.VERIFIED))
    async with open_web(policy=verified) as web:
        new = await web.post("/auth/register", registration("ann@example.com"))
        secret = await mailed(web, "ann@example.com")
        again = await web.post("/auth/register", registration("ann@example.com"))
        assert (new.status_code, new.json()) == (again.status_code, again.json())
        assert new.status_code == 202
        assert new.json()["token"] is None
        early = await web.post("/auth/login", {"email": "ann@example.com", "password": PASSWORD})
        assert code(early) == (403, "email_unproven")
        await web.post(
            "/auth/verify-email",
            {"token": await mailed(web, "ann@example.com"), "password": PASSWORD},
        )
        assert (await sign_in(web, "ann@example.com")).token
        assert secret
        await web.shop.store.react(REACTIONS, web.shop.ports)
        assert any("an account already" in mail.subject for mail in web.shop.mailer.sent)


async def test_a_session_is_over_after_thirty_days_however_much_it_is_used(web: Web) -> None:
    ann = await person(web)
    for _ in range(2 * 30 - 1):
        web.shop.clock.advance(timedelta(hours=12))
        answer = await web.post("/auth/refresh", {"refresh_token": ann.refresh_token})
        assert answer.status_code == 200
        ann = of_answer(web, answer.json())
    web.shop.clock.advance(timedelta(hours=12))
    late = await web.post("/auth/refresh", {"refresh_token": ann.refresh_token})
    assert code(late) == (401, "session_over")
