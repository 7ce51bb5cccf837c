"""Example accounts: what requests about them send, and what answers say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from attrs import evolve
from msgspec import Struct

from automate_store.application.identity import RecoveryCodes, SignIn
from automate_store.application.ports.credentials import Enrolment
from automate_store.application.ports.identity import IssuedToken
from automate_store.domain.identity import (
    Account,
    Address,
    AddressBook,
    AddressType,
    BookedAddress,
    Session,
)
from automate_store.domain.kernel.ids import AddressId, SessionId, UserId
from automate_store.entrypoints.http.openapi import examples
from automate_store.entrypoints.http.wire.addresses import (
    AddressBookAnswer,
    BookAddress,
    BookedAddressAnswer,
    address_book,
    booked_address,
)
from automate_store.entrypoints.http.wire.customers import (
    CustomerAnswer,
    CustomerList,
    StandingInput,
    customer_answer,
    customer_list,
)
from automate_store.entrypoints.http.wire.identity import (
    ChangeEmailInput,
    ChangePasswordInput,
    CodeInput,
    DisableInput,
    EnrolmentAnswer,
    ExportAnswer,
    ForgotPasswordInput,
    LoginInput,
    Message,
    ProfileInput,
    ProofInput,
    RecoveryCodesAnswer,
    RefreshInput,
    RegisterInput,
    ResetPasswordInput,
    SessionList,
    SignInAnswer,
    TokenInput,
    UserAnswer,
    enrolment_answer,
    export_answer,
    recovery_codes_answer,
    session_list,
    sign_in_answer,
    user_answer,
)

ACCOUNT_ID = UserId(examples.example_id(40))
SESSION_ID = SessionId(examples.example_id(41))
ADDRESS_ID = AddressId(examples.example_id(42))
EMAIL = "ann@example.com"
PASSWORD = "correct horse 4 battery!"  # noqa: S105 - an example
_SECRET = "q5pE0n7Xr2C1kQb8uW3yZ6tV9sD4fG0hJ2mL5nP8rT1"  # noqa: S105 - an example
_TOKEN = "eyJhbGciOiJIUzI1NiJ9.e30.x"  # noqa: S105 - an example
_ADDRESS = {
    "first_name": "Ann",
    "last_name": "Lee",
    "address_line_1": "1 Main Street",
    "city": "New York",
    "state": "NY",
    "postal_code": "10001",
    "country": "US",
}
_PERSON = {"first_name": "Ann", "last_name": "Lee", "phone": "+1 212 555 0100"}


def account() -> Account:
    """Ann's account."""
    return Account(
        id=ACCOUNT_ID,
        email=EMAIL,
        email_verified=True,
        password_hash="",
        first_name=_PERSON["first_name"],
        last_name=_PERSON["last_name"],
        phone=_PERSON["phone"],
        last_login=examples.AT,
        created_at=examples.AT,
        updated_at=examples.AT,
    )


def session() -> Session:
    """Where she is signed in."""
    return Session(
        id=SESSION_ID,
        account_id=ACCOUNT_ID,
        user_agent="Mozilla/5.0 (X11; Linux x86_64)",
        address="203.0.113.7",
        created_at=examples.AT,
        last_used_at=examples.AT,
        expires_at=examples.AT + timedelta(days=30),
    )


def sign_in() -> SignIn:
    """What she is handed."""
    at = examples.AT
    return SignIn(
        account=account(),
        session=session(),
        access=IssuedToken(token=_TOKEN, expires_at=at + timedelta(0, 900)),
        refresh_token=_SECRET,
        refresh_expires_at=at + timedelta(days=1),
        csrf_token=_SECRET,
    )


def entry() -> BookedAddress:
    """Where she has things sent."""
    return BookedAddress(
        id=ADDRESS_ID,
        account_id=ACCOUNT_ID,
        type=AddressType.SHIPPING,
        address=Address(**_ADDRESS),
        is_default=True,
        created_at=examples.AT,
    )


def _signed_in() -> SignInAnswer:
    return sign_in_answer(sign_in(), "Signed in.", cookies=False, at=examples.AT)


def _export() -> ExportAnswer:
    kept = {"profile": {"email": EMAIL, **_PERSON}, "addresses": [_ADDRESS], "orders": []}
    return export_answer(kept, examples.AT)


BODIES: Mapping[type[Struct], Mapping[str, Any]] = {
    RegisterInput: {"email": EMAIL, "password": PASSWORD, **_PERSON},
    LoginInput: {"email": EMAIL, "password": PASSWORD},
    RefreshInput: {"refresh_token": _SECRET},
    ForgotPasswordInput: {"email": EMAIL},
    ResetPasswordInput: {"token": _SECRET, "password": PASSWORD},
    TokenInput: {"token": _SECRET, "password": None},
    ChangePasswordInput: {"current_password": PASSWORD, "new_password": "another 1, longer!"},
    ChangeEmailInput: {"email": "ann.lee@example.com", "password": PASSWORD},
    ProfileInput: {**_PERSON, "date_of_birth": "1990-05-17"},
    ProofInput: {"password": PASSWORD},
    CodeInput: {"code": "492039"},
    DisableInput: {"code": "492039", "password": PASSWORD},
    BookAddress: {**_ADDRESS, "type": "shipping", "is_default": True},
    StandingInput: {"role": "customer", "groups": ["trade"], "tax_exempt": True},
}
ANSWERS: Mapping[type[Struct], Callable[[], Struct]] = {
    SignInAnswer: _signed_in,
    UserAnswer: lambda: user_answer(account()),
    Message: lambda: Message("Signed out."),
    SessionList: lambda: session_list([session()], SESSION_ID),
    EnrolmentAnswer: lambda: enrolment_answer(
        Enrolment(
            sealed="",
            secret="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",  # noqa: S106 - an example
            uri="otpauth://totp/Shop:ann%40example.com?secret=JBSWY3DPEHPK3PXP&issuer=Shop",
        )
    ),
    RecoveryCodesAnswer: lambda: recovery_codes_answer(
        RecoveryCodes(("7KQ4-M2XD-9F3A-PC8V-1TRZ-6HBN",))
    ),
    ExportAnswer: _export,
    AddressBookAnswer: lambda: address_book(AddressBook((entry(),))),
    BookedAddressAnswer: lambda: booked_address(entry()),
    CustomerAnswer: lambda: customer_answer(evolve(account(), groups=frozenset({"trade"}))),
    CustomerList: lambda: customer_list([account()], None),
}
