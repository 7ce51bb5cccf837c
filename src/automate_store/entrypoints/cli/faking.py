"""``fake-gateway``: a payment provider in a process of its own."""

from __future__ import annotations

import asyncio

from attrs import evolve

from automate_store.adapters.system import SystemClock, SystemIds
from automate_store.entrypoints.cli.printing import say
from automate_store.entrypoints.cli.serving import Server, bound, either, server_config
from automate_store.entrypoints.cli.signals import listening
from automate_store.entrypoints.fake_gateway import CARDS, create_fake_gateway
from automate_store.entrypoints.settings import Settings

GRACE_S = 1.0
"""Nothing here is worth waiting for longer: a call that hangs does so on purpose."""


async def serve_fake_gateway(settings: Settings, *, webhook_url: str | None) -> None:
    """Take and give back no money, until somebody wants it to stop; raises AddressTaken."""
    app = create_fake_gateway(
        clock=SystemClock(),
        ids=SystemIds(),
        secret=settings.fake_webhook_secret,
        webhook_url=webhook_url,
    )
    with listening() as stop, bound(settings) as (address, here):
        served = evolve(here, shutdown_grace_s=GRACE_S)
        server = Server(server_config(app, served), lambda: _tell(here))
        serving = asyncio.create_task(server.serve(sockets=[address]))
        try:
            await either(serving, stop)
        finally:
            server.should_exit = True
            await serving


def _tell(settings: Settings) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    url = f"http://{host}:{settings.port}"
    say(f"The fake gateway listens on {url}; no money moves there.")
    say(f"Cards: {', '.join(CARDS)}.")
    say(f"For a shop: AUTOMATE_STORE_GATEWAYS=manual,fake AUTOMATE_STORE_FAKE_URL={url}")
