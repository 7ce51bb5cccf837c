"""Codes of an authenticator: TOTP of RFC 6238 as every app knows it (SHA-1, 6 digits, 30 s)."""

from __future__ import annotations

import re
from datetime import datetime

import pyotp
from pyotp import OTPVerificationError

from automate_store.adapters.credentials.sealing import Seal
from automate_store.application.ports.credentials import Enrolment

STEPS_OFF = 1
"""How many steps a clock may be early or late (RFC 6238, 5.2)."""
_CODE = re.compile(r"[0-9]{6}")


class TotpSecondFactor:
    """
    Implements ``ports.credentials.SecondFactor``.

    ``issuer`` is the shop's name, as authenticators show it.
    """

    def __init__(self, *, issuer: str, secret_key: str | None) -> None:
        self._issuer = issuer
        self._seal = Seal(secret_key, purpose="second factor")

    def enrol(self, *, account: str) -> Enrolment:
        """160 random bits, sealed, and as the owner's authenticator takes them."""
        secret = pyotp.random_base32()
        uri = pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=self._issuer)
        return Enrolment(sealed=self._seal.close(secret), secret=secret, uri=uri)

    def step(self, sealed: str, code: str, *, at: datetime) -> int | None:
        """The step whose code it is, blanks aside; raises SecretUnreadable."""
        totp = pyotp.TOTP(self._seal.open(sealed))
        digits = "".join(code.split())
        if not _CODE.fullmatch(digits):
            return None
        try:
            return totp.verify_and_get_timecode(digits, for_time=at, valid_window=STEPS_OFF)
        except OTPVerificationError:
            return None
