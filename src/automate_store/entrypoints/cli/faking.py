"""``fake-gateway``: a payment provider in a process of its own."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from attrs import evolve

from automate_store.adapters.system import SystemClock, SystemIds
from automate_store.entrypoints.cli.errors import AddressTaken, GatewayAddressTaken
from automate_store.entrypoints.cli.printing import say
from automate_store.entrypoints.cli.serving import Server, bound, either, server_config
from automate_store.entrypoints.cli.signals import listening
from automate_store.entrypoints.fake_gateway import CARDS, create_fake_gateway
from automate_store.entrypoints.settings import Settings

GRACE_S = 1.0
"""Nothing here is worth waiting for longer: a call that hangs does so on purpose."""


async def serve_fake_gateway(settings: Settings, *, webhook_url: str | None) -> None:
    """Take and give back no money, until somebody wants it to stop; raises GatewayAddressTaken."""
    app = create_fake_gateway(
        clock=SystemClock(),
        ids=SystemIds(),
        secret=settings.fake_webhook_secret,
        webhook_url=webhook_url,
    )
    logging.getLogger("uvicorn.error").addFilter(not_on_purpose)
    with listening() as stop, _bound(settings) as (address, here):
        served = evolve(here, shutdown_grace_s=GRACE_S)
        server = Server(server_config(app, served), lambda: _tell(here))
        serving = asyncio.create_task(server.serve(sockets=[address]))
        try:
            await either(serving, stop)
        finally:
            server.should_exit = True
            await serving


def not_on_purpose(record: logging.LogRecord) -> bool:
    """Whether the log is to have it: an answer that is dropped is what somebody switched on."""
    return "without completing response" not in record.getMessage()


@contextmanager
def _bound(settings: Settings) -> Iterator[tuple[socket.socket, Settings]]:
    try:
        with bound(settings) as found:
            yield found
    except AddressTaken as taken:
        raise GatewayAddressTaken(taken.host, taken.port, taken.reason) from taken


def _tell(settings: Settings) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    url = f"http://{host}:{settings.port}"
    say(f"The fake gateway listens on {url}; no money moves there.")
    say(f"Cards: {', '.join(CARDS)}.")
    say(f"For a shop: AUTOMATE_STORE_GATEWAYS=manual,fake AUTOMATE_STORE_FAKE_URL={url}")
