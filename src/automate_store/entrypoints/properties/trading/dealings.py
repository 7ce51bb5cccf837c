"""What a customer and the staff do with an order: the ways into a store that a machine takes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Protocol

from attrs import frozen

from automate_store.application.access import GUEST, Actor, CartOwner, Role
from automate_store.application.carts import AddItem, add_code, add_to_cart
from automate_store.application.orders import (
    CancelOrder,
    DeliverOrder,
    PlaceOrder,
    ShipOrder,
    cancel_order,
    deliver_order,
    place_order,
    ship_order,
)
from automate_store.application.payments import (
    ConfirmPayment,
    CreateIntent,
    RefundOrder,
    confirm_payment,
    create_intent,
    refund_order,
)
from automate_store.application.ports import Ports
from automate_store.domain.kernel.errors import RuleBroken, Stale
from automate_store.domain.kernel.ids import LineId, OrderId, PaymentId, VariantId
from automate_store.domain.kernel.money import Money
from automate_store.entrypoints.properties.contracts.scene import HOME

Counts = Mapping[LineId, int]
"""So many of each item of an order."""

BUYER = "ann@example.com"
STAFF = Actor(Role.ADMIN, "staff")
WHY = "not wanted"


@frozen
class Refused(Exception):  # noqa: N818 - named for the fact
    """The store said no, and why in one word."""

    code: str


@frozen
class Ticket:
    """An order that was placed, and the token that opens it."""

    order_id: OrderId
    token: str


class Dealings(Protocol):
    """
    What is done with orders; all but ``fill`` once per key.

    Each gives the store's answer, which the same key gives again, or raises Refused.
    """

    async def fill(self, wants: Mapping[VariantId, int], code: str | None) -> str:
        """The token of a new cart with these in it, and the code."""

    async def place(self, cart: str, *, key: str) -> Ticket:
        """The order of the cart."""

    async def intend(self, ticket: Ticket, *, key: str) -> PaymentId:
        """An attempt to pay the order."""

    async def confirm(self, ticket: Ticket, payment_id: PaymentId, *, key: str) -> object:
        """The attempt, carried out as far as the gateway can."""

    async def cancel(self, ticket: Ticket, items: Counts | None, *, key: str) -> object:
        """The order without these; without all that has not shipped where none are named."""

    async def ship(self, ticket: Ticket, items: Counts | None, *, key: str) -> object:
        """A parcel with these; with all that is left where none are named."""

    async def deliver(self, ticket: Ticket, *, key: str) -> object:
        """Every parcel arrived."""

    async def refund(self, ticket: Ticket, amount: Money, *, key: str) -> object:
        """So much of the order's money as a courtesy."""


@frozen
class UseCases:
    """Implements ``Dealings`` by the store's own use cases."""

    ports: Ports

    async def fill(self, wants: Mapping[VariantId, int], code: str | None) -> str:
        """The token of a new cart with these in it, and the code."""
        items = tuple(
            AddItem(product_id=None, variant_id=variant_id, quantity=many)
            for variant_id, many in wants.items()
        )
        async with _told():
            token = (await add_to_cart(CartOwner.guest(None), items, ports=self.ports)).token
            assert token is not None, "a new cart tells its token"
            if code is not None:
                await add_code(CartOwner.guest(token), code, ports=self.ports)
        return token

    async def place(self, cart: str, *, key: str) -> Ticket:
        """The order of the cart."""
        command = PlaceOrder(email=BUYER, shipping_address=HOME, shipping_method="flat")
        async with _told():
            owner = CartOwner.guest(cart)
            view = await place_order(command, owner=owner, key=key, ports=self.ports)
        assert view.token is not None, "a guest's order tells its token"
        return Ticket(view.order.id, view.token)

    async def intend(self, ticket: Ticket, *, key: str) -> PaymentId:
        """An attempt to pay the order."""
        (gateway,) = self.ports.gateways
        command = CreateIntent(order_id=ticket.order_id, gateway=gateway)
        async with _told():
            view = await create_intent(
                command, token=ticket.token, key=key, actor=GUEST, ports=self.ports
            )
        return view.payment.id

    async def confirm(self, ticket: Ticket, payment_id: PaymentId, *, key: str) -> object:
        """The attempt, carried out as far as the gateway can."""
        command = ConfirmPayment(order_id=ticket.order_id, payment_id=payment_id)
        async with _told():
            return await confirm_payment(
                command, token=ticket.token, key=key, actor=GUEST, ports=self.ports
            )

    async def cancel(self, ticket: Ticket, items: Counts | None, *, key: str) -> object:
        """The order without these; without all that has not shipped where none are named."""
        command = CancelOrder(order_id=ticket.order_id, items=items, reason=WHY)
        async with _told():
            return await cancel_order(
                command,
                token=ticket.token,
                versions=None,
                key=key,
                actor=GUEST,
                ports=self.ports,
            )

    async def ship(self, ticket: Ticket, items: Counts | None, *, key: str) -> object:
        """A parcel with these; with all that is left where none are named."""
        command = ShipOrder(order_id=ticket.order_id, items=items)
        async with _told():
            return await ship_order(command, versions=None, key=key, actor=STAFF, ports=self.ports)

    async def deliver(self, ticket: Ticket, *, key: str) -> object:
        """Every parcel arrived."""
        command = DeliverOrder(order_id=ticket.order_id)
        async with _told():
            return await deliver_order(
                command, versions=None, key=key, actor=STAFF, ports=self.ports
            )

    async def refund(self, ticket: Ticket, amount: Money, *, key: str) -> object:
        """So much of the order's money as a courtesy."""
        command = RefundOrder(order_id=ticket.order_id, amount=amount, reason=WHY)
        async with _told():
            return await refund_order(command, key=key, actor=STAFF, ports=self.ports)


@asynccontextmanager
async def _told() -> AsyncIterator[None]:
    try:
        yield
    except (RuleBroken, Stale) as refused:
        raise Refused(refused.code()) from refused
