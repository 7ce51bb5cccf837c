"""Shops for the tests on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from attrs import evolve

from automate_store.adapters.postgres.engine import Pool, PoolSettings
from automate_store.entrypoints.properties.contracts.scene import put_stocked
from tests.adapters.postgres.shops import Shop, put_up_shipping
from tests.contracts.shops import ports_on


@pytest.fixture
async def shop(postgres_url: str) -> AsyncIterator[Shop]:
    """A shop with mugs and jugs."""
    pool = Pool(PoolSettings(url=postgres_url, pool_size=8, lock_timeout_s=30))
    opened = ports_on(pool).clock()
    ports = evolve(ports_on(pool), clock=lambda: opened)
    await put_up_shipping(ports)
    mug, jug = [await put_stocked(ports, slug, on_hand=500) for slug in ("mug", "jug")]
    yield Shop(ports, pool, opened, mug, jug)
    pool.close()
