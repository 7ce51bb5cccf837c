"""The replay itself: every sale and credit through the store's use cases, at its own time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

from attrs import define, field, frozen

from automate_store.application.access import GUEST, Actor, CartOwner, Role
from automate_store.application.carts import AddItem, add_to_cart
from automate_store.application.inventory import AdjustStock, adjust_stock
from automate_store.application.orders import (
    DeliverOrder,
    OrderView,
    PlaceOrder,
    ShipOrder,
    deliver_order,
    place_order,
    ship_order,
)
from automate_store.application.payments import (
    ConfirmPayment,
    CreateIntent,
    confirm_payment,
    create_intent,
)
from automate_store.application.policies import StorePolicy
from automate_store.application.ports import Ports
from automate_store.domain.carts import CartPolicy, MergePolicy
from automate_store.domain.identity import Address
from automate_store.domain.inventory import MovementType
from automate_store.domain.kernel.errors import StoreError
from automate_store.domain.kernel.ids import VariantId
from automate_store.domain.orders import FulfilmentState, Order
from automate_store.entrypoints.properties.accounts import POLICY as ACCOUNT_POLICY
from benchmarks.replay.books import CURRENCY, Article, Books, Invoice, WriteOff
from benchmarks.replay.matching import Matching, Parcel
from benchmarks.replay.returning import POLICY as RETURN_POLICY
from benchmarks.replay.returning import Desk, Sold
from benchmarks.replay.shelf import CARRIAGE

STAFF = Actor(Role.ADMIN, "replay")
COUNTRIES: Mapping[str, str] = {
    "Australia": "AU",
    "Austria": "AT",
    "Bahrain": "BH",
    "Belgium": "BE",
    "Brazil": "BR",
    "Canada": "CA",
    "Channel Islands": "JE",
    "Cyprus": "CY",
    "Czech Republic": "CZ",
    "Denmark": "DK",
    "EIRE": "IE",
    "Finland": "FI",
    "France": "FR",
    "Germany": "DE",
    "Greece": "GR",
    "Hong Kong": "HK",
    "Iceland": "IS",
    "Israel": "IL",
    "Italy": "IT",
    "Japan": "JP",
    "Lebanon": "LB",
    "Lithuania": "LT",
    "Malta": "MT",
    "Netherlands": "NL",
    "Norway": "NO",
    "Poland": "PL",
    "Portugal": "PT",
    "RSA": "ZA",
    "Saudi Arabia": "SA",
    "Singapore": "SG",
    "Spain": "ES",
    "Sweden": "SE",
    "Switzerland": "CH",
    "USA": "US",
    "United Arab Emirates": "AE",
    "United Kingdom": "GB",
}
UNKNOWN_COUNTRY = "ZZ"
"""ISO 3166 keeps it for whoever needs a place that is none."""

POLICY = StorePolicy(
    store_name="Replay",
    currency=CURRENCY,
    cart=CartPolicy(max_lines=10_000, max_quantity=1_000_000, merge=MergePolicy.MAXIMUM),
    reservation_lifetime=timedelta(minutes=30),
    edit_window=timedelta(minutes=60),
    guest_cart_lifetime=timedelta(days=7),
    key_lifetime=timedelta(days=1),
    low_stock_threshold=0,
    accounts=ACCOUNT_POLICY,
    returns=RETURN_POLICY,
    url="http://shop.example",
)
"""A wholesaler's limits: hundreds of lines, thousands of pieces."""

Event = Invoice | Parcel | WriteOff

_time: ContextVar[datetime] = ContextVar("time", default=datetime(2010, 12, 1, tzinfo=UTC))


def clock() -> datetime:
    """The Clock port: the time of the invoice that is being replayed by this task."""
    return _time.get()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """It is that time inside the block, for this task alone."""
    token = _time.set(moment)
    try:
        yield
    finally:
        _time.reset(token)


@frozen
class Fault:
    """Something that did not come out as the file has it."""

    invoice: str
    reason: str


@define
class Trading:
    """A replay under way: the totals so far, and what went wrong."""

    ports: Ports
    variants: Mapping[Article, VariantId]
    spent: Callable[[], float]
    """Seconds of CPU that the store and its database have used so far."""
    orders: int = field(default=0, init=False)
    lines: int = field(default=0, init=False)
    pieces: int = field(default=0, init=False)
    written_off: int = field(default=0, init=False)
    returns: int = field(default=0, init=False)
    pieces_back: int = field(default=0, init=False)
    seconds: float = field(default=0.0, init=False)
    cpu_s: float = field(default=0.0, init=False)
    faults: list[Fault] = field(factory=list, init=False)
    _over: dict[str, asyncio.Event] = field(factory=dict, init=False)
    """Whether each sale of which something comes back was done with, well or not."""
    _sold: dict[str, Sold] = field(factory=dict, init=False)

    async def replay(self, books: Books, matching: Matching, *, clients: int) -> None:
        """Every sale, return and write-off, so many at once, in the order of time."""
        parcels = matching.parcels
        self._over = {parcel.sale: asyncio.Event() for parcel in parcels}
        # Equal times stay in this order: what is sold in a minute may come back in it.
        events: list[Event] = [*books.invoices, *parcels, *books.write_offs]
        events.sort(key=lambda each: each.at)
        queue = iter(events)
        began, before = time.perf_counter(), self.spent()
        async with asyncio.TaskGroup() as group:
            for _ in range(clients):
                group.create_task(self._work(queue))
        self.seconds += time.perf_counter() - began
        self.cpu_s += self.spent() - before

    async def _work(self, queue: Iterator[Event]) -> None:
        for event in queue:
            with at(event.at):
                try:
                    await self._replay(event)
                except StoreError as refused:
                    self.faults.append(Fault(_invoice(event), f"{refused.code()}: {refused}"))

    async def _replay(self, event: Event) -> None:
        match event:
            case Invoice():
                try:
                    await self._sell(event)
                finally:
                    if over := self._over.get(event.number):
                        over.set()
            case Parcel():
                await self._take_back(event)
            case WriteOff():
                await self._write_off(event)

    async def _sell(self, invoice: Invoice) -> None:
        items = tuple(
            AddItem(product_id=None, variant_id=self.variants[article], quantity=count)
            for article, count in invoice.pieces.items()
        )
        cart = await add_to_cart(CartOwner.guest(None), items, ports=self.ports)
        assert cart.token is not None, "a new cart tells its token"
        placed = await place_order(
            _order(invoice),
            owner=CartOwner.guest(cart.token),
            key=f"place-{invoice.number}",
            ports=self.ports,
        )
        if placed.order.total:
            await self._pay(invoice, placed.order, placed.token)
        self._compare(invoice, await self._send(invoice, placed))
        if invoice.number in self._over:
            self._sold[invoice.number] = Sold.of(placed)

    async def _pay(self, invoice: Invoice, order: Order, token: str | None) -> None:
        intent = await create_intent(
            CreateIntent(order_id=order.id, gateway="manual"),
            token=token,
            key=f"intend-{invoice.number}",
            actor=GUEST,
            ports=self.ports,
        )
        await confirm_payment(
            ConfirmPayment(order_id=order.id, payment_id=intent.payment.id),
            token=token,
            key=f"confirm-{invoice.number}",
            actor=GUEST,
            ports=self.ports,
        )

    async def _send(self, invoice: Invoice, placed: OrderView) -> Order:
        """The order, shipped and delivered at once: only what was delivered can come back."""
        order_id, ports = placed.order.id, self.ports
        await ship_order(
            ShipOrder(order_id=order_id),
            versions=None,
            key=f"ship-{invoice.number}",
            actor=STAFF,
            ports=ports,
        )
        there = DeliverOrder(order_id=order_id)
        key = f"deliver-{invoice.number}"
        return await deliver_order(there, versions=None, key=key, actor=STAFF, ports=ports)

    def _compare(self, invoice: Invoice, order: Order) -> None:
        self.orders += 1
        self.lines += invoice.lines
        self.pieces += sum(invoice.pieces.values())
        if order.total != invoice.total:
            self.faults.append(Fault(invoice.number, f"{order.total}, not {invoice.total}"))
        if order.placed_at != invoice.at:
            self.faults.append(Fault(invoice.number, f"{order.placed_at}, not {invoice.at}"))
        if order.fulfilment is not FulfilmentState.DELIVERED:
            self.faults.append(Fault(invoice.number, f"is {order.fulfilment}, not delivered"))

    async def _take_back(self, parcel: Parcel) -> None:
        # Another client may still be selling it.
        await self._over[parcel.sale].wait()
        sold = self._sold.get(parcel.sale)
        if sold is None:
            self.faults.append(Fault(parcel.credit, f"its sale {parcel.sale} failed"))
            return
        desk = Desk(ports=self.ports, staff=STAFF, variants=self.variants)
        view = await desk.take_back(parcel, sold)
        self.returns += 1
        self.pieces_back += sum(parcel.pieces.values())
        wrong = desk.faults(parcel, sold, view)
        self.faults += [Fault(parcel.credit, reason) for reason in wrong]

    async def _write_off(self, lost: WriteOff) -> None:
        command = AdjustStock(
            variant_id=self.variants[lost.article],
            change=-lost.pieces,
            type=MovementType.ADJUSTMENT,
            note=lost.note,
        )
        key = f"write-off-{lost.invoice}-{lost.article.sku}".replace(" ", "_")
        await adjust_stock(command, key=key, actor=STAFF, ports=self.ports)
        self.written_off += lost.pieces


def _invoice(event: Event) -> str:
    match event:
        case Invoice():
            return event.number
        case Parcel():
            return event.credit
        case WriteOff():
            return event.invoice


def _order(invoice: Invoice) -> PlaceOrder:
    customer = invoice.customer or f"counter-{invoice.number}"
    return PlaceOrder(
        email=f"{customer}@customers.example",
        shipping_address=Address(
            first_name="Customer",
            last_name=customer,
            address_line_1="1 High Street",
            city="Anytown",
            state="n/a",
            postal_code="n/a",
            country=COUNTRIES.get(invoice.country, UNKNOWN_COUNTRY),
        ),
        shipping_method=CARRIAGE,
        expected_total=invoice.total,
        notes=invoice.number,
    )
