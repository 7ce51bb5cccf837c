"""Orders are what the rules make of them, whatever is done to them, in any way into the store."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator, Mapping
from functools import partial
from typing import Any, TypeVar

import pytest
from attrs import evolve, fields
from httpx import ASGITransport, AsyncClient
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from litestar import Litestar

from automate_store.adapters.postgres.audit import PostgresAuditor
from automate_store.adapters.postgres.engine import Pool, PoolSettings
from automate_store.application.ports import Ports
from automate_store.application.ports.audit import Auditor
from automate_store.domain.kernel.errors import StoreError
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import Order, OrderState
from automate_store.domain.returns import ReturnState
from automate_store.entrypoints.http import create_app
from automate_store.entrypoints.properties.trading import Dealings, OverHttp, TradingMachine
from tests.contracts.sabotages import Broken, Sabotage
from tests.contracts.sabotages.making import does_nothing
from tests.contracts.shops import open_shop, ports_on
from tests.http.web import CONFIG, STAFF, _fill_anew, ready

ONE_CENT = Money(1, "USD")
T = TypeVar("T")
STEPS = settings(stateful_step_count=30)
FEW = settings(STEPS, max_examples=3)
"""Each step is several transactions."""
FINDING = settings(
    STEPS, max_examples=400, derandomize=True, database=None, phases=[Phase.generate]
)


class InMemory(TradingMachine):
    def open(self) -> Ports:
        self._shop = open_shop()
        return self._shop.ports

    def auditor(self) -> Auditor:
        return self._shop.store.auditor()


TestTrading = InMemory.TestCase
TestTrading.settings = STEPS


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


@pytest.fixture
def on_postgres(shared_pool: Pool, runner: asyncio.Runner) -> type[TradingMachine]:
    class OnPostgres(TradingMachine):
        def open(self) -> Ports:
            return ports_on(shared_pool)

        def auditor(self) -> Auditor:
            return PostgresAuditor(shared_pool)

        def run(self, work: Coroutine[Any, Any, T]) -> T:
            return runner.run(work)

    return OnPostgres


@pytest.mark.slow
def test_the_laws_hold_on_postgres(on_postgres: type[TradingMachine]) -> None:
    run_state_machine_as_test(on_postgres, settings=FEW)


def test_the_laws_hold_over_http_on_postgres(
    on_postgres: type[TradingMachine], runner: asyncio.Runner
) -> None:
    app: Litestar | None = None

    class OverTheWire(on_postgres):  # type: ignore[misc, valid-type] # a fixture's own machine
        def reach(self, ports: Ports) -> Dealings:
            nonlocal app
            app = app or create_app(ports, config=CONFIG, readiness=ready)
            _fill_anew(app, ports, CONFIG)
            client = runner.run(opened_client(app))
            return OverHttp(ask=partial(ask, client), gateway="whim", method="flat", staff=STAFF)

    run_state_machine_as_test(OverTheWire, settings=FEW)


async def opened_client(app: Litestar) -> AsyncClient:
    transport = ASGITransport(app=app)  # type: ignore[arg-type] # its scopes are typed dicts
    return AsyncClient(transport=transport, base_url="http://shop.example")


async def ask(
    client: AsyncClient, method: str, path: str, body: object, headers: Mapping[str, str]
) -> tuple[int, Any]:
    answer = await client.request(method, f"/api/v1{path}", json=body, headers=dict(headers))
    client.cookies.clear()
    return answer.status_code, answer.json()


async def forgets_every_key(_keys: Any, _original: Any, *_: Any) -> None:
    pass


class Careless(Order):
    """Ships what was not paid for."""

    def ship(self, shipment: Any, *, actor: str, at: Any) -> Order:
        confirmed = evolve(self, state=OrderState.CONFIRMED)
        return Order.ship(confirmed, shipment, actor=actor, at=at)


class Generous(Order):
    """Gives courtesies that the next one does not know of."""

    def refunded(self, amount: Any, *, credit: Any, **more: Any) -> Order:
        return Order.refunded(self, amount, credit=credit - credit, **more)


class Jumping(Order):
    """Lets the last units leave first, and the others bear what those bore."""

    def cancel(self, reason: str, *, units: Any = None, actor: str, at: Any) -> Order:
        here = Order.cancel(self, reason, units=units, actor=actor, at=at)
        if here.total == self.total or not here.quote.discount:
            return here
        return evolve(here, quote=evolve(here.quote, total=here.total + ONE_CENT))


class Forgiving(Order):
    """Lets an order be cancelled of which something has shipped, whole."""

    def cancel(self, reason: str, *, units: Any = None, actor: str, at: Any) -> Order:
        here = Order.cancel(self, reason, units=units, actor=actor, at=at)
        return evolve(here, state=OrderState.CANCELLED, expires_at=None)


class Hopeful(Order):
    """Waits for parcels that are lost, whoever was made good for them."""

    @property
    def awaited(self) -> Any:
        return tuple(each for each in self.shipments if each.delivered_at is None)


async def lets_it_come_again(_returns: Any, original: Any, returned: Any) -> None:
    """Saves a return as if it had been asked for and approved once more."""
    again = returned.state is ReturnState.REFUNDED
    await original(evolve(returned, state=ReturnState.APPROVED) if again else returned)


def of_kind(kind: type[Order]) -> Broken:
    """Orders are placed as such ones, and stay so."""

    async def broken(_orders: Any, original: Any, order: Any) -> None:
        await original(kind(**{each.name: getattr(order, each.name) for each in fields(Order)}))

    broken.__qualname__ = kind.__name__
    return broken


@pytest.mark.slow
@pytest.mark.parametrize(
    ("of", "method", "broken"),
    [
        ("keys", "claim", forgets_every_key),
        ("refunds", "add", does_nothing),
        ("stock", "close", does_nothing),
        ("stock", "claim", does_nothing),
        ("stock", "record", does_nothing),
        ("returns", "save", lets_it_come_again),
        ("orders", "add", of_kind(Careless)),
        ("orders", "add", of_kind(Generous)),
        ("orders", "add", of_kind(Jumping)),
        ("orders", "add", of_kind(Forgiving)),
        ("orders", "add", of_kind(Hopeful)),
    ],
    ids=lambda each: getattr(each, "__qualname__", each),
)
def test_the_machine_finds_a_store_that_trades_wrongly(
    of: str, method: str, broken: Broken
) -> None:
    sabotage = Sabotage(object, object, of, method, broken)

    class Sabotaged(InMemory):
        def open(self) -> Ports:
            self._shop = open_shop(repositories=sabotage.work)
            return self._shop.ports

    with pytest.raises((AssertionError, StoreError)):
        run_state_machine_as_test(Sabotaged, settings=FINDING)
