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
    ChangeAddress,
    DeliverOrder,
    DeliverShipment,
    LoseShipment,
    ModifyItems,
    PlaceOrder,
    ShipOrder,
    cancel_order,
    deliver_order,
    deliver_shipment,
    edit_order,
    lose_shipment,
    place_order,
    ship_order,
)
from automate_store.application.payments import (
    CapturePayment,
    ConfirmPayment,
    CreateIntent,
    RefundOrder,
    VoidPayment,
    capture_payment,
    confirm_payment,
    create_intent,
    refund_order,
    void_payment,
)
from automate_store.application.ports import Ports
from automate_store.application.returns import (
    ReceiveReturn,
    ReplaceReturn,
    RequestReturn,
    approve_return,
    receive_return,
    refund_return,
    reject_return,
    replace_return,
    request_return,
    withdraw_return,
)
from automate_store.domain.identity import Address
from automate_store.domain.kernel.errors import RuleBroken, Stale
from automate_store.domain.kernel.ids import LineId, OrderId, PaymentId, ReturnId, VariantId
from automate_store.domain.kernel.money import Money
from automate_store.domain.returns import Condition, Receipt, ReturnItem, ReturnKind
from automate_store.entrypoints.properties.contracts.scene import HOME

Counts = Mapping[LineId, int]
"""So many of each item of an order."""

Swaps = Mapping[LineId, VariantId]
"""What comes for the units of which item."""

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

    async def intend(self, ticket: Ticket, amount: Money | None, *, key: str) -> PaymentId:
        """An attempt to pay so much of the order; all that is due where no amount is named."""

    async def confirm(self, ticket: Ticket, payment_id: PaymentId, *, key: str) -> object:
        """The attempt, carried out as far as the gateway can."""

    async def capture(
        self, payment_id: PaymentId, amount: Money, *, final: bool, key: str
    ) -> object:
        """So much more of what was authorised, and no more after that where it is final."""

    async def void(self, payment_id: PaymentId, *, key: str) -> object:
        """The attempt, given up as far as it was not captured."""

    async def cancel(self, ticket: Ticket, items: Counts | None, *, key: str) -> object:
        """The order without these; without all that has not shipped where none are named."""

    async def edit(self, ticket: Ticket, items: Counts, *, key: str) -> object:
        """The order with that many of each of these."""

    async def move(self, ticket: Ticket, to: Address, *, key: str) -> object:
        """The order on its way to that address."""

    async def ship(self, ticket: Ticket, items: Counts | None, *, key: str) -> object:
        """A parcel with these; with all that is left where none are named."""

    async def deliver(self, ticket: Ticket, *, key: str) -> object:
        """Every parcel arrived."""

    async def deliver_parcel(self, ticket: Ticket, nth: int, *, key: str) -> object:
        """One parcel arrived, the first being 0."""

    async def lose_parcel(self, ticket: Ticket, nth: int, *, key: str) -> object:
        """One parcel is given up, the first being 0."""

    async def refund(self, ticket: Ticket, amount: Money, *, key: str) -> object:
        """So much of the order's money as a courtesy."""

    async def ask_back(
        self,
        ticket: Ticket,
        kind: ReturnKind,
        items: Counts,
        reason: str,
        swaps: Swaps,
        *,
        key: str,
    ) -> ReturnId:
        """These are to go back for that reason, or are claimed for it; those come for some."""

    async def approve(self, return_id: ReturnId, *, key: str) -> object:
        """They may be sent."""

    async def reject(self, return_id: ReturnId, *, key: str) -> object:
        """Nothing is taken back."""

    async def withdraw(self, ticket: Ticket, return_id: ReturnId, *, key: str) -> object:
        """They are kept after all."""

    async def receive(
        self, return_id: ReturnId, accepted: Counts, *, new: bool, key: str
    ) -> object:
        """They came, and so many of each are accepted."""

    async def pay_back(self, return_id: ReturnId, *, key: str) -> object:
        """What was received is paid back."""

    async def replace(self, return_id: ReturnId, *, key: str) -> object:
        """What was asked for comes for what is claimed."""


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

    async def intend(self, ticket: Ticket, amount: Money | None, *, key: str) -> PaymentId:
        """An attempt to pay so much of the order."""
        (gateway,) = self.ports.gateways
        command = CreateIntent(order_id=ticket.order_id, gateway=gateway, amount=amount)
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

    async def capture(
        self, payment_id: PaymentId, amount: Money, *, final: bool, key: str
    ) -> object:
        """So much more of what was authorised, and no more after that where it is final."""
        command = CapturePayment(payment_id=payment_id, amount=amount, final=final)
        async with _told():
            return await capture_payment(command, key=key, actor=STAFF, ports=self.ports)

    async def void(self, payment_id: PaymentId, *, key: str) -> object:
        """The attempt, given up as far as it was not captured."""
        command = VoidPayment(payment_id=payment_id)
        async with _told():
            return await void_payment(command, key=key, actor=STAFF, ports=self.ports)

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

    async def edit(self, ticket: Ticket, items: Counts, *, key: str) -> object:
        """The order with that many of each of these."""
        command = ModifyItems(order_id=ticket.order_id, items=items)
        return await self._change(command, ticket, key)

    async def move(self, ticket: Ticket, to: Address, *, key: str) -> object:
        """The order on its way to that address."""
        command = ChangeAddress(order_id=ticket.order_id, shipping_address=to)
        return await self._change(command, ticket, key)

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

    async def deliver_parcel(self, ticket: Ticket, nth: int, *, key: str) -> object:
        """One parcel arrived, the first being 0."""
        async with self.ports.reading() as reads:
            parcel = (await reads.orders.get(ticket.order_id)).shipments[nth]
        command = DeliverShipment(order_id=ticket.order_id, shipment_id=parcel.id)
        async with _told():
            return await deliver_shipment(
                command, versions=None, key=key, actor=STAFF, ports=self.ports
            )

    async def lose_parcel(self, ticket: Ticket, nth: int, *, key: str) -> object:
        """One parcel is given up, the first being 0."""
        async with self.ports.reading() as reads:
            parcel = (await reads.orders.get(ticket.order_id)).shipments[nth]
        command = LoseShipment(order_id=ticket.order_id, shipment_id=parcel.id)
        async with _told():
            return await lose_shipment(
                command, versions=None, key=key, actor=STAFF, ports=self.ports
            )

    async def refund(self, ticket: Ticket, amount: Money, *, key: str) -> object:
        """So much of the order's money as a courtesy."""
        command = RefundOrder(order_id=ticket.order_id, amount=amount, reason=WHY)
        async with _told():
            return await refund_order(command, key=key, actor=STAFF, ports=self.ports)

    async def ask_back(
        self,
        ticket: Ticket,
        kind: ReturnKind,
        items: Counts,
        reason: str,
        swaps: Swaps,
        *,
        key: str,
    ) -> ReturnId:
        """These are to go back for that reason, or are claimed for it; those come for some."""
        wanted = tuple(
            ReturnItem(item_id=each, quantity=many, reason=reason) for each, many in items.items()
        )
        command = RequestReturn(
            order_id=ticket.order_id, kind=kind, items=wanted, replacements=swaps
        )
        async with _told():
            view = await request_return(
                command, token=ticket.token, key=key, actor=GUEST, ports=self.ports
            )
        return view.returned.id

    async def approve(self, return_id: ReturnId, *, key: str) -> object:
        """They may be sent."""
        async with _told():
            return await approve_return(return_id, key=key, actor=STAFF, ports=self.ports)

    async def reject(self, return_id: ReturnId, *, key: str) -> object:
        """Nothing is taken back."""
        async with _told():
            return await reject_return(return_id, WHY, key=key, actor=STAFF, ports=self.ports)

    async def withdraw(self, ticket: Ticket, return_id: ReturnId, *, key: str) -> object:
        """They are kept after all."""
        async with _told():
            return await withdraw_return(
                ticket.order_id,
                return_id,
                token=ticket.token,
                key=key,
                actor=GUEST,
                ports=self.ports,
            )

    async def receive(
        self, return_id: ReturnId, accepted: Counts, *, new: bool, key: str
    ) -> object:
        """They came, and so many of each are accepted."""
        condition = Condition.NEW if new else Condition.USED
        receipts = {
            each: Receipt(accepted=many, condition=condition, reason=WHY)
            for each, many in accepted.items()
        }
        command = ReceiveReturn(return_id=return_id, items=receipts)
        async with _told():
            return await receive_return(command, key=key, actor=STAFF, ports=self.ports)

    async def pay_back(self, return_id: ReturnId, *, key: str) -> object:
        """What was received is paid back."""
        async with _told():
            return await refund_return(return_id, key=key, actor=STAFF, ports=self.ports)

    async def replace(self, return_id: ReturnId, *, key: str) -> object:
        """What was asked for comes for what is claimed."""
        async with _told():
            return await replace_return(
                ReplaceReturn(return_id=return_id), key=key, actor=STAFF, ports=self.ports
            )

    async def _change(
        self, command: ModifyItems | ChangeAddress, ticket: Ticket, key: str
    ) -> object:
        async with _told():
            return await edit_order(
                command,
                token=ticket.token,
                versions=None,
                key=key,
                actor=GUEST,
                ports=self.ports,
            )


@asynccontextmanager
async def _told() -> AsyncIterator[None]:
    try:
        yield
    except (RuleBroken, Stale) as refused:
        raise Refused(refused.code()) from refused
