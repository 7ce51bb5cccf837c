"""Accounts as they are stored: people, their sessions, mailed links, addresses and keys."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from attrs import field, frozen

from automate_store.application.ports.credentials import SigningKey
from automate_store.domain.identity import (
    Account,
    AccountRole,
    AddressBook,
    Link,
    LinkPurpose,
    Session,
)
from automate_store.domain.kernel.ids import SessionId, UserId


@frozen(kw_only=True)
class SignedIn:
    """What every request of a session has to know, as it is now."""

    session_id: SessionId
    account_id: UserId
    email: str
    role: AccountRole
    groups: frozenset[str]
    tax_exempt: bool
    second_factor: bool
    signed_in_at: datetime
    """When the owner last proved who they are."""
    expires_at: datetime


@frozen(kw_only=True)
class SessionChange:
    """Sessions that one work ended or changed, under a mark of its own."""

    mark: UUID
    session_ids: tuple[SessionId, ...]


@frozen(kw_only=True)
class RefreshToken:
    """A refresh token by its hash: whose session it is of, and whether it was used."""

    session: Session
    used_at: datetime | None


@frozen(kw_only=True)
class StoredKey:
    """A signing key with the time of its making; newer ones sign, older ones verify."""

    key: SigningKey
    created_at: datetime


class Accounts(Protocol):
    """Accounts by id and by e-mail, deleted ones by id alone."""

    async def get(self, account_id: UserId, *, lock: bool = False) -> Account:
        """The account, locked until the work ends where asked; raises AccountNotFound."""

    async def by_email(self, email: str, *, lock: bool = False) -> Account | None:
        """The account with that normalised e-mail, if there is one."""

    async def add(self, account: Account) -> None:
        """Store a new account; raises EmailTaken."""

    async def save(self, account: Account) -> None:
        """Store the changed account; raises VersionConflict, or EmailTaken, by the commit."""

    async def page(
        self, *, after: UserId | None, limit: int, role: AccountRole | None
    ) -> tuple[Account, ...]:
        """Accounts that are not deleted, in the order of their ids."""

    async def admins(self) -> int:
        """
        How many admins there are; whoever asks next waits until the work ends.

        So whoever asks before one is made less sees those that are left.
        """

    async def open_orders(self, account_id: UserId) -> tuple[str, ...]:
        """
        The numbers of the account's orders that are neither completed nor cancelled.

        Those that are completed are among them while something of them is to be sent yet, as
        what comes in an exchange is, or a return of them is not over.

        Until the work ends no other order of the account is placed.
        """

    async def claim_orders(self, account: Account) -> int:
        """
        Give the account the guests' orders of its e-mail, with their uses of coupons; how many.

        Only an e-mail that was proven is proof of an order.
        """

    async def erase(self, account: Account) -> None:
        """
        Take the person out of all that names them and stays: orders, carts, uses, answers, trail.

        ``account`` is as it was before it was anonymised. What is only theirs goes: addresses,
        sessions, links, open carts. It goes by ownership alone, never by a text: guests'
        orders of its e-mail are claimed first where that is proven, and stay where it is
        not; names of actors (``Actor.name``) stay, so they must be nobody's own.
        """

    async def kept_on(self, account_id: UserId) -> Mapping[str, Any]:
        """All that is kept on the account, in values that JSON has, by the name of its kind."""


class Sessions(Protocol):
    """Sessions, and the refresh tokens that carry each one on."""

    async def add(self, session: Session, refresh_hash: bytes) -> None:
        """Store a new session with its first refresh token."""

    async def signed_in(self, session_id: SessionId, *, at: datetime) -> SignedIn | None:
        """The session with its account as both are now; None where it is over by then."""

    async def by_refresh(self, refresh_hash: bytes) -> RefreshToken | None:
        """The refresh token of that hash, its session locked until the work ends."""

    async def rotate(
        self, session: Session, spent_hash: bytes, fresh_hash: bytes, *, at: datetime
    ) -> None:
        """
        The one token is used, the other takes its place; the session was used then.

        Raises Contended where the one was used already, by the commit at the latest.
        """

    async def confirm(self, session_id: SessionId, *, at: datetime) -> None:
        """The owner proved again who they are, then."""

    async def end(
        self,
        account_id: UserId,
        *,
        at: datetime,
        only: SessionId | None = None,
        but: SessionId | None = None,
    ) -> tuple[SessionId, ...]:
        """End all sessions of the account, or one, or all but one; which were open."""

    async def of_account(self, account_id: UserId, *, at: datetime) -> tuple[Session, ...]:
        """The account's sessions that are open then, the last used first."""

    async def purge(self, *, before: datetime, limit: int) -> int:
        """Delete sessions that ended or ran out before then; how many, at most ``limit``."""

    async def distrust(self, change: SessionChange) -> None:
        """Remember that what caches keep of these sessions may be old."""

    async def distrusted(self, *, limit: int) -> tuple[SessionChange, ...]:
        """The first so many of the changes of which caches may not have heard, each whole."""

    async def trust(self, marks: Collection[UUID]) -> None:
        """Caches have heard of the changes with these marks, and of no others."""

    async def trust_old(self, *, before: datetime, limit: int) -> int:
        """Caches remember nothing from before then; how many changes, at most ``limit``."""


@frozen
class Leave:
    """The leave to keep what is read of a session from now on; it is void once it is used."""

    token: bytes = field(repr=False)


class SessionCache(Protocol):
    """
    What requests need of sessions, near at hand; it may be away, and lose what it keeps.

    What it was told to forget it never gives again, whatever becomes of it meanwhile.
    """

    async def get(self, session_id: SessionId) -> SignedIn | Leave | None:
        """
        What is kept of the session, or the leave to keep what is read of it afterwards.

        None where others have that leave, or nothing can be asked.
        """

    async def keep(self, signed_in: SignedIn, leave: Leave) -> None:
        """Keep it, unless the session was forgotten since the leave was given, or all was lost."""

    async def forget(self, session_ids: Collection[SessionId]) -> bool:
        """Keep nothing of these sessions, and void every leave; whether that is certain."""


class Links(Protocol):
    """Mailed secrets."""

    async def add(self, link: Link) -> None:
        """
        Store a new link; older ones of its account and purpose are void.

        One that is added again, by its id, stays as it is, used or void.
        """

    async def find(self, token_hash: bytes, purpose: LinkPurpose, *, at: datetime) -> Link:
        """
        The link as it could be used then, neither used nor locked; raises LinkInvalid.

        Whose it is has to be known, and their account locked, before it is used.
        """

    async def use(self, token_hash: bytes, purpose: LinkPurpose, *, at: datetime) -> Link:
        """
        The link, used now; raises LinkInvalid for one that is not there, spent, or too old.

        However many use it at once, one succeeds.
        """

    async def void(self, account_id: UserId) -> None:
        """All links of the account are good for nothing."""

    async def purge(self, *, before: datetime, limit: int) -> int:
        """Delete links that ran out before then; how many, at most ``limit``."""


class AddressBooks(Protocol):
    """Address books, each read and written as a whole."""

    async def of(self, account_id: UserId, *, lock: bool = False) -> AddressBook:
        """The account's book; locked until the work ends where asked."""

    async def save(self, account_id: UserId, book: AddressBook) -> None:
        """Store the book in the place of the one before."""


class SigningKeys(Protocol):
    """Keys that access tokens are signed with, shared by all processes."""

    async def all(self) -> Sequence[StoredKey]:
        """Every key, the newest first."""

    async def add(self, key: StoredKey) -> None:
        """Store a new key, which signs from now on."""

    async def drop(self, *, before: datetime) -> int:
        """Forget keys made before then, but never the newest; how many."""


@frozen(kw_only=True)
class IssuedToken:
    """An access token, and when it is over."""

    token: str = field(repr=False)
    expires_at: datetime


class Gate(Protocol):
    """Where tokens are given out and looked at: one for each process, with what it remembers."""

    async def admit(self, token: str) -> SignedIn:
        """Who carries the access token, as they are now; raises TokenRefused or SessionOver."""

    async def issue(self, signed_in: SignedIn) -> IssuedToken:
        """An access token for the session."""

    async def forget(self, change: SessionChange) -> None:
        """
        Return once no process remembers these sessions as they were.

        Call it behind the commit of the work that changed and distrusted them.
        """

    async def secret(self, label: str) -> str:
        """A secret that is the same for the same label, and told by nobody but the store."""

    async def knows(self, label: str, secret: str) -> bool:
        """Whether it is the label's secret, under any key in force."""


@frozen(kw_only=True)
class TrailEntry:
    """One change by staff: who did what to what, and what it was before and after."""

    id: UUID
    at: datetime
    actor: str
    account_id: UserId | None
    action: str
    """The use case's name."""
    subject: str
    """What was changed, as ``coupon:WELCOME``."""
    before: Mapping[str, Any] | None = field(default=None)
    after: Mapping[str, Any] | None = field(default=None)
    """As JSON has it; None where there was, or is, nothing."""


class Trail(Protocol):
    """The audit trail: entries are added, and never changed."""

    async def add(self, entry: TrailEntry) -> None:
        """Store an entry."""

    async def page(
        self, *, before: UUID | None, limit: int, subject: str | None, account_id: UserId | None
    ) -> tuple[TrailEntry, ...]:
        """Entries that are older than that one, the newest first."""
