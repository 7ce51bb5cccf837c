"""Refusals about accounts, in words that give nobody away."""

from __future__ import annotations

from attrs import frozen

from automate_store.domain.kernel.errors import (
    Forbidden,
    Malformed,
    NotFound,
    RuleBroken,
    Unauthenticated,
)


@frozen
class AccountNotFound(NotFound):
    """There is no such account, or none that the caller may see."""

    says = "There is no account {id}."
    id: str


@frozen
class EmailTaken(RuleBroken):
    """Another account has that e-mail."""

    says = "An account with this e-mail exists; sign in, or ask for a new password."


@frozen
class WrongCredentials(Unauthenticated):
    """No account has that e-mail and that password."""

    says = "The e-mail or the password is wrong."


@frozen
class SecondFactorNeeded(Unauthenticated):
    """The password was right, and the account asks for a code as well."""

    says = "Send the code of your authenticator, or a recovery code, as code."


@frozen
class CodeWrong(Unauthenticated):
    """The code is none of the moment, or was used before."""

    says = "The code is wrong or was used already; wait for the next one."


@frozen
class SessionOver(Unauthenticated):
    """The session was ended, is too old, or never was."""

    says = "The session is over; sign in again."


@frozen
class PasswordWrong(Forbidden):
    """Whoever changes what an account stands on has to prove that it is theirs."""

    says = "The password is wrong."


@frozen
class ProofNeeded(Forbidden):
    """The sign-in was too long ago for what the account stands on."""

    says = "Send the account's password as password: its last proof is too old for this."


@frozen
class OwnerUnproven(Forbidden):
    """Whoever reads the mail has to show that the account is theirs as well."""

    says = (
        "Sign in to the account, or send its password with the token;"
        " POST /api/v1/auth/forgot-password sets another one."
    )


@frozen
class EmailUnproven(Forbidden):
    """The store asks for a proven e-mail first; a fresh link is on its way to it."""

    says = "Confirm the e-mail first; a new link was sent to it."


@frozen
class SecondFactorMissing(Forbidden):
    """The store asks its staff for a second factor, and this account has none yet."""

    says = "Set up a second factor first: POST /api/v1/auth/second-factor."


@frozen
class SecondFactorOn(RuleBroken):
    """The account has a second factor; another takes its place only when it is off."""

    says = "A second factor is on; turn it off to set up another."


@frozen
class SecondFactorOff(RuleBroken):
    """The account has no second factor, or none whose set-up was begun."""

    says = "No second factor is set up; begin with POST /api/v1/auth/second-factor."


@frozen
class LinkInvalid(Malformed):
    """A mailed token is none, was used, is too old, or is for something else."""

    says = "The link is not valid any more; ask for a new one."


@frozen
class OrdersOpen(RuleBroken):
    """Orders are on their way still; the account can be deleted once they are settled."""

    says = "The account has open orders: {numbers}. Cancel them, or wait until they are settled."
    numbers: tuple[str, ...]


@frozen
class LastAdmin(RuleBroken):
    """Nobody could run the store afterwards."""

    says = "This is the last admin; make another one first."


@frozen
class SessionNotFound(NotFound):
    """The account has no such session."""

    says = "There is no session {id}."
    id: str


@frozen
class AddressNotFound(NotFound):
    """The address book has no such address."""

    says = "There is no address {id}."
    id: str


@frozen
class AddressBookFull(RuleBroken):
    """The address book has as many addresses as one may have."""

    says = "An address book holds {limit} addresses at most; remove one first."
    limit: int
