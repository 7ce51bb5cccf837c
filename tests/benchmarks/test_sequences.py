"""What P25 finds is told as a program that a person can run, and that breaks the law again."""

from __future__ import annotations

import pytest

from automate_store.adapters.memory import MemoryShop
from automate_store.application.ports import Ports
from automate_store.entrypoints.bootstrap import pricing_policy, store_policy
from automate_store.entrypoints.properties.moments import NOON
from automate_store.entrypoints.settings import Settings
from benchmarks.promises.p25_sequences import tried
from benchmarks.promises.p25_sequences.machines import InMemory
from benchmarks.promises.p25_sequences.telling import law_of
from tests.contracts.sabotages import Sabotage
from tests.contracts.sabotages.making import does_nothing

ENOUGH = 50


class Forgetful(InMemory):
    """A shop that notes no refund."""

    def open(self) -> Ports:
        work = Sabotage(object, object, "refunds", "add", does_nothing).work
        chosen = Settings.from_environment({})
        self._shop = MemoryShop.open(
            store_policy(chosen), pricing_policy(chosen), at=NOON, repositories=work
        )
        return self._shop.ports


@pytest.mark.slow
def test_what_is_found_is_a_program_that_breaks_the_law_again() -> None:
    (found,) = tried(Forgetful, 1, ENOUGH, shrinks=True).found
    assert found.steps[0] == "state = Forgetful()"
    with pytest.raises(AssertionError) as again:
        exec(found.program, {"Forgetful": Forgetful})  # noqa: S102 - it is what we just made
    assert found.law == law_of(again.value)
