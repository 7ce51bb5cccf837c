"""A second factor: set up, asked for, used once, recovered from, and asked of staff."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from attrs import evolve

from automate_store.adapters.memory.credentials import MemorySecondFactor
from automate_store.domain.identity import AccountRole
from tests.http.people import PASSWORD, Person, mailed, person, sign_in, staff
from tests.http.web import Web, open_web


def code_now(web: Web, secret: str) -> str:
    """What the authenticator shows."""
    return MemorySecondFactor.code(secret, at=web.shop.clock())


async def enrolled(ann: Person) -> tuple[str, list[str]]:
    """The secret of a second factor that is on, and its recovery codes."""
    begun = (await ann.post("/auth/second-factor")).json()
    assert begun["uri"].startswith("otpauth://totp/")
    body = {"code": code_now(ann.web, begun["secret"])}
    enabled = await ann.post("/auth/second-factor/enable", body)
    assert enabled.status_code == 200, enabled.text
    return begun["secret"], enabled.json()["recovery_codes"]


async def login(web: Web, **more: object) -> Any:
    body = {"email": "ann@example.com", "password": PASSWORD, **more}
    return await web.post("/auth/login", body)


async def test_a_password_alone_does_until_a_first_code_came_back(web: Web) -> None:
    ann = await person(web)
    await ann.post("/auth/second-factor")
    assert (await login(web)).status_code == 200
    wrong = await ann.post("/auth/second-factor/enable", {"code": "000000"})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "code_wrong")
    assert (await ann.get("/auth/me")).json()["second_factor"] is False


async def test_a_sign_in_asks_for_a_code_and_takes_each_once(web: Web) -> None:
    ann = await person(web)
    secret, _ = await enrolled(ann)
    assert (await login(web)).json()["code"] == "second_factor_needed"
    used = await login(web, code=code_now(web, secret))
    assert used.json()["code"] == "code_wrong"
    web.shop.clock.advance(timedelta(seconds=30))
    assert (await login(web, code=code_now(web, secret))).status_code == 200
    again = await login(web, code=code_now(web, secret))
    assert again.json()["code"] == "code_wrong"


async def test_a_wrong_password_is_told_before_any_code(web: Web) -> None:
    ann = await person(web)
    secret, _ = await enrolled(ann)
    body = {"email": ann.email, "password": "wrong password 1!", "code": code_now(web, secret)}
    assert (await web.post("/auth/login", body)).json()["code"] == "wrong_credentials"


async def test_a_recovery_code_does_once_however_it_is_typed(web: Web) -> None:
    ann = await person(web)
    _, codes = await enrolled(ann)
    assert len(set(codes)) == 10
    typed = codes[3].replace("-", " ").lower()
    assert (await login(web, code=typed)).status_code == 200
    assert (await login(web, code=codes[3])).json()["code"] == "code_wrong"
    me = await ann.get("/auth/me")
    assert me.json()["recovery_codes_left"] == 9


async def test_turning_it_off_takes_a_code(web: Web) -> None:
    ann = await person(web)
    _, codes = await enrolled(ann)
    again = await ann.post("/auth/second-factor")
    assert (again.status_code, again.json()["code"]) == (409, "second_factor_on")
    refused = await ann.post("/auth/second-factor/disable", {"code": "000000"})
    assert refused.json()["code"] == "code_wrong"
    off = await ann.post("/auth/second-factor/disable", {"code": codes[0]})
    assert off.json()["second_factor"] is False
    assert (await login(web)).status_code == 200


async def test_staff_may_be_asked_for_one_before_they_do_anything() -> None:
    async with open_web() as plain:
        policy = plain.shop.ports.policy
    strict = evolve(policy, accounts=evolve(policy.accounts, staff_second_factor=True))
    async with open_web(policy=strict) as web:
        sue = await staff(web, AccountRole.ADMIN, "ann@example.com")
        refused = await sue.get("/admin/customers")
        assert (refused.status_code, refused.json()["code"]) == (403, "second_factor_missing")
        _, codes = await enrolled(sue)
        assert (await sue.get("/admin/customers")).status_code == 200
        back = await sign_in(web, "ann@example.com", code=codes[0])
        assert (await back.get("/admin/customers")).status_code == 200


async def test_staff_without_one_are_customers_wherever_customers_go() -> None:
    async with open_web() as plain:
        policy = plain.shop.ports.policy
    strict = evolve(policy, accounts=evolve(policy.accounts, staff_second_factor=True))
    async with open_web(policy=strict) as web:
        (shirt,) = await web.stock(1)
        order = await web.order(shirt)
        sue = await staff(web, AccountRole.ADMIN, "ann@example.com")
        assert (await sue.get(f"/orders/{order['id']}")).status_code == 404
        await enrolled(sue)
        assert (await sue.get(f"/orders/{order['id']}")).status_code == 200


async def test_a_second_factor_of_before_the_e_mail_was_proven_goes_with_a_new_password(
    web: Web,
) -> None:
    mallory = await person(web)
    await enrolled(mallory)
    await web.post("/auth/forgot-password", {"email": mallory.email})
    body = {"token": await mailed(web, mallory.email), "password": "another 1, longer!"}
    assert (await web.post("/auth/reset-password", body)).status_code == 200
    owner = await sign_in(web, mallory.email, "another 1, longer!")
    await enrolled(owner)
    await web.post("/auth/forgot-password", {"email": owner.email})
    again = {"token": await mailed(web, owner.email), "password": "yet another 1!"}
    await web.post("/auth/reset-password", again)
    left = await web.post("/auth/login", {"email": owner.email, "password": "yet another 1!"})
    assert left.json()["code"] == "second_factor_needed"
