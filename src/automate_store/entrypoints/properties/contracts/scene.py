"""What contract tests start from: a stocked product, a cart with it, an order of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from attrs import evolve, frozen

from automate_store.application.ports import Ports
from automate_store.application.tokens import token_hash
from automate_store.domain.carts import Cart, CartLine
from automate_store.domain.catalog import Product, ProductStatus, Variant
from automate_store.domain.identity import Address
from automate_store.domain.inventory import (
    DEFAULT_LOCATION,
    Movement,
    MovementType,
    Reservation,
    ReservationState,
    StockChange,
    StockItem,
)
from automate_store.domain.kernel.ids import (
    CartId,
    EditId,
    LineId,
    MovementId,
    OrderId,
    PaymentId,
    ProductId,
    ReservationId,
    ShipmentId,
    VariantId,
)
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import (
    Edit,
    EditKind,
    Order,
    OrderItem,
    PlacedOrder,
    Shipment,
    stage_edit,
)
from automate_store.domain.payments import Payment
from automate_store.domain.pricing import PricingRules, Quote
from automate_store.entrypoints.properties.orders import (
    PRICING,
    TIME_TO_PAY,
    flat_shipping,
    quote_items,
)

STAFF = "contract tests"
PATIENCE_S = 0.05
"""How long an answer that needs no lock may take; one that takes longer waits for a lock."""
T = TypeVar("T")

HOME = Address(
    first_name="Ann",
    last_name="Example",
    address_line_1="1 Main Street",
    city="Springfield",
    state="IL",
    postal_code="62701",
    country="US",
)


@frozen(kw_only=True)
class Stocked:
    """A product of one variant that is on sale, and its stock."""

    product: Product
    stock: StockItem

    @property
    def variant_id(self) -> VariantId:
        """Its only variant."""
        return self.product.variants[0].id

    def change(self, *, on_hand: int = 0, reserved: int = 0) -> StockChange:
        """A change of its stock."""
        return StockChange(variant_id=self.variant_id, on_hand=on_hand, reserved=reserved)


def price(store: Ports, major: int) -> Money:
    """So many major units in the store's currency."""
    return Money.parse(str(major), store.policy.currency)


def new_product(
    store: Ports,
    slug: str,
    *,
    major: int = 20,
    status: ProductStatus = ProductStatus.ACTIVE,
    at: datetime | None = None,
) -> Product:
    """A product of one variant, not stored yet; its name and SKU come from its slug."""
    made_at = store.clock() if at is None else at
    variant = Variant(id=VariantId(store.ids.uuid()), sku=f"{slug.upper()}-1", name="Default")
    return Product(
        id=ProductId(store.ids.uuid()),
        name=slug.replace("-", " "),
        slug=slug,
        price=price(store, major),
        variants=(variant,),
        status=status,
        created_at=made_at,
        updated_at=made_at,
    )


def new_stock(product: Product, on_hand: int) -> StockItem:
    """Stock of the product's first variant: tracked, no backorders."""
    return StockItem(
        variant_id=product.variants[0].id,
        location_id=DEFAULT_LOCATION,
        on_hand=on_hand,
        reserved=0,
        tracked=True,
        allow_backorder=False,
        backorder_limit=None,
        low_stock_threshold=2,
    )


async def put_product(store: Ports, product: Product, *, on_hand: int = 10) -> Stocked:
    """Store the product with so many on hand."""
    stock = new_stock(product, on_hand)
    async with store.unit_of_work() as work:
        await work.products.add([product])
        await work.stock.put([stock])
    return Stocked(product=product.saved(), stock=stock)


async def put_stocked(store: Ports, slug: str = "mug", *, on_hand: int = 10) -> Stocked:
    """Store a product on sale with so many on hand."""
    return await put_product(store, new_product(store, slug), on_hand=on_hand)


def new_cart(store: Ports, *stocked: Stocked, quantity: int = 2) -> Cart:
    """A guest's cart with so many of each, not stored yet."""
    at = store.clock()
    return Cart(
        id=CartId(store.ids.uuid()),
        user_id=None,
        token_hash=token_hash(store.ids.token()),
        currency=store.policy.currency,
        lines=tuple(_line(store, each, quantity) for each in stocked),
        created_at=at,
        updated_at=at,
    )


async def put_cart(store: Ports, *stocked: Stocked, quantity: int = 2) -> Cart:
    """Store a guest's cart with so many of each."""
    cart = new_cart(store, *stocked, quantity=quantity)
    async with store.unit_of_work() as work:
        await work.carts.add(cart)
    return cart.saved()


def new_order(
    store: Ports,
    *stocked: Stocked,
    quantity: int = 2,
    number: str | None = None,
    cart_id: CartId | None = None,
    at: datetime | None = None,
) -> Order:
    """A guest's order of so many of each, priced with flat shipping, not stored yet."""
    placed_at = store.clock() if at is None else at
    items = tuple(_item(store, each, quantity) for each in stocked)
    placed = PlacedOrder(
        id=OrderId(store.ids.uuid()),
        number=store.ids.order_number() if number is None else number,
        cart_id=cart_id,
        user_id=None,
        token_hash=token_hash(store.ids.token()),
        email="ann@example.com",
        items=items,
        quote=_quoted(store, items, at=placed_at),
        shipping_address=HOME,
        billing_address=HOME,
        notes="Ring twice.",
        expires_at=placed_at + TIME_TO_PAY,
    )
    return Order.place(placed, actor="guest", at=placed_at)


def new_edit(store: Ports, order: Order, *stocked: Stocked, quantity: int = 1) -> Edit:
    """The order with so many of each besides, and sent to another street."""
    items = (*order.items, *(_item(store, each, quantity) for each in stocked))
    return Edit(
        kind=EditKind.ITEMS,
        items=items,
        quote=_quoted(store, items, at=order.placed_at),
        shipping_address=evolve(HOME, address_line_1="3 Elm Street"),
    )


def staged(store: Ports, order: Order, edit: Edit, *, lasts: timedelta = TIME_TO_PAY) -> Order:
    """The paid order, an edit beside it that waits for so long; not stored yet."""
    return stage_edit(
        order,
        edit,
        id=EditId(store.ids.uuid()),
        until=store.clock() + lasts,
        reason="one more",
        actor="guest",
        at=store.clock(),
    )


def _quoted(store: Ports, items: Sequence[OrderItem], *, at: datetime) -> Quote:
    rules = PricingRules(
        policy=PRICING, shipping_methods=(flat_shipping(price(store, 5)),), tax_rates=()
    )
    currency, to = store.policy.currency, HOME.destination
    return quote_items(items, rules, currency=currency, destination=to, at=at)


async def put_order(
    store: Ports, *stocked: Stocked, quantity: int = 2, at: datetime | None = None
) -> Order:
    """Store a guest's order of so many of each; it holds no stock yet."""
    order = new_order(store, *stocked, quantity=quantity, at=at)
    async with store.unit_of_work() as work:
        await work.orders.add(order)
    return order.saved()


def new_reservation(
    store: Ports, order: Order, stocked: Stocked, quantity: int, expires_in: timedelta | None = None
) -> Reservation:
    """So many promised to the order, not stored yet."""
    return Reservation(
        id=ReservationId(store.ids.uuid()),
        order_id=order.id,
        variant_id=stocked.variant_id,
        location_id=DEFAULT_LOCATION,
        quantity=quantity,
        state=ReservationState.HELD,
        expires_at=None if expires_in is None else store.clock() + expires_in,
    )


async def put_reservation(
    store: Ports, order: Order, stocked: Stocked, quantity: int, expires_in: timedelta | None = None
) -> Reservation:
    """Promise so many to the order: the stock is reserved and the reservation held."""
    reservation = new_reservation(store, order, stocked, quantity, expires_in)
    async with store.unit_of_work() as work:
        await work.stock.apply([stocked.change(reserved=quantity)])
        await work.stock.hold([reservation])
    return reservation


def new_movement(store: Ports, stocked: Stocked, change: int, after: int) -> Movement:
    """An adjustment by so many, not stored yet."""
    return Movement(
        id=MovementId(store.ids.uuid()),
        variant_id=stocked.variant_id,
        location_id=DEFAULT_LOCATION,
        type=MovementType.ADJUSTMENT,
        quantity_change=change,
        quantity_after=after,
        reference_type="manual",
        reference_id=None,
        notes="counted",
        actor=STAFF,
        at=store.clock(),
    )


def new_shipment(store: Ports, order: Order, *, lines: int | None = None) -> Shipment:
    """A parcel with all that is left of the first so many lines, or of all, not shipped yet."""
    return Shipment(
        id=ShipmentId(store.ids.uuid()),
        order_id=order.id,
        items={item.id: item.to_ship for item in order.items[:lines] if item.to_ship},
        carrier="Post",
        tracking_number="1Z",
        tracking_url="https://post.example/1Z",
        shipped_at=store.clock(),
    )


def new_payment(store: Ports, order: Order, gateway: str = "manual") -> Payment:
    """An attempt to be paid for the order, not stored yet."""
    return Payment.intend(
        id=PaymentId(store.ids.uuid()),
        order_id=order.id,
        gateway=gateway,
        amount=order.total,
        at=store.clock(),
    )


async def stock_now(store: Ports, stocked: Stocked) -> StockItem:
    """The product's stock as it is committed."""
    async with store.reading() as reads:
        found = await reads.stock.of([stocked.variant_id])
    return found[stocked.variant_id]


async def outcomes(*works: Awaitable[T]) -> list[T | BaseException]:
    """What each of the works came to, run at once: its result, or what it raised."""
    return await asyncio.gather(*works, return_exceptions=True)


async def still_waits(task: asyncio.Task[T]) -> bool:
    """Whether the task waits for somebody, rather than having its answer by now."""
    done, _ = await asyncio.wait({task}, timeout=PATIENCE_S)
    return not done


def _line(store: Ports, stocked: Stocked, quantity: int) -> CartLine:
    return CartLine(
        id=LineId(store.ids.uuid()),
        product_id=stocked.product.id,
        variant_id=stocked.variant_id,
        quantity=quantity,
        unit_price_seen=stocked.product.price,
        added_at=store.clock(),
    )


def _item(store: Ports, stocked: Stocked, quantity: int) -> OrderItem:
    variant = stocked.product.variants[0]
    return OrderItem(
        id=LineId(store.ids.uuid()),
        product_id=stocked.product.id,
        variant_id=variant.id,
        name=stocked.product.name,
        sku=variant.sku,
        attributes=variant.attributes,
        image_url=None,
        requires_shipping=True,
        unit_price=stocked.product.price,
        quantity=quantity,
    )
