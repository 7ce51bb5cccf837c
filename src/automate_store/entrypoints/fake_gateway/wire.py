"""What can be sent to the fake gateway."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

Text = Annotated[str, Meta(min_length=1, max_length=500)]
Amount = Annotated[int, Meta(ge=1, le=10**12)]
"""In minor units."""


class Body(Struct, frozen=True, forbid_unknown_fields=True):
    """What every body is."""


class NewIntent(Body, frozen=True):
    """Ask to be paid."""

    amount: Amount
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]
    payment_id: Text | None = None
    capture: Literal["automatic", "manual"] = "automatic"
    customer: Text | None = None
    method: Text | None = None
    keep_method: bool = False


class Pay(Body, frozen=True):
    """The shopper types a card in, for an intent or a setup."""

    client_secret: Text
    card: Text


class Authenticate(Body, frozen=True):
    """The shopper answers the bank's question."""

    client_secret: Text
    approved: bool = True


class Settle(Body, frozen=True):
    """The bank is done."""

    succeeded: bool = True


class Capture(Body, frozen=True):
    """Take so much."""

    amount: Amount
    final: bool = True


class NewRefund(Body, frozen=True):
    """Give so much back; without an id of the shop's where the gateway's own desk does."""

    amount: Amount
    refund_id: Text | None = None


class NewDispute(Body, frozen=True):
    """Contest it, or a part."""

    amount: Amount | None = None
    reason: Text = "fraudulent"


class CloseDispute(Body, frozen=True):
    """The bank's decision."""

    won: bool


class NewCustomer(Body, frozen=True):
    """Somebody for whom ways to pay are kept."""

    user_id: Text
    email: Text


class NewSetup(Body, frozen=True):
    """Ask for a way to pay to save."""

    setup_id: Text
    customer: Text


class FinishSetup(Body, frozen=True):
    """Save what the browser handed over, by the shop's own id of the setup."""

    setup_id: Text
    customer: Text
    token: Text


class Webhook(Body, frozen=True):
    """Where events are told; nowhere for null."""

    url: Annotated[str, Meta(pattern="^https?://", max_length=2000)] | None
