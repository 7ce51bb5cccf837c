"""The promises, at the size that every change can afford; `make promises` runs them in full."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from benchmarks.promises import SHOP_CHECKS
from benchmarks.promises.run import Run
from benchmarks.rig.shop import Shop

CASES = [(promise, one.settings) for promise, one in SHOP_CHECKS.items()]


@pytest.fixture(scope="module")
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    with Shop(settings=request.param) as shop:
        yield shop


@pytest.mark.parametrize(("promise", "shop"), CASES, indirect=["shop"], ids=list(SHOP_CHECKS))
def test_the_promise_holds_on_two_servers_and_one_database(promise: str, shop: Shop) -> None:
    run = Run(promise, seed=1, quick=True)

    asyncio.run(SHOP_CHECKS[promise].check(shop, run))
    run.conclude(shop)

    assert not run.faults
    assert run.tries > 0
