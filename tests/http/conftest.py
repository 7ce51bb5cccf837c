"""The shop that the tests of HTTP are sent to."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import structlog

from tests.http.secrets_told import SecretsTold
from tests.http.web import Web, open_web


@pytest.fixture
async def web(caplog: pytest.LogCaptureFixture) -> AsyncIterator[Web]:
    """
    A shop that serves.

    No refusal of it may be one that its route does not document, and no secret may be
    logged: lines are looked at as they are written, before any is made unreadable.
    """
    told = SecretsTold()
    with structlog.testing.capture_logs() as lines:
        async with open_web() as opened:
            opened.client.event_hooks["response"].append(told.hear)
            yield opened
    assert [line for line in lines if line["event"] == "undocumented_problem"] == []
    assert told.found_in(f"{lines}{caplog.text}") == []
