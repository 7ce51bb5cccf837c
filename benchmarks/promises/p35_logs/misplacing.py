"""Marks where they don't belong: in queries, paths, headers, broken bodies and wrong fields."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import quote

from benchmarks.promises.p35_logs.marks import Marks
from benchmarks.promises.run import Run
from benchmarks.rig.shop import STAFF
from benchmarks.rig.shoppers import API, Answer, Shoppers

READ = ("/products", "/orders/x", "/admin/customers", "/nothing/here", "/auth/me")
WRITTEN = ("/auth/login", "/cart/add", "/orders", "/admin/taxes", "/auth/register")
HEADERS = (
    *("User-Agent", "Referer", "X-Forwarded-For", "Forwarded", "Origin", "Accept", "Cookie"),
    *("Authorization", "X-Cart-Token", "X-Order-Token", "X-CSRF-Token", "Idempotency-Key"),
    *("If-None-Match", "X-Api-Key", "X-Anything"),
)
"""All but X-Request-ID, by which a client chooses what the log calls its request."""
FIELDS = ("email", "password", "token", "code", "first_name", "quantity", "nothing", "rate")
MIB = 1_048_576
FEW = 6
"""Kinds that a quick run tries."""


async def misplaced(run: Run, shoppers: Shoppers, marks: Marks) -> None:
    """Every kind of mark, in every wrong place."""
    each = _one_of_each(marks)
    for mark in each if not run.quick else run.random.sample(each, FEW):
        for answer in (
            *await _in_addresses(shoppers, mark),
            *await _in_headers(shoppers, mark),
            *await _in_bodies(shoppers, mark),
        ):
            run.tries += 1
            run.require(answer.status < 500, f"a misplaced secret was answered {answer.label()}")


def _one_of_each(marks: Marks) -> list[str]:
    marks.password("misplaced password")
    marks.card(), marks.email(), marks.street()
    by_kind = {kind: mark for mark, kind in {**marks.secrets, **marks.personal}.items()}
    return list(by_kind.values())


async def _in_addresses(shoppers: Shoppers, mark: str) -> list[Answer]:
    said = quote(mark, safe="")
    paths = [f"{API}{path}?{name}={said}" for path in READ for name in ("q", "token", "limit")]
    paths += [f"{API}/{kind}/{said}" for kind in ("products", "orders", "cart/coupons", said)]
    paths += [f"{API}/admin/{kind}/{said}" for kind in ("coupons", "taxes", "customers")]
    return [await shoppers.ask("GET", path, headers=STAFF) for path in paths]


async def _in_headers(shoppers: Shoppers, mark: str) -> list[Answer]:
    # A cookie session's refresh asks for all of them, and hashes no password.
    path = f"{API}/auth/refresh"
    return [await shoppers.ask("POST", path, {}, headers={name: mark}) for name in HEADERS]


async def _in_bodies(shoppers: Shoppers, mark: str) -> list[Answer]:
    answers = []
    for path in WRITTEN:
        sent = {**STAFF, "Idempotency-Key": "k"} if "admin" in path else {"Idempotency-Key": "k"}
        answers += [
            await shoppers.ask("POST", API + path, raw=raw, headers=sent) for raw in _wrong(mark)
        ]
    huge = json.dumps({"email": mark, "notes": "x" * MIB}).encode()
    answers.append(await shoppers.ask("POST", f"{API}/auth/login", raw=huge))
    headers: Mapping[str, str] = {"Content-Type": "text/plain"}
    answers.append(
        await shoppers.ask("POST", f"{API}/auth/login", raw=mark.encode(), headers=headers)
    )
    # Hung up on before its end, it may have no answer.
    return [answer for answer in answers if answer.known]


def _wrong(mark: str) -> list[bytes]:
    whole = dict.fromkeys(FIELDS, mark)
    return [
        json.dumps(whole).encode(),
        json.dumps({mark: mark}).encode(),
        json.dumps([mark]).encode(),
        json.dumps(mark).encode(),
        json.dumps({"email": f"{mark}@example.com", "password": mark}).encode(),
        json.dumps(whole).encode()[:-3],
        f'{{"password": {mark}}}'.encode(),
        mark.encode("utf-16"),
    ]
