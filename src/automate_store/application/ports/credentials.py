"""Credentials: how somebody proves who they are, and what they are handed once they did."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from attrs import field, frozen

from automate_store.domain.kernel.errors import Unauthenticated, Unavailable
from automate_store.domain.kernel.ids import UserId


@frozen
class TokenRefused(Unauthenticated):
    """The access token is none that the store gave, or its time is over."""

    says = "The access token {reason}; refresh the session, or sign in again."
    reason: str


@frozen
class HashingBusy(Unavailable):
    """More passwords are waiting to be checked than the store lets wait."""

    says = "Too many people are signing in at once; try again in {retry_after_s} s."
    retry_after_s: int


@frozen
class SecretUnreadable(Unavailable):
    """A second factor was sealed under a secret key that the store no longer has."""

    says = (
        "The second factor can't be read: it was sealed under another secret key than the"
        " store's; the merchant has to bring that key back."
    )


@frozen
class Verified:
    """Whether the password was right; ``upgraded`` is what is better stored from now on."""

    ok: bool
    upgraded: str | None = field(repr=False)


class PasswordHasher(Protocol):
    """
    Passwords as they are stored; none is shortened, and capitals count.

    Hashing takes its time by design: it runs beside the shop, few at once. Raises
    HashingBusy where too many wait already.
    """

    async def hash(self, password: str) -> str:
        """What is stored of a password that the policy took: another text each time."""

    async def verify(self, password: str, stored: str | None) -> Verified:
        """
        Whether it is the password that was stored; False for what can't be read.

        Without anything stored it is never right, and takes as long. ``upgraded`` comes
        with a right password whose hash is of an older scheme or weaker than today's.
        """


class PasswordPolicy(Protocol):
    """Which passwords the store takes."""

    def faults(self, password: str, *, email: str, names: tuple[str, ...]) -> tuple[str, ...]:
        """
        What is wrong with it, each in words that follow the field's name; none where it is taken.

        ``names`` are words that anyone would guess, such as the person's own.
        """


@frozen(kw_only=True)
class SigningKey:
    """A key that tokens are signed with; its id is told in each, its secret never."""

    id: str
    secret: bytes = field(repr=False)


@frozen(kw_only=True)
class AccessClaims:
    """What an access token says of who carries it; times are whole seconds, in UTC."""

    user_id: UserId
    email: str
    role: str
    session_id: UUID
    token_id: UUID
    audience: str
    issued_at: datetime = field()
    expires_at: datetime = field()

    @issued_at.validator
    @expires_at.validator
    def _is_a_whole_second(self, _: object, at: datetime) -> None:
        assert at.utcoffset() is not None, "times are aware"
        assert at.microsecond == 0, "a token tells whole seconds"


class AccessTokens(Protocol):
    """Access tokens: claims that anyone can read and nobody but the store can write."""

    audience: str
    """Whom the store's tokens are for; those for anybody else are refused."""

    def issue(self, claims: AccessClaims, key: SigningKey) -> str:
        """The token with those claims: visible ASCII, at most 4,096 characters."""

    def read(self, token: str, keys: Mapping[str, SigningKey], *, at: datetime) -> AccessClaims:
        """
        The claims of a token that the store gave and that is valid then.

        ``keys`` are those in force, by their ids. Raises TokenRefused for everything else.
        """


@frozen(kw_only=True)
class Enrolment:
    """A second factor on its way to its owner: what is stored, and what they are shown once."""

    sealed: str = field(repr=False)
    secret: str = field(repr=False)
    uri: str = field(repr=False)
    """``otpauth://...``, for an authenticator to scan."""


class SecondFactor(Protocol):
    """Codes of an authenticator, a new one every 30 seconds (RFC 6238)."""

    def enrol(self, *, account: str) -> Enrolment:
        """A fresh secret for that account, as its owner's authenticator will name it."""

    def step(self, sealed: str, code: str, *, at: datetime) -> int | None:
        """
        The time step that the code is of, one early or late included; None where none.

        Who asks refuses a step that was used already. Raises SecretUnreadable.
        """
