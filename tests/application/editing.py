"""A shop whose catalogue is edited: by its staff, and by vendors."""

from __future__ import annotations

from typing import Any

from attrs import evolve, frozen

from automate_store.application import catalog
from automate_store.application.access import Actor, Role
from automate_store.application.catalog import (
    Owner,
    PutBrand,
    PutCategory,
    PutProduct,
    PutVariant,
    StaffProduct,
)
from automate_store.application.ports import Ports
from automate_store.application.ports.identity import TrailEntry
from automate_store.domain.catalog import Category, Product
from automate_store.domain.identity import AccountRole
from automate_store.domain.inventory import Movement
from automate_store.domain.kernel.money import Money
from automate_store.entrypoints.properties.contracts.accounts import put_account
from tests.application.trading import STAFF


def usd(cents: int) -> Money:
    """So many cents."""
    return Money(cents, "USD")


def variant(sku: str, **changes: Any) -> PutVariant:
    """A wish for a variant of that SKU."""
    return PutVariant(**{"sku": sku, **changes})


def mug(**changes: Any) -> PutProduct:
    """A wish for a mug at 9.00, in one variant."""
    plain = {"name": "Blue Mug", "price": usd(900), "variants": (variant("MUG-1"),)}
    return PutProduct(**{**plain, **changes})


def shirt(**changes: Any) -> PutProduct:
    """A wish for a shirt at 20.00, in two sizes."""
    sizes = tuple(variant(f"SHIRT-{size}", attributes={"Size": size}) for size in ("S", "L"))
    plain = {"name": "Shirt", "price": usd(2000), "options": ("Size",), "variants": sizes}
    return PutProduct(**{**plain, **changes})


@frozen
class Desk:
    """Where the catalogue is edited."""

    ports: Ports

    async def vendor(self, name: str) -> Actor:
        """Somebody who sells through the shop."""
        account = await put_account(self.ports, name, role=AccountRole.VENDOR)
        return Actor(Role.VENDOR, name, account.id)

    async def create(
        self, command: PutProduct | None = None, *, actor: Actor = STAFF, **changes: Any
    ) -> Product:
        """A new product: a mug, unless something else is wished for."""
        wish = evolve(command or mug(), **changes)
        return (await catalog.create_product(wish, actor=actor, ports=self.ports)).product

    async def change(
        self,
        product: Product,
        command: PutProduct,
        *,
        actor: Actor = STAFF,
        versions: tuple[int, ...] | None = None,
    ) -> Product:
        """The product, changed."""
        changed = await catalog.change_product(
            str(product.id), command, versions=versions, actor=actor, ports=self.ports
        )
        return changed.product

    async def seen(self, product: Product, *, actor: Actor = STAFF) -> StaffProduct:
        """The product as it is stored, with its stock."""
        return await catalog.get_staff_product(str(product.id), actor=actor, ports=self.ports)

    async def category(self, name: str, below: Category | None = None, **changes: Any) -> Category:
        """A new category."""
        parent_id = below.id if below else None
        wish = PutCategory(**{"name": name, "parent_id": parent_id, **changes})
        return await catalog.create_category(wish, actor=STAFF, ports=self.ports)

    async def trail(self) -> list[TrailEntry]:
        """What is kept of the changes, oldest first."""
        async with self.ports.reading() as reads:
            found = await reads.trail.page(before=None, limit=100, subject=None, account_id=None)
        return list(reversed(found))

    async def ledger(self) -> list[Movement]:
        """Every movement of stock, oldest first."""
        async with self.ports.reading() as reads:
            return list(reversed(await reads.stock.movements(None, before=None, limit=100)))


__all__ = ["Desk", "Owner", "PutBrand", "PutCategory", "mug", "shirt", "usd", "variant"]
