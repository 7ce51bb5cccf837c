"""The ways to pay that the settings open, each under the name that payments keep."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from automate_store.adapters.manual import ManualGateway
from automate_store.application.ports.payments import PaymentGateway
from automate_store.application.ports.sources import Clock
from automate_store.domain.kernel.errors import FieldError
from automate_store.entrypoints.settings import PREFIX, Settings, SettingsRefused
from automate_store.entrypoints.settings.edge import GATEWAY_PARTS, OfferedGateway
from automate_store.entrypoints.settings.paying import PayPalEnvironment

if TYPE_CHECKING:
    from automate_store.adapters.asking import Asker

PAYPAL_URLS: Mapping[PayPalEnvironment, str] = {
    PayPalEnvironment.SANDBOX: "https://api-m.sandbox.paypal.com",
    PayPalEnvironment.LIVE: "https://api-m.paypal.com",
}
STRIPE_URL = "https://api.stripe.com"
_TITLES: Mapping[OfferedGateway, str] = {
    OfferedGateway.STRIPE: "Stripe",
    OfferedGateway.PAYPAL: "PayPal",
}
SETTINGS: Mapping[str, str] = {
    OfferedGateway.FAKE.value: f"{PREFIX}FAKE_URL",
    OfferedGateway.PAYPAL.value: f"{PREFIX}PAYPAL_CLIENT_ID, {PREFIX}PAYPAL_SECRET and"
    f" {PREFIX}PAYPAL_WEBHOOK_ID",
    OfferedGateway.STRIPE.value: f"{PREFIX}STRIPE_SECRET_KEY, {PREFIX}STRIPE_PUBLISHABLE_KEY"
    f" and {PREFIX}STRIPE_WEBHOOK_SECRETS",
}
"""What each gateway that needs any has to be set."""
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

    Raises SettingsRefused for one that is offered and has not all that it needs, TypeError for
    what a package brings and is no opener.
    """
    manual = ManualGateway()
    gateways: dict[str, PaymentGateway] = {manual.name: manual}
    async with AsyncExitStack() as stack:
        for open_one in (*OPENERS, *installed_openers()):
            gateway = await stack.enter_async_context(open_one(settings, clock))
            if gateway is None:
                continue
            if gateway.name in gateways:
                raise _refused(f"has two gateways of one name, {gateway.name}")
            gateways[gateway.name] = guarding(gateway, settings)
        if missing := [name for name in settings.gateways if name not in gateways]:
            raise _refused(f"offers {', '.join(missing)}, which the installed package did not open")
        yield gateways


def installed_openers() -> tuple[Opener, ...]:
    """
    What opens the gateways of installed packages.

    A package names each opener by its gateway's name, under the entry point group
    GATEWAY_PARTS. Raises TypeError for what can't be called.
    """
    found = {each.value: each.load() for each in entry_points(group=GATEWAY_PARTS)}
    for name, opener in found.items():
        if not callable(opener):
            raise TypeError(f"{name} opens no gateway: it can't be called")
    return tuple(found.values())


def _refused(reason: str) -> SettingsRefused:
    return SettingsRefused((FieldError(f"{PREFIX}GATEWAYS", reason),))


def guarding(gateway: PaymentGateway, settings: Settings) -> PaymentGateway:
    """The gateway, behind a guard of its own."""
    # What it retries with is slow to import, and many shops ask no provider.
    from automate_store.adapters.guarding import Guard, guarded  # noqa: PLC0415 - slow, and not for all

    guard = Guard(
        deadline_s=settings.gateway_deadline_s,
        tries=settings.gateway_tries,
        failures=settings.gateway_failures,
        rest_s=settings.gateway_rest_s,
        stopwatch=time.monotonic,
        sleep=asyncio.sleep,
    )
    return guarded(gateway, guard)


def needed(own: Mapping[str, object], gateway: OfferedGateway, settings: Settings) -> bool:
    """
    Whether the gateway is to be opened: it is offered, or any of its own settings is there.

    Raises SettingsRefused, with every one of them that is missing then.
    """
    offered = gateway in settings.gateways
    if not offered and not any(own.values()):
        return False
    reason = f"is needed, for {PREFIX}GATEWAYS offers {gateway}"
    if not offered:
        reason = f"is needed with the other settings of {_TITLES.get(gateway, gateway)}"
    missing = [FieldError(f"{PREFIX}{name}", reason) for name, value in own.items() if not value]
    if missing:
        raise SettingsRefused(tuple(missing))
    return True


@asynccontextmanager
async def open_fake(settings: Settings, _: Clock) -> AsyncIterator[PaymentGateway | None]:
    """The gateway that moves no money, where its address is set; raises SettingsRefused."""
    if not needed({"FAKE_URL": settings.fake_url}, OfferedGateway.FAKE, settings):
        yield None
        return
    # It is slow to import, and no shop that earns money needs it.
    from automate_store.adapters.fake import FakeGateway  # noqa: PLC0415 - slow, and not for all

    async with _asker(settings) as asker:
        yield FakeGateway(settings.fake_url or "", asker, secret=settings.fake_webhook_secret)


@asynccontextmanager
async def _asker(settings: Settings) -> AsyncIterator[Asker]:
    """Asks a provider, and waits as long as the settings say."""
    # The client is slow to import, and many shops ask no provider.
    from automate_store.adapters.asking import opened_asker  # noqa: PLC0415 - slow, and not for all

    connect_s, read_s = settings.gateway_connect_timeout_s, settings.gateway_read_timeout_s
    async with opened_asker(connect_s=connect_s, read_s=read_s) as asker:
        yield asker


@asynccontextmanager
async def open_paypal(settings: Settings, clock: Clock) -> AsyncIterator[PaymentGateway | None]:
    """The gateway to PayPal, where the shop's app there is set; raises SettingsRefused."""
    account = _paypal_account(settings)
    if account is None:
        yield None
        return
    # What tells its webhooks from others' is slow to import, and many shops need it not.
    from automate_store.adapters.paypal import (  # noqa: PLC0415 - slow, and not for all
        LIVE,
        SANDBOX,
        PayPalAccount,
        PayPalGateway,
        PayPalLine,
        PayPalSignatures,
    )

    live = settings.paypal_environment is PayPalEnvironment.LIVE
    async with _asker(settings) as asker:
        line = PayPalLine(PayPalAccount(**account), asker, clock=clock)
        webhook_id = settings.paypal_webhook_id
        assert webhook_id is not None, "an account has a webhook"
        signatures = PayPalSignatures(webhook_id, asker, trust=LIVE if live else SANDBOX)
        yield PayPalGateway(line, signatures, clock=clock)


def _paypal_account(settings: Settings) -> Mapping[str, str] | None:
    """What PayPal knows the shop by; None where nothing of it is set."""
    own = {
        "PAYPAL_CLIENT_ID": settings.paypal_client_id,
        "PAYPAL_SECRET": settings.paypal_secret,
        "PAYPAL_WEBHOOK_ID": settings.paypal_webhook_id,
    }
    if not needed(own, OfferedGateway.PAYPAL, settings):
        return None
    return {
        "url": settings.paypal_url or PAYPAL_URLS[settings.paypal_environment],
        "client_id": settings.paypal_client_id or "",
        "secret": settings.paypal_secret or "",
        "return_url": settings.paypal_return_url or settings.url,
        "cancel_url": settings.paypal_cancel_url or settings.url,
    }


@asynccontextmanager
async def open_stripe(settings: Settings, clock: Clock) -> AsyncIterator[PaymentGateway | None]:
    """The gateway to Stripe, where the account's keys are set; raises SettingsRefused."""
    if not _uses_stripe(settings):
        yield None
        return
    # Its library is an extra, and takes half a second to import; many shops need it not.
    try:
        from automate_store.adapters.stripe import (  # noqa: PLC0415 - slow, and not for all
            StripeGateway,
            StripeKeys,
            StripeLine,
        )
    except ModuleNotFoundError as missing:
        reason = f"needs {missing.name}: pip install 'automate_store[stripe]'"
        raise SettingsRefused((FieldError(f"{PREFIX}STRIPE_SECRET_KEY", reason),)) from missing

    keys = StripeKeys(
        secret=settings.stripe_secret_key or "",
        publishable=settings.stripe_publishable_key or "",
        webhooks=settings.stripe_webhook_secrets,
    )
    async with _asker(settings) as asker:
        line = StripeLine(keys, asker, url=settings.stripe_url or STRIPE_URL)
        yield StripeGateway(line, clock=clock, parts=settings.stripe_multicapture)


def _uses_stripe(settings: Settings) -> bool:
    """Whether anything of Stripe is set or offered; raises SettingsRefused for a part of it."""
    own = {
        "STRIPE_SECRET_KEY": settings.stripe_secret_key,
        "STRIPE_PUBLISHABLE_KEY": settings.stripe_publishable_key,
        "STRIPE_WEBHOOK_SECRETS": settings.stripe_webhook_secrets,
    }
    if not needed(own, OfferedGateway.STRIPE, settings):
        return False
    of_secret, of_publishable = (
        "live" if "_live_" in (key or "") else "test"
        for key in (settings.stripe_secret_key, settings.stripe_publishable_key)
    )
    if of_secret != of_publishable:
        reason = f"is of {of_publishable} mode, and {PREFIX}STRIPE_SECRET_KEY of {of_secret} mode"
        fault = FieldError(f"{PREFIX}STRIPE_PUBLISHABLE_KEY", reason)
        raise SettingsRefused((fault,))
    return True


OPENERS: tuple[Opener, ...] = (open_fake, open_paypal, open_stripe)
