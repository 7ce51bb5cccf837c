"""Saved ways to pay as they are stored, and who accounts are to gateways."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from automate_store.domain.kernel.ids import MethodId, UserId
from automate_store.domain.payments import SavedMethod


class SavedMethods(Protocol):
    """
    What gateways keep for accounts; a token is kept once, and for one account.

    What was removed is nobody's any more; it stays known until its gateway has forgotten it
    too, so that nothing that was told meanwhile brings it back.
    """

    async def customer(self, user_id: UserId, gateway: str) -> str | None:
        """The gateway's name for the account, if it has one."""

    async def customers(self, user_id: UserId) -> Mapping[str, str]:
        """What gateways know the account by, each by its own name."""

    async def keep_customer(
        self, user_id: UserId, gateway: str, customer: str, at: datetime
    ) -> None:
        """Know the account by that name from now on; nothing changes where one is known."""

    async def owner(self, gateway: str, customer: str) -> UserId | None:
        """The account that the gateway knows by that name."""

    async def of(self, user_id: UserId) -> tuple[SavedMethod, ...]:
        """The account's own, the oldest first."""

    async def get(self, method_id: MethodId, user_id: UserId) -> SavedMethod:
        """The account's own; raises MethodNotFound."""

    async def add(self, method: SavedMethod) -> SavedMethod | None:
        """
        The method as it is kept: told again, with what it is known by now.

        None, and nothing, where it was removed, or is another account's.
        """

    async def remove(self, method_id: MethodId, user_id: UserId, at: datetime) -> None:
        """Have it be nobody's; raises MethodNotFound."""

    async def remove_all(self, user_id: UserId, at: datetime) -> tuple[MethodId, ...]:
        """Have all of the account's be nobody's, and it known to no gateway; which they were."""

    async def removed(self, method_id: MethodId) -> SavedMethod | None:
        """What was removed and is not forgotten yet."""

    async def forget(self, method_id: MethodId) -> None:
        """Know nothing of what was removed; nothing happens to what was not."""
