"""Somebody with an account, and what they send."""

from __future__ import annotations

import re
from typing import Any

from attrs import frozen
from httpx import Response

from automate_store.application.reactions import REACTIONS
from automate_store.domain.identity import AccountRole, normalise_email
from tests.http.web import Web

PASSWORD = "correct horse 4 battery!"
_TOKEN = re.compile(r"#token=([\w-]+)")


@frozen
class Person:
    """An account, signed in."""

    web: Web
    email: str
    id: str
    token: str
    refresh_token: str

    @property
    def headers(self) -> dict[str, str]:
        """What says who asks."""
        return {"authorization": f"Bearer {self.token}"}

    async def ask(self, method: str, path: str, body: object = None, **more: str) -> Response:
        """One request of theirs."""
        named = {name.replace("_", "-"): value for name, value in more.items()}
        return await self.web.ask(method, path, body, headers={**self.headers, **named})

    async def get(self, path: str) -> Response:
        """Read."""
        return await self.ask("GET", path)

    async def post(self, path: str, body: object = None) -> Response:
        """Do."""
        return await self.ask("POST", path, body)


def registration(email: str, **changes: object) -> dict[str, object]:
    """What opens an account."""
    body = {"email": email, "password": PASSWORD, "first_name": "Ann", "last_name": "Lee"}
    return {**body, **changes}


async def person(web: Web, email: str = "ann@example.com", **changes: object) -> Person:
    """Somebody new, signed in."""
    answer = await web.post("/auth/register", registration(email, **changes))
    assert answer.status_code == 201, answer.text
    return of_answer(web, answer.json())


def of_answer(web: Web, told: dict[str, Any]) -> Person:
    """Whoever was handed these tokens."""
    user = told["user"]
    return Person(web, user["email"], user["id"], told["token"], told["refresh_token"])


async def sign_in(web: Web, email: str, password: str = PASSWORD, **more: object) -> Person:
    """The account, in another session."""
    answer = await web.post("/auth/login", {"email": email, "password": password, **more})
    assert answer.status_code == 200, answer.text
    return of_answer(web, answer.json())


async def staff(web: Web, role: AccountRole, email: str) -> Person:
    """Somebody who works here."""
    someone = await person(web, email)
    async with web.shop.ports.unit_of_work() as work:
        account = await work.accounts.by_email(normalise_email(email), lock=True)
        assert account is not None
        await work.accounts.save(account.after(role=role))
    return someone


async def mailed(web: Web, to: str) -> str:
    """The secret of the last link that was mailed there."""
    await web.shop.store.react(REACTIONS, web.shop.ports)
    texts = [mail.text for mail in web.shop.mailer.sent if mail.to == to]
    found = [match[1] for text in texts if (match := _TOKEN.search(text))]
    assert found, f"no link was mailed to {to}"
    return found[-1]
