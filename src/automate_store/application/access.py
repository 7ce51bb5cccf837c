"""Who may do what: one table of roles and permissions, and who opens which cart and order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest
from uuid import UUID

from attrs import evolve, field, frozen

from automate_store.application.errors import NotAllowed, SignInNeeded
from automate_store.application.ports.unit_of_work import Reads
from automate_store.application.tokens import plausible, token_hash
from automate_store.domain.carts import CartNotFound
from automate_store.domain.identity import SecondFactorMissing
from automate_store.domain.kernel.ids import OrderId, UserId
from automate_store.domain.orders import Order, OrderNotFound
from automate_store.domain.promotions import Shopper


class Role(StrEnum):
    """What somebody is to the store."""

    GUEST = "guest"
    CUSTOMER = "customer"
    VENDOR = "vendor"
    SUPPORT = "support"
    ADMIN = "admin"
    SYSTEM = "system"


class Permission(StrEnum):
    """What a use case asks for."""

    SHOP = "shop"
    HAVE_ACCOUNT = "have_account"
    READ_ORDERS = "read_orders"
    READ_OWN_SALES = "read_own_sales"
    """The orders that hold one's own products."""
    SHIP_ORDERS = "ship_orders"
    HANDLE_RETURNS = "handle_returns"
    """To ask for one in a customer's name, and to decide on it; no money moves by that."""
    MOVE_MONEY = "move_money"
    READ_STOCK = "read_stock"
    ADJUST_STOCK = "adjust_stock"
    IMPORT_CATALOG = "import_catalog"
    EDIT_OWN_PRODUCTS = "edit_own_products"
    EDIT_CATALOG = "edit_catalog"
    READ_PRICING = "read_pricing"
    CHANGE_PRICING = "change_pricing"
    READ_CUSTOMERS = "read_customers"
    CHANGE_CUSTOMERS = "change_customers"
    """Their roles, groups and tax exemption."""
    READ_AUDIT = "read_audit"
    EXPIRE_ORDERS = "expire_orders"


_CUSTOMER = frozenset({Permission.SHOP, Permission.HAVE_ACCOUNT})
_VENDOR = frozenset({Permission.EDIT_OWN_PRODUCTS, Permission.READ_OWN_SALES})
_SUPPORT = frozenset(
    {
        Permission.READ_ORDERS,
        Permission.HANDLE_RETURNS,
        Permission.READ_STOCK,
        Permission.READ_PRICING,
        Permission.READ_CUSTOMERS,
    }
)
ALLOWED: Mapping[Role, frozenset[Permission]] = {
    Role.GUEST: frozenset({Permission.SHOP}),
    Role.CUSTOMER: _CUSTOMER,
    Role.VENDOR: _CUSTOMER | _VENDOR,
    Role.SUPPORT: _CUSTOMER | _SUPPORT,
    Role.ADMIN: frozenset(Permission) - {Permission.EXPIRE_ORDERS},
    Role.SYSTEM: frozenset(Permission),
}
"""The one table: a role may do what stands here, and nothing else."""

FOR_STAFF = frozenset(Permission) - _CUSTOMER
"""What no customer may do; whoever may do none of it is a stranger to the staff's routes."""


@frozen
class Actor:
    """Who acts: a role, and the name that the timeline and the ledger keep."""

    role: Role
    name: str
    account_id: UserId | None = None
    session_id: UUID | None = None
    groups: frozenset[str] = field(default=frozenset(), kw_only=True)
    """The customer groups of the account, which promotions may ask for."""
    tax_exempt: bool = field(default=False, kw_only=True)
    signed_in_at: datetime | None = field(default=None, kw_only=True)
    """When its owner last proved who they are."""
    held_back: bool = field(default=False, kw_only=True)
    """Whether it lacks the second factor without which staff do what customers may, and no more."""

    def can(self, permission: Permission) -> bool:
        """Whether the role includes it, and nothing holds it back."""
        return permission in ALLOWED[self.role] and not self._waits_for(permission)

    def may(self, permission: Permission) -> None:
        """Nothing, where it can; raises SecondFactorMissing where that is all, or NotAllowed."""
        if permission not in ALLOWED[self.role]:
            raise NotAllowed(self.role, permission)
        if self._waits_for(permission):
            raise SecondFactorMissing

    def in_role(self, role: Role) -> Actor:
        """The same account, as it is in that role."""
        return evolve(self, role=role)

    @property
    def is_staff(self) -> bool:
        """Whether there is anything that the role may do and customers may not."""
        return not FOR_STAFF.isdisjoint(ALLOWED[self.role])

    def account(self) -> UserId:
        """The account that acts; raises SignInNeeded for whoever has none."""
        if self.account_id is None:
            raise SignInNeeded
        return self.account_id

    def _waits_for(self, permission: Permission) -> bool:
        return self.held_back and permission in FOR_STAFF


SYSTEM = Actor(Role.SYSTEM, "system")
GUEST = Actor(Role.GUEST, "guest")


@frozen
class CartOwner:
    """Whose cart is meant: an account's own, or the one that a guest's token opens."""

    actor: Actor
    token: str | None

    @classmethod
    def of(cls, actor: Actor, token: str | None) -> CartOwner:
        """The actor's cart; an account opens its own, whatever token came along."""
        return cls(actor, token if actor.account_id is None else None)

    @classmethod
    def guest(cls, token: str | None) -> CartOwner:
        """The cart of whoever has the token; without one there is none yet."""
        return cls(GUEST, token)

    @property
    def account_id(self) -> UserId | None:
        """The account that it is of."""
        return self.actor.account_id

    @property
    def newcomer(self) -> bool:
        """Whether nothing tells yet which cart it would be."""
        return self.token is None and self.account_id is None

    @property
    def shopper(self) -> Shopper:
        """Who buys, as far as the account says so."""
        return Shopper(
            signed_in=self.account_id is not None,
            groups=self.actor.groups,
            tax_exempt=self.actor.tax_exempt,
        )

    @property
    def caller(self) -> str:
        """Whose idempotency keys its orders take; raises CartNotFound for a newcomer."""
        if self.account_id is not None:
            return f"account:{self.account_id}"
        if self.token is None:
            raise CartNotFound
        return f"cart:{token_hash(self.token).hex()}"


async def open_order(
    order_id: OrderId,
    token: str | None,
    *,
    actor: Actor,
    staff: Permission,
    reads: Reads,
    lock: bool = False,
) -> Order:
    """
    The order, where the actor may reach it; raises OrderNotFound for all others alike.

    Its customer may, whoever has its token, and staff with that permission. A guest's order
    is the customer's whose proven e-mail it was placed with.
    """
    known = actor.account_id is not None or actor.can(staff)
    if not known and (token is None or not plausible(token)):
        raise OrderNotFound(str(order_id))
    order = await reads.orders.get(order_id, lock=lock)
    if actor.can(staff) or _opens(token, order) or await _owns(actor, order, reads):
        return order
    raise OrderNotFound(str(order_id))


async def _owns(actor: Actor, order: Order, reads: Reads) -> bool:
    if actor.account_id is None:
        return False
    if order.user_id is not None:
        return order.user_id == actor.account_id
    account = await reads.accounts.get(actor.account_id)
    return account.email_verified and account.email == order.email


def _opens(token: str | None, order: Order) -> bool:
    if token is None or order.token_hash is None or not plausible(token):
        return False
    return compare_digest(order.token_hash, token_hash(token))


def order_caller(order_id: OrderId, token: str | None, actor: Actor) -> str:
    """Whose idempotency keys they are: of the account, or of whoever has that token."""
    secret = sha256((token or "").encode()).hexdigest()
    return f"{actor.role}:{actor.account_id or actor.name}:{order_id}:{secret}"
