"""
P08: nonsense is refused and changes nothing: every field of every writing route.

Each route has one request that would succeed; each case spoils one thing in it. All of
them must be answered with 4xx, and leave every row of the shop as it was. A route that
writes and is not in the table fails the check.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import pyotp

from benchmarks.promises.p08_bounds.accounts import accounts
from benchmarks.promises.p08_bounds.buying import buying
from benchmarks.promises.p08_bounds.cases import Case, Route, cases
from benchmarks.promises.p08_bounds.catalog import catalog
from benchmarks.promises.p08_bounds.paying import paying
from benchmarks.promises.p08_bounds.pricing import pricing
from benchmarks.promises.p08_bounds.returning import returning
from benchmarks.promises.p08_bounds.telling import telling
from benchmarks.promises.run import Run
from benchmarks.rig.catalog import Line
from benchmarks.rig.shop import Shop
from benchmarks.rig.shoppers import API, Shoppers, fresh_key

OPENAPI_TIMEOUT_S = 60
WRITING = ("post", "put", "patch", "delete")

__all__ = ["Route", "cases", "check"]


async def check(shop: Shop, run: Run) -> None:
    """Send everything that is wrong."""
    handle = f"p08-{run.seed}"
    (variant,) = shop.stock([Line(handle=handle, stock=1_000)]).values()
    async with Shoppers(shop.bases) as shoppers:
        routes = [
            *await buying(shoppers, variant),
            *await returning(shoppers, variant),
            *await telling(shoppers, variant),
            *await paying(shop, shoppers, variant),
            *await pricing(shoppers, variant),
            *await accounts(shop, shoppers),
            *await catalog(shoppers),
        ]
        _covered(shop, run, routes)
        wrong = [case for route in routes for case in cases(route)]
        if run.quick:
            wrong = run.random.sample(wrong, 80)
        run.tries = len(wrong)
        contents = _contents(shop)
        for case in wrong:
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
        body = route.body
        if route.authenticator is not None:
            body = {**(body or {}), "code": pyotp.TOTP(route.authenticator).now()}
        answer = await shoppers.ask(
            route.method, route.path, body, raw=route.form, headers=_headers(route)
        )
        told = answer.body.get("code") if isinstance(answer.body, dict) else None
        right = answer.ok if route.refusal is None else told == route.refusal
        run.require(right, f"the right {route.method} {route.template}: {answer.label()}")


def _headers(route: Route) -> dict[str, str]:
    return {**route.headers, **({"Idempotency-Key": fresh_key()} if route.keyed else {})}


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
