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
    assert promised == broken


def _made(suite: type, kind: type) -> dict[str, Callable[[], object]]:
    if suite is ToldGatewayContract:
        return {"teller": lambda: FakeTeller(fake_gateway(kind))}
    return {"gateway": partial(fake_gateway, kind) if issubclass(kind, FakeGateway) else kind}
