"""How long a sign-in lasts, and what it takes."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from attrs import frozen


class Registration(StrEnum):
    """Whether who registers is let in at once."""

    OPEN = "open"
    """At once; a taken e-mail is refused, which tells that it is taken."""
    VERIFIED = "verified"
    """Once the mailed link was used; the answer is the same for a taken e-mail."""


@frozen(kw_only=True)
class AccountPolicy:
    """The numbers of accounts and sessions."""

    registration: Registration
    access_lifetime: timedelta
    """Of an access token; whole seconds."""
    session_lifetime: timedelta
    """Of a session, however much it is used."""
    session_idle: timedelta
    """Of a refresh token that is not used."""
    proof_lifetime: timedelta
    """How long a sign-in is proof enough to change what the account stands on."""
    verify_lifetime: timedelta
    """Of the link that proves an e-mail, and of those that change one."""
    reset_lifetime: timedelta
    """Of the link that sets a new password."""
    staff_second_factor: bool
    """Whether staff can do nothing for the store before they have a second factor."""
