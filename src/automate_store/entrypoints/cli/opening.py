"""What commands begin with: the settings, the logs, and where they need it the store."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from attrs import evolve

from automate_store.entrypoints.settings import LogLevel, Settings

if TYPE_CHECKING:
    from automate_store.application.ports import Ports
    from automate_store.entrypoints.bootstrap import Store

debugging: ContextVar[bool] = ContextVar("debugging", default=False)
"""Whether ``--debug`` was given."""
environment: ContextVar[Mapping[str, str]] = ContextVar("environment", default=os.environ)
"""Where the settings are read from."""


def read_settings(*, quiet: bool = False) -> Settings:
    """
    The settings of the environment, with the logs set up; quiet ones begin at warnings.

    Raises SettingsRefused.
    """
    from automate_store.entrypoints.logs import set_up_logs

    found = Settings.from_environment(environment.get())
    level = found.log_level
    if quiet and level.number < LogLevel.WARNING.number:
        level = LogLevel.WARNING
    set_up_logs(level=LogLevel.DEBUG if debugging.get() else level, format=found.log_format)
    return found


def listening_at(settings: Settings, host: str | None, port: int | None) -> Settings:
    """The settings, with what the command line says of the address."""
    return evolve(
        settings,
        host=settings.host if host is None else host,
        port=settings.port if port is None else port,
    )


def with_ports(use: Callable[[Ports], Awaitable[int | None]]) -> int:
    """What the use of the store's ports ends with; 0 where it gives nothing."""
    return with_store(lambda store: use(store.ports))


def with_store(use: Callable[[Store], Awaitable[int | None]]) -> int:
    """What the use of the store ends with; 0 where it gives nothing."""
    from automate_store.entrypoints.cli.signals import run

    settings = read_settings(quiet=True)

    async def using() -> int:
        async with _opened(settings) as store:
            return await use(store) or 0

    return run(using())


async def refuse_old_schema(store: Store) -> None:
    """Nothing, where the database fits this release; else MigrationsMissing or DatabaseNewer."""
    from automate_store.adapters.postgres.revisions import shipped_revision, stored_revision
    from automate_store.adapters.postgres.session import Session
    from automate_store.entrypoints.cli.errors import DatabaseNewer, MigrationsMissing

    async with Session(store.pool) as session:
        found, needed = await stored_revision(session), shipped_revision()
    if found is not None and found > needed:
        raise DatabaseNewer(found, needed)
    if found != needed:
        raise MigrationsMissing(f"revision {found}" if found else "no revision", needed)


async def refuse_misfit(store: Store) -> None:
    """As above, and CurrencyTaken where prices are kept in another currency."""
    from automate_store.adapters.postgres.revisions import stored_currencies
    from automate_store.adapters.postgres.session import Session
    from automate_store.entrypoints.cli.errors import CurrencyTaken

    await refuse_old_schema(store)
    own = store.settings.currency
    async with Session(store.pool) as session:
        for other in sorted(await stored_currencies(session) - {own}):
            raise CurrencyTaken(own, other)


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Store]:
    """The store on its database, which must be migrated; with patience for whole shops."""
    from automate_store.entrypoints.bootstrap import open_store, running_database

    async with (
        running_database(settings) as url,
        open_store(settings, url, patient=True) as store,
    ):
        await refuse_old_schema(store)
        yield store
