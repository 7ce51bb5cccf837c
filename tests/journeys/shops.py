"""A shop as it is deployed, for journeys: real processes, a real database, nothing shared."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psycopg
from attrs import Factory, define

from benchmarks.rig.servers import COMMAND, Server, environment, run, serve
from benchmarks.rig.shoppers import Answer, Shoppers, fresh_key

STAFF_TOKEN = "a-staff-token-of-the-journeys"
STAFF = {"Authorization": f"Bearer {STAFF_TOKEN}"}
PATIENCE_S = 30.0
POLL_S = 0.02
FILE = (
    "Handle,Title,Vendor,Type,Published,Option1 Name,Option1 Value,Variant SKU,Variant Grams,"
    "Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,"
    "Variant Requires Shipping,Variant Taxable,Status\n"
    "mug,Mug,Northwind,Kitchen,true,Title,Default Title,MUG,300,shopify,10,deny,9.99,true,true,"
    "active\n"
    "last,Last One,Northwind,Kitchen,true,Title,Default Title,LAST,300,shopify,1,deny,5.00,true,"
    "true,active\n"
)


@define
class Shop:
    """One database, and the servers that were started on it."""

    settings: dict[str, str]
    folder: Path
    servers: list[Server] = Factory(list)

    @classmethod
    def on(cls, url: str, folder: Path) -> Shop:
        """The shop of that database, its mails and logs in the folder."""
        settings = {
            "database_url": url,
            "mail_dir": str(folder / "mails"),
            "staff_token": STAFF_TOKEN,
            "log_level": "warning",
            "log_format": "json",
        }
        return cls(settings, folder)

    def stock(self) -> None:
        """From an empty database to a shop of two products, by the commands that make one."""
        self.command("migrate")
        file = self.folder / "products.csv"
        file.write_text(FILE)
        self.command("import", "catalog", str(file))

    def command(self, *arguments: str) -> str:
        """What the command printed; it must succeed."""
        code, output = run(self.settings, *arguments, timeout_s=120)
        assert code == 0, f"{arguments} ended with {code}: {output}"
        return output

    def serve(self) -> Server:
        """A server that is ready."""
        server = serve(self.settings, log=self.folder / f"server-{len(self.servers)}.log")
        self.servers.append(server)
        server.wait_until_ready()
        return server

    def worker(self) -> Server:
        """A worker of its own; it listens to nobody, so its port is none."""
        log = self.folder / "worker.log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                [*COMMAND, "worker"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment(self.settings),
            )
        self.servers.append(Server(port=0, process=process, log=log))
        return self.servers[-1]

    def stop(self) -> None:
        """Stop what still runs."""
        for server in self.servers:
            server.stop()

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """What the database has."""
        with psycopg.connect(self.settings["database_url"], autocommit=True) as connection:
            return connection.execute(query.encode(), parameters).fetchall()

    def variant(self, sku: str) -> Any:
        """The id of a variant."""
        ((found,),) = self.rows("SELECT id FROM product_variants WHERE sku = %s", [sku])
        return found

    async def mail(self) -> str:
        """The first mail that the worker leaves."""
        folder = self.folder / "mails"
        async with asyncio.timeout(PATIENCE_S):
            while not (found := sorted(folder.glob("*.eml"))):  # noqa: ASYNC110 - another process's
                await asyncio.sleep(POLL_S)
        return found[0].read_text()

    @asynccontextmanager
    async def stock_held(self, sku: str) -> AsyncIterator[None]:
        """The stock row of a variant, locked by us: whoever wants to write it waits."""
        url = self.settings["database_url"]
        connection = await psycopg.AsyncConnection.connect(url)
        async with connection:
            query = "SELECT 1 FROM stock_items WHERE variant_id = %s FOR UPDATE"
            await connection.execute(query, [self.variant(sku)])
            yield
            await connection.rollback()

    async def somebody_waits(self) -> None:
        """Return once somebody waits for a lock."""
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            " AND datname = current_database()"
        )
        async with asyncio.timeout(PATIENCE_S):
            while self.rows(waiting) == [(0,)]:  # noqa: ASYNC110 - another process's
                await asyncio.sleep(POLL_S)


async def bought(shoppers: Shoppers, shop: Shop, *, sku: str = "MUG") -> dict[str, Any]:
    """A paid order of one piece, with its token."""
    cart = await shoppers.fill([(shop.variant(sku), 1)])
    order = await shoppers.order(cart, key=fresh_key())
    paid = await shoppers.pay(order.body, order.body["token"])
    assert_ok(paid)
    body: dict[str, Any] = order.body
    return body


def assert_ok(answer: Answer) -> None:
    """It was done; else the answer is shown."""
    assert answer.ok, answer
