"""The promises, at the size that every change can afford; `make promises` runs them in full."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from benchmarks.promises import IN_A_SHOP
from benchmarks.promises.run import Run
from benchmarks.rig.shop import Shop


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with Shop() as shop:
        yield shop


@pytest.mark.parametrize("promise", IN_A_SHOP)
def test_the_promise_holds_on_two_servers_and_one_database(promise: str, shop: Shop) -> None:
    run = Run(promise, seed=1, quick=True)

    asyncio.run(IN_A_SHOP[promise](shop, run))
    run.conclude(shop)

    assert not run.faults
    assert run.tries > 0
