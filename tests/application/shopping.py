"""A store on either kind of storage, and what accounts and guests do in it."""

from __future__ import annotations

from attrs import frozen

from automate_store.application.access import Actor, CartOwner, Role
from automate_store.application.carts import AddItem, CartView, add_to_cart, view_cart
from automate_store.application.orders import OrderView, PlaceOrder, place_order
from automate_store.application.ports import Ports
from automate_store.domain.kernel.ids import UserId, VariantId
from automate_store.domain.kernel.money import Money
from automate_store.entrypoints.properties.contracts.accounts import put_account
from automate_store.entrypoints.properties.contracts.scene import (
    HOME,
    Stocked,
    price,
    put_stocked,
)
from automate_store.entrypoints.properties.orders import flat_shipping


@frozen
class Street:
    """A store with mugs at 20.00, plenty of them, sent anywhere for 5.00."""

    ports: Ports
    mug: Stocked

    @classmethod
    async def open(cls, ports: Ports) -> Street:
        async with ports.unit_of_work() as work:
            await work.rules.put_shipping_methods([flat_shipping(price(ports, 5))])
        return cls(ports, await put_stocked(ports, on_hand=1000))

    async def customer(self, name: str = "ann", **more: object) -> Actor:
        """Somebody who has registered and signed in; more is what their account says."""
        account = await put_account(self.ports, name)
        return customer(account.id, **more)

    async def fill(
        self, owner: CartOwner, quantity: int = 2, *, of: Stocked | None = None
    ) -> CartView:
        """Their cart with so many more, of mugs where nothing else is said."""
        item = AddItem(product_id=None, variant_id=(of or self.mug).variant_id, quantity=quantity)
        return await add_to_cart(owner, (item,), ports=self.ports)

    async def guest(self, quantity: int = 2, *, of: Stocked | None = None) -> CartOwner:
        """A guest whose new cart holds so many."""
        view = await self.fill(CartOwner.guest(None), quantity, of=of)
        assert view.token is not None, "a guest is told the token"
        return CartOwner.guest(view.token)

    async def pieces(self, owner: CartOwner) -> dict[VariantId, int]:
        """How many of each their cart holds."""
        view = await view_cart(owner, ports=self.ports)
        return {line.variant_id: line.quantity for line in view.cart.lines}

    async def place(
        self,
        owner: CartOwner,
        *,
        key: str = "k",
        email: str = "ann@example.com",
        expected_total: Money | None = None,
    ) -> OrderView:
        """The order of their cart."""
        command = PlaceOrder(
            email=email,
            shipping_address=HOME,
            shipping_method="flat",
            expected_total=expected_total,
        )
        return await place_order(command, owner=owner, key=key, ports=self.ports)


def customer(account_id: UserId, **more: object) -> Actor:
    """The account, signed in."""
    return Actor(Role.CUSTOMER, f"customer:{account_id}", account_id, **more)  # type: ignore[arg-type]  # as its fields
