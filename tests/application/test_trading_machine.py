"""Orders are what the rules make of them, whatever is done to them, in any way into the store."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from attrs import evolve, fields
from hypothesis.stateful import run_state_machine_as_test

from automate_store.adapters.postgres.engine import Pool
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import Order, OrderState
from automate_store.domain.returns import ReturnState
from automate_store.entrypoints.properties.trading import TradingMachine
from tests.application.machines import (
    FEW,
    STEPS,
    finds,
    forgets_every_key,
    in_memory,
    on_postgres,
    over_http,
    runner,
    shared_pool,
)
from tests.contracts.sabotages import Broken
from tests.contracts.sabotages.making import does_nothing

__all__ = ["runner", "shared_pool"]

ONE_CENT = Money(1, "USD")


TestTrading = in_memory(TradingMachine).TestCase
TestTrading.settings = STEPS


@pytest.mark.slow
def test_the_laws_hold_on_postgres(shared_pool: Pool, runner: asyncio.Runner) -> None:
    run_state_machine_as_test(on_postgres(TradingMachine, shared_pool, runner), settings=FEW)


def test_the_laws_hold_over_http_on_postgres(shared_pool: Pool, runner: asyncio.Runner) -> None:
    stored = on_postgres(TradingMachine, shared_pool, runner)
    run_state_machine_as_test(over_http(stored, runner), settings=FEW)


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
    finds(TradingMachine, of, method, broken)
