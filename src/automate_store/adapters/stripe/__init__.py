"""Stripe: cards and whatever else an account there takes, through its own library."""

from automate_store.adapters.stripe.gateway import StripeGateway
from automate_store.adapters.stripe.line import API_VERSION, StripeKeys, StripeLine

__all__ = ["API_VERSION", "StripeGateway", "StripeKeys", "StripeLine"]
