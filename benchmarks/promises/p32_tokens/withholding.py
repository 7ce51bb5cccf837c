"""Requests that were let in, and whose bodies come after their token was taken back."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

from attrs import frozen

from benchmarks.promises.p32_tokens.revoking import OVER, ROLES, WAYS, WHAT_IS_TOLD, Act, Victim
from benchmarks.promises.run import Run
from benchmarks.rig.mails import Mailbox
from benchmarks.rig.people import again, employee
from benchmarks.rig.shoppers import API, Shoppers

LET_IN_S = 0.2
"""How long the server has to take the head, before the token is taken back."""
ANSWER_S = 30


@frozen(kw_only=True)
class Withheld:
    """A request whose head was sent, and whose body is kept."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    body: bytes

    async def go_on(self) -> str:
        """What it is answered, once its body was sent."""
        self.writer.write(self.body)
        told = await asyncio.wait_for(self.reader.read(), ANSWER_S)
        self.writer.close()
        head, _, body = told.partition(b"\r\n\r\n")
        status, answered = head.split()[1].decode(), json.loads(body)
        return f"{status} {answered.get('code', '')}".strip()


async def what_is_over_is_over_for_bodies_too(
    run: Run, shoppers: Shoppers, mailbox: Mailbox
) -> None:
    """Take sessions back in every way, while a request on each server waits for its body."""
    refused = 0
    for turn in range(run.size(10, 1)):
        for number, (name, act) in enumerate(WAYS.items()):
            email = f"p32-body-{run.seed}-{turn}-{number}@example.com"
            person = await employee(shoppers, email, "admin")
            other = await again(shoppers, person)
            victim = Victim(shoppers=shoppers, person=person, other=other, mailbox=mailbox)
            refused += await _withheld(run, victim, name, act, server=(turn + number) % 2)
    run.measured["bodies_refused"] = refused


async def _withheld(run: Run, victim: Victim, name: str, act: Act, *, server: int) -> int:
    method, path, body = _what_is_sent(victim, name)
    held = [
        await _begin(base, method, path, body, victim.person.token)
        for base in victim.shoppers.bases
    ]
    await asyncio.sleep(LET_IN_S)
    done = await act(victim, server)
    run.require(done.ok, f"{name}, a body withheld: answered {done.label()}")
    for request in held:
        label = await request.go_on()
        run.tries += 1
        run.require(
            label == WHAT_IS_TOLD.get(name, OVER), f"{name}: a body that came later got {label}"
        )
    return len(held)


def _what_is_sent(victim: Victim, name: str) -> tuple[str, str, Any]:
    """What the session may do that is over; what the role may, where that changes."""
    if name in ROLES:
        return "PUT", f"/admin/customers/{victim.person.id}/standing", {"role": "admin"}
    return "PUT", "/auth/profile", {"first_name": "Eve", "last_name": "Late"}


async def _begin(base: str, method: str, path: str, body: Any, token: str) -> Withheld:
    where = urlsplit(base)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    data = json.dumps(body).encode()
    head = [
        f"{method} {API}{path} HTTP/1.1",
        f"Host: {where.netloc}",
        f"Authorization: Bearer {token}",
        "Content-Type: application/json",
        f"Content-Length: {len(data)}",
        "Connection: close",
    ]
    writer.write("\r\n".join([*head, "", ""]).encode())
    await writer.drain()
    return Withheld(reader=reader, writer=writer, body=data)
