"""Everybody who asks, each with things of their own; whoever is gone comes again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from attrs import define, frozen

from benchmarks.promises.p29_access.belongings import Belongings, Goods, drafted, settle
from benchmarks.rig.access import Caller
from benchmarks.rig.catalog import Line
from benchmarks.rig.mails import Mailbox
from benchmarks.rig.people import employee
from benchmarks.rig.shop import Shop
from benchmarks.rig.shoppers import Shoppers, fresh_key

STOCK = 1_000
GOODS = ("stores", "vendors", "spare")
QUIET_S = 0.5
PATIENCE = 40
STAFFED = (Caller.VENDOR, Caller.SUPPORT, Caller.ADMIN)
GIVE = """
    UPDATE products SET vendor_id = %s
    WHERE id = (SELECT product_id FROM product_variants WHERE id = %s) RETURNING id
"""
"""As whoever edits the catalogue would."""
TABLES = """
    SELECT tablename FROM pg_tables WHERE schemaname = 'public'
    AND tablename NOT LIKE 'procrastinate%' ORDER BY 1
"""


@frozen(kw_only=True)
class Asker:
    """What a caller sends with every request, and what is theirs."""

    headers: Mapping[str, str]
    own: Mapping[str, str]


@define(kw_only=True)
class Street:
    """The owner, and those around them."""

    shop: Shop
    shoppers: Shoppers
    mailbox: Mailbox
    goods: Goods
    theirs: Belongings
    askers: dict[Caller, Asker]
    tables: tuple[str, ...]
    newcomers: int = 0

    def rows_of_the_owner(self) -> list[tuple[Any, ...]]:
        """A mark of every row that names anything of the owner's."""
        known = [*self.theirs.ids.values(), self.theirs.sale, *self.theirs.markers.values()]
        query = " UNION ALL ".join(
            f"SELECT '{table}', count(*), sum(hashtextextended(t::text, 0)) FROM {table} t"  # noqa: S608
            " WHERE t::text LIKE ANY(%(known)s)"
            for table in self.tables
        )
        with self.shop.database.connect() as connection:
            found = connection.execute(query.encode(), {"known": [f"%{each}%" for each in known]})
            return sorted(found.fetchall())

    async def settled(self) -> list[tuple[Any, ...]]:
        """The same, once what was begun before is done: mails, and orders that are claimed."""
        before = self.rows_of_the_owner()
        for _ in range(PATIENCE):
            await asyncio.sleep(QUIET_S)
            rows = self.rows_of_the_owner()
            if rows == before:
                break
            before = rows
        return before

    async def welcome_back(self) -> None:
        """Let whoever signed out or is gone by what they asked come again, as somebody new."""
        for caller in (Caller.OTHER, *STAFFED):
            asker = self.askers[caller]
            me = await self.shoppers.ask("GET", "/api/v1/auth/me", headers=asker.headers)
            if not me.ok:
                self.newcomers += 1
                self.askers[caller] = await self.newcomer(caller, f"again{self.newcomers}")

    async def newcomer(self, caller: Caller, name: str) -> Asker:
        """Somebody new in the caller's place."""
        if caller is Caller.OTHER:
            return await _other(self.shop, self.shoppers, self.mailbox, self.goods, name)
        email = f"p29-{name}-{caller}-{fresh_key()[:8]}@example.com"
        someone = await employee(self.shoppers, email, caller.value)
        own = {}
        if caller is Caller.VENDOR:
            for variant in (self.goods.vendors, self.goods.spare):
                ((product,),) = self.shop.database.rows(GIVE, [someone.id, variant])
                own = {"product": str(product), "variant": str(variant)}
        return Asker(headers=someone.headers, own=own)


async def neighbourhood(shop: Shop, shoppers: Shoppers, seed: int) -> Street:
    """Everybody, on both servers."""
    lines = [Line(handle=f"p29-{seed}-{of}", stock=STOCK) for of in GOODS]
    goods, mailbox = Goods(*shop.stock(lines).values()), Mailbox(shop.mails)
    theirs = await settle(shop, shoppers, mailbox, goods, f"{seed}-owner")
    rival = await employee(shoppers, f"p29-rival-{seed}@example.com", "vendor")
    theirs = await drafted(shoppers, rival, theirs)
    askers = {
        Caller.ANONYMOUS: Asker(headers={}, own={}),
        Caller.GUEST: await _guest(shoppers, goods.stores),
        Caller.OTHER: await _other(shop, shoppers, mailbox, goods, f"{seed}-other"),
        Caller.REVOKED: Asker(headers=theirs.revoked.headers, own=theirs.ids),
        Caller.OWNER: Asker(headers=theirs.owner.headers, own=theirs.ids),
    }
    tables = tuple(table for (table,) in shop.database.rows(TABLES))
    street = Street(
        shop=shop,
        shoppers=shoppers,
        mailbox=mailbox,
        goods=goods,
        theirs=theirs,
        askers=askers,
        tables=tables,
    )
    for caller in STAFFED:
        street.askers[caller] = await street.newcomer(caller, f"{seed}")
    return street


async def _other(
    shop: Shop, shoppers: Shoppers, mailbox: Mailbox, goods: Goods, name: str
) -> Asker:
    """Another customer, with as much of their own."""
    settled = await settle(shop, shoppers, mailbox, goods, f"{name}-{fresh_key()[:8]}")
    return Asker(headers=settled.owner.headers, own=settled.ids)


async def _guest(shoppers: Shoppers, variant: UUID) -> Asker:
    """Nobody's account; a cart, and an order with a payment."""
    order = (await shoppers.order(await shoppers.fill([(variant, 1)]), key=fresh_key())).body
    payment = (await shoppers.intend(order, order["token"], key=fresh_key())).body
    filled = await shoppers.add([(variant, 1)])
    headers = {
        "X-Cart-Token": filled.headers["X-Cart-Token"],
        "X-Order-Token": order["token"],
    }
    item = filled.body["items"][0]["id"]
    return Asker(
        headers=headers, own={"order": order["id"], "payment": payment["id"], "item": item}
    )
