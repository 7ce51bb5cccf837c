"""Bodies that come later than the head of their request, or never."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from attrs import define, evolve, field

from automate_store.domain.identity import AccountRole
from tests.http.people import PASSWORD, Person, person, staff
from tests.http.web import CONFIG, Web, open_web

BODY_TIMEOUT_S = 0.2
PROFILE = {"first_name": "Eve", "last_name": "Thief"}
ADMIN = {"role": "admin", "groups": [], "tax_exempt": False}
CUSTOMER = {"role": "customer", "groups": [], "tax_exempt": False}


@define
class Withheld:
    """A request whose head was taken, and whose body the server waits for."""

    sent: list[Any] = field(factory=list)
    asked: asyncio.Event = field(factory=asyncio.Event)
    coming: asyncio.Queue[Any] = field(factory=asyncio.Queue)
    served: asyncio.Task[None] | None = None

    async def receive(self) -> Any:
        """The next part, once there is one."""
        self.asked.set()
        return await self.coming.get()

    async def send(self, message: Any) -> None:
        """Keep what is answered."""
        self.sent.append(message)

    async def go_on(self, body: object) -> tuple[int, dict[str, Any]]:
        """The answer, once the body has come."""
        self.coming.put_nowait({"type": "http.request", "body": json.dumps(body).encode()})
        return await self.answer()

    async def answer(self) -> tuple[int, dict[str, Any]]:
        """What it is answered with."""
        assert self.served is not None
        await self.served
        told = b"".join(message.get("body", b"") for message in self.sent)
        return self.sent[0]["status"], json.loads(told)

    def header(self, name: bytes) -> bytes | None:
        """The header of the answer."""
        return dict(self.sent[0]["headers"]).get(name)


@asynccontextmanager
async def withheld(
    web: Web, method: str, path: str, headers: Mapping[str, str]
) -> AsyncIterator[Withheld]:
    """A request that was let in, and stands at its body."""
    request = Withheld()
    named = {"host": "shop.example", "content-type": "application/json", **headers}
    scope: Any = {
        "type": "http",
        "method": method,
        "path": f"/api/v1{path}",
        "query_string": b"",
        "client": ("192.0.2.1", 1),
        "headers": [(name.encode(), value.encode()) for name, value in named.items()],
    }
    request.served = asyncio.ensure_future(web.app(scope, request.receive, request.send))
    asked = asyncio.ensure_future(request.asked.wait())
    await asyncio.wait({asked, request.served}, return_when=asyncio.FIRST_COMPLETED)
    yield request
    asked.cancel()
    request.served.cancel()


async def _over(ann: Person) -> None:
    body = {"current_password": PASSWORD, "new_password": "another horse 5 battery?"}
    answer = await ann.post("/auth/change-password", body)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/auth/profile", PROFILE),
        ("POST", "/auth/change-email", {"email": "thief@example.com"}),
        ("POST", "/auth/second-factor", {}),
    ],
)
async def test_a_session_that_ended_before_the_body_came_opens_nothing(
    web: Web, method: str, path: str, body: object
) -> None:
    ann = await person(web)
    length = {"content-length": str(len(json.dumps(body)))}
    async with withheld(web, method, path, {**ann.headers, **length}) as request:
        await _over(ann)
        kept = web.rows()
        status, told = await request.go_on(body)
    assert (status, told["code"]) == (401, "session_over")
    assert web.rows() == kept


async def test_an_admin_who_was_made_a_customer_before_the_body_came_is_one(web: Web) -> None:
    root = await staff(web, AccountRole.ADMIN, "root@example.com")
    eve = await staff(web, AccountRole.ADMIN, "eve@example.com")
    path = f"/admin/customers/{eve.id}/standing"
    async with withheld(web, "PUT", path, eve.headers) as request:
        assert (await root.ask("PUT", path, CUSTOMER)).status_code == 200
        status, told = await request.go_on(ADMIN)
    assert (status, told["code"]) == (404, "no_such_route")
    assert (await eve.get("/auth/me")).json()["role"] == "customer"


async def test_a_body_that_comes_late_is_taken_from_whoever_is_signed_in_still(web: Web) -> None:
    ann = await person(web)
    async with withheld(web, "PUT", "/auth/profile", ann.headers) as request:
        await asyncio.sleep(0)
        status, told = await request.go_on(PROFILE)
    assert (status, told["first_name"]) == (200, "Eve")


async def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    config = evolve(CONFIG, body_timeout_s=BODY_TIMEOUT_S)
    async with open_web(config) as web:
        ann = await person(web)
        async with withheld(web, "PUT", "/auth/profile", ann.headers) as request:
            request.coming.put_nowait({"type": "http.request", "body": b"{", "more_body": True})
            status, told = await asyncio.wait_for(request.answer(), 5)
    assert (status, told["code"]) == (408, "body_too_slow")
    assert request.header(b"connection") == b"close"
