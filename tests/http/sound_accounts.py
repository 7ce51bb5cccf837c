"""A right request for every route of accounts that writes."""

from __future__ import annotations

from collections.abc import Mapping

from automate_store.adapters.memory.credentials import MemorySecondFactor
from tests.http.bad_input import Sound
from tests.http.people import PASSWORD, Person, mailed, person, registration, sign_in
from tests.http.web import ADDRESS, STAFF_TOKEN, Web

API = "/api/v1"
NEW = "another 1, longer!"
STAFF = {b"authorization": f"Bearer {STAFF_TOKEN}".encode()}


async def account_requests(web: Web) -> Mapping[str, Sound]:
    """Each of an account of its own where one would spoil another."""
    ann, eve = await person(web, "ann.sound@example.com"), await person(web, "eve@example.com")
    verify = await mailed(web, ann.email)
    await web.post("/auth/forgot-password", {"email": ann.email})
    reset = await mailed(web, ann.email)
    await ann.post("/auth/change-email", {"email": "new.sound@example.com"})
    confirm = await mailed(web, "new.sound@example.com")
    other = await sign_in(web, ann.email)
    sessions = (await other.get("/auth/sessions")).json()["items"]
    theirs = next(each["id"] for each in sessions if not each["current"])
    booked = (await ann.post("/auth/addresses", ADDRESS)).json()["id"]
    begun = (await ann.post("/auth/second-factor")).json()["secret"]
    code = MemorySecondFactor.code(begun, at=web.shop.clock())
    recovery = await _second_factor(web, eve)
    profile = {"first_name": "Ann", "last_name": "Lee", "phone": "1", "date_of_birth": "1990-05-17"}
    passwords = {"current_password": PASSWORD, "new_password": NEW}
    standing = {"role": "customer", "groups": ["trade"], "tax_exempt": True}
    mine, login = _of(ann), {"email": ann.email, "password": PASSWORD, "code": "123456"}

    def at(path: str, body: Mapping[str, object] | None, headers: Mapping[bytes, bytes]) -> Sound:
        return Sound(path=API + path, body=body, headers=headers)

    return {
        "register": at("/auth/register", registration("new@example.com", phone="1"), {}),
        "login": at("/auth/login", login, {}),
        "refresh": at("/auth/refresh", {"refresh_token": other.refresh_token}, {}),
        "forgot_password": at("/auth/forgot-password", {"email": ann.email}, {}),
        "reset_password": at("/auth/reset-password", {"token": reset, "password": NEW}, {}),
        "verify_email": at("/auth/verify-email", {"token": verify, "password": PASSWORD}, {}),
        "confirm_email": at("/auth/confirm-email", {"token": confirm, "password": PASSWORD}, {}),
        "resend_verification": at("/auth/resend-verification", None, mine),
        "change_profile": at("/auth/profile", profile, mine),
        "change_password": at("/auth/change-password", passwords, mine),
        "change_email": at(
            "/auth/change-email", {"email": "b@example.com", "password": PASSWORD}, mine
        ),
        "logout": at("/auth/logout", None, mine),
        "logout_everywhere": at("/auth/logout-everywhere", None, mine),
        "end_session": at(f"/auth/sessions/{theirs}", None, _of(other)),
        "begin_second_factor": at("/auth/second-factor", {"password": PASSWORD}, mine),
        "enable_second_factor": at("/auth/second-factor/enable", {"code": code}, mine),
        "disable_second_factor": at(
            "/auth/second-factor/disable", {"code": recovery, "password": PASSWORD}, _of(eve)
        ),
        "delete_account": at("/auth/delete-account", {"password": PASSWORD}, mine),
        "add_address": at("/auth/addresses", {**ADDRESS, "type": "billing"}, mine),
        "change_address": at(f"/auth/addresses/{booked}", ADDRESS, mine),
        "remove_address": at(f"/auth/addresses/{booked}", None, mine),
        "end_sessions_of": at(f"/admin/customers/{eve.id}/sessions", None, STAFF),
        "change_standing": at(f"/admin/customers/{ann.id}/standing", standing, STAFF),
    }


async def _second_factor(web: Web, eve: Person) -> str:
    """A recovery code of somebody whose second factor is on."""
    secret = (await eve.post("/auth/second-factor")).json()["secret"]
    code = MemorySecondFactor.code(secret, at=web.shop.clock())
    enabled = await eve.post("/auth/second-factor/enable", {"code": code})
    codes: list[str] = enabled.json()["recovery_codes"]
    return codes[0]


def _of(someone: Person) -> dict[bytes, bytes]:
    return {b"authorization": f"Bearer {someone.token}".encode()}
