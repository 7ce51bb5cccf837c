"""Routes that ask after the server itself."""

from __future__ import annotations

import asyncio
from typing import Literal

from msgspec import Struct

from automate_store.entrypoints.http.calls import Call
from automate_store.entrypoints.http.config import Readiness
from automate_store.entrypoints.http.errors import NotReady
from automate_store.entrypoints.http.routes import Routes

READINESS_TIMEOUT_S = 3
routes = Routes("Health", prefix="", limit=None, write_limit=None)


class Live(Struct, frozen=True):
    """The process runs and answers."""

    status: Literal["live"]


class Ready(Struct, frozen=True):
    """Everything that the store stands on is there."""

    status: Literal["ready"]


@routes.get("/health/live", summary="Ask whether the server runs")
async def show_liveness(call: Call) -> Live:  # noqa: ARG001 - it hangs on nothing at all
    """Answers as long as the process does, whatever else is away."""
    return Live("live")


@routes.get("/health/ready", summary="Ask whether requests can be served", raises=(NotReady,))
async def show_readiness(call: Call) -> Ready:
    """Asks what the store stands on; not ready while something is away or the server stops."""
    readiness = await _asked(call)
    if not readiness.ready:
        raise NotReady(readiness.reasons)
    return Ready("ready")


async def _asked(call: Call) -> Readiness:
    if call.shop.draining.begun:
        return Readiness(("the server is shutting down",))
    try:
        async with asyncio.timeout(READINESS_TIMEOUT_S):
            return await call.shop.readiness()
    except TimeoutError:
        return Readiness((f"no answer within {READINESS_TIMEOUT_S} s",))
