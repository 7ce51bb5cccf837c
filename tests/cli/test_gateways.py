"""Which gateways a store has, by its settings."""

from __future__ import annotations

import pytest
from attrs import evolve

from automate_store.adapters.fake import FakeGateway
from automate_store.adapters.guarding import GuardedGateway
from automate_store.adapters.system import SystemClock
from automate_store.entrypoints.bootstrap.gateways import opened_gateways
from automate_store.entrypoints.settings import Settings, SettingsRefused
from automate_store.entrypoints.settings.edge import OfferedGateway

FAKE = Settings(fake_url="http://127.0.0.1:1", gateways=(OfferedGateway.FAKE,))


async def test_a_store_without_a_provider_takes_money_by_hand_alone() -> None:
    async with opened_gateways(Settings(), SystemClock()) as gateways:
        assert gateways.keys() == {"manual"}
        assert not isinstance(gateways["manual"], GuardedGateway)


async def test_a_provider_that_is_offered_without_its_address_is_refused_by_name() -> None:
    with pytest.raises(SettingsRefused) as told:
        async with opened_gateways(evolve(FAKE, fake_url=None), SystemClock()):
            pass
    assert "AUTOMATE_STORE_FAKE_URL is needed" in str(told.value)


async def test_a_provider_is_guarded() -> None:
    async with opened_gateways(FAKE, SystemClock()) as gateways:
        fake = gateways["fake"]
        assert isinstance(fake, GuardedGateway)
        assert isinstance(fake._gateway, FakeGateway)
        assert fake.available


async def test_a_provider_that_is_offered_no_more_still_refunds() -> None:
    async with opened_gateways(evolve(FAKE, gateways=()), SystemClock()) as gateways:
        assert "fake" in gateways
