"""Customers' accounts, for suites of ports that name them."""

from __future__ import annotations

from automate_store.application.ports import Ports
from automate_store.domain.kernel.ids import UserId


class Accounts:
    """A suite that needs accounts; override ``account`` where they must be stored."""

    async def account(self, store: Ports) -> UserId:
        """The id of somebody's account, another one each time."""
        return UserId(store.ids.uuid())
