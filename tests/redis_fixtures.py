"""A real Valkey for tests: one a worker, and one for each test that hurts it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from automate_store.adapters.redis import RedisLine
from automate_store.adapters.redis.line import REST_S
from benchmarks.rig.valkey import TemporaryValkey

PATIENCE_S = 2.0
"""Longer than in a shop: a busy machine says nothing about Redis."""
SLACK_S = 0.25


async def rested() -> None:
    """Later, so that whoever lost Redis has asked again."""
    await asyncio.sleep(REST_S + SLACK_S)


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[TemporaryValkey]:
    """The worker's server, which no test may hurt."""
    with TemporaryValkey() as server:
        yield server


@pytest.fixture
def redis_url(valkey_server: TemporaryValkey) -> str:
    """An empty Redis for one test."""
    valkey_server.flush()
    return valkey_server.url


@pytest.fixture
async def line(redis_url: str) -> AsyncIterator[RedisLine]:
    """A line to an empty Redis that is there."""
    line = RedisLine(redis_url, timeout_s=PATIENCE_S)
    yield line
    await line.close()


@pytest.fixture
def fragile() -> Iterator[TemporaryValkey]:
    """A server of the test's own, to be killed and frozen."""
    with TemporaryValkey() as server:
        yield server
