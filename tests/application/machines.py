"""Where machines trade: in memory, on PostgreSQL and over HTTP, and in shops that are broken."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator, Mapping
from functools import partial
from typing import Any, TypeVar

import pytest
from httpx import ASGITransport, AsyncClient
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from litestar import Litestar

from automate_store.adapters.postgres.audit import PostgresAuditor
from automate_store.adapters.postgres.engine import Pool, PoolSettings
from automate_store.application.ports import Ports
from automate_store.application.ports.audit import Auditor
from automate_store.domain.kernel.errors import StoreError
from automate_store.entrypoints.http import create_app
from automate_store.entrypoints.properties.trading import Dealings, OverHttp
from automate_store.entrypoints.properties.trading.desk import TradingDesk
from tests.contracts.sabotages import Broken, Sabotage
from tests.contracts.shops import open_shop, ports_on
from tests.http.web import CONFIG, STAFF, _fill_anew, ready

T = TypeVar("T")
Machine = type[TradingDesk]
STEPS = settings(stateful_step_count=30)
FEW = settings(STEPS, max_examples=3)
"""Each step is several transactions."""
FINDING = settings(
    STEPS, max_examples=1_500, derandomize=True, database=None, phases=[Phase.generate]
)


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as opened:
        yield opened


@pytest.fixture
def shared_pool(postgres_url: str, runner: asyncio.Runner) -> Iterator[Pool]:
    async def opened() -> Pool:
        return Pool(PoolSettings(url=postgres_url))

    async def closed(pool: Pool) -> None:
        pool.close()

    pool = runner.run(opened())
    yield pool
    runner.run(closed(pool))


def in_memory(machine: Machine, **shop: Any) -> Machine:
    """The machine, with a shop of its own each time."""

    class InMemory(machine):  # type: ignore[misc, valid-type] # whichever machine is asked for
        def open(self) -> Ports:
            self._shop = open_shop(**shop)
            return self._shop.ports

        def auditor(self) -> Auditor:
            return self._shop.store.auditor()

    return InMemory


def on_postgres(machine: Machine, pool: Pool, runner: asyncio.Runner) -> Machine:
    """The machine, in one database: each sequence trades beside what the last ones left."""

    class OnPostgres(machine):  # type: ignore[misc, valid-type] # whichever machine is asked for
        def open(self) -> Ports:
            return ports_on(pool)

        def auditor(self) -> Auditor:
            return PostgresAuditor(pool)

        def run(self, work: Coroutine[Any, Any, T]) -> T:
            return runner.run(work)

    return OnPostgres


def over_http(machine: Machine, runner: asyncio.Runner) -> Machine:
    """The machine, which reaches its shop by its routes alone."""
    app: Litestar | None = None

    class OverTheWire(machine):  # type: ignore[misc, valid-type] # whichever machine is asked for
        def reach(self, ports: Ports) -> Dealings:
            nonlocal app
            app = app or create_app(ports, config=CONFIG, readiness=ready)
            _fill_anew(app, ports, CONFIG)
            client = runner.run(_opened_client(app))
            return OverHttp(ask=partial(_ask, client), gateway="whim", method="flat", staff=STAFF)

    return OverTheWire


def finds(machine: Machine, of: str, method: str, broken: Broken) -> None:
    """Whether the machine finds a shop one of whose repositories is broken so."""
    sabotage = Sabotage(object, object, of, method, broken)
    with pytest.raises((AssertionError, StoreError)):
        run_state_machine_as_test(in_memory(machine, repositories=sabotage.work), settings=FINDING)


async def forgets_every_key(_keys: Any, _original: Any, *_: Any) -> None:
    pass


async def _opened_client(app: Litestar) -> AsyncClient:
    transport = ASGITransport(app=app)  # type: ignore[arg-type] # its scopes are typed dicts
    return AsyncClient(transport=transport, base_url="http://shop.example")


async def _ask(
    client: AsyncClient, method: str, path: str, body: object, headers: Mapping[str, str]
) -> tuple[int, Any]:
    answer = await client.request(method, f"/api/v1{path}", json=body, headers=dict(headers))
    client.cookies.clear()
    return answer.status_code, answer.json()
