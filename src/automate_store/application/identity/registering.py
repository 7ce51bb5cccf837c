"""Registering, and proving that an e-mail reaches whoever gave it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from attrs import evolve, field, frozen

from automate_store.application.access import Actor
from automate_store.application.identity.acting import own_account
from automate_store.application.identity.linking import find_link, owned, use_owned
from automate_store.application.identity.opening import (
    Device,
    SignIn,
    handed_over,
    open_session,
)
from automate_store.application.ports import Ports
from automate_store.application.ports.unit_of_work import Work
from automate_store.domain.identity import (
    Account,
    AccountRole,
    EmailTaken,
    LinkPurpose,
    Registration,
    RegistrationRepeated,
    normalise_email,
)
from automate_store.domain.kernel.errors import FieldError, InvalidInput
from automate_store.domain.kernel.ids import UserId
from automate_store.domain.kernel.words import shows

OLDEST = date(1900, 1, 1)
NAME_LENGTH = 100
"""Characters of a first or last name, at most."""


@frozen(kw_only=True)
class Register:
    """Somebody's wish to have an account."""

    email: str
    password: str = field(repr=False)
    first_name: str
    last_name: str
    phone: str | None = None
    date_of_birth: date | None = None


async def register(command: Register, device: Device, *, ports: Ports) -> SignIn | None:
    """
    The new account, signed in; None where the e-mail has to be proven first.

    Raises InvalidInput, and EmailTaken where registration is open. Where it is not, a
    taken e-mail is answered like any other, and its owner is told by mail.
    """
    command = evolve(command, email=normalise_email(command.email))
    check_password(
        command.password,
        email=command.email,
        names=(command.first_name, command.last_name),
        ports=ports,
    )
    at = ports.clock()
    account = _account(command, await ports.hasher.hash(command.password), ports, at)
    if ports.policy.accounts.registration is Registration.VERIFIED:
        await _promise(account, ports, at)
        return None
    async with ports.unit_of_work() as work:
        await work.accounts.add(account.ask_verification(at=at))
        opened = await open_session(account.saved(), device, work=work, ports=ports, at=at)
    return await handed_over(opened, ports=ports)


async def verify_email(token: str, password: str | None, *, actor: Actor, ports: Ports) -> Account:
    """
    The account whose e-mail the link has proven, with what was ordered with it before.

    Raises LinkInvalid; OwnerUnproven where neither its session nor its password came along,
    and PasswordWrong, which both leave the link as it was.
    """
    found = await find_link(token, LinkPurpose.VERIFY_EMAIL, ports=ports)
    found = await owned(found, password, actor=actor, ports=ports)
    async with ports.unit_of_work() as work:
        account = await use_owned(found, actor=actor, ports=ports, work=work)
        verified = account.verify_email(found.link.email, at=ports.clock())
        await work.accounts.save(verified)
        await claim_orders(verified, work)
    return verified.saved()


async def ask_verification(*, actor: Actor, ports: Ports) -> None:
    """Another link is mailed to the account, unless its e-mail is proven already."""
    async with ports.unit_of_work() as work:
        at = ports.clock()
        account = await own_account(actor, work, at=at)
        if not account.email_verified:
            await work.accounts.save(account.ask_verification(at=at))


async def claim_orders(account: Account, work: Work) -> None:
    """Have what was ordered with the account's proven e-mail, by a guest, be the account's."""
    if account.email_verified:
        await work.accounts.claim_orders(account)


def check_password(
    password: str,
    *,
    email: str,
    names: tuple[str, ...],
    ports: Ports,
    named: str = "password",
) -> None:
    """Nothing, where the policy takes what came under that name; raises InvalidInput."""
    faults = ports.passwords.faults(password, email=email, names=names)
    if faults:
        raise InvalidInput(tuple(FieldError(named, fault) for fault in faults))


def profile_faults(
    first_name: str, last_name: str, date_of_birth: date | None, at: datetime
) -> Iterator[FieldError]:
    """What can't be true of a person."""
    for name, text in (("first_name", first_name), ("last_name", last_name)):
        if not shows(text):
            yield FieldError(name, "is required")
        elif len(text) > NAME_LENGTH:
            yield FieldError(name, f"has {NAME_LENGTH} characters at most")
    if date_of_birth is not None and not OLDEST <= date_of_birth < at.date():
        yield FieldError("date_of_birth", f"is a day from {OLDEST} to yesterday")


def _account(command: Register, password_hash: str, ports: Ports, at: datetime) -> Account:
    faults = profile_faults(command.first_name, command.last_name, command.date_of_birth, at)
    if found := tuple(faults):
        raise InvalidInput(found)
    return Account(
        id=UserId(ports.ids.uuid()),
        email=command.email,
        email_verified=False,
        password_hash=password_hash,
        first_name=command.first_name.strip(),
        last_name=command.last_name.strip(),
        phone=command.phone,
        date_of_birth=command.date_of_birth,
        role=AccountRole.CUSTOMER,
        created_at=at,
        updated_at=at,
    )


async def _promise(account: Account, ports: Ports, at: datetime) -> None:
    """Store the account where its e-mail is new; a mail goes out either way."""
    async with ports.reading() as reads:
        known = await reads.accounts.by_email(account.email)
    try:
        async with ports.unit_of_work() as work:
            if known is not None:
                work.record(RegistrationRepeated(at=at, account_id=known.id))
            else:
                await work.accounts.add(account.ask_verification(at=at))
    except EmailTaken:
        # Somebody else registered it in between: nobody is told, and the mail is on its way.
        return
