"""What jobs leave in the log that fail."""

from __future__ import annotations

import logging
from contextlib import nullcontext
from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import UUID

import msgspec
import pytest

from automate_store.adapters.jobs import TRIES
from automate_store.adapters.jobs.app import _reacting
from automate_store.application.errors import GatewayUnavailable
from automate_store.domain.kernel.events import Event
from automate_store.domain.kernel.ids import MethodId
from automate_store.domain.payments import MethodRemoved

REMOVED = MethodRemoved(at=datetime(2026, 3, 1, tzinfo=UTC), method_id=MethodId(UUID(int=1)))


@pytest.mark.parametrize(
    ("error", "attempts", "level"),
    [
        (GatewayUnavailable("stripe"), 0, logging.WARNING),
        (GatewayUnavailable("stripe"), TRIES - 1, logging.ERROR),
        (OSError("the disk is full"), 0, logging.ERROR),
    ],
)
async def test_a_provider_that_is_away_is_a_line_in_the_log_until_the_last_try(
    error: Exception, attempts: int, level: int, caplog: pytest.LogCaptureFixture
) -> None:
    async def react(event: Event, event_id: UUID) -> None:
        del event, event_id
        raise error

    task = _reacting(MethodRemoved, react, lambda _: nullcontext())
    payload = msgspec.to_builtins(REMOVED)
    context = SimpleNamespace(job=SimpleNamespace(attempts=attempts))
    with pytest.raises(type(error)):
        await task(
            context,
            event_id=str(UUID(int=0)),
            event="method_removed",
            payload=payload,
            request_id=None,
        )

    (line,) = caplog.records
    assert (line.levelno, bool(line.exc_info)) == (level, level == logging.ERROR)
