"""The shops that the tests of the use cases trade in."""

from __future__ import annotations

import pytest

from automate_store.adapters.manual import ManualGateway
from automate_store.adapters.memory import MemoryGateway
from automate_store.adapters.postgres.engine import Pool
from tests.application.catalogs import Warehouse, memory_ports, postgres_ports
from tests.application.shopping import Street
from tests.application.telling import Desk
from tests.application.trading import Trade
from tests.contracts.shops import open_shop, ports_on


@pytest.fixture(params=[MemoryGateway, ManualGateway], ids=["online", "offline"])
async def trade(request: pytest.FixtureRequest) -> Trade:
    """An open shop in memory, whose gateway is another machine, or answers on the spot."""
    return await Trade.open(request.param())


@pytest.fixture
async def street_in_memory() -> Street:
    return await Street.open(open_shop().ports)


@pytest.fixture
async def street_on_postgres(pool: Pool) -> Street:
    return await Street.open(ports_on(pool))


@pytest.fixture(params=["memory", "postgres"])
def street(request: pytest.FixtureRequest) -> Street:
    """A store whose works run beside each other: in memory, and on PostgreSQL."""
    place = "in_memory" if request.param == "memory" else "on_postgres"
    opened: Street = request.getfixturevalue(f"street_{place}")
    return opened


@pytest.fixture
async def desk_in_memory() -> Desk:
    return await Desk.in_memory()


@pytest.fixture
async def desk_on_postgres(pool: Pool) -> Desk:
    return await Desk.on_postgres(pool)


@pytest.fixture(params=["memory", "postgres"])
def desk(request: pytest.FixtureRequest) -> Desk:
    """A store whose gateway tells of itself: in memory, and on PostgreSQL."""
    place = "in_memory" if request.param == "memory" else "on_postgres"
    opened: Desk = request.getfixturevalue(f"desk_{place}")
    return opened


@pytest.fixture(params=["memory", "postgres"])
def shop(request: pytest.FixtureRequest) -> Warehouse:
    """A shop whose catalogue comes and goes in files: in memory, and on PostgreSQL."""
    if request.param == "memory":
        return Warehouse(memory_ports())
    return Warehouse(postgres_ports(request.getfixturevalue("pool")))
