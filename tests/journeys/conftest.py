"""The shop that journeys are made in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.stripe.local import running_localstripe
from tests.journeys.shops import Shop
from tests.postgres_fixtures import fresh


@pytest.fixture(scope="session")
def stocked_database(
    postgres_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The name of a database with two products and ways to ship, to be copied."""
    with fresh(postgres_server) as url:
        Shop.on(url, tmp_path_factory.mktemp("stocked")).stock()
        yield url.partition("@/")[2].partition("?")[0]


@pytest.fixture
def shop(postgres_server: str, stocked_database: str, tmp_path: Path) -> Iterator[Shop]:
    """A stocked shop without a server yet; every server that was started is stopped."""
    with fresh(postgres_server, template=stocked_database) as url:
        opened = Shop.on(url, tmp_path)
        try:
            yield opened
        finally:
            opened.stop()


@pytest.fixture(scope="session")
def localstripe() -> Iterator[str]:
    """Where the worker's localstripe listens."""
    with running_localstripe() as url:
        yield url
