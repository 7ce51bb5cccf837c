"""Accounts on the wire: secrets come in and go out once, and are never shown again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from automate_store.application.identity import (
    ChangePassword,
    ChangeProfile,
    Login,
    RecoveryCodes,
    Register,
    SignIn,
)
from automate_store.application.ports.credentials import Enrolment
from automate_store.domain.identity import Account, Session
from automate_store.entrypoints.http.wire.inputs import Input, Phone, Text255

PASSWORD_LENGTH = 1_000
"""What is read of a password; the policy has its own, lower bound and says so."""
SESSIONS_SHOWN = 100
"""All are ended by signing out everywhere, shown or not."""

Email = Annotated[str, Meta(min_length=3, max_length=255, examples=["ann@example.com"])]
Name = Annotated[str, Meta(min_length=1, max_length=100)]
Password = Annotated[str, Meta(min_length=1, max_length=PASSWORD_LENGTH)]
Secret = Annotated[
    str, Meta(min_length=1, max_length=128, description="What the mailed link ends with.")
]
Code = Annotated[
    str,
    Meta(
        min_length=6,
        max_length=40,
        description="Six digits of the authenticator, or a recovery code.",
        examples=["492039"],
    ),
]
Cookies = Annotated[
    bool,
    Meta(description="For browsers: the tokens are kept in cookies that scripts can't read."),
]


class RegisterInput(Input, frozen=True, kw_only=True):
    """Somebody who wants an account."""

    email: Email
    password: Password
    first_name: Name
    last_name: Name
    phone: Phone | None = None
    date_of_birth: date | None = None
    cookies: Cookies = False

    def command(self) -> Register:
        """The wish in the words of the trade."""
        return Register(
            email=self.email,
            password=self.password,
            first_name=self.first_name,
            last_name=self.last_name,
            phone=self.phone,
            date_of_birth=self.date_of_birth,
        )


class LoginInput(Input, frozen=True, kw_only=True):
    """An e-mail with its password, and a code where the account asks for one."""

    email: Text255
    password: Password
    code: Code | None = None
    cookies: Cookies = False

    def command(self) -> Login:
        """The claim in the words of the trade."""
        return Login(email=self.email, password=self.password, code=self.code)


class RefreshInput(Input, frozen=True, kw_only=True):
    """The refresh token; browsers leave it out, their cookie has it."""

    refresh_token: Annotated[str, Meta(max_length=128)] | None = None


class ForgotPasswordInput(Input, frozen=True, kw_only=True):
    """The e-mail of an account whose password is forgotten."""

    email: Text255


class ResetPasswordInput(Input, frozen=True, kw_only=True):
    """The secret of a mailed link, and the new password."""

    token: Secret
    password: Password


class TokenInput(Input, frozen=True, kw_only=True):
    """The secret of a mailed link, and the account's password where nobody is signed in."""

    token: Secret
    password: Password | None = None


class ChangePasswordInput(Input, frozen=True, kw_only=True):
    """Today's password, and the one to be."""

    current_password: Password
    new_password: Password

    def command(self) -> ChangePassword:
        """The wish in the words of the trade."""
        return ChangePassword(
            current_password=self.current_password, new_password=self.new_password
        )


class ChangeEmailInput(Input, frozen=True, kw_only=True):
    """The e-mail to be; the password where the sign-in was not a moment ago."""

    email: Email
    password: Password | None = None


class ProfileInput(Input, frozen=True, kw_only=True):
    """What somebody says of themselves; what is left out is taken away."""

    first_name: Name
    last_name: Name
    phone: Phone | None = None
    date_of_birth: date | None = None

    def command(self) -> ChangeProfile:
        """The wish in the words of the trade."""
        return ChangeProfile(
            first_name=self.first_name,
            last_name=self.last_name,
            phone=self.phone,
            date_of_birth=self.date_of_birth,
        )


class ProofInput(Input, frozen=True, kw_only=True):
    """The password; it may be left out where the sign-in was a moment ago."""

    password: Password | None = None


class CodeInput(Input, frozen=True, kw_only=True):
    """A first code of the authenticator that was just set up."""

    code: Code


class DisableInput(Input, frozen=True, kw_only=True):
    """A code, and the password where the sign-in was not a moment ago."""

    code: Code
    password: Password | None = None


class Message(Struct, frozen=True):
    """What was done, in a sentence."""

    message: str


class UserAnswer(Struct, frozen=True, kw_only=True):
    """An account as its owner sees it."""

    id: UUID
    email: str
    email_verified: bool
    pending_email: str | None
    """The e-mail to be, once both ends confirmed it."""
    first_name: str
    last_name: str
    phone: str | None
    date_of_birth: date | None
    role: str
    second_factor: bool
    recovery_codes_left: int
    last_login: datetime | None
    created_at: datetime


class SignInAnswer(Struct, frozen=True, kw_only=True):
    """
    Who is signed in, and by what.

    The tokens are null where cookies carry them, and where the e-mail is to be proven first.
    """

    message: str
    user: UserAnswer | None = None
    token: str | None = None
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the word, no secret
    expires_in: int | None = None
    """Seconds."""
    refresh_token: str | None = None
    refresh_expires_in: int | None = None
    csrf_token: str | None = None
    """With cookies, what unsafe requests send in the header X-CSRF-Token."""


class SessionAnswer(Struct, frozen=True, kw_only=True):
    """Where somebody is signed in."""

    id: UUID
    current: bool
    user_agent: str | None
    ip_address: str | None
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime


class SessionList(Struct, frozen=True):
    """The account's open sessions, the last used first; of very many, the latest."""

    items: Annotated[list[SessionAnswer], Meta(max_length=SESSIONS_SHOWN)]


class EnrolmentAnswer(Struct, frozen=True):
    """A secret for an authenticator; it counts once a first code came back."""

    secret: str
    uri: str


class RecoveryCodesAnswer(Struct, frozen=True):
    """Codes that do once each where the authenticator is lost; they are not shown again."""

    recovery_codes: list[str]


class ExportAnswer(Struct, frozen=True):
    """All that the store keeps on the account, by the name of its kind."""

    exported_at: datetime
    kept: dict[str, Any]


def user_answer(account: Account) -> UserAnswer:
    """The account."""
    state, pending = account.second_factor, account.pending_email
    return UserAnswer(
        id=account.id,
        email=account.email,
        email_verified=account.email_verified,
        pending_email=pending.email if pending else None,
        first_name=account.first_name,
        last_name=account.last_name,
        phone=account.phone,
        date_of_birth=account.date_of_birth,
        role=account.role.value,
        second_factor=account.has_second_factor,
        recovery_codes_left=len(state.recovery) if state else 0,
        last_login=account.last_login,
        created_at=account.created_at,
    )


def sign_in_answer(sign_in: SignIn, message: str, *, cookies: bool, at: datetime) -> SignInAnswer:
    """The session, with its tokens where no cookies carry them."""
    answer = SignInAnswer(
        message=message,
        user=user_answer(sign_in.account),
        expires_in=_seconds(sign_in.access.expires_at, at),
        refresh_expires_in=_seconds(sign_in.refresh_expires_at, at),
        csrf_token=sign_in.csrf_token,
    )
    if cookies:
        return answer
    tokens = {"token": sign_in.access.token, "refresh_token": sign_in.refresh_token}
    return msgspec.structs.replace(answer, **tokens)


def session_list(sessions: Sequence[Session], current: UUID | None) -> SessionList:
    """The first of the sessions, as many as are shown, the one that asks marked."""
    return SessionList(
        [
            SessionAnswer(
                id=session.id,
                current=session.id == current,
                user_agent=session.user_agent,
                ip_address=session.address,
                created_at=session.created_at,
                last_used_at=session.last_used_at,
                expires_at=session.expires_at,
            )
            for session in sessions[:SESSIONS_SHOWN]
        ]
    )


def enrolment_answer(enrolment: Enrolment) -> EnrolmentAnswer:
    """The secret, in both forms."""
    return EnrolmentAnswer(enrolment.secret, enrolment.uri)


def recovery_codes_answer(codes: RecoveryCodes) -> RecoveryCodesAnswer:
    """The codes."""
    return RecoveryCodesAnswer(list(codes.codes))


def export_answer(kept: Mapping[str, Any], at: datetime) -> ExportAnswer:
    """What is kept."""
    return ExportAnswer(at, dict(kept))


def _seconds(until: datetime, at: datetime) -> int:
    return max(int((until - at).total_seconds()), 0)
