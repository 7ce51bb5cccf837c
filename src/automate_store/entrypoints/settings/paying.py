"""What can be set of payments: the providers, and how long one is waited for."""

from __future__ import annotations

from enum import StrEnum

from attrs import evolve, frozen

from automate_store.domain.payments import CaptureMode
from automate_store.entrypoints.settings.declaring import setting
from automate_store.entrypoints.settings.edge import several
from automate_store.entrypoints.settings.kinds import (
    EMAIL,
    FLAG,
    PUBLIC_URL,
    TOKEN,
    Kind,
    one_of,
    seconds,
    text,
    whole,
)

FAKE_SECRET = "whsec_of_the_fake_gateway"  # noqa: S105 - no real money stands behind it
"""What the fake gateway signs its webhooks with where nothing else is set."""


class PayPalEnvironment(StrEnum):
    """Where PayPal moves money, and where it only seems to."""

    SANDBOX = "sandbox"
    LIVE = "live"


def _stripe_key(*prefixes: str, secret: bool) -> Kind:
    """A key as Stripe's desk shows it, which begins with what it is for."""
    words = " or ".join(f"`{prefix}...`" for prefix in prefixes)

    def read(given: str) -> str:
        if not given.startswith(prefixes):
            raise ValueError("does not begin as it must")
        return str(TOKEN.read(given))

    return Kind(words, read, secret=secret)


STRIPE_SECRET = _stripe_key("sk_", "rk_", secret=True)
STRIPE_PUBLISHABLE = _stripe_key("pk_", secret=False)
STRIPE_WEBHOOKS = evolve(several(_stripe_key("whsec_", secret=True), {}), secret=True)


# Without slots: of several bases that have some, no class can be made.
@frozen(kw_only=True, slots=False)
class PayingSettings:
    """The gateways that are offered need the settings that bear their names."""

    capture: CaptureMode = setting(
        one_of(CaptureMode),
        CaptureMode.AUTOMATIC,
        "Whether what shoppers agree to pay is taken at once, or `manual`ly by staff; what a change"
        " of a paid order costs more is taken at once even so",
    )
    gateway_connect_timeout_s: float = setting(
        seconds(0.05, 30), 2.0, "How long it may take to reach a payment provider"
    )
    gateway_read_timeout_s: float = setting(
        seconds(0.05, 60), 5.0, "How long a payment provider may take to answer once"
    )
    gateway_deadline_s: float = setting(
        seconds(0.1, 120), 7.0, "How long a request waits for a provider, however often it asks"
    )
    gateway_tries: int = setting(
        whole(1, 10), 3, "How often a provider that does not answer is asked, within that time"
    )
    gateway_failures: int = setting(
        whole(1, 1000), 5, "Failures in a row after which a provider is left alone for a while"
    )
    gateway_rest_s: float = setting(
        seconds(0.1, 3600), 30.0, "How long that while is; then one request tries it again"
    )
    staff_email: str | None = setting(
        EMAIL,
        None,
        "Who is told of payments to look at, refunds that failed, and disputes",
        shown="none: the log tells of them, at error level",
    )
    webhook_events_kept_days: int = setting(
        whole(1, 3650), 90, "How long what providers told is kept once it has had its effect"
    )
    fake_url: str | None = setting(
        PUBLIC_URL,
        None,
        "Where the fake gateway listens (`docs/testing-with-the-fake-gateway.md`)",
        shown="none",
    )
    fake_webhook_secret: str = setting(
        TOKEN,
        FAKE_SECRET,
        "What the fake gateway signs its webhooks with",
    )
    stripe_secret_key: str | None = setting(
        STRIPE_SECRET,
        None,
        "The key by which the shop asks Stripe (`docs/going-live-stripe.md`)",
        shown="none",
    )
    stripe_publishable_key: str | None = setting(
        STRIPE_PUBLISHABLE, None, "The key that shoppers' browsers are told", shown="none"
    )
    stripe_webhook_secrets: tuple[str, ...] = setting(
        STRIPE_WEBHOOKS,
        (),
        "What Stripe signs its webhooks with; the old one and the new one while it is rolled",
        shown="none",
    )
    stripe_multicapture: bool = setting(
        FLAG, False, "Whether Stripe lets the account capture one payment in parts"
    )
    stripe_url: str | None = setting(
        PUBLIC_URL, None, "Where Stripe's API is, for tests against a fake", shown="Stripe's"
    )
    paypal_client_id: str | None = setting(
        TOKEN,
        None,
        "The client id of the shop's app at PayPal (`docs/going-live-paypal.md`)",
        shown="none",
    )
    paypal_secret: str | None = setting(TOKEN, None, "The secret that goes with it", shown="none")
    paypal_webhook_id: str | None = setting(
        text(50), None, "The id of the app's webhook, which PayPal signs by", shown="none"
    )
    paypal_environment: PayPalEnvironment = setting(
        one_of(PayPalEnvironment),
        PayPalEnvironment.SANDBOX,
        "Whether money is real: an app has other keys in each",
    )
    paypal_return_url: str | None = setting(
        PUBLIC_URL,
        None,
        "Where a shopper who agreed on PayPal's page comes back to, to have it confirmed",
        shown="the shop's address",
    )
    paypal_cancel_url: str | None = setting(
        PUBLIC_URL, None, "Where one who did not comes back to", shown="the shop's address"
    )
    paypal_url: str | None = setting(
        PUBLIC_URL,
        None,
        "Where PayPal's API is, for tests against a fake",
        shown="PayPal's, by its environment",
    )
