"""A whole shop for a check: one database, server processes that share it, and a filled shelf."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self
from uuid import UUID

from benchmarks.rig.catalog import Line, write
from benchmarks.rig.database import TemporaryDatabase
from benchmarks.rig.gateway import FakeGateway
from benchmarks.rig.servers import RAISED, Server, run, serve

STAFF_TOKEN = "a-staff-token-of-the-checks-0123456789"  # noqa: S105 - opens a temporary shop
STAFF: Mapping[str, str] = {"Authorization": f"Bearer {STAFF_TOKEN}"}
"""What staff send with every request."""

MAILS = "mails"
"""Stands for the shop's own folder, which is made with it."""

PLAIN: Mapping[str, str] = {
    "mail_dir": MAILS,
    "log_level": "warning",
    "log_format": "json",
    "staff_token": STAFF_TOKEN,
}
"""What every check sets otherwise than a new shop has it."""

PATIENT: Mapping[str, str] = {
    **PLAIN,
    "pool_acquire_timeout_s": "30",
    "statement_timeout_s": "15",
}
"""For storms, which a small machine may take its time for, instead of refusing shoppers."""

SUMMING: Mapping[str, str] = {**PATIENT, "cart_merge_policy": "sum"}
"""For merges of carts: what is merged twice would be there twice."""

UNTOLD = frozenset({"database_url", "fake_url", "fake_webhook_secret"})
"""What is another one each time."""

IMPORT_TIMEOUT_S = 300
MIGRATE_TIMEOUT_S = 120


class Shop:
    """
    The store as it is deployed: processes that share nothing but PostgreSQL.

    Entered, it is migrated and serves; left, it is gone without a trace.
    """

    def __init__(
        self,
        *,
        servers: int = 2,
        settings: Mapping[str, str] = PLAIN,
        postgres: Mapping[str, str] | None = None,
        gateway: bool = False,
    ) -> None:
        self.settings = dict(settings)
        self.gateway: FakeGateway | None = None
        """The process that plays a gateway, where the shop was to be paid by one."""
        self._paid_by_gateway = gateway
        self.database = TemporaryDatabase(postgres or {})
        self.servers: list[Server] = []
        self._count = servers
        self._imports = 0
        self._open = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            opening.enter_context(self.database)
            self.mails.mkdir()
            self.settings |= {"database_url": self.database.url}
            if self.settings.get("mail_dir") == MAILS:
                self.settings["mail_dir"] = str(self.mails)
            if self._paid_by_gateway:
                self.gateway = opening.enter_context(FakeGateway(self.folder))
                self.settings |= self.gateway.settings
            self.command("migrate", timeout_s=MIGRATE_TIMEOUT_S)
            opening.callback(self.stop_servers)
            self.start_servers()
            self._open = opening.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @property
    def folder(self) -> Path:
        """Where the check may leave files."""
        return self.database.folder

    @property
    def bases(self) -> tuple[str, ...]:
        """Where the servers answer."""
        return tuple(server.base for server in self.servers)

    @property
    def mails(self) -> Path:
        """Where mails are left as files, where the shop is set to."""
        return self.folder / "mails"

    def printed_settings(self) -> dict[str, str]:
        """What a result says about how the shop was set, where it matters to it."""
        set_here = {**RAISED, **self.settings}
        told = set_here.keys() - PLAIN.keys() - UNTOLD
        return {name: set_here[name] for name in sorted(told)}

    def start_servers(self) -> None:
        """Start all of them at once, and wait until each is ready."""
        logs = [self.folder / f"server-{number}.log" for number in range(self._count)]
        self.servers = [serve(self.settings, log=log) for log in logs]
        for server in self.servers:
            server.wait_until_ready()

    def stop_servers(self) -> None:
        """Stop those that run."""
        for server in self.servers:
            server.stop()

    @contextmanager
    def beside(self, changes: Mapping[str, str], *, count: int = 1) -> Iterator[list[Server]]:
        """More servers of the same database, with some settings of their own."""
        logs = [self.folder / f"beside-{number}.log" for number in range(count)]
        servers = [serve({**self.settings, **changes}, log=log) for log in logs]
        try:
            for server in servers:
                server.wait_until_ready()
            yield servers
        finally:
            for server in servers:
                server.stop()

    def command(self, *arguments: str, timeout_s: float) -> str:
        """What a command of the store's command line printed; it must succeed."""
        code, output = run(self.settings, *arguments, timeout_s=timeout_s)
        assert code == 0, f"automate-store {' '.join(arguments)}: {code}\n{output}"
        return output

    def stock(self, lines: Iterable[Line]) -> dict[str, UUID]:
        """Import the lines as products of one variant each; their variants, by handle."""
        wanted = list(lines)
        self._imports += 1
        file = write(self.folder / f"import-{self._imports}.csv", wanted)
        self.command("import", "catalog", str(file), timeout_s=IMPORT_TIMEOUT_S)
        return self.variants([line.handle for line in wanted])

    def variants(self, handles: Sequence[str]) -> dict[str, UUID]:
        """The first variant of each product, by handle, in the order asked for."""
        rows = self.database.rows(
            "SELECT DISTINCT ON (p.slug) p.slug, v.id FROM products p"
            " JOIN product_variants v ON v.product_id = p.id WHERE p.slug = ANY(%s)"
            " ORDER BY p.slug, v.position, v.id",
            [list(handles)],
        )
        assert len(rows) == len(handles), f"{len(handles)} imported, {len(rows)} found"
        found: dict[str, UUID] = dict(rows)
        return {handle: found[handle] for handle in handles}
