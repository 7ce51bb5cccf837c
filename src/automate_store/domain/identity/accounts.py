"""
Accounts: who somebody is to the store, and what their word stands on.

Passwords and codes come in as hashes and time steps: nothing here can know one.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Self

from attrs import evolve, field, frozen

from automate_store.domain.identity.errors import (
    CodeWrong,
    LinkInvalid,
    SecondFactorOff,
    SecondFactorOn,
)
from automate_store.domain.kernel.aggregate import Aggregate
from automate_store.domain.kernel.events import Event
from automate_store.domain.kernel.ids import UserId

GROUPS_LIMIT = 100
"""The most customer groups of one account."""


class AccountRole(StrEnum):
    """What an account may be; what each may do stands in one table of the application."""

    CUSTOMER = "customer"
    VENDOR = "vendor"
    SUPPORT = "support"
    ADMIN = "admin"


@frozen(kw_only=True)
class VerificationAsked(Event):
    """Somebody is to prove that the account's mail reaches them."""

    account_id: UserId


@frozen(kw_only=True)
class PasswordResetAsked(Event):
    """Somebody says that they forgot a password; the id may be nobody's."""

    account_id: UserId


@frozen(kw_only=True)
class RegistrationRepeated(Event):
    """Somebody registered with the e-mail of an account that exists."""

    account_id: UserId


@frozen(kw_only=True)
class EmailChangeAsked(Event):
    """The account wants another e-mail, which both ends have to confirm."""

    account_id: UserId


@frozen(kw_only=True)
class EmailVerified(Event):
    """The account's mail reaches its owner."""

    account_id: UserId


@frozen(kw_only=True)
class CredentialsChanged(Event):
    """The account's password, e-mail or second factor is another one; its owner is told."""

    account_id: UserId
    what: str


@frozen(kw_only=True)
class EmailReplaced(Event):
    """The account's mail goes elsewhere; whoever read it before, with right, is told."""

    account_id: UserId
    before: str = field(repr=False)
    """The e-mail of before; erased, wherever the event waits, with the account."""


@frozen(kw_only=True)
class SecondFactorState:
    """A sealed secret that codes are made from; it counts once its owner sent a first code."""

    sealed: str = field(repr=False)
    enabled_at: datetime | None = None
    last_step: int | None = None
    """The time step of the last code that was taken: none is taken twice."""
    recovery: tuple[bytes, ...] = field(default=(), repr=False)
    """Hashes of the recovery codes that are left."""


@frozen(kw_only=True)
class PendingEmail:
    """The e-mail that an account is to have once both ends confirmed it."""

    email: str
    old_confirmed: bool = False
    new_confirmed: bool = False


class EmailEnd(StrEnum):
    """The two addresses of a change: today's, and the one to be."""

    OLD = "old"
    NEW = "new"


@frozen(kw_only=True)
class Account(Aggregate):
    """Somebody who can sign in; a deleted one keeps its id for the ledgers, and nothing else."""

    id: UserId
    email: str
    """Normalised."""
    email_verified: bool
    password_hash: str = field(repr=False)
    first_name: str
    last_name: str
    phone: str | None = None
    date_of_birth: date | None = None
    role: AccountRole = AccountRole.CUSTOMER
    groups: frozenset[str] = frozenset()
    """The customer groups that promotions ask for."""
    tax_exempt: bool = False
    second_factor: SecondFactorState | None = None
    pending_email: PendingEmail | None = None
    last_login: datetime | None = None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None

    def ask_verification(self, *, at: datetime) -> Self:
        """The account, whose owner is to be sent a link; as it is where that is proven."""
        if self.email_verified:
            return self
        return self.after(VerificationAsked(at=at, account_id=self.id))

    def verify_email(self, email: str, *, at: datetime) -> Self:
        """The account whose mail is proven; raises LinkInvalid where it has another by now."""
        if email != self.email:
            raise LinkInvalid
        if self.email_verified:
            return self
        verified = EmailVerified(at=at, account_id=self.id)
        return self.after(verified, email_verified=True, updated_at=at)

    def ask_email_change(self, email: str, *, at: datetime) -> Self:
        """
        The account that waits for both ends to confirm the new e-mail, in place of any other.

        An address that was never proven has no say: it may be a slip, and nobody's to read.
        """
        asked = EmailChangeAsked(at=at, account_id=self.id)
        pending = PendingEmail(email=email, old_confirmed=not self.email_verified)
        return self.after(asked, pending_email=pending, updated_at=at)

    def confirm_email_change(self, end: EmailEnd, email: str, *, at: datetime) -> Self:
        """
        The account with one end's word, and with the new e-mail once it has both.

        Raises LinkInvalid where that e-mail is not the one that is waited for.
        """
        pending = self.pending_email
        if pending is None or pending.email != email:
            raise LinkInvalid
        if end is EmailEnd.OLD:
            pending = evolve(pending, old_confirmed=True)
        else:
            pending = evolve(pending, new_confirmed=True)
        if not (pending.old_confirmed and pending.new_confirmed):
            return self.after(pending_email=pending, updated_at=at)
        events: list[Event] = [CredentialsChanged(at=at, account_id=self.id, what="e-mail")]
        if self.email_verified:
            events.append(EmailReplaced(at=at, account_id=self.id, before=self.email))
        return self.after(
            *events,
            email=pending.email,
            email_verified=True,
            pending_email=None,
            updated_at=at,
        )

    def change_password(self, password_hash: str, *, at: datetime) -> Self:
        """
        The account with another password, whose owner is told; it waits for no other e-mail.

        Whoever asked for one knew the password of before, and may be why it is another.
        """
        changed = CredentialsChanged(at=at, account_id=self.id, what="password")
        return self.after(changed, password_hash=password_hash, pending_email=None, updated_at=at)

    def signed_in(self, *, upgraded: str | None, at: datetime) -> Self:
        """The account after a sign-in, its hash made anew where it was of an older scheme."""
        return self.after(password_hash=upgraded or self.password_hash, last_login=at)

    @property
    def has_second_factor(self) -> bool:
        """Whether its password alone does not do."""
        return self.second_factor is not None and self.second_factor.enabled_at is not None

    def begin_second_factor(self, sealed: str, *, at: datetime) -> Self:
        """The account with a secret to be confirmed; raises SecondFactorOn."""
        if self.has_second_factor:
            raise SecondFactorOn
        return self.after(second_factor=SecondFactorState(sealed=sealed), updated_at=at)

    def enable_second_factor(
        self, step: int | None, recovery: tuple[bytes, ...], *, at: datetime
    ) -> Self:
        """
        The account that asks for codes from now on, after a first right one.

        Raises SecondFactorOn, SecondFactorOff where none was begun, CodeWrong.
        """
        if self.has_second_factor:
            raise SecondFactorOn
        if self.second_factor is None:
            raise SecondFactorOff
        if step is None:
            raise CodeWrong
        on = evolve(self.second_factor, enabled_at=at, last_step=step, recovery=recovery)
        changed = CredentialsChanged(at=at, account_id=self.id, what="second factor (on from now)")
        return self.after(changed, second_factor=on, updated_at=at)

    def use_code(self, step: int | None, recovery_hash: bytes) -> Self:
        """
        The account after a code of that step, or after that recovery code, each once.

        Raises CodeWrong.
        """
        state = self.second_factor
        assert state is not None, "only an account with a second factor is asked for a code"
        if step is not None and (state.last_step is None or step > state.last_step):
            return self.after(second_factor=evolve(state, last_step=step))
        if recovery_hash in state.recovery:
            left = tuple(each for each in state.recovery if each != recovery_hash)
            return self.after(second_factor=evolve(state, recovery=left))
        raise CodeWrong

    def disable_second_factor(self, *, at: datetime) -> Self:
        """The account whose password does alone; raises SecondFactorOff."""
        if self.second_factor is None:
            raise SecondFactorOff
        what = "second factor (off from now)"
        changed = CredentialsChanged(at=at, account_id=self.id, what=what)
        return self.after(changed, second_factor=None, updated_at=at)

    def anonymised(self, *, at: datetime) -> Self:
        """The account without the person: what ledgers name stays, whom they mean is gone."""
        return self.after(
            email=deleted_email(self.id),
            email_verified=False,
            password_hash="",
            first_name="",
            last_name="",
            phone=None,
            date_of_birth=None,
            role=AccountRole.CUSTOMER,
            groups=frozenset(),
            tax_exempt=False,
            second_factor=None,
            pending_email=None,
            last_login=None,
            deleted_at=at,
            updated_at=at,
        )


def deleted_email(account_id: UserId) -> str:
    """What stands where a deleted account's e-mail stood: nobody's, and another for each."""
    return f"deleted-{account_id}{_DELETED}"


def is_deleted_email(email: str) -> bool:
    """Whether it stands where a deleted account's e-mail stood."""
    return email.endswith(_DELETED)


_DELETED = "@deleted.invalid"
"""No mail server has that name, nor ever will (RFC 2606)."""
