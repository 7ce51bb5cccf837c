"""The shop that the tests of HTTP are sent to."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import structlog

from tests.http.web import Web, open_web


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    """A shop that serves; no refusal of it may be one that its route does not document."""
    with structlog.testing.capture_logs() as lines:
        async with open_web() as opened:
            yield opened
    assert [line for line in lines if line["event"] == "undocumented_problem"] == []
