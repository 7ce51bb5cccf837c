"""
How webhooks of the fake gateway are signed: as Stripe signs its own.

``fake-signature: t=1772366400,v1=<hex>``, where v1 is the HMAC-SHA256 of
``<t>.<the body as it is sent>`` with the secret that both sides know.
"""

from __future__ import annotations

import hmac
import re
from datetime import datetime, timedelta

SIGNATURE = "fake-signature"
"""The header that holds it."""
TOLERANCE = timedelta(seconds=300)
"""How far the time that was signed may be from the time that it is read."""

_SIGNED = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})", re.ASCII)


def sign(secret: str, body: bytes, *, at: datetime) -> str:
    """The header's value."""
    stamp = int(at.timestamp())
    return f"t={stamp},v1={_code(secret, stamp, body)}"


def fault_of(header: str, body: bytes, secret: str, *, at: datetime) -> str | None:
    """What is wrong with the signature, in words; None where nothing is."""
    found = _SIGNED.fullmatch(header)
    if found is None:
        return "it has no signature"
    stamp = int(found[1])
    if not hmac.compare_digest(_code(secret, stamp, body), found[2]):
        return "the signature is not of this body"
    if abs(at.timestamp() - stamp) > TOLERANCE.total_seconds():
        return f"it was signed more than {TOLERANCE.total_seconds():.0f} s from now"
    return None


def _code(secret: str, stamp: int, body: bytes) -> str:
    return hmac.digest(secret.encode(), f"{stamp}.".encode() + body, "sha256").hex()
