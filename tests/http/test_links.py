"""Mailed links: whoever reads the mail has to show that the account is theirs as well."""

from __future__ import annotations

import re

import pytest
from attrs import evolve

from automate_store.domain.identity import Registration
from tests.http.people import PASSWORD, Person, mailed, person, registration, sign_in
from tests.http.test_accounts import code
from tests.http.web import Web, open_web

VICTIM = "victim@example.com"
VICTIMS = "correct mule 5 battery?"


async def changing(web: Web, thief: Person) -> str:
    """The link that the victim is mailed to become the e-mail of the thief's account."""
    await thief.post("/auth/change-email", {"email": VICTIM, "password": PASSWORD})
    return await mailed(web, VICTIM)


async def test_a_link_alone_proves_no_e_mail_for_whoever_registered_it(web: Web) -> None:
    thief = await person(web, VICTIM)
    link = await mailed(web, VICTIM)
    for proof in ({}, {"password": VICTIMS}):
        refused = await web.post("/auth/verify-email", {"token": link, **proof})
        assert code(refused)[0] == 403
    assert (await thief.get("/auth/me")).json()["email_verified"] is False


async def test_somebody_elses_session_proves_no_e_mail(web: Web) -> None:
    await person(web, VICTIM)
    other = await person(web, "other@example.com")
    link = await mailed(web, VICTIM)
    refused = await other.post("/auth/verify-email", {"token": link})
    assert code(refused) == (403, "owner_unproven")


@pytest.mark.parametrize("proof", [{"password": PASSWORD}, {}])
async def test_a_link_that_was_refused_does_for_its_owner(web: Web, proof: dict[str, str]) -> None:
    ann = await person(web)
    link = await mailed(web, ann.email)
    wrong = await web.post("/auth/verify-email", {"token": link, "password": VICTIMS})
    assert code(wrong) == (403, "password_wrong")
    body = {"token": link, **proof}
    told = await (web.post("/auth/verify-email", body) if proof else ann.post(*_at(body)))
    assert told.status_code == 200
    assert (await ann.get("/auth/me")).json()["email_verified"] is True


async def test_a_link_alone_gives_no_account_another_e_mail(web: Web) -> None:
    thief = await person(web, "thief@example.com")
    link = await changing(web, thief)
    assert code(await web.post("/auth/confirm-email", {"token": link})) == (403, "owner_unproven")
    assert (await thief.get("/auth/me")).json()["email"] == "thief@example.com"


async def test_whoever_sets_a_password_by_mail_has_the_account_alone(web: Web) -> None:
    thief = await person(web, VICTIM)
    await web.post("/auth/forgot-password", {"email": VICTIM})
    body = {"token": await mailed(web, VICTIM), "password": VICTIMS}
    assert (await web.post("/auth/reset-password", body)).status_code == 200
    assert code(await thief.get("/auth/me")) == (401, "session_over")
    victim = await sign_in(web, VICTIM, VICTIMS)
    assert (await victim.get("/auth/me")).json()["email_verified"] is True


async def test_where_proof_comes_first_nobody_proves_anothers_password() -> None:
    async with open_web() as plain:
        policy = plain.shop.ports.policy
    verified = evolve(policy, accounts=evolve(policy.accounts, registration=Registration.VERIFIED))
    async with open_web(policy=verified) as web:
        await web.post("/auth/register", registration(VICTIM))
        await web.post("/auth/register", registration(VICTIM, password=VICTIMS))
        link = await mailed(web, VICTIM)
        for proof in ({}, {"password": VICTIMS}):
            refused = await web.post("/auth/verify-email", {"token": link, **proof})
            assert code(refused)[0] == 403
        login = {"email": VICTIM, "password": PASSWORD}
        assert code(await web.post("/auth/login", login)) == (403, "email_unproven")


async def test_pages_of_links_ask_for_the_accounts_password_and_send_no_cookies(web: Web) -> None:
    for name in ("verify-email", "confirm-email"):
        page = (await web.client.get(f"/account/{name}")).text
        assert 'autocomplete="current-password"' in page
        script = re.search(r'src="([^"]+account\.js)"', page)
        assert script is not None
        assert 'credentials: "omit"' in (await web.client.get(script[1])).text


def _at(body: dict[str, str]) -> tuple[str, dict[str, str]]:
    return "/auth/verify-email", body
