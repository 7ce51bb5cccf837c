"""
Secrets at rest: sealed under the merchant's secret key, or as they are where there is none.

What is stored says which, so that a key can be set later. Fernet (AES-128-CBC and
HMAC-SHA256) under a key of its own, derived by HKDF-SHA256 (RFC 5869).
"""

from __future__ import annotations

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from automate_store.application.ports.credentials import SecretUnreadable

SEALED = "fernet:"
OPEN = "open:"


class Seal:
    """Seals texts for one purpose: what is sealed for another can't be read here."""

    def __init__(self, secret_key: str | None, *, purpose: str) -> None:
        self._fernet = None if secret_key is None else Fernet(_derived(secret_key, purpose))

    def close(self, secret: str) -> str:
        """What is stored of the secret."""
        if self._fernet is None:
            return OPEN + secret
        return SEALED + self._fernet.encrypt(secret.encode()).decode()

    def open(self, stored: str) -> str:
        """The secret; raises SecretUnreadable where it was sealed under another key."""
        if stored.startswith(OPEN):
            return stored.removeprefix(OPEN)
        if self._fernet is None or not stored.startswith(SEALED):
            raise SecretUnreadable
        try:
            return self._fernet.decrypt(stored.removeprefix(SEALED)).decode()
        except (InvalidToken, ValueError) as wrong:
            raise SecretUnreadable from wrong


def _derived(secret_key: str, purpose: str) -> bytes:
    kdf = HKDF(SHA256(), length=32, salt=None, info=f"automate_store {purpose}".encode())
    return urlsafe_b64encode(kdf.derive(secret_key.encode()))
