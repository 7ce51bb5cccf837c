"""Checking: whether each gateway answers, and lets the store in; nothing is moved by it."""

from __future__ import annotations

from datetime import timedelta

from automate_store.application.errors import GatewayRefused, GatewayUnavailable
from automate_store.application.payments.discrepancies import why
from automate_store.application.ports import Ports

LATELY = timedelta(minutes=1)


async def check_gateways(*, ports: Ports) -> dict[str, str | None]:
    """
    What is wrong with each gateway that acts on anything outside; None with one that works.

    Each is asked what happened there in the last minute.
    """
    gateways = (each for _, each in sorted(ports.gateways.items()) if not each.offline)
    found: dict[str, str | None] = {}
    for gateway in gateways:
        found[gateway.name] = None
        try:
            async for _ in gateway.events(ports.clock() - LATELY):
                pass
        except (GatewayUnavailable, GatewayRefused) as failed:
            found[gateway.name] = why(failed)
    return found
