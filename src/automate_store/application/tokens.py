"""Secrets that open a guest's cart or order: only their hashes are stored."""

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
