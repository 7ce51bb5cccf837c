"""Each promise of gateways is seen broken by the test that is named after it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from automate_store.adapters.fake import FakeGateway
from automate_store.adapters.memory import MemoryGateway
from automate_store.entrypoints.properties.contracts import (
    CaptureInPartsContract,
    GatewayEventsContract,
    KeepingGatewayContract,
    PaymentGatewayContract,
    SavingGatewayContract,
    ToldGatewayContract,
)
from tests.adapters.fake.serving import FakeTeller, Shoppers, fake_gateway
from tests.contracts.running import passes
from tests.contracts.sabotages.gateways import BREACHES, Breach

SUITES = (
    PaymentGatewayContract,
    KeepingGatewayContract,
    CaptureInPartsContract,
    GatewayEventsContract,
    SavingGatewayContract,
    ToldGatewayContract,
)
UNBROKEN = {
    # Broken among the repositories' sabotages, where these were first.
    "test_an_intent_is_for_the_payments_own_amount",
    "test_asked_twice_for_an_intent_it_answers_the_same",
    "test_each_payment_has_its_own_intent",
    "test_confirming_captures_the_whole_amount",
    "test_asked_twice_to_confirm_it_acts_once",
    "test_what_it_knows_of_an_intent_is_what_it_said",
    "test_it_goes_by_a_name",
    # Whoever breaks them breaks another one first.
    "test_it_gives_back_what_it_captured",
    "test_finished_twice_it_is_kept_once",
}


@pytest.mark.slow
@pytest.mark.parametrize("breach", BREACHES, ids=str)
def test_a_broken_promise_is_seen(breach: Breach) -> None:
    fake = issubclass(breach.gateway, FakeGateway)
    suite = type("Suite", (Shoppers, breach.suite), {}) if fake else breach.suite
    whole = FakeGateway if fake else MemoryGateway
    assert passes(suite, breach.test, **_made(breach.suite, whole))
    assert not passes(suite, breach.test, **_made(breach.suite, breach.gateway))


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.__name__)
def test_every_promise_has_been_seen_broken(suite: type) -> None:
    promised = {name for name in vars(suite) if name.startswith("test_")}
    broken = {breach.test for breach in BREACHES if breach.suite is suite}
    assert promised - UNBROKEN == broken


def _made(suite: type, kind: type) -> dict[str, Callable[[], object]]:
    if suite is ToldGatewayContract:
        return {"teller": lambda: FakeTeller(fake_gateway(kind))}
    return {"gateway": partial(fake_gateway, kind) if issubclass(kind, FakeGateway) else kind}
