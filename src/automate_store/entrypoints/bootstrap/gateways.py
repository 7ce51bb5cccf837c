"""The ways to pay that the settings open, each under the name that payments keep."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from automate_store.adapters.manual import ManualGateway
from automate_store.application.ports.payments import PaymentGateway
from automate_store.application.ports.sources import Clock
from automate_store.domain.kernel.errors import FieldError
from automate_store.entrypoints.settings import PREFIX, Settings, SettingsRefused

Opened = AbstractAsyncContextManager[PaymentGateway | None]
Opener = Callable[[Settings, Clock], Opened]
"""
Gives the gateway, open until the block is left; None where nothing is set for it.

One that is set and not offered is opened all the same: it refunds what was paid by it.
"""


@asynccontextmanager
async def opened_gateways(
    settings: Settings, clock: Clock
) -> AsyncIterator[Mapping[str, PaymentGateway]]:
    """
    Every gateway that is set, by its name.

    Raises SettingsRefused for one that is offered and has not all that it needs.
    """
    manual = ManualGateway()
    gateways: dict[str, PaymentGateway] = {manual.name: manual}
    async with AsyncExitStack() as stack:
        for open_one in OPENERS:
            gateway = await stack.enter_async_context(open_one(settings, clock))
            if gateway is not None:
                gateways[gateway.name] = gateway
        missing = [name for name in settings.gateways if name not in gateways]
        assert not missing, f"no opener opened {missing}, nor refused it"
        yield gateways


def needed(variable: str, gateway: str) -> SettingsRefused:
    """The refusal of a gateway that is offered without that setting."""
    reason = f"is needed, for {PREFIX}GATEWAYS offers {gateway}"
    return SettingsRefused((FieldError(f"{PREFIX}{variable}", reason),))


OPENERS: tuple[Opener, ...] = ()
