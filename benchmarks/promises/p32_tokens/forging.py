"""Tokens that the store never gave."""

from __future__ import annotations

from collections.abc import Mapping

from automate_store.application.tokens import signing_secret
from benchmarks.promises.run import Run
from benchmarks.rig.accounts import Member
from benchmarks.rig.catalog import Line
from benchmarks.rig.forgeries import Forgery, decoded, forged
from benchmarks.rig.people import employee
from benchmarks.rig.shop import Shop
from benchmarks.rig.shoppers import API, Shoppers, fresh_key

LEAST = 40
COOKIE = "automate_store_access"
REFUSED = "401 token_refused"


async def forgeries_are_refused(shop: Shop, run: Run, shoppers: Shoppers) -> None:
    """Send each forgery wherever the genuine token opens something."""
    admin = await employee(shoppers, f"p32-admin-{run.seed}@example.com", "admin")
    opens = await _what_it_opens(shop, run, shoppers, admin)
    made = _sendable(forged(admin.token, _secret(shop, admin.token)), admin.token)
    run.measured["forgeries"] = len(made)
    run.require(len(made) >= LEAST, f"{len(made)} forgeries are fewer than {LEAST}")
    for number, forgery in enumerate(made):
        # Each goes everywhere in a full run, and to one place after the other in a quick one.
        for path in opens if not run.quick else [opens[number % len(opens)]]:
            for server in range(len(shoppers.bases)):
                for headers in _carried(forgery.token):
                    answer = await shoppers.ask("GET", path, headers=headers, server=server)
                    run.tries += 1
                    label = answer.label()
                    run.require(label == REFUSED, f"{forgery.name}: answered {label}")


async def _what_it_opens(shop: Shop, run: Run, shoppers: Shoppers, admin: Member) -> list[str]:
    """An account, somebody's order, and what is for staff, all of which it does open."""
    (variant,) = shop.stock([Line(handle=f"p32-{run.seed}", stock=10)]).values()
    order = (await shoppers.order(await shoppers.fill([(variant, 1)]), key=fresh_key())).body
    paths = [
        f"{API}/auth/me",
        f"{API}/orders/{order['id']}",
        f"{API}/admin/inventory/low-stock",
        f"{API}/admin/customers/{admin.id}",
    ]
    for path in paths:
        for server in range(len(shoppers.bases)):
            for headers in _carried(admin.token):
                answer = await shoppers.ask("GET", path, headers=headers, server=server)
                run.require(answer.ok, f"the genuine token at {path}: {answer.label()}")
    return paths


def _carried(token: str) -> list[Mapping[str, str]]:
    """The two ways in which a token comes."""
    return [{"Authorization": f"Bearer {token}"}, {"Cookie": f"{COOKIE}={token}"}]


def _sendable(made: tuple[Forgery, ...], genuine: str) -> list[Forgery]:
    """Those that HTTP lets through, blanks around them not counted."""
    return [
        forgery
        for forgery in made
        if forgery.token.isprintable() and forgery.token.strip() != genuine
    ]


def _secret(shop: Shop, token: str) -> bytes:
    """What the store signs with, read behind its back."""
    key_id = decoded(token.partition(".")[0])["kid"]
    stored = shop.database.value("SELECT secret FROM signing_keys WHERE id = %s", [key_id])
    return signing_secret(bytes(stored), shop.settings.get("secret_key"))
