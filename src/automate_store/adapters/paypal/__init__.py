"""PayPal: orders, captures, refunds, saved wallets and webhooks, over its REST API."""

from automate_store.adapters.paypal.gateway import PayPalGateway
from automate_store.adapters.paypal.line import PayPalAccount, PayPalLine
from automate_store.adapters.paypal.signatures import (
    LIVE,
    SANDBOX,
    PayPalSignatures,
    Trust,
    trusted_roots,
)

__all__ = [
    "LIVE",
    "SANDBOX",
    "PayPalAccount",
    "PayPalGateway",
    "PayPalLine",
    "PayPalSignatures",
    "Trust",
    "trusted_roots",
]
