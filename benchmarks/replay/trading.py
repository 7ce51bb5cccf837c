"""The replay itself: every invoice through the store's own use cases, at its own time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

from attrs import define, field, frozen

from automate_store.application.access import GUEST, Actor, CartOwner, Role
from automate_store.application.carts import AddItem, add_to_cart
from automate_store.application.inventory import AdjustStock, adjust_stock
from automate_store.application.orders import PlaceOrder, ShipOrder, place_order, ship_order
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
from automate_store.entrypoints.properties.returns import return_policy
from benchmarks.replay.books import CURRENCY, Article, Books, Invoice, WriteOff
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
    returns=return_policy(CURRENCY),
    url="http://shop.example",
)
"""A wholesaler's limits: hundreds of lines, thousands of pieces."""

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
    orders: int = field(default=0, init=False)
    lines: int = field(default=0, init=False)
    pieces: int = field(default=0, init=False)
    written_off: int = field(default=0, init=False)
    seconds: float = field(default=0.0, init=False)
    faults: list[Fault] = field(factory=list, init=False)

    async def replay(self, books: Books, *, clients: int) -> None:
        """Every sale and write-off of the books, so many at once, in the order of time."""
        events: list[Invoice | WriteOff] = [*books.invoices, *books.write_offs]
        events.sort(key=lambda each: each.at)
        queue = iter(events)
        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(clients):
                group.create_task(self._work(queue))
        self.seconds += time.perf_counter() - began

    async def _work(self, queue: Iterator[Invoice | WriteOff]) -> None:
        for event in queue:
            with at(event.at):
                try:
                    if isinstance(event, Invoice):
                        await self._sell(event)
                    else:
                        await self._write_off(event)
                except StoreError as refused:
                    number = event.number if isinstance(event, Invoice) else event.invoice
                    self.faults.append(Fault(number, f"{refused.code()}: {refused}"))

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
        shipped = await ship_order(
            ShipOrder(order_id=placed.order.id),
            versions=None,
            key=f"ship-{invoice.number}",
            actor=STAFF,
            ports=self.ports,
        )
        self._compare(invoice, shipped)

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

    def _compare(self, invoice: Invoice, order: Order) -> None:
        self.orders += 1
        self.lines += invoice.lines
        self.pieces += sum(invoice.pieces.values())
        if order.total != invoice.total:
            self.faults.append(Fault(invoice.number, f"{order.total}, not {invoice.total}"))
        if order.placed_at != invoice.at:
            self.faults.append(Fault(invoice.number, f"{order.placed_at}, not {invoice.at}"))
        if order.fulfilment is not FulfilmentState.SHIPPED:
            self.faults.append(Fault(invoice.number, f"is {order.fulfilment}, not shipped"))

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
