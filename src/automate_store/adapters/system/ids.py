"""Names that nobody can guess, and ids in the order of their making."""

from __future__ import annotations

import secrets
from uuid import UUID

from uuid_utils.compat import uuid7

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Base 32 without I, L, O and U: read aloud and typed back without a mistake (Crockford)."""
NUMBER_BITS = 40
TOKEN_BYTES = 32


class SystemIds:
    """Ids, tokens and order numbers from the machine's source of chance."""

    def uuid(self) -> UUID:
        """A UUIDv7: later ones of this process sort after earlier ones."""
        return uuid7()

    def token(self) -> str:
        """256 random bits in 43 letters that are safe in a header or a URL."""
        return secrets.token_urlsafe(TOKEN_BYTES)

    def letters(self, alphabet: str, count: int) -> str:
        """So many letters of the alphabet, each as likely as the others."""
        return "".join(secrets.choice(alphabet) for _ in range(count))

    def order_number(self) -> str:
        """40 random bits as two groups of four, such as ``K7QF-2MXD``."""
        letters = readable(secrets.randbits(NUMBER_BITS))
        return f"{letters[:4]}-{letters[4:]}"


def readable(bits: int) -> str:
    """A number below 2 ** 40 as eight letters of Crockford's base 32."""
    assert 0 <= bits < 1 << NUMBER_BITS, "eight letters hold 40 bits"
    return "".join(CROCKFORD[bits >> shift & 31] for shift in range(NUMBER_BITS - 5, -1, -5))
