"""Who may do what: one table of roles and permissions."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from attrs import frozen

from automate_store.application.errors import NotAllowed


class Role(StrEnum):
    """What somebody is to the store."""

    GUEST = "guest"
    STAFF = "staff"
    SYSTEM = "system"


class Permission(StrEnum):
    """What a use case asks for."""

    SHOP = "shop"
    SHIP_ORDERS = "ship_orders"
    CANCEL_ORDERS = "cancel_orders"
    READ_STOCK = "read_stock"
    ADJUST_STOCK = "adjust_stock"
    IMPORT_CATALOG = "import_catalog"
    EXPIRE_ORDERS = "expire_orders"


_STAFF = frozenset(Permission) - {Permission.EXPIRE_ORDERS}
ALLOWED: Mapping[Role, frozenset[Permission]] = {
    Role.GUEST: frozenset({Permission.SHOP}),
    Role.STAFF: _STAFF,
    Role.SYSTEM: frozenset(Permission),
}


@frozen
class Actor:
    """Who acts: a role, and the name that the timeline and the ledger keep."""

    role: Role
    name: str

    def may(self, permission: Permission) -> None:
        """Nothing, where the role includes it; raises NotAllowed."""
        if permission not in ALLOWED[self.role]:
            raise NotAllowed(self.role, permission)


SYSTEM = Actor(Role.SYSTEM, "system")
GUEST = Actor(Role.GUEST, "guest")
