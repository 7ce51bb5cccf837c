"""What staff do with accounts: find them, and say what they are to the store."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve, frozen

from automate_store.application.access import Actor, Permission
from automate_store.application.auditing import note
from automate_store.application.identity.acting import still_may
from automate_store.application.identity.opening import distrust_all, end_sessions
from automate_store.application.ports import Ports
from automate_store.application.ports.unit_of_work import Work
from automate_store.domain.identity import (
    GROUPS_LIMIT,
    Account,
    AccountNotFound,
    AccountRole,
    LastAdmin,
)
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import UserId


@frozen(kw_only=True)
class ChangeStanding:
    """What an account is to the store."""

    role: AccountRole
    groups: frozenset[str]
    tax_exempt: bool


async def list_accounts(
    *, after: UserId | None, limit: int, role: AccountRole | None, actor: Actor, ports: Ports
) -> tuple[Account, ...]:
    """Accounts in the order of their making."""
    actor.may(Permission.READ_CUSTOMERS)
    async with ports.reading() as reads:
        return await reads.accounts.page(after=after, limit=limit, role=role)


async def find_account(account_id: UserId, *, actor: Actor, ports: Ports) -> Account:
    """The account; raises AccountNotFound."""
    actor.may(Permission.READ_CUSTOMERS)
    async with ports.reading() as reads:
        return _alive(await reads.accounts.get(account_id))


async def change_standing(
    account_id: UserId, command: ChangeStanding, *, actor: Actor, ports: Ports
) -> Account:
    """
    The account in its new role and groups, from its next request on.

    Raises AccountNotFound, InvalidInput, LastAdmin.
    """
    actor.may(Permission.CHANGE_CUSTOMERS)
    if len(command.groups) > GROUPS_LIMIT:
        raise InvalidInput.of("groups", f"has {GROUPS_LIMIT} entries at most")
    async with ports.unit_of_work() as work:
        at = ports.clock()
        account = await _somebody(account_id, actor=actor, work=work, at=at)
        stepping_down = account.role is AccountRole.ADMIN is not command.role
        if stepping_down and await work.accounts.admins() == 1:
            raise LastAdmin
        changed = evolve(
            account,
            role=command.role,
            groups=command.groups,
            tax_exempt=command.tax_exempt,
            updated_at=at,
        )
        await work.accounts.save(changed)
        subject = f"account:{account.id}"
        before, after = _standing(account), _standing(changed)
        await note(work, actor, "change_standing", subject, before=before, after=after, ports=ports)
        change = await distrust_all(changed, work=work, ports=ports)
    await ports.gate.forget(change)
    return changed.saved()


async def end_sessions_of(account_id: UserId, *, actor: Actor, ports: Ports) -> Account:
    """The account, signed out everywhere; raises AccountNotFound."""
    actor.may(Permission.CHANGE_CUSTOMERS)
    async with ports.unit_of_work() as work:
        at = ports.clock()
        account = await _somebody(account_id, actor=actor, work=work, at=at)
        change = await end_sessions(account, work=work, ports=ports, at=at)
        after = {"ended": len(change.session_ids)}
        subject = f"account:{account.id}"
        await note(work, actor, "end_sessions_of", subject, before=None, after=after, ports=ports)
    await ports.gate.forget(change)
    return account


async def _somebody(account_id: UserId, *, actor: Actor, work: Work, at: datetime) -> Account:
    """
    The account, locked, where whoever acts may still change it.

    Two admins who act on each other lock both accounts in one order.
    """
    if actor.account_id is not None:
        await work.accounts.get(min(account_id, actor.account_id), lock=True)
    await still_may(actor, Permission.CHANGE_CUSTOMERS, work, at=at)
    return _alive(await work.accounts.get(account_id, lock=True))


def _alive(account: Account) -> Account:
    if account.deleted_at is not None:
        raise AccountNotFound(str(account.id))
    return account


def _standing(account: Account) -> ChangeStanding:
    return ChangeStanding(role=account.role, groups=account.groups, tax_exempt=account.tax_exempt)
