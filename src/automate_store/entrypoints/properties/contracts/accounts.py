"""Customers' accounts, for all suites that need somebody."""

from __future__ import annotations

from typing import Any

from automate_store.application.ports import Ports
from automate_store.domain.identity import Account
from automate_store.domain.kernel.ids import UserId


class Accounts:
    """A suite that needs accounts."""

    async def account(self, store: Ports) -> UserId:
        """The id of somebody's account, another one each time."""
        return (await put_account(store, store.ids.token()[:40].lower())).id


def new_account(store: Ports, name: str = "ann", **changes: Any) -> Account:
    """A customer's account, not stored yet; its e-mail comes from the name."""
    at = store.clock()
    plain = {
        "email": f"{name}@example.com",
        "email_verified": False,
        "password_hash": "hash of a password",
        "first_name": name.capitalize(),
        "last_name": "Example",
        "created_at": at,
        "updated_at": at,
    }
    return Account(id=UserId(store.ids.uuid()), **{**plain, **changes})


async def put_account(store: Ports, name: str = "ann", **changes: Any) -> Account:
    """Store such an account."""
    account = new_account(store, name, **changes)
    async with store.unit_of_work() as work:
        await work.accounts.add(account)
    return account.saved()
