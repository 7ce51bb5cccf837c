"""Accounts in memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import evolve

from automate_store.adapters.memory.identity.erasing import erase
from automate_store.adapters.memory.identity.exporting import kept_on
from automate_store.adapters.memory.session import Session
from automate_store.application.errors import VersionConflict
from automate_store.domain.identity import Account, AccountNotFound, AccountRole, EmailTaken
from automate_store.domain.kernel.ids import UserId
from automate_store.domain.orders import Order, OrderState

OPEN = {OrderState.PLACED, OrderState.CONFIRMED}


class MemoryAccounts:
    """Implements ``ports.identity.Accounts``."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tables = session.tables

    async def get(self, account_id: UserId, *, lock: bool = False) -> Account:
        """The account, locked until the work ends where asked; raises AccountNotFound."""
        await self._session.turn()
        if lock:
            await self._session.take("account", account_id)
        account = self._tables.accounts.get(account_id)
        if account is None:
            raise AccountNotFound(str(account_id))
        return account

    async def by_email(self, email: str, *, lock: bool = False) -> Account | None:
        """The account with that normalised e-mail, if there is one."""
        await self._session.turn()
        account_id = self._tables.emails.get(email.casefold())
        if lock and account_id is not None:
            await self._session.take("account", account_id)
        account = None if account_id is None else self._tables.accounts.get(account_id)
        if account is None or account.deleted_at is not None:
            return None
        # Who had to wait for the account may find that it has another e-mail by now.
        return account if account.email.casefold() == email.casefold() else None

    async def add(self, account: Account) -> None:
        """Store a new account; raises EmailTaken."""
        await self._session.turn()
        await self._session.take("account", account.id)
        await self._store(account)

    async def save(self, account: Account) -> None:
        """Store the changed account; raises VersionConflict, or EmailTaken."""
        await self._session.turn()
        await self._session.take("account", account.id)
        stored = self._tables.accounts.get(account.id)
        if stored is None or stored.version != account.version:
            raise VersionConflict("account", str(account.id))
        await self._store(account)
        if stored.email.casefold() != account.email.casefold():
            self._tables.emails.drop(stored.email.casefold())

    async def page(
        self, *, after: UserId | None, limit: int, role: AccountRole | None
    ) -> tuple[Account, ...]:
        """Accounts that are not deleted, in the order of their ids."""
        await self._session.turn()
        wanted = [
            account
            for account in self._tables.accounts.values()
            if account.deleted_at is None
            and role in {None, account.role}
            and (after is None or account.id > after)
        ]
        return tuple(sorted(wanted, key=lambda account: account.id)[:limit])

    async def admins(self) -> int:
        """How many admins there are, locked against becoming fewer until the work ends."""
        await self._session.turn()
        await self._session.take("admins")
        return sum(
            account.role is AccountRole.ADMIN and account.deleted_at is None
            for account in self._tables.accounts.values()
        )

    async def open_orders(self, account_id: UserId) -> tuple[str, ...]:
        """The numbers of the account's open orders, in the order of their making."""
        await self._session.turn()
        await self._session.take("account", account_id)
        for stored in self._tables.carts.values():
            if stored.cart.user_id == account_id and stored.order_id is None:
                await self._session.take("cart", stored.cart.id)
        mine = [
            order
            for order in self._tables.orders.values()
            if order.user_id == account_id and self._open(order)
        ]
        return tuple(each.number for each in sorted(mine, key=lambda order: order.id))

    def _open(self, order: Order) -> bool:
        """Whether anything is to be done about it yet, by the store or by its customer."""
        if order.state is not OrderState.COMPLETED:
            return order.state in OPEN
        returns = self._tables.returns.values()
        asked = any(each.order_id == order.id and each.ended_at is None for each in returns)
        return asked or bool(order.unshipped)

    async def claim_orders(self, account: Account) -> int:
        """Give the account the guests' orders of its e-mail, and their uses of coupons."""
        await self._session.turn()
        claimed = 0
        for order in self._tables.orders.values():
            if order.user_id is None and order.email == account.email:
                await self._session.take("order", order.id)
                mine = evolve(order, user_id=account.id, version=order.version + 1)
                self._tables.orders.put(order.id, mine)
                claimed += 1
        for key, stored in self._tables.coupon_uses.items():
            owner = self._tables.orders.get(stored.use.order_id)
            if stored.use.user_id is None and owner is not None and owner.user_id == account.id:
                use = evolve(stored.use, user_id=account.id)
                self._tables.coupon_uses.put(key, evolve(stored, use=use))
        return claimed

    async def erase(self, account: Account) -> None:
        """Take the person out of all that names them and stays."""
        if account.email_verified:
            await self.claim_orders(account)
        await erase(account, self._session)

    async def kept_on(self, account_id: UserId) -> Mapping[str, Any]:
        """All that is kept on the account; raises AccountNotFound."""
        return kept_on(await self.get(account_id), self._tables)

    async def _store(self, account: Account) -> None:
        email = account.email.casefold()
        await self._session.take("e-mail", email)
        if self._tables.emails.get(email) not in {None, account.id}:
            raise EmailTaken
        self._tables.emails.put(email, account.id)
        self._tables.accounts.put(account.id, account.saved())
        self._session.record(*account.events)
