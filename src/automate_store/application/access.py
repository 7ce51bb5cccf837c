"""Who may do what: one table of roles and permissions, and who may open which order."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from hmac import compare_digest

from attrs import frozen

from automate_store.application.errors import NotAllowed
from automate_store.application.ports.unit_of_work import Reads
from automate_store.application.tokens import plausible, token_hash
from automate_store.domain.kernel.ids import OrderId
from automate_store.domain.orders import Order, OrderNotFound


class Role(StrEnum):
    """What somebody is to the store."""

    GUEST = "guest"
    STAFF = "staff"
    SYSTEM = "system"


class Permission(StrEnum):
    """What a use case asks for."""

    SHOP = "shop"
    SHIP_ORDERS = "ship_orders"
    READ_STOCK = "read_stock"
    ADJUST_STOCK = "adjust_stock"
    IMPORT_CATALOG = "import_catalog"
    CHANGE_PRICING = "change_pricing"
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


async def open_order(
    order_id: OrderId, token: str | None, *, actor: Actor, reads: Reads, lock: bool = False
) -> Order:
    """The order, where the actor may see it; raises OrderNotFound for all others alike."""
    if actor.role is Role.GUEST and (token is None or not plausible(token)):
        raise OrderNotFound(str(order_id))
    order = await reads.orders.get(order_id, lock=lock)
    if actor.role is Role.GUEST:
        assert token is not None, "a guest without a token was turned away"
        if order.token_hash is None or not compare_digest(order.token_hash, token_hash(token)):
            raise OrderNotFound(str(order_id))
    return order
