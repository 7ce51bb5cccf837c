"""Saved ways to pay in memory."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from attrs import evolve

from automate_store.adapters.memory.rows import StoredMethod
from automate_store.adapters.memory.session import Session
from automate_store.domain.kernel.ids import MethodId, UserId
from automate_store.domain.payments import MethodNotFound, SavedMethod


class MemoryMethods:
    """Implements ``ports.methods.SavedMethods``."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tables = session.tables

    async def customer(self, user_id: UserId, gateway: str) -> str | None:
        """The gateway's name for the account, if it has one."""
        await self._session.turn()
        return self._tables.gateway_customers.get((user_id, gateway))

    async def customers(self, user_id: UserId) -> Mapping[str, str]:
        """What gateways know the account by, each by its own name."""
        await self._session.turn()
        known = self._tables.gateway_customers.items()
        return {gateway: name for (owner, gateway), name in known if owner == user_id}

    async def keep_customer(
        self,
        user_id: UserId,
        gateway: str,
        customer: str,
        at: datetime,  # noqa: ARG002 - memory needs no times
    ) -> None:
        """Know the account by that name from now on; nothing changes where one is known."""
        await self._session.turn()
        await self._session.take("gateway customer", user_id, gateway)
        if (user_id, gateway) not in self._tables.gateway_customers:
            self._tables.gateway_customers.put((user_id, gateway), customer)

    async def owner(self, gateway: str, customer: str) -> UserId | None:
        """The account that the gateway knows by that name."""
        await self._session.turn()
        for (user_id, name), known in self._tables.gateway_customers.items():
            if (name, known) == (gateway, customer):
                return user_id
        return None

    async def of(self, user_id: UserId) -> tuple[SavedMethod, ...]:
        """The account's own, the oldest first."""
        await self._session.turn()
        return tuple(sorted(self._own(user_id), key=lambda method: method.id))

    async def get(self, method_id: MethodId, user_id: UserId) -> SavedMethod:
        """The account's own; raises MethodNotFound."""
        await self._session.turn()
        for method in self._own(user_id):
            if method.id == method_id:
                return method
        raise MethodNotFound(str(method_id))

    async def add(self, method: SavedMethod) -> SavedMethod | None:
        """The method as it is kept."""
        await self._session.turn()
        token = (method.gateway, method.token)
        await self._session.take("payment method", *token)
        known = self._tables.payment_methods.get(token)
        if known is None:
            self._tables.payment_methods.put(token, StoredMethod(method=method))
            return method
        if known.removed_at is not None or known.method.user_id != method.user_id:
            return None
        anew = evolve(method, id=known.method.id, created_at=known.method.created_at)
        self._tables.payment_methods.put(token, StoredMethod(method=anew))
        return anew

    async def remove(self, method_id: MethodId, user_id: UserId, at: datetime) -> None:
        """Have it be nobody's; raises MethodNotFound."""
        await self._put_away(await self.get(method_id, user_id), at)

    async def remove_all(self, user_id: UserId, at: datetime) -> tuple[MethodId, ...]:
        """Have all of the account's be nobody's, and it known to no gateway; which they were."""
        own = await self.of(user_id)
        for method in own:
            await self._put_away(method, at)
        for key, _ in self._tables.gateway_customers.items():  # noqa: PERF102 - rows are no dict
            if key[0] == user_id:
                self._tables.gateway_customers.drop(key)
        return tuple(method.id for method in own)

    async def removed(self, method_id: MethodId) -> SavedMethod | None:
        """What was removed and is not forgotten yet."""
        await self._session.turn()
        for stored in self._tables.payment_methods.values():
            if stored.method.id == method_id and stored.removed_at is not None:
                return stored.method
        return None

    async def forget(self, method_id: MethodId) -> None:
        """Know nothing of what was removed; nothing happens to what was not."""
        method = await self.removed(method_id)
        if method is not None:
            self._tables.payment_methods.drop((method.gateway, method.token))

    def _own(self, user_id: UserId) -> list[SavedMethod]:
        stored = self._tables.payment_methods.values()
        return [
            each.method
            for each in stored
            if each.method.user_id == user_id and each.removed_at is None
        ]

    async def _put_away(self, method: SavedMethod, at: datetime) -> None:
        token = (method.gateway, method.token)
        await self._session.take("payment method", *token)
        self._tables.payment_methods.put(token, StoredMethod(method=method, removed_at=at))
