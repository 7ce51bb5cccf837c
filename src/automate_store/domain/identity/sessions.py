"""
Sessions: who is signed in where, and the links that the store mails.

Both are known by hashes of secrets that only their owners have.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from attrs import field, frozen

from automate_store.domain.kernel.ids import SessionId, UserId

AGENT_LENGTH = 255
ADDRESS_LENGTH = 45
"""An IPv6 address with an IPv4 one in it, written out."""


def _shortened(text: str | None) -> str | None:
    return text[:AGENT_LENGTH] if text is not None else None


@frozen(kw_only=True)
class Session:
    """One sign-in and all the tokens that came of it; it ends as a whole."""

    id: SessionId
    account_id: UserId
    user_agent: str | None = field(default=None, converter=_shortened)
    address: str | None = None
    """Where the sign-in came from."""
    created_at: datetime
    """When its owner last proved who they are, password and all."""
    last_used_at: datetime
    expires_at: datetime
    """However much it is used, it is over then."""
    ended_at: datetime | None = None

    def open_at(self, at: datetime) -> bool:
        """Whether its tokens count then."""
        return self.ended_at is None and at < self.expires_at


class LinkPurpose(StrEnum):
    """What a mailed secret is for; it is good for nothing else."""

    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - the purpose's name, no password
    CHANGE_EMAIL_OLD = "change_email_old"
    CHANGE_EMAIL_NEW = "change_email_new"


@frozen(kw_only=True)
class Link:
    """A secret that was mailed: bound to an account, an address and a purpose, used once."""

    id: UUID
    account_id: UserId
    purpose: LinkPurpose
    email: str
    """The address that was proven by whoever has the secret, or that is to be had."""
    token_hash: bytes = field(repr=False)
    created_at: datetime
    expires_at: datetime
