"""Whoever acts for themselves: their account, locked, and no other than they were let in to."""

from __future__ import annotations

from automate_store.application.access import Actor
from automate_store.application.ports.unit_of_work import Work
from automate_store.domain.identity import Account, PasswordWrong, SessionOver


async def own_account(actor: Actor, work: Work) -> Account:
    """The account that acts, locked; raises SessionOver where it was deleted meanwhile."""
    account = await work.accounts.get(actor.account(), lock=True)
    if account.deleted_at is not None:
        raise SessionOver
    return account


async def still_proven(proven: Account, *, actor: Actor, work: Work) -> Account:
    """
    The account that acts, locked; raises SessionOver as above.

    Raises PasswordWrong where its password is another than when it was proven.
    """
    account = await own_account(actor, work)
    if account.password_hash != proven.password_hash:
        raise PasswordWrong
    return account
