"""Whoever acts: looked at again in the work itself, under their account's lock."""

from __future__ import annotations

from datetime import datetime

from automate_store.application.access import Actor, Permission, Role
from automate_store.application.ports.unit_of_work import Work
from automate_store.domain.identity import Account, PasswordWrong, SessionOver
from automate_store.domain.kernel.ids import SessionId


async def own_account(actor: Actor, work: Work, *, at: datetime) -> Account:
    """
    The account that acts, locked.

    Raises SessionOver where it was deleted, or the session ended, since it was let in.
    """
    account = await work.accounts.get(actor.account(), lock=True)
    if account.deleted_at is not None:
        raise SessionOver
    await _signed_in_still(actor, work, at)
    return account


async def still_proven(proven: Account, *, actor: Actor, work: Work, at: datetime) -> Account:
    """
    The account that acts, locked; raises SessionOver as above.

    Raises PasswordWrong where its password is another than when it was proven.
    """
    account = await own_account(actor, work, at=at)
    if account.password_hash != proven.password_hash:
        raise PasswordWrong
    return account


async def still_may(actor: Actor, permission: Permission, work: Work, *, at: datetime) -> None:
    """
    Nothing, where the account that acts, locked, is allowed it still; programs have none.

    Raises SessionOver as above, NotAllowed or SecondFactorMissing.
    """
    if actor.account_id is None:
        return
    account = await own_account(actor, work, at=at)
    actor.in_role(Role(account.role.value)).may(permission)


async def _signed_in_still(actor: Actor, work: Work, at: datetime) -> None:
    if actor.session_id is None:
        return
    if await work.sessions.signed_in(SessionId(actor.session_id), at=at) is None:
        raise SessionOver
