"""Answers that an earlier version kept under their keys: told again as they were meant."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from automate_store.adapters.postgres.answers import read_answer
from automate_store.adapters.postgres.engine import Pool
from automate_store.application.orders import EditView
from automate_store.application.ports.keys import Keyed
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import Order
from tests.contracts.shops import ports_on

KEPT = Path(__file__).parent / "kept"
"""As they were kept before edits told what is to pay and what comes back."""
WAITS, MADE = ((KEPT / f"edit_that_{each}.json").read_bytes() for each in ("waits", "was_made"))


def usd(cents: int) -> Money:
    return Money(cents, "USD")


def told(**changes: Any) -> bytes:
    """The edit that was made, where it had come to something else."""
    return json.dumps({**json.loads(MADE), **changes}).encode()


def test_what_an_edit_waits_for_is_to_pay() -> None:
    view = read_answer(WAITS, EditView)
    assert (view.to_pay, view.comes_back) == (view.difference, usd(0))
    assert view.to_pay == usd(2176)


@pytest.mark.parametrize(("difference", "back"), [(0, 0), (-500, 500)])
def test_what_an_edit_costs_less_comes_back(difference: int, back: int) -> None:
    kept = told(difference={"minor": difference, "currency": "USD"})
    view = read_answer(kept, EditView)
    assert (view.to_pay, view.comes_back) == (usd(0), usd(back))


def test_of_an_order_that_nobody_had_paid_all_is_to_pay() -> None:
    order = {**json.loads(MADE)["order"], "payment": "pending"}
    kept = told(order=order, difference={"minor": 500, "currency": "USD"})
    view = read_answer(kept, EditView)
    assert (view.to_pay, view.comes_back) == (view.quote.total, usd(0))


def test_an_order_of_before_anything_could_be_owed_owes_nothing() -> None:
    order = json.loads(MADE)["order"]
    del order["owed"]
    assert read_answer(json.dumps(order).encode(), Order).owed == usd(0)
    assert read_answer(told(order=order), EditView).order.owed == usd(0)


def test_what_is_no_answer_of_that_kind_is_not_read_as_one() -> None:
    with pytest.raises(msgspec.ValidationError):
        read_answer(b'{"order": {}}', EditView)


async def test_the_same_key_is_answered_by_it(pool: Pool) -> None:
    ports, request = ports_on(pool), Keyed("guest", "edit", b"the same inputs")
    async with ports.unit_of_work() as work:
        await work.keys.claim(request, EditView)
        await work.keys.keep(request, msgspec.Raw(WAITS), ports.clock())
    async with ports.unit_of_work() as work:
        again = await work.keys.claim(request, EditView)
    assert isinstance(again, EditView)
    assert again.to_pay == usd(2176)
