"""Held money is what the rules make of it, whatever staff do with it, in any way into the store."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis.stateful import run_state_machine_as_test

from automate_store.adapters.postgres.engine import Pool
from automate_store.entrypoints.properties.trading import HoldingMachine
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


TestHolding = in_memory(HoldingMachine).TestCase
TestHolding.settings = STEPS


@pytest.mark.slow
def test_the_laws_hold_on_postgres(shared_pool: Pool, runner: asyncio.Runner) -> None:
    run_state_machine_as_test(on_postgres(HoldingMachine, shared_pool, runner), settings=FEW)


def test_the_laws_hold_over_http_on_postgres(shared_pool: Pool, runner: asyncio.Runner) -> None:
    stored = on_postgres(HoldingMachine, shared_pool, runner)
    run_state_machine_as_test(over_http(stored, runner), settings=FEW)


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
    finds(HoldingMachine, of, method, broken)
