"""The writing routes of accounts: signing up, in and out, and what an account stands on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyotp

from benchmarks.promises.p08_bounds import values as v
from benchmarks.promises.p08_bounds.cases import Route
from benchmarks.rig.accounts import PASSWORD, Member, link, register, registration, sign_in
from benchmarks.rig.mails import Mailbox
from benchmarks.rig.shop import STAFF, Shop
from benchmarks.rig.shoppers import ADDRESS, API, Shoppers

NEW = "another 1, longer!"
PASSWORDS: tuple[Any, ...] = (
    *(None, 1, True, [], {}, "", "short1!", "no number here!", "n0specialhere", "Password1!"),
    *("x" * 130 + "1!", "x" * 5_000 + "1!", "pass\x00word 1!"),
)
SECRETS: tuple[Any, ...] = (*v.REQUIRED_TEXTS, "x" * 43, "../../etc/passwd")
CODES: tuple[Any, ...] = (*v.REQUIRED_TEXTS, "1", "000000", "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA")
NAMES: tuple[Any, ...] = (*v.REQUIRED_TEXTS, "x" * 101)
PROFILE: Mapping[str, Sequence[Any]] = {
    "first_name": NAMES,
    "last_name": NAMES,
    "phone": (*v.TEXTS, "1" * 21),
    "date_of_birth": (1, "", "yesterday", "2999-01-01", "1800-01-01", "1990-02-30", [], True),
}
BOOK: Mapping[str, Sequence[Any]] = {
    "first_name": NAMES,
    "city": NAMES,
    "address_line_1": (*v.REQUIRED_TEXTS, "x" * 256),
    "postal_code": (*v.TEXTS, None, "1" * 21),
    "state": (*v.TEXTS, None),
    "country": v.COUNTRIES,
    "type": (None, 1, "", "home", []),
    "is_default": (None, 0, 1, "yes", []),
}


async def accounts(shop: Shop, shoppers: Shoppers) -> list[Route]:
    """In an order in which each can still succeed once all cases are through."""
    ada = await register(shoppers, "ada.p08@example.com")
    eve = await register(shoppers, "eve.p08@example.com")
    return [
        *await _outside(shop, ada, eve),
        *await _second_factor(shoppers),
        *await _book(shoppers, ada),
        _standing(eve),
        Route(
            method="DELETE",
            path=f"{API}/admin/customers/{eve.id}/sessions",
            template="/admin/customers/{id}/sessions",
            headers=STAFF,
        ),
        *await _inside(shoppers, ada),
    ]


async def _outside(shop: Shop, ada: Member, eve: Member) -> list[Route]:
    """What somebody does who is not signed in."""
    new = registration("new.p08@example.com")
    login = {"email": eve.email, "password": PASSWORD}
    changed = "changed.p08@example.com"
    shop.database.rows(
        "UPDATE users SET pending_email = jsonb_build_object('email', %s::text,"
        " 'old_confirmed', false, 'new_confirmed', false) WHERE id = %s RETURNING id",
        [changed, eve.id],
    )
    verify = (await Mailbox(shop.mails).link(ada.email, "verify-email")).secret
    reset = link(shop, eve, "reset_password")
    # Of the new address: who reads the old one's mail needs no password.
    confirm = link(shop, eve, "change_email_new", email=changed)
    secret = {"token": SECRETS}
    proof = {**secret, "password": PASSWORDS}
    return [
        _route(
            "register",
            new,
            {"email": v.EMAILS, "password": (*PASSWORDS, f"1{new['email']}"), **PROFILE},
        ),
        _route("login", login, {"email": v.REQUIRED_TEXTS, "password": (*PASSWORDS, "wrong 1!")}),
        _route(
            "refresh",
            {"refresh_token": eve.refresh_token},
            {"refresh_token": (*v.TEXTS, "", "x" * 43)},
            body_optional=True,
        ),
        _route("forgot-password", {"email": ada.email}, {"email": v.TEXTS}),
        _route("verify-email", {"token": verify, "password": PASSWORD}, proof),
        _route("confirm-email", {"token": confirm, "password": PASSWORD}, proof),
        _route(
            "reset-password",
            {"token": reset, "password": NEW},
            {**secret, "password": (*PASSWORDS, f"1{eve.email}")},
        ),
    ]


async def _second_factor(shoppers: Shoppers) -> list[Route]:
    """One account turns it on, another off."""
    on = await register(shoppers, "on.p08@example.com")
    off = await register(shoppers, "off.p08@example.com")
    begun = await _asked(shoppers, off, "second-factor")
    now = {"code": pyotp.TOTP(begun["secret"]).now()}
    recovery = (await _asked(shoppers, off, "second-factor/enable", now))["recovery_codes"]
    secret = (await _asked(shoppers, on, "second-factor"))["secret"]
    other = await register(shoppers, "begin.p08@example.com")
    sound = {"password": PASSWORD}
    proof: Mapping[str, Sequence[Any]] = {"password": (1, True, [], {}, "wrong", "x" * 5_000)}
    return [
        _route("second-factor", sound, proof, headers=other.headers, body_optional=True),
        _route(
            "second-factor/enable",
            {"code": pyotp.TOTP(secret).now()},
            {"code": CODES},
            headers=on.headers,
            lasting=secret,
        ),
        _route(
            "second-factor/disable",
            {"code": recovery[0], "password": PASSWORD},
            {"code": CODES, **proof},
            headers=off.headers,
        ),
    ]


async def _asked(shoppers: Shoppers, someone: Member, path: str, body: object = None) -> Any:
    answer = await shoppers.ask("POST", f"{API}/auth/{path}", body, headers=someone.headers)
    assert answer.ok, f"{path}: {answer}"
    return answer.body


async def _book(shoppers: Shoppers, ada: Member) -> list[Route]:
    paths = [await _booked(shoppers, ada) for _ in range(2)]
    return [
        _route("addresses", ADDRESS, BOOK, headers=ada.headers),
        _route(paths[0], ADDRESS, BOOK, headers=ada.headers, method="PUT", of="addresses"),
        _route(paths[1], None, {}, headers=ada.headers, method="DELETE", of="addresses"),
    ]


async def _booked(shoppers: Shoppers, ada: Member) -> str:
    return f"addresses/{(await _asked(shoppers, ada, 'addresses', ADDRESS))['id']}"


def _standing(eve: Member) -> Route:
    return Route(
        method="PUT",
        path=f"{API}/admin/customers/{eve.id}/standing",
        template="/admin/customers/{id}/standing",
        headers=STAFF,
        body={"role": "customer", "groups": ["trade"], "tax_exempt": True},
        fields={
            "role": (None, 1, "", "guest", "system", "root", "ADMIN", []),
            "groups": (1, "trade", [1], [""], ["x" * 101], ["\x00"], ["x"] * 101),
            "tax_exempt": v.FLAGS,
        },
    )


async def _inside(shoppers: Shoppers, ada: Member) -> list[Route]:
    """What somebody does with their own account, its end last."""
    theirs = (await sign_in(shoppers, ada.email)).token
    listed = await shoppers.ask("GET", f"{API}/auth/sessions", headers=ada.headers)
    other = next(each["id"] for each in listed.body["items"] if not each["current"])
    leaving = await register(shoppers, "leaving.p08@example.com")
    out, everywhere = [await register(shoppers, f"out{n}.p08@example.com") for n in range(2)]
    profile = {"first_name": "Ada", "last_name": "Byron"}
    wrong = {"current_password": ("wrong 1!", *v.REQUIRED_TEXTS), "new_password": PASSWORDS}
    assert theirs, "another session to be ended"
    return [
        _route("profile", profile, PROFILE, headers=ada.headers, method="PUT"),
        _route("resend-verification", None, {}, headers=ada.headers),
        _route(
            "change-email",
            {"email": "b.p08@example.com", "password": PASSWORD},
            {"email": v.EMAILS, "password": (1, [], "wrong 1!")},
            headers=ada.headers,
        ),
        _route(f"sessions/{other}", None, {}, headers=ada.headers, method="DELETE", of="sessions"),
        _route(
            "change-password",
            {"current_password": PASSWORD, "new_password": NEW},
            wrong,
            headers=ada.headers,
        ),
        _route("logout", None, {}, headers=out.headers),
        _route("logout-everywhere", None, {}, headers=everywhere.headers),
        _route(
            "delete-account",
            {"password": PASSWORD},
            {"password": (1, [], "wrong 1!")},
            headers=leaving.headers,
            method="DELETE",
            body_optional=True,
        ),
    ]


def _route(
    path: str,
    body: Mapping[str, Any] | None,
    fields: Mapping[str, Sequence[Any]],
    *,
    headers: Mapping[str, str] | None = None,
    method: str = "POST",
    of: str | None = None,
    body_optional: bool = False,
    lasting: str | None = None,
) -> Route:
    """A route below /auth; ``of`` names what the id at its end is of."""
    template = path if of is None else f"{of}/{{id}}"
    return Route(
        method=method,
        path=f"{API}/auth/{path}",
        template=f"/auth/{template}",
        headers=headers or {},
        body=body,
        fields=fields,
        body_optional=body_optional,
        authenticator=lasting,
    )
