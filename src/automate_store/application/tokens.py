"""Secrets that open a guest's cart or order, of which only hashes are stored; and keys."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256
from hmac import digest

from automate_store.domain.kernel.ids import OrderId

SHORTEST = 22
LONGEST = 128


def token_hash(token: str) -> bytes:
    """What is stored of a token: enough to know it again, too little to use it."""
    return sha256(token.encode()).digest()


def plausible(token: str) -> bool:
    """Whether it could be one of our tokens: 128 bits at least, and no novel."""
    return SHORTEST <= len(token) <= LONGEST and token.isascii()


def order_token(cart_token: str, order_id: OrderId) -> str:
    """
    The secret that opens a guest's order: HMAC-SHA256 of its id under the cart's token.

    Derived, so that a repeated request is answered with the same token although no
    token is ever stored; whoever lacks the cart's 256 random bits can't derive it.
    """
    mac = digest(cart_token.encode(), order_id.bytes, "sha256")
    return urlsafe_b64encode(mac).rstrip(b"=").decode()


def signing_secret(stored: bytes, secret_key: str | None) -> bytes:
    """
    What tokens are signed with: HMAC-SHA256 of what is stored, under the secret key.

    So a copy of the database forges no token. Without a secret key it is what is stored.
    """
    return stored if secret_key is None else digest(secret_key.encode(), stored, "sha256")
