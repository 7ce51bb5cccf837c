"""Requests that say where the shop is, over plain sockets: no mailed link believes them."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from attrs import frozen

from benchmarks.promises.p33_links.asking import RESET
from benchmarks.promises.run import Run
from benchmarks.rig.accounts import register
from benchmarks.rig.mails import Mailbox
from benchmarks.rig.servers import Server
from benchmarks.rig.shop import Shop
from benchmarks.rig.shoppers import API, Shoppers

FORMS = 50
HOME = "http://shop.example"
EVIL = "evil.example"
ANSWER_S = 10.0
TAKEN = 202
BELIEVING: Mapping[str, str] = {"public_url": HOME, "allowed_hosts": "*"}
"""A server that answers whatever host it is asked for, so that nothing else protects it."""

HOSTS: Sequence[str] = (
    EVIL,
    f"{EVIL}:80",
    f"{EVIL}:",
    f"{EVIL}.",
    EVIL.upper(),
    f"shop.example.{EVIL}",
    f"shop.example@{EVIL}",
    f"shop.example:80@{EVIL}",
    f"shop.example,{EVIL}",
    f"shop.example, {EVIL}",
    f"shop.example {EVIL}",
    f"shop.example\t{EVIL}",
    f"shop.example#{EVIL}",
    f"shop.example?{EVIL}",
    f"shop.example\\{EVIL}",
    f"{EVIL}/shop.example",
    f"{EVIL}#shop.example",
    f"{EVIL}?shop.example",
    f"http://{EVIL}",
    f"//{EVIL}",
    f"[::1]{EVIL}",
    "[::1]",
    "xn--hop-7ma.example",
    "127.0.0.1:99999",
    "",
)
BELIEVED: Sequence[str] = (
    "X-Forwarded-Host",
    "X-Forwarded-Server",
    "X-Host",
    "X-Original-Host",
    "X-HTTP-Host-Override",
    "X-Original-URL",
    "X-Rewrite-URL",
    "X-Forwarded-Prefix",
    "Origin",
    "Referer",
    "True-Host",
)
"""Headers that one framework or another takes the shop's name from."""


@frozen
class Form:
    """One way to name another host; ``lines`` stand between the request's first and the rest."""

    name: str
    lines: tuple[str, ...]
    target: str = f"{API}/auth/forgot-password"
    version: str = "1.1"


def forms(ours: str) -> Iterator[Form]:
    """Every form; ``ours`` is a host that the server does answer to."""
    for host in HOSTS:
        yield Form(f"Host: {host}", (f"Host: {host}",))
    for name in BELIEVED:
        value = EVIL if name.endswith(("Host", "Server", "Override")) else f"http://{EVIL}/"
        yield Form(f"{name}: {value}", (f"Host: {ours}", f"{name}: {value}"))
    for name, told in {
        "Forwarded": f"host={EVIL};proto=https",
        "Forwarded twice": f'for=1.1.1.1;host="{EVIL}", for=2.2.2.2;host={EVIL}',
    }.items():
        yield Form(name, (f"Host: {ours}", f"Forwarded: {told}"))
    proto = ("X-Forwarded-Proto: ftp", "X-Forwarded-Port: 99", "X-Forwarded-Scheme: evil")
    yield Form("another scheme and port", (f"Host: {ours}", *proto))
    twice = (f"X-Forwarded-Host: {ours}", f"X-Forwarded-Host: {EVIL}")
    yield Form("X-Forwarded-Host twice", (f"Host: {ours}", *twice))
    listed = f"X-Forwarded-Host: {ours}, {EVIL}"
    yield Form("X-Forwarded-Host with a list", (f"Host: {ours}", listed))
    yield Form("Host twice, ours first", (f"Host: {ours}", f"Host: {EVIL}"))
    yield Form("Host twice, ours last", (f"Host: {EVIL}", f"Host: {ours}"))
    yield Form("Host folded over two lines", (f"Host: {ours}", f" {EVIL}"))
    yield Form("Host behind a blank", (f" Host: {EVIL}", f"Host: {ours}"))
    yield Form("Host before a blank", (f"Host : {EVIL}", f"Host: {ours}"))
    yield Form("no Host", ())
    yield Form("no Host in HTTP/1.0", (), version="1.0")
    path = f"{API}/auth/forgot-password"
    for target in (f"http://{EVIL}{path}", f"https://{EVIL}:80{path}", f"//{EVIL}{path}"):
        for host in (ours, EVIL):
            yield Form(f"{target} with Host: {host}", (f"Host: {host}",), target=target)
    yield Form(f"@{EVIL} in the path", (f"Host: {ours}",), target=f"@{EVIL}{path}")


async def links_lead_home(shop: Shop, run: Run, shoppers: Shoppers, mailbox: Mailbox) -> None:
    """Ask for a link in every form, of servers that care for the host and of one that does not."""
    email = f"p33-hosts-{run.seed}@example.com"
    await register(shoppers, email)
    with shop.beside(BELIEVING) as (believing,):
        # Each server that does the mailing has an address of its own to lead to.
        homes = {HOME, *shop.bases}
        statuses: Counter[str] = Counter()
        taken = 0
        for server in (believing, *shop.servers):
            taken += await _ask_in_every_form(run, server, email, statuses)
        run.require(taken >= FORMS, f"only {taken} requests were taken, and proved something")
        letters = await mailbox.wait(email, taken + 1)
    links = [letter for letter in letters if letter.page == RESET]
    run.measured["forms"] = dict(sorted(statuses.items()))
    run.equal("mails of the requests that were taken", len(links), taken)
    for letter in links:
        run.require(letter.base in homes, f"a link leads to {letter.base}")
        run.require(EVIL not in letter.text.lower(), "a mail names the other host")


async def _ask_in_every_form(run: Run, server: Server, email: str, statuses: Counter[str]) -> int:
    """How many were taken; all others are refused, and nothing breaks."""
    ours = urlsplit(server.base).netloc
    asked = list(forms(ours))
    run.require(len(asked) >= FORMS, f"{len(asked)} forms are fewer than {FORMS}")
    taken = 0
    for form in asked:
        status = await _send(server, form, email)
        run.tries += 1
        statuses[str(status)] += 1
        taken += status == TAKEN
        refused = 400 <= status < 500
        run.require(status == TAKEN or refused, f"{form.name}: answered {status}")
    return taken


async def _send(server: Server, form: Form, email: str) -> int:
    """The status of the answer; 0 for none."""
    body = json.dumps({"email": email})
    head = (
        f"POST {form.target} HTTP/{form.version}",
        *form.lines,
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Connection: close",
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        writer.write("\r\n".join([*head, "", body]).encode("latin-1"))
        async with asyncio.timeout(ANSWER_S):
            answer = await reader.read()
    finally:
        writer.close()
    first = answer.partition(b"\r\n")[0].split()
    return int(first[1]) if len(first) > 1 else 0
