"""What an account stands on: its password, its e-mail, and the proof that it is theirs."""

from __future__ import annotations

from datetime import date

from attrs import evolve, field, frozen

from automate_store.application.access import Actor
from automate_store.application.identity.acting import own_account, still_proven
from automate_store.application.identity.linking import find_link, owned, use_link, use_owned
from automate_store.application.identity.opening import (
    Device,
    SignIn,
    distrust_all,
    end_sessions,
    handed_over,
    open_session,
)
from automate_store.application.identity.registering import (
    check_password,
    claim_orders,
    profile_faults,
)
from automate_store.application.ports import Ports
from automate_store.domain.identity import (
    Account,
    EmailEnd,
    EmailTaken,
    LinkPurpose,
    PasswordResetAsked,
    PasswordWrong,
    ProofNeeded,
    normalise_email,
)
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import UserId


@frozen(kw_only=True)
class ChangeProfile:
    """What somebody says of themselves."""

    first_name: str
    last_name: str
    phone: str | None
    date_of_birth: date | None


@frozen(kw_only=True)
class ChangePassword:
    """Today's password, and the one to be."""

    current_password: str = field(repr=False)
    new_password: str = field(repr=False)


async def show_account(*, actor: Actor, ports: Ports) -> Account:
    """The account that acts."""
    account_id = actor.account()
    async with ports.reading() as reads:
        return await reads.accounts.get(account_id)


async def change_profile(command: ChangeProfile, *, actor: Actor, ports: Ports) -> Account:
    """The account with what its owner says of themselves; raises InvalidInput."""
    at = ports.clock()
    faults = profile_faults(command.first_name, command.last_name, command.date_of_birth, at)
    if found := tuple(faults):
        raise InvalidInput(found)
    async with ports.unit_of_work() as work:
        account = await own_account(actor, work, at=at)
        changed = evolve(
            account,
            first_name=command.first_name.strip(),
            last_name=command.last_name.strip(),
            phone=command.phone,
            date_of_birth=command.date_of_birth,
            updated_at=at,
        )
        await work.accounts.save(changed)
    return changed.saved()


async def change_password(
    command: ChangePassword, device: Device, *, actor: Actor, ports: Ports
) -> SignIn:
    """
    The account under its new password, signed in anew: every session before is over.

    Raises PasswordWrong, InvalidInput.
    """
    account = await prove(command.current_password, actor=actor, ports=ports)
    if command.new_password == command.current_password:
        raise InvalidInput.of("new_password", "is the one of before; choose another")
    names, password = (account.first_name, account.last_name), command.new_password
    check_password(password, email=account.email, names=names, ports=ports, named="new_password")
    password_hash = await ports.hasher.hash(password)
    async with ports.unit_of_work() as work:
        at = ports.clock()
        locked = await still_proven(account, actor=actor, work=work, at=at)
        changed = locked.change_password(password_hash, at=at)
        await work.accounts.save(changed)
        await work.links.void(account.id)
        change = await end_sessions(changed, work=work, ports=ports, at=at)
        opened = await open_session(changed.saved(), device, work=work, ports=ports, at=at)
    await ports.gate.forget(change)
    return await handed_over(opened, ports=ports)


async def forgot_password(email: str, *, ports: Ports) -> None:
    """A link is mailed where an account has the e-mail; whoever asks can't tell."""
    try:
        normal = normalise_email(email)
    except InvalidInput:
        normal = ""
    async with ports.reading() as reads:
        account = await reads.accounts.by_email(normal)
    account_id = account.id if account else UserId(ports.ids.uuid())
    async with ports.unit_of_work() as work:
        work.record(PasswordResetAsked(at=ports.clock(), account_id=account_id))


async def reset_password(token: str, password: str, *, ports: Ports) -> None:
    """
    The account of the link has the new password; every session before is over.

    Raises LinkInvalid, or InvalidInput, which leaves the link as it was.
    """
    found = await find_link(token, LinkPurpose.RESET_PASSWORD, ports=ports)
    names = (found.account.first_name, found.account.last_name)
    check_password(password, email=found.account.email, names=names, ports=ports)
    password_hash = await ports.hasher.hash(password)
    async with ports.unit_of_work() as work:
        at = ports.clock()
        account = await use_link(found, ports=ports, work=work)
        if not account.email_verified:
            # Until now nobody had shown that the e-mail is theirs; whoever set up a second
            # factor may be somebody else.
            account = account.after(second_factor=None)
        # Whoever has the link reads the mail that it was sent to, which may be of before.
        account = account.verify_email(found.link.email, at=at)
        account = account.change_password(password_hash, at=at)
        await work.accounts.save(account)
        await claim_orders(account, work)
        await work.links.void(account.id)
        change = await end_sessions(account, work=work, ports=ports, at=at)
    await ports.gate.forget(change)


async def change_email(email: str, password: str | None, *, actor: Actor, ports: Ports) -> None:
    """Links are mailed to both addresses; the e-mail changes once both were used."""
    account = await prove(password, actor=actor, ports=ports)
    wanted = normalise_email(email)
    if wanted == account.email:
        raise InvalidInput.of("email", "is the account's e-mail already")
    async with ports.unit_of_work() as work:
        at = ports.clock()
        locked = await still_proven(account, actor=actor, work=work, at=at)
        await work.accounts.save(locked.ask_email_change(wanted, at=at))


async def confirm_email_change(
    token: str, password: str | None, *, actor: Actor, ports: Ports
) -> Account:
    """
    The account with one end's word, and with the new e-mail once it has both.

    Raises LinkInvalid, or EmailTaken where another account has the e-mail by now. The new
    address has no say for an account of somebody else: OwnerUnproven, PasswordWrong.
    """
    purposes = (LinkPurpose.CHANGE_EMAIL_OLD, LinkPurpose.CHANGE_EMAIL_NEW)
    found = await find_link(token, *purposes, ports=ports)
    new = found.link.purpose is LinkPurpose.CHANGE_EMAIL_NEW
    if new:
        found = await owned(found, password, actor=actor, ports=ports)
    async with ports.unit_of_work() as work:
        if new:
            account = await use_owned(found, actor=actor, ports=ports, work=work)
        else:
            account = await use_link(found, ports=ports, work=work)
        end = EmailEnd.NEW if new else EmailEnd.OLD
        changed = account.confirm_email_change(end, found.link.email, at=ports.clock())
        if changed.email != account.email and await work.accounts.by_email(changed.email):
            raise EmailTaken
        await work.accounts.save(changed)
        await claim_orders(changed, work)
        if changed.email != account.email:
            # Whoever reads the old mailbox must not get in by a link that waits there.
            await work.links.void(account.id)
        change = await distrust_all(account, work=work, ports=ports)
    await ports.gate.forget(change)
    return changed.saved()


async def prove(password: str | None, *, actor: Actor, ports: Ports) -> Account:
    """
    The account, whose owner acts: by the password, else by a sign-in of a moment ago.

    Raises PasswordWrong, ProofNeeded.
    """
    account = await show_account(actor=actor, ports=ports)
    if password is None:
        since = ports.clock() - ports.policy.accounts.proof_lifetime
        if actor.signed_in_at is None or actor.signed_in_at < since:
            raise ProofNeeded
        return account
    verified = await ports.hasher.verify(password, account.password_hash)
    if not verified.ok:
        raise PasswordWrong
    return account
