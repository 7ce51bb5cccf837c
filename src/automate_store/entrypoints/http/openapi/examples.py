"""
One of everything, made by the store's own rules, so that examples can't go stale.

A small shop: a shirt in two sizes, one way to ship it, one tax. Times and ids are fixed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from uuid import UUID

from attrs import evolve

from automate_store.application.carts import CartValidation, CartView, MergedCart
from automate_store.application.inventory import Adjusted
from automate_store.application.payments import PaymentView
from automate_store.application.ports.catalog import (
    CategoryNode,
    Page,
    ProductDetail,
    ProductSummary,
    Sellable,
    VariantDetail,
)
from automate_store.application.ports.inventory import LowStock
from automate_store.application.ports.orders import TimelineEntry
from automate_store.domain.carts import Cart, CartLine, CartProblem, CartProblemKind, LeftOut
from automate_store.domain.catalog import Brand, Category, Image, Product, ProductStatus, Variant
from automate_store.domain.identity import Address
from automate_store.domain.inventory import DEFAULT_LOCATION, Movement, MovementType, StockItem
from automate_store.domain.kernel.ids import (
    BrandId,
    CartId,
    CategoryId,
    ImageId,
    LineId,
    MovementId,
    OrderId,
    PaymentId,
    ProductId,
    ShippingMethodId,
    TaxRateId,
    VariantId,
)
from automate_store.domain.kernel.money import Money, Rounding
from automate_store.domain.kernel.periods import Period
from automate_store.domain.kernel.places import Destination, Zone
from automate_store.domain.orders import Order, OrderItem, PlacedOrder
from automate_store.domain.payments import GatewayReport, Payment, PaymentState
from automate_store.domain.pricing import (
    Basket,
    BasketLine,
    PricingPolicy,
    PricingRules,
    Quote,
    quote,
)
from automate_store.domain.pricing.carrying import ShippingOption, shipping_options
from automate_store.domain.shipping import (
    FlatRate,
    ShippingMethod,
)
from automate_store.domain.taxes import TaxMode, TaxRate, TaxRounding

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
TOKEN = "m5zWJ0mC5Gk2Qf3b8yXy1rXo7cT4hE9aVnUuPq6sLdA"  # noqa: S105 - an example opens nothing


def example_id(number: int) -> UUID:
    """A UUIDv7 of the examples."""
    return UUID(f"0195510c-0000-7000-8000-{number:012x}")


PRODUCT_ID, CATEGORY_ID = ProductId(example_id(1)), CategoryId(example_id(2))
BRAND_ID, LINE_ID = BrandId(example_id(3)), LineId(example_id(4))
VARIANT_IDS = (VariantId(example_id(5)), VariantId(example_id(6)))
ORDER_ID, PAYMENT_ID = OrderId(example_id(7)), PaymentId(example_id(8))
MOVEMENT_ID = MovementId(example_id(9))
PRICE = Money(1999, "USD")
DESTINATION = Destination("US", "NY", "10001")
ADDRESS = Address(
    first_name="Ann",
    last_name="Lee",
    address_line_1="1 Main Street",
    city="New York",
    state="NY",
    postal_code="10001",
    country="US",
)
_SIZES = ("M", "L")
_CATEGORY = Category(id=CATEGORY_ID, name="Shirts", slug="shirts")
_BRAND = Brand(id=BRAND_ID, name="Plain Goods", slug="plain-goods")
_IMAGE = Image(id=ImageId(example_id(10)), url="https://shop.example/blue-cotton-shirt.jpg")


@cache
def product() -> ProductDetail:
    """A shirt on sale."""
    variants = tuple(
        Variant(id=id_, sku=f"SHIRT-BLUE-{size}", name=size, attributes={"Size": size})
        for id_, size in zip(VARIANT_IDS, _SIZES, strict=True)
    )
    shirt = Product(
        id=PRODUCT_ID,
        name="Blue cotton shirt",
        slug="blue-cotton-shirt",
        price=PRICE,
        variants=variants,
        options=("Size",),
        images=(_IMAGE,),
        category_id=CATEGORY_ID,
        brand_id=BRAND_ID,
        status=ProductStatus.ACTIVE,
        published_at=AT,
        created_at=AT,
        updated_at=AT,
    )
    details = (VariantDetail(variant=v, price=PRICE, available=12, in_stock=True) for v in variants)
    return ProductDetail(product=shirt, variants=tuple(details), category=_CATEGORY, brand=_BRAND)


def page() -> Page:
    """A page of a list."""
    shirt = product().product
    summary = ProductSummary(
        id=shirt.id,
        slug=shirt.slug,
        name=shirt.name,
        short_description=None,
        price=PRICE,
        max_price=PRICE,
        compare_price=None,
        image_url=_IMAGE.url,
        image_alt=None,
        in_stock=True,
        featured=False,
        category_id=CATEGORY_ID,
        brand_id=BRAND_ID,
        created_at=AT,
    )
    return Page(items=(summary,), next_cursor="eyJhIjoxfQ")


def categories() -> tuple[CategoryNode, ...]:
    """A tree with one root."""
    return (CategoryNode(category=_CATEGORY),)


def brands() -> tuple[Brand, ...]:
    """The one brand."""
    return (_BRAND,)


def stock() -> StockItem:
    """Twelve on hand, two of them promised."""
    return StockItem(
        variant_id=VARIANT_IDS[0],
        location_id=DEFAULT_LOCATION,
        on_hand=14,
        reserved=2,
        tracked=True,
        allow_backorder=False,
        backorder_limit=None,
        low_stock_threshold=5,
    )


def low_stock() -> LowStock:
    """The same, when it runs low."""
    return LowStock(
        item=evolve(stock(), on_hand=5), sku="SHIRT-BLUE-M", product_name="Blue cotton shirt"
    )


def movement() -> Movement:
    """An entry of the ledger."""
    return Movement(
        id=MOVEMENT_ID,
        variant_id=VARIANT_IDS[0],
        location_id=DEFAULT_LOCATION,
        type=MovementType.RESTOCK,
        quantity_change=10,
        quantity_after=14,
        reference_type="manual",
        reference_id=None,
        notes="Delivery 4711",
        actor="staff",
        at=AT,
    )


def adjusted() -> Adjusted:
    """The stock after that entry."""
    return Adjusted(item=stock(), movement=movement(), unmet_orders=())


def rules() -> PricingRules:
    """One way to ship, one tax."""
    standard = ShippingMethod(
        id=ShippingMethodId(example_id(11)),
        code="standard",
        name="Standard",
        zones=(Zone("US"),),
        rate=FlatRate(Money(500, "USD")),
        tax_class="standard",
        active=True,
        position=0,
    )
    tax = TaxRate(
        id=TaxRateId(example_id(12)),
        code="us-ny",
        name="New York sales tax",
        rate=Decimal("0.08875"),
        tax_class="standard",
        zone=Zone("US", "NY"),
        applies_to_shipping=False,
        period=Period(),
    )
    policy = PricingPolicy(
        tax_mode=TaxMode.EXCLUSIVE,
        tax_rounding_level=TaxRounding.LINE,
        price_rounding=Rounding.HALF_UP,
        tax_rounding=Rounding.HALF_UP,
    )
    return PricingRules(policy=policy, shipping_methods=(standard,), tax_rates=(tax,))


@cache
def a_quote() -> Quote:
    """Two shirts to New York."""
    return quote(basket(), rules())


def basket() -> Basket:
    """Two shirts to New York, to be priced."""
    line = BasketLine(
        id=LINE_ID,
        product_id=PRODUCT_ID,
        variant_id=VARIANT_IDS[0],
        unit_price=PRICE,
        quantity=2,
        weight_g=250,
        requires_shipping=True,
        tax_class="standard",
    )
    return Basket(
        lines=(line,), currency="USD", at=AT, destination=DESTINATION, shipping_method="standard"
    )


def empty_quote() -> Quote:
    """Nothing to New York."""
    nothing = Basket(
        lines=(), currency="USD", at=AT, destination=DESTINATION, shipping_method="standard"
    )
    return quote(nothing, rules())


def options() -> tuple[ShippingOption, ...]:
    """What the cart could travel by."""
    return shipping_options(basket(), rules())


def cart(*, token: str | None = None) -> CartView:
    """A cart with two shirts."""
    line = CartLine(
        id=LINE_ID,
        product_id=PRODUCT_ID,
        variant_id=VARIANT_IDS[0],
        quantity=2,
        unit_price_seen=PRICE,
        added_at=AT,
    )
    kept = Cart(
        id=CartId(example_id(13)),
        user_id=None,
        token_hash=None,
        currency="USD",
        lines=(line,),
        destination=DESTINATION,
        shipping_method="standard",
        created_at=AT,
        updated_at=AT,
    )
    shelf = {VARIANT_IDS[0]: _sellable()}
    return CartView(cart=kept, sellable=shelf, quote=a_quote(), token=token)


def merged() -> MergedCart:
    """The same cart, which had no room for one of the other size."""
    left = LeftOut(product_id=PRODUCT_ID, variant_id=VARIANT_IDS[1], quantity=1)
    return MergedCart(view=cart(), left_out=(left,))


def validation() -> CartValidation:
    """A cart that can be ordered, with something to know."""
    fell = CartProblem(
        kind=CartProblemKind.PRICE_FELL,
        line_id=LINE_ID,
        old_price=Money(2499, "USD"),
        new_price=PRICE,
    )
    return CartValidation(view=cart(), problems=(fell,))


@cache
def order() -> Order:
    """An order that waits to be paid."""
    shirt = _sellable()
    item = OrderItem(
        id=LINE_ID,
        product_id=PRODUCT_ID,
        variant_id=shirt.variant_id,
        name=shirt.name,
        sku=shirt.sku,
        attributes=shirt.attributes,
        image_url=shirt.image_url,
        requires_shipping=True,
        unit_price=PRICE,
        quantity=2,
    )
    placed = PlacedOrder(
        id=ORDER_ID,
        number="7KQ4-M2XD",
        cart_id=CartId(example_id(13)),
        user_id=None,
        token_hash=None,
        email="ann@example.com",
        items=(item,),
        quote=a_quote(),
        shipping_address=ADDRESS,
        billing_address=ADDRESS,
        expires_at=AT + timedelta(minutes=30),
    )
    return Order.place(placed, actor="guest", at=AT)


def timeline() -> tuple[TimelineEntry, ...]:
    """What happened to it."""
    total = str(a_quote().total)
    entry = TimelineEntry(
        id=example_id(14),
        at=AT,
        kind="order_placed",
        actor="guest",
        reason=None,
        data={"total": total},
    )
    return (entry,)


def payment(state: PaymentState) -> PaymentView:
    """An attempt to pay it, by hand."""
    intent = Payment.intend(
        id=PAYMENT_ID, order_id=ORDER_ID, gateway="manual", amount=order().total, at=AT
    )
    told = GatewayReport(intent_id=f"manual_{PAYMENT_ID}", state=state, amount=order().total)
    paid = state is PaymentState.CAPTURED
    after = order().pay(order().total, actor="guest", at=AT) if paid else order()
    return PaymentView(payment=intent.settle(told, at=AT), order=after)


def _sellable() -> Sellable:
    attributes: Mapping[str, str] = {"Size": "M"}
    return Sellable(
        product_id=PRODUCT_ID,
        variant_id=VARIANT_IDS[0],
        slug="blue-cotton-shirt",
        name="Blue cotton shirt",
        variant_name="M",
        sku="SHIRT-BLUE-M",
        attributes=attributes,
        image_url=_IMAGE.url,
        unit_price=PRICE,
        compare_price=None,
        minimum_price=None,
        weight_g=250,
        requires_shipping=True,
        is_digital=False,
        tax_class="standard",
        category_ids=frozenset({CATEGORY_ID}),
        brand_id=BRAND_ID,
        tags=frozenset(),
        active=True,
        stock=stock(),
    )
