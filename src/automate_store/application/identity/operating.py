"""What whoever runs the shop does at the command line: a first admin, a lost password, keys."""

from __future__ import annotations

from attrs import evolve, field, frozen

from automate_store.application.access import Actor, Permission
from automate_store.application.auditing import note
from automate_store.application.identity.keyring import fresh_key
from automate_store.application.identity.opening import distrust_all, end_sessions
from automate_store.application.identity.registering import check_password, profile_faults
from automate_store.application.ports import Ports
from automate_store.domain.identity import (
    Account,
    AccountNotFound,
    AccountRole,
    EmailTaken,
    PasswordResetAsked,
    normalise_email,
)
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import UserId


@frozen(kw_only=True)
class CreateAdmin:
    """Somebody who is to run the shop."""

    email: str
    password: str = field(repr=False)
    first_name: str
    last_name: str


async def create_admin(command: CreateAdmin, *, actor: Actor, ports: Ports) -> Account:
    """
    The new admin, whose e-mail counts as proven.

    Raises InvalidInput, or EmailTaken: an account that exists is made an admin by another.
    """
    actor.may(Permission.CHANGE_CUSTOMERS)
    email, names = normalise_email(command.email), (command.first_name, command.last_name)
    at = ports.clock()
    if found := tuple(profile_faults(*names, None, at)):
        raise InvalidInput(found)
    check_password(command.password, email=email, names=names, ports=ports)
    account = Account(
        id=UserId(ports.ids.uuid()),
        email=email,
        email_verified=True,
        password_hash=await ports.hasher.hash(command.password),
        first_name=command.first_name.strip(),
        last_name=command.last_name.strip(),
        role=AccountRole.ADMIN,
        created_at=at,
        updated_at=at,
    )
    async with ports.unit_of_work() as work:
        if await work.accounts.by_email(email) is not None:
            raise EmailTaken
        await work.accounts.add(account)
        subject = f"account:{account.id}"
        await note(work, actor, "create_admin", subject, before=None, after=account, ports=ports)
    return account.saved()


async def promote(email: str, *, actor: Actor, ports: Ports) -> Account:
    """
    The account, an admin from its next request on, under the password that it has.

    Raises AccountNotFound, and InvalidInput where its e-mail was never proven: somebody
    else may have registered with it.
    """
    actor.may(Permission.CHANGE_CUSTOMERS)
    known = await _known(email, ports)
    async with ports.unit_of_work() as work:
        account = await work.accounts.get(known.id, lock=True)
        if not account.email_verified:
            raise InvalidInput.of(
                "email",
                "was never confirmed, and may be another's: have it confirmed by its link first",
            )
        changed = evolve(account, role=AccountRole.ADMIN, updated_at=ports.clock())
        await work.accounts.save(changed)
        subject = f"account:{account.id}"
        await note(work, actor, "promote", subject, before=account, after=changed, ports=ports)
        change = await distrust_all(changed, work=work, ports=ports)
    await ports.gate.forget(change)
    return changed.saved()


async def set_password(email: str, password: str, *, actor: Actor, ports: Ports) -> Account:
    """
    The account under that password, its second factor gone and every session over.

    Raises AccountNotFound, InvalidInput.
    """
    actor.may(Permission.CHANGE_CUSTOMERS)
    known = await _known(email, ports)
    names = (known.first_name, known.last_name)
    check_password(password, email=known.email, names=names, ports=ports)
    password_hash = await ports.hasher.hash(password)
    async with ports.unit_of_work() as work:
        at = ports.clock()
        account = await work.accounts.get(known.id, lock=True)
        changed = evolve(account.change_password(password_hash, at=at), second_factor=None)
        await work.accounts.save(changed)
        await work.links.void(account.id)
        change = await end_sessions(account, work=work, ports=ports, at=at)
        subject = f"account:{account.id}"
        await note(work, actor, "set_password", subject, before=account, after=changed, ports=ports)
    await ports.gate.forget(change)
    return changed.saved()


async def mail_reset_link(email: str, *, actor: Actor, ports: Ports) -> Account:
    """The account, to which a link that sets a new password is mailed; raises AccountNotFound."""
    actor.may(Permission.CHANGE_CUSTOMERS)
    account = await _known(email, ports)
    async with ports.unit_of_work() as work:
        work.record(PasswordResetAsked(at=ports.clock(), account_id=account.id))
        subject = f"account:{account.id}"
        after = {"mailed_to": account.email}
        await note(work, actor, "mail_reset_link", subject, before=None, after=after, ports=ports)
    return account


async def rotate_keys(*, at_once: bool, actor: Actor, ports: Ports) -> str:
    """
    The id of a new signing key, in use within half a minute.

    Tokens of older keys count until they are over or, ``at_once``, not from now on.
    """
    actor.may(Permission.CHANGE_CUSTOMERS)
    at = ports.clock()
    stored = fresh_key(at, ports.ids)
    async with ports.unit_of_work() as work:
        await work.signing_keys.add(stored)
        if at_once:
            await work.signing_keys.drop(before=at)
        after = {"key": stored.key.id, "at_once": at_once}
        await note(
            work, actor, "rotate_keys", "signing keys", before=None, after=after, ports=ports
        )
    return stored.key.id


async def _known(email: str, ports: Ports) -> Account:
    async with ports.reading() as reads:
        account = await reads.accounts.by_email(normalise_email(email))
    if account is None:
        raise AccountNotFound(email)
    return account
