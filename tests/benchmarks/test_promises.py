"""The promises, at the size that every change can afford; `make promises` runs them in full."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from _pytest.mark import ParameterSet

from benchmarks.promises import CHECKS, OWN_SHOP_CHECKS, SHOP_CHECKS
from benchmarks.promises.run import Run
from benchmarks.rig.shop import PATIENT, PLAIN, Shop

QUICK = frozenset({"P01"})
"""What every change is held to; even small the others take long."""


def _parameter(promise: str) -> ParameterSet:
    return pytest.param(promise, marks=[] if promise in QUICK else pytest.mark.slow)


OF_THEIR_OWN = (*OWN_SHOP_CHECKS, "P25", "P31")
"""Checks that no other could follow: P31 does all that staff may do, P25 moves all times."""
UNDER_LOAD = [
    _parameter(each)
    for each, one in SHOP_CHECKS.items()
    if one.settings is PATIENT and each not in OF_THEIR_OWN
]
OUTAGES = [_parameter(each) for each, one in SHOP_CHECKS.items() if one.settings is PLAIN]


@pytest.fixture(scope="module")
def patient_shop() -> Iterator[Shop]:
    with Shop(settings=PATIENT) as shop:
        yield shop


@pytest.fixture(scope="module")
def plain_shop() -> Iterator[Shop]:
    with Shop(settings=PLAIN) as shop:
        yield shop


@pytest.mark.parametrize("promise", UNDER_LOAD)
def test_the_promise_holds_on_two_servers_that_share_a_database(
    promise: str, patient_shop: Shop
) -> None:
    run = checked(promise, patient_shop)

    assert not run.faults
    assert run.tries > 0


@pytest.mark.parametrize("promise", OUTAGES)
def test_the_promise_holds_while_the_database_is_away(promise: str, plain_shop: Shop) -> None:
    run = checked(promise, plain_shop)

    assert not run.faults
    assert run.tries > 0


@pytest.mark.parametrize("promise", [_parameter(each) for each in OF_THEIR_OWN])
def test_the_promise_holds_in_a_shop_of_its_own(promise: str) -> None:
    run = Run(promise, seed=1, quick=True)

    asyncio.run(CHECKS[promise](run))

    assert not run.faults
    assert run.tries > 0


@pytest.mark.slow
def test_no_cent_is_lost_in_any_cart() -> None:
    run = Run("P07", seed=1, quick=True)

    asyncio.run(CHECKS["P07"](run))

    assert not run.faults
    assert run.tries == 2_000


def checked(promise: str, shop: Shop) -> Run:
    run = Run(promise, seed=1, quick=True)
    asyncio.run(SHOP_CHECKS[promise].check(shop, run))
    run.conclude(shop)
    return run
