"""Lives of customers, with everything in them that a log might tell on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from http.cookies import SimpleCookie
from typing import Any
from uuid import UUID

import pyotp
from attrs import define, field

from benchmarks.promises.p35_logs.marks import Marks
from benchmarks.rig.mails import Mailbox
from benchmarks.rig.shop import STAFF
from benchmarks.rig.shoppers import ADDRESS, API, Answer, Shoppers, fresh_key

HANDED_OUT = ("token", "refresh_token", "csrf_token", "secret", "uri")


@define
class Lives:
    """People who come, buy, and go; whatever secret they are told is marked."""

    shoppers: Shoppers
    marks: Marks
    mailbox: Mailbox
    variant: UUID
    answers: Counter[str] = field(factory=Counter, init=False)
    _bearer: dict[str, str] = field(factory=dict, init=False)
    _email: str = field(default="", init=False)
    _password: str = field(default="", init=False)

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request; what it hands out is marked."""
        sent = self._bearer if headers is None else headers
        answer = await self.shoppers.ask(method, API + path, body, headers=sent)
        self.answers[str(answer.status)] += 1
        self._mark(answer)
        return answer

    async def account(self, name: str) -> None:
        """Somebody registers, proves the e-mail, signs in and out, and changes everything."""
        self._email, self._password = self.marks.email(), self.marks.password()
        await self._arrive(name)
        await self._two_factors()
        await self._change()

    async def purchase(self) -> None:
        """A guest buys, with a note that should not be there, and staff send it."""
        added = await self.shoppers.add([(self.variant, 1)])
        cart = self.marks.secret("cart token", added.headers["X-Cart-Token"])
        opened = {"X-Cart-Token": cart, "Idempotency-Key": fresh_key()}
        place = {**ADDRESS, "address_line_1": self.marks.street(), "company": self.marks.card()}
        body = {
            "email": self.marks.email(),
            "shipping_address": place,
            "shipping_method": "standard",
            "notes": f"Take it from {self.marks.card()}",
        }
        placed = await self.ask("POST", "/orders", body, headers=opened)
        assert placed.ok, f"nothing could be ordered: {placed}"
        token, order = placed.body["token"], placed.body
        await self.shoppers.pay(order, token)
        again = {**body, "notes": "another"}
        await self.ask("POST", "/orders", again, headers=opened)
        await self.ask("GET", f"/orders/{order['id']}", headers={"X-Order-Token": token})
        parcel = {"carrier": "Post", "tracking_number": self.marks.word()}
        keyed = {**STAFF, "Idempotency-Key": fresh_key()}
        path = f"/admin/orders/{order['id']}/shipments"
        await self.ask("POST", path, parcel, headers=keyed)

    async def farewell(self) -> None:
        """The last of them takes all that is kept on them along, and is forgotten."""
        await self.ask("GET", "/auth/export")
        await self.ask("DELETE", "/auth/delete-account", {"password": self._password})

    async def _arrive(self, name: str) -> None:
        person = {"first_name": name, "last_name": self.marks.card()}
        opening = {"email": self._email, "password": self._password, **person}
        await self._signed_in("/auth/register", opening, {})
        await self.ask("POST", "/auth/register", opening, headers={})
        letter = await self.mailbox.link(self._email, "verify-email")
        secret = self.marks.secret("verification link", letter.secret)
        proof = {"token": secret, "password": self._password}
        for _ in range(2):
            await self.ask("POST", "/auth/verify-email", proof, headers={})
        wrong = {"email": self._email, "password": self.marks.password("wrong password")}
        await self.ask("POST", "/auth/login", wrong, headers={})
        await self._by_cookie()
        address = {**ADDRESS, "address_line_1": self.marks.street(), "type": "billing"}
        await self.ask("POST", "/auth/addresses", address)

    async def _by_cookie(self) -> None:
        body = {"email": self._email, "password": self._password, "cookies": True}
        answer = await self.ask("POST", "/auth/login", body, headers={})
        jar = SimpleCookie()
        for set_cookie in answer.headers.getall("Set-Cookie", ()):  # type: ignore[attr-defined]
            jar.load(set_cookie)
        for morsel in jar.values():
            self.marks.secret("cookie", morsel.value)
        cookie = {"Cookie": "; ".join(f"{name}={each.value}" for name, each in jar.items())}
        for csrf in (self.marks.password("wrong csrf token"), answer.body.get("csrf_token") or ""):
            sent = {**cookie, "X-CSRF-Token": csrf}
            await self.ask("POST", "/auth/logout", headers=sent)

    async def _two_factors(self) -> None:
        begun = await self.ask("POST", "/auth/second-factor", {"password": self._password})
        code = pyotp.TOTP(begun.body["secret"]).now()
        self.marks.secret("code", code)
        await self.ask("POST", "/auth/second-factor/enable", {"code": "000000"})
        enabled = await self.ask("POST", "/auth/second-factor/enable", {"code": code})
        recovery = [self.marks.secret("recovery code", c) for c in enabled.body["recovery_codes"]]
        login = {"email": self._email, "password": self._password}
        for given in ({}, {"code": code}, {"code": recovery[0]}, {"code": recovery[0]}):
            await self.ask("POST", "/auth/login", {**login, **given}, headers={})
        undo = {"code": recovery[1], "password": self._password}
        await self.ask("POST", "/auth/second-factor/disable", undo)

    async def _change(self) -> None:
        fresh = self.marks.password("new password")
        change = {"current_password": self._password, "new_password": fresh}
        await self.ask("POST", "/auth/change-password", change)
        await self.ask("POST", "/auth/change-password", change)
        await self.ask("POST", "/auth/forgot-password", {"email": self._email}, headers={})
        letter = await self.mailbox.link(self._email, "reset-password")
        self._password = self.marks.password("reset password")
        reset = {
            "token": self.marks.secret("reset link", letter.secret),
            "password": self._password,
        }
        for _ in range(2):
            await self.ask("POST", "/auth/reset-password", reset, headers={})
        login = {"email": self._email, "password": self._password}
        await self._signed_in("/auth/login", login, {})
        wanted = {"email": self.marks.email(), "password": self._password}
        await self.ask("POST", "/auth/change-email", wanted)
        for address in (self._email, wanted["email"]):
            link = await self.mailbox.link(address, "confirm-email")
            token = self.marks.secret("e-mail change link", link.secret)
            proven = {"token": token, "password": self._password}
            await self.ask("POST", "/auth/confirm-email", proven, headers={})
        self._email = wanted["email"]
        await self._signed_in("/auth/login", {**login, "email": self._email}, {})

    async def _signed_in(self, path: str, body: object, headers: Mapping[str, str]) -> None:
        answer = await self.ask("POST", path, body, headers=headers)
        assert answer.ok, f"nobody could sign in: {answer}"
        self._bearer = {"Authorization": f"Bearer {answer.body['token']}"}
        refresh = {"refresh_token": answer.body["refresh_token"]}
        fresh = await self.ask("POST", "/auth/refresh", refresh, headers={})
        self._bearer = {"Authorization": f"Bearer {fresh.body['token']}"}

    def _mark(self, answer: Answer) -> None:
        told: Any = answer.body
        for name in HANDED_OUT:
            if isinstance(told, dict) and isinstance(told.get(name), str):
                self.marks.secret(name, told[name])
