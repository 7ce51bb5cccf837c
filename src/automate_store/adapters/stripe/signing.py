"""
Stripe's scheme of signed webhooks: https://docs.stripe.com/webhooks#verify-manually.

The header is ``t=<seconds>,v1=<hex>``, with a ``v1`` for each secret that counts while one is
rolled; a signature is the HMAC-SHA256 of ``<t>.<body>``. The library has the same in
``WebhookSignature``, but by the machine's own clock, for one secret, and takes a time that is
yet to come.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta

from automate_store.adapters.stripe.amounts import NAME
from automate_store.application.errors import WebhookRefused

HEADER = "stripe-signature"
TOLERANCE = timedelta(seconds=300)
MOST_PARTS = 20
"""Parts of a header that are looked at."""
_LONGEST_TIME = 12


def check_signature(header: str, body: bytes, secrets: Sequence[str], *, at: datetime) -> None:
    """Raises WebhookRefused unless one of the secrets signed the body within the tolerance."""
    parts = [part.strip().partition("=") for part in header.split(",")[:MOST_PARTS]]
    times = [value for name, _, value in parts if name == "t"]
    signatures = [value for name, _, value in parts if name == "v1"]
    if len(times) != 1 or not _is_time(times[0]):
        raise WebhookRefused(NAME, "no time is signed")
    if not _signed(f"{times[0]}.".encode() + body, signatures, secrets):
        raise WebhookRefused(NAME, "no signature fits")
    if abs(at.timestamp() - int(times[0])) > TOLERANCE.total_seconds():
        raise WebhookRefused(NAME, f"signed more than {TOLERANCE.seconds} s from now")


def _signed(payload: bytes, signatures: Sequence[str], secrets: Sequence[str]) -> bool:
    """Whether any fits; all are compared, each in a time that tells nothing of it."""
    expected = [hmac.new(each.encode(), payload, hashlib.sha256).hexdigest() for each in secrets]
    fits = [
        hmac.compare_digest(ours.encode(), theirs.encode(errors="replace"))
        for ours in expected
        for theirs in signatures
    ]
    return any(fits)


def _is_time(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _LONGEST_TIME
