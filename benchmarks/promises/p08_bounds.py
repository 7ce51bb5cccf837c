"""
P08: nonsense is refused and changes nothing: every field of every writing route.

Each route has one request that would succeed; each case spoils one thing in it. All of
them must be answered with 4xx, and leave every row of the shop as it was. A route that
writes and is not in the table fails the check.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from attrs import evolve, field, frozen

from benchmarks.promises.run import Run
from benchmarks.rig.catalog import Line
from benchmarks.rig.shop import STAFF, Shop
from benchmarks.rig.shoppers import ADDRESS, API, Shoppers, fresh_key

OPENAPI_TIMEOUT_S = 60
WRITING = ("post", "put", "patch", "delete")
LITERAL = "@literal:"
"""Marks a text that stands in the body as it is, since JSON as Python writes it can't say it."""


def _literal(text: str) -> str:
    return LITERAL + text


NUMBERS: tuple[Any, ...] = (
    *(0, -1, 1.5, 2**31, 2**63, 2**64, 10**9, 10**30, "2", "", "two", None, True, [1], {"n": 1}),
    *map(_literal, ("NaN", "Infinity", "-Infinity", "1e400", "0x10", "01", "1e9", "-0.5")),
)
LEGAL_CHANGES = (-1, 10**9, _literal("1e9"))
CHANGES: tuple[Any, ...] = tuple(value for value in NUMBERS if value not in LEGAL_CHANGES)
"""An adjustment of stock may be negative, and large."""

IDS: tuple[Any, ...] = (
    *("", "1", "not-an-id", "00000000-0000-0000-0000-00000000000g", 1, 0, True, ["x"], {}),
    *("' OR 1=1 --", "../../etc/passwd", "\x00", "é" * 36),
)
REQUIRED_IDS: tuple[Any, ...] = (*IDS, None)
TEXTS: tuple[Any, ...] = (1, True, [], {}, "\x00", "a\x1bb", "x" * 5_000)
REQUIRED_TEXTS: tuple[Any, ...] = (*TEXTS, None, "", "   ")
EMAILS: tuple[Any, ...] = (
    *(*REQUIRED_TEXTS, "ada", "ada@", "@example.com", "a b@example.com", "ada@example"),
    *("ada@example.com\nBcc: eve@example.com", "ada@exa mple.com", "x" * 300 + "@example.com"),
)
COUNTRIES: tuple[Any, ...] = (*REQUIRED_TEXTS, "U", "USA", "12", "É€")
AMOUNTS: tuple[Any, ...] = (
    *(0, 1.5, "19.99", [], {"amount": "19.99"}, {"currency": "USD"}),
    *(
        {"amount": amount, "currency": "USD"}
        for amount in (19.99, "19.999", "1e3", "NaN", "-", "", "0x1", "9" * 40, None)
    ),
    *({"amount": "1.00", "currency": currency} for currency in ("usd", "US", "XXX1", "", None, 1)),
    {"amount": "0.01", "currency": "USD"},
    {"amount": "1.00", "currency": "USD", "more": 1},
)
"""None is right; the last but one is well formed, and not what the order costs."""

STRANGERS: tuple[str, ...] = (
    *("price", "unit_price", "total", "subtotal", "discount", "tax", "currency", "role"),
    *("user_id", "status", "payment_status", "id", "token", "__proto__", "created_at"),
)
"""Fields that no client decides; each is put beside what belongs there."""

BODIES: tuple[bytes, ...] = (
    *(b"", b"null", b"[]", b"1", b'"text"', b"{", b"{}x", b"\xff\xfe", b"{'a': 1}", b"\x00"),
    *(b"[" * 5_000, b'{"a":' * 2_000, b'{"":{}}'),
)


@frozen(kw_only=True)
class Route:
    """A writing route: a request that would do something, and what its fields may not be."""

    method: str
    path: str
    template: str
    """As the API's description names it."""
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str]
    fields: Mapping[str, Sequence[Any]] = field(factory=dict)
    """Values that a field, named by its dotted path, must be refused for."""
    keyed: bool = False
    body_optional: bool = False
    """Whether nothing at all is a request as well."""


@frozen(kw_only=True)
class Case:
    """One request that must be refused."""

    name: str
    route: Route
    raw: bytes | None


async def check(shop: Shop, run: Run) -> None:
    """Send everything that is wrong."""
    handle = f"p08-{run.seed}"
    (variant,) = shop.stock([Line(handle=handle, stock=1_000)]).values()
    async with Shoppers(shop.bases) as shoppers:
        routes = await _routes(shoppers, variant)
        _covered(shop, run, routes)
        cases = [case for route in routes for case in _cases(route)]
        if run.quick:
            cases = run.random.sample(cases, 150)
        run.tries = len(cases)
        contents = _contents(shop)
        for case in cases:
            await _send(run, shoppers, case)
            before, contents = contents, _contents(shop)
            run.require(contents == before, f"{case.name}: changed rows")
        await _sound(run, shoppers, routes)


async def _send(run: Run, shoppers: Shoppers, case: Case) -> None:
    route = case.route
    headers = _headers(route)
    answer = await shoppers.ask(route.method, route.path, raw=case.raw, headers=headers)
    refused = 400 <= answer.status < 500
    run.require(refused, f"{case.name}: answered {answer.label()}")


async def _sound(run: Run, shoppers: Shoppers, routes: Sequence[Route]) -> None:
    """Each route's own request does succeed, else its cases prove nothing."""
    for route in routes:
        answer = await shoppers.ask(route.method, route.path, route.body, headers=_headers(route))
        run.require(answer.ok, f"the right {route.method} {route.template}: {answer.label()}")


async def _routes(shoppers: Shoppers, variant: UUID) -> list[Route]:
    """In an order in which each can still succeed once all cases are through."""
    filled = await shoppers.add([(variant, 2)])
    cart = {"X-Cart-Token": filled.headers["X-Cart-Token"]}
    line = filled.body["items"][0]["id"]
    emptied = await shoppers.add([(variant, 2)])
    other = {"X-Cart-Token": emptied.headers["X-Cart-Token"]}
    other_line = emptied.body["items"][0]["id"]
    order = (await shoppers.order(await shoppers.fill([(variant, 2)]), key=fresh_key())).body
    buyer = {"X-Order-Token": order["token"]}
    payment = (await shoppers.intend(order, order["token"], key=fresh_key())).body
    paid = (await shoppers.order(await shoppers.fill([(variant, 2)]), key=fresh_key())).body
    await shoppers.pay(paid, paid["token"])
    item = paid["items"][0]["id"]
    return [
        Route(
            method="POST",
            path=f"{API}/cart/add",
            template="/cart/add",
            headers=cart,
            body={"variant_id": str(variant), "quantity": 1},
            fields={"variant_id": REQUIRED_IDS, "product_id": IDS, "quantity": NUMBERS},
        ),
        Route(
            method="POST",
            path=f"{API}/cart/add",
            template="/cart/add",
            headers=cart,
            body={"items": [{"variant_id": str(variant), "quantity": 1}]},
            fields={
                "items": (0, "x", [], {}, [None], [[]], [{}] * 101, True),
                "items.0.variant_id": REQUIRED_IDS,
                "items.0.quantity": NUMBERS,
            },
        ),
        Route(
            method="PUT",
            path=f"{API}/cart/items/{line}",
            template="/cart/items/{id}",
            headers=cart,
            body={"quantity": 3},
            fields={"quantity": NUMBERS},
        ),
        Route(
            method="PUT",
            path=f"{API}/cart/shipping",
            template="/cart/shipping",
            headers=cart,
            body={
                "destination": {"country": "US", "state": "CA", "postal_code": "90001"},
                "shipping_method": "standard",
            },
            fields={
                "destination": (None, 1, "US", [], {}),
                "destination.country": COUNTRIES,
                "destination.state": TEXTS,
                "destination.postal_code": TEXTS,
                "shipping_method": (*TEXTS, "no-such-method"),
            },
        ),
        Route(
            method="POST",
            path=f"{API}/orders",
            template="/orders",
            headers=cart,
            keyed=True,
            body={
                "email": "ada@example.com",
                "shipping_address": dict(ADDRESS),
                "shipping_method": "standard",
            },
            fields={
                "email": EMAILS,
                "shipping_address": (None, 1, "US", [], {}),
                "billing_address": (1, "US", [], {}),
                "shipping_address.country": COUNTRIES,
                "shipping_address.first_name": REQUIRED_TEXTS,
                "shipping_address.address_line_1": REQUIRED_TEXTS,
                "shipping_address.city": REQUIRED_TEXTS,
                "shipping_address.postal_code": TEXTS,
                "shipping_method": (*TEXTS, "no-such-method"),
                "expected_total": AMOUNTS,
                "notes": TEXTS,
            },
        ),
        Route(
            method="POST",
            path=f"{API}/payments/create-intent",
            template="/payments/create-intent",
            headers=buyer,
            keyed=True,
            body={"order_id": order["id"], "gateway": "manual"},
            fields={"order_id": REQUIRED_IDS, "gateway": (*REQUIRED_TEXTS, "no-such-gateway")},
        ),
        Route(
            method="POST",
            path=f"{API}/payments/confirm",
            template="/payments/confirm",
            headers=buyer,
            keyed=True,
            body={"order_id": order["id"], "payment_id": payment["id"]},
            fields={
                "order_id": (*REQUIRED_IDS, str(uuid4()), paid["id"]),
                "payment_id": (*REQUIRED_IDS, str(uuid4()), order["id"]),
            },
        ),
        Route(
            method="POST",
            path=f"{API}/admin/inventory/adjust",
            template="/admin/inventory/adjust",
            headers=STAFF,
            keyed=True,
            body={"variant_id": str(variant), "change": 5, "type": "restock", "note": "delivery"},
            fields={
                "variant_id": (*REQUIRED_IDS, str(uuid4())),
                "change": CHANGES,
                "type": (*REQUIRED_TEXTS, "sale", "return", "theft"),
                "note": REQUIRED_TEXTS,
            },
        ),
        Route(
            method="POST",
            path=f"{API}/admin/orders/{paid['id']}/shipments",
            template="/admin/orders/{id}/shipments",
            headers=STAFF,
            keyed=True,
            body_optional=True,
            body={"items": [{"item_id": item, "quantity": 2}], "carrier": "Post"},
            fields={
                "items": (0, "x", [], {}, [None], [{}]),
                "items.0.item_id": (*REQUIRED_IDS, str(uuid4())),
                "items.0.quantity": (*NUMBERS, 3),
                "carrier": TEXTS,
                "tracking_url": (*TEXTS, "javascript:alert(1)", "x"),
            },
        ),
        Route(
            method="DELETE",
            path=f"{API}/cart/items/{other_line}",
            template="/cart/items/{id}",
            headers=other,
        ),
        Route(method="POST", path=f"{API}/cart/clear", template="/cart/clear", headers=other),
        Route(
            method="POST",
            path=f"{API}/cart/accept-prices",
            template="/cart/accept-prices",
            headers=other,
        ),
        Route(
            method="POST",
            path=f"{API}/admin/orders/{paid['id']}/deliver",
            template="/admin/orders/{id}/deliver",
            headers=STAFF,
            keyed=True,
        ),
    ]


def _headers(route: Route) -> dict[str, str]:
    return {**route.headers, **({"Idempotency-Key": fresh_key()} if route.keyed else {})}


def _cases(route: Route) -> Iterator[Case]:
    """Everything that is wrong with one thing of the route's request."""
    name = f"{route.method} {route.template}"
    if route.body is not None:
        for path, values in route.fields.items():
            for value in values:
                body = _with(route.body, path.split("."), value)
                raw = json.dumps(body)
                case = f"{name} {path}={json.dumps(value)[:60]}"
                yield Case(name=case, route=route, raw=_unmarked(raw))
        for stranger in STRANGERS:
            raw = json.dumps({**route.body, stranger: "0.01"})
            yield Case(name=f"{name} with {stranger}", route=route, raw=raw.encode())
        for raw_body in filter(None, BODIES) if route.body_optional else BODIES:
            yield Case(name=f"{name} body {raw_body[:20]!r}", route=route, raw=raw_body)
    for path in _bad_paths(route):
        body = None if route.body is None else json.dumps(route.body).encode()
        yield Case(name=f"{name} at {path}", route=evolve(route, path=path), raw=body)


def _bad_paths(route: Route) -> Iterator[str]:
    if "{id}" not in route.template:
        return
    before, _, after = (API + route.template).partition("{id}")
    for wrong in ("1", "x", str(uuid4()), "%00", "00000000-0000-0000-0000-000000000000", "%2e%2e"):
        yield f"{before}{wrong}{after}"


def _with(body: Any, path: Sequence[str], value: Any) -> Any:
    """A copy of the body in which one field is another."""
    spoilt = copy.deepcopy(body)
    place = spoilt
    for step in path[:-1]:
        place = place[int(step)] if isinstance(place, list) else place[step]
    place[path[-1]] = value
    return spoilt


def _unmarked(raw: str) -> bytes:
    """The body with its marked texts as literals."""
    while (start := raw.find(f'"{LITERAL}')) >= 0:
        end = raw.index('"', start + 1)
        raw = raw[:start] + raw[start + 1 + len(LITERAL) : end] + raw[end + 1 :]
    return raw.encode()


def _covered(shop: Shop, run: Run, routes: Sequence[Route]) -> None:
    """Every route that writes, by the API's own description, is in the table."""
    described = json.loads(shop.command("openapi", timeout_s=OPENAPI_TIMEOUT_S))
    known = {(route.method.lower(), API + route.template) for route in routes}
    for path, operations in described["paths"].items():
        shape = "/".join("{id}" if part.startswith("{") else part for part in path.split("/"))
        for method in operations.keys() & set(WRITING):
            run.require((method, shape) in known, f"{method} {path} writes and is not checked")


def _contents(shop: Shop) -> str:
    """A mark of every row of the shop, the queue of its jobs apart."""
    tables = shop.database.rows(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        " AND tablename NOT LIKE 'procrastinate%' ORDER BY 1"
    )
    marks = " UNION ALL ".join(
        f"SELECT '{table}', count(*), sum(hashtextextended(t::text, 0)) FROM {table} t"  # noqa: S608
        for (table,) in tables
    )
    return str(sorted(shop.database.rows(marks)))
