"""The counter of a coupon is the number of its live uses, whatever customers do."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest
from attrs import evolve
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from automate_store.adapters.postgres.engine import Pool
from automate_store.application.ports import Ports
from automate_store.application.ports.coupons import Coupons
from automate_store.entrypoints.properties.contracts import CouponsContract
from automate_store.entrypoints.properties.coupons import CouponMachine
from tests.application.machines import runner, shared_pool
from tests.contracts.sabotages import Broken, Sabotage
from tests.contracts.sabotages.coupons import (
    looks_before_it_locks,
    redeems,
    writes_an_absolute_count,
)
from tests.contracts.shops import open_shop, ports_on

__all__ = ["runner", "shared_pool"]

T = TypeVar("T")
STEPS = settings(stateful_step_count=25)
FEW = settings(STEPS, max_examples=3)
"""Each step is several transactions."""
FINDING = settings(
    STEPS, max_examples=300, derandomize=True, database=None, phases=[Phase.generate]
)


class InMemory(CouponMachine):
    def open(self) -> Ports:
        return open_shop().ports


TestCoupons = InMemory.TestCase
TestCoupons.settings = STEPS


def test_the_law_holds_on_postgres(shared_pool: Pool, runner: asyncio.Runner) -> None:
    class OnPostgres(CouponMachine):
        def open(self) -> Ports:
            return ports_on(shared_pool)

        def run(self, work: Coroutine[Any, Any, T]) -> T:
            return runner.run(work)

    run_state_machine_as_test(OnPostgres, settings=FEW)


async def gives_back_twice(coupons: Any, original: Any, order_id: Any, *, at: Any) -> int:
    given = int(await original(order_id, at=at))
    uses = coupons._tables.coupon_uses
    for key, stored in uses.items():
        if key[1] == order_id:
            uses.put(key, evolve(stored, given_back_at=None))
    return given + int(await original(order_id, at=at))


async def keeps_what_expired(coupons: Any, _original: Any, order_id: Any, *, at: Any) -> int:
    assert coupons._session
    assert order_id != at
    return 0


async def knows_emails_by_their_case(
    coupons: Any, original: Any, codes: Any, *, user_id: Any, email: Any
) -> Any:
    told = await original(codes, user_id=user_id, email=email)
    assert coupons
    return tuple(evolve(each, used_by_you=0) for each in told)


@pytest.mark.parametrize(
    ("method", "broken"),
    [
        ("give_back", gives_back_twice),
        ("give_back", keeps_what_expired),
        ("redeem", writes_an_absolute_count),
        ("redeem", looks_before_it_locks),
        ("redeem", redeems(usage_limit=None)),
        ("presented", knows_emails_by_their_case),
    ],
    ids=lambda each: getattr(each, "__qualname__", each),
)
def test_the_machine_finds_a_store_that_counts_wrongly(method: str, broken: Broken) -> None:
    sabotage = Sabotage(CouponsContract, Coupons, "coupons", method, broken)

    class Sabotaged(CouponMachine):
        def open(self) -> Ports:
            return open_shop(repositories=sabotage.work).ports

    with pytest.raises(AssertionError):
        run_state_machine_as_test(Sabotaged, settings=FINDING)
