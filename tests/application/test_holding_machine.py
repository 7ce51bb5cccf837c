"""Held money is what the rules make of it, whatever staff do with it, in any way into the store."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from functools import partial
from typing import Any

import pytest
from hypothesis.stateful import run_state_machine_as_test
from litestar import Litestar

from automate_store.adapters.postgres.audit import PostgresAuditor
from automate_store.adapters.postgres.engine import Pool
from automate_store.application.ports import Ports
from automate_store.application.ports.audit import Auditor
from automate_store.domain.kernel.errors import StoreError
from automate_store.entrypoints.http import create_app
from automate_store.entrypoints.properties.trading import Dealings, HoldingMachine, OverHttp
from tests.application.test_trading_machine import (
    FEW,
    FINDING,
    STEPS,
    T,
    ask,
    forgets_every_key,
    opened_client,
    runner,
    shared_pool,
)
from tests.contracts.sabotages import Broken, Sabotage
from tests.contracts.sabotages.making import does_nothing
from tests.contracts.shops import open_shop, ports_on
from tests.http.web import CONFIG, STAFF, _fill_anew, ready

__all__ = ["runner", "shared_pool"]


class InMemory(HoldingMachine):
    def open(self) -> Ports:
        self._shop = open_shop()
        return self._shop.ports

    def auditor(self) -> Auditor:
        return self._shop.store.auditor()


TestHolding = InMemory.TestCase
TestHolding.settings = STEPS


@pytest.fixture
def held_on_postgres(
    shared_pool: Pool,
    runner: asyncio.Runner,
) -> type[HoldingMachine]:
    class OnPostgres(HoldingMachine):
        def open(self) -> Ports:
            return ports_on(shared_pool)

        def auditor(self) -> Auditor:
            return PostgresAuditor(shared_pool)

        def run(self, work: Coroutine[Any, Any, T]) -> T:
            return runner.run(work)

    return OnPostgres


@pytest.mark.slow
def test_the_laws_hold_on_postgres(held_on_postgres: type[HoldingMachine]) -> None:
    run_state_machine_as_test(held_on_postgres, settings=FEW)


def test_the_laws_hold_over_http_on_postgres(
    held_on_postgres: type[HoldingMachine],
    runner: asyncio.Runner,
) -> None:
    app: Litestar | None = None

    class OverTheWire(held_on_postgres):  # type: ignore[misc, valid-type] # a fixture's own machine
        def reach(self, ports: Ports) -> Dealings:
            nonlocal app
            app = app or create_app(ports, config=CONFIG, readiness=ready)
            _fill_anew(app, ports, CONFIG)
            client = runner.run(opened_client(app))
            return OverHttp(ask=partial(ask, client), gateway="whim", method="flat", staff=STAFF)

    run_state_machine_as_test(OverTheWire, settings=FEW)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("of", "method", "broken"),
    [
        ("keys", "claim", forgets_every_key),
        ("stock", "close", does_nothing),
        ("refunds", "add", does_nothing),
    ],
    ids=lambda each: getattr(each, "__qualname__", each),
)
def test_the_machine_finds_a_store_that_holds_money_wrongly(
    of: str, method: str, broken: Broken
) -> None:
    sabotage = Sabotage(object, object, of, method, broken)

    class Sabotaged(InMemory):
        def open(self) -> Ports:
            self._shop = open_shop(repositories=sabotage.work)
            return self._shop.ports

    with pytest.raises((AssertionError, StoreError)):
        run_state_machine_as_test(Sabotaged, settings=FINDING)
