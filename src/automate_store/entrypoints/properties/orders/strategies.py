"""Orders for property tests, each priced by a real quote, and what gateways report of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from automate_store.domain.kernel.ids import (
    CartId,
    LineId,
    OrderId,
    PaymentId,
    ProductId,
    ShippingMethodId,
    VariantId,
)
from automate_store.domain.kernel.money import Money, Rounding
from automate_store.domain.kernel.places import Destination
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
from automate_store.domain.shipping import FlatRate, ShippingMethod
from automate_store.domain.taxes import TaxMode, TaxRounding
from automate_store.entrypoints.properties.catalog import skus
from automate_store.entrypoints.properties.identity import addresses, emails, names
from automate_store.entrypoints.properties.moments import moments
from automate_store.entrypoints.properties.money import currencies, money

BUYER = "guest"
DEAREST_ITEM = 10**6
TIME_TO_PAY = timedelta(minutes=30)
PRICING = PricingPolicy(
    tax_mode=TaxMode.EXCLUSIVE,
    tax_rounding_level=TaxRounding.LINE,
    price_rounding=Rounding.HALF_UP,
    tax_rounding=Rounding.HALF_UP,
)
"""The policy that prices are made by where a test does not say otherwise."""


def flat_shipping(amount: Money) -> ShippingMethod:
    """A method that goes everywhere for one amount."""
    return ShippingMethod(
        id=ShippingMethodId(UUID(int=1)),
        code="flat",
        name="Parcel",
        zones=(),
        rate=FlatRate(amount),
        tax_class="standard",
        active=True,
        position=0,
    )


@st.composite
def order_items(
    draw: st.DrawFn, currency: str, *, min_price: int = 0, max_quantity: int = 9
) -> OrderItem:
    """A line of an order, a unit at ``min_price`` (minor units) at least; some need no parcel."""
    return OrderItem(
        id=draw(st.uuids().map(LineId)),
        product_id=draw(st.uuids().map(ProductId)),
        variant_id=draw(st.uuids().map(VariantId)),
        name=draw(names()),
        sku=draw(skus()),
        attributes=draw(st.dictionaries(names(), names(), max_size=2)),
        image_url=None,
        requires_shipping=draw(st.booleans()),
        unit_price=draw(money(currency, min_price, min_price + DEAREST_ITEM)),
        quantity=draw(st.integers(1, max_quantity)),
    )


def quote_items(
    items: Sequence[OrderItem],
    rules: PricingRules,
    *,
    currency: str,
    destination: Destination,
    at: datetime,
) -> Quote:
    """What the items cost under the rules, sent by the first method there is."""
    lines = tuple(
        BasketLine(
            id=item.id,
            product_id=item.product_id,
            variant_id=item.variant_id,
            unit_price=item.unit_price,
            quantity=item.quantity,
            weight_g=100,
            requires_shipping=item.requires_shipping,
            tax_class="standard",
        )
        for item in items
    )
    methods = rules.shipping_methods
    basket = Basket(
        lines=lines,
        currency=currency,
        at=at,
        destination=destination,
        shipping_method=methods[0].code if methods else None,
    )
    return quote(basket, rules)


@st.composite
def orders(
    draw: st.DrawFn,
    currency: str | None = None,
    *,
    rules: SearchStrategy[PricingRules] | None = None,
    min_total: int = 0,
    max_items: int = 4,
) -> Order:
    """
    An order as it is placed, its items priced by a real quote.

    It waits to be paid for thirty minutes; one that costs nothing is paid at once,
    unless ``min_total`` (minor units) asks for more.
    """
    prices_in = draw(currencies()) if currency is None else currency
    items = tuple(draw(_items(prices_in, max_items, min_total)))
    address, at = draw(addresses()), draw(moments())
    priced_by = draw(_flat_rules(prices_in) if rules is None else rules)
    placed = PlacedOrder(
        id=draw(st.uuids().map(OrderId)),
        number=draw(skus()),
        cart_id=draw(st.uuids().map(CartId)),
        user_id=None,
        token_hash=draw(st.binary(min_size=32, max_size=32)),
        email=draw(emails()),
        items=items,
        quote=quote_items(
            items, priced_by, currency=prices_in, destination=address.destination, at=at
        ),
        shipping_address=address,
        billing_address=address,
        notes=draw(st.none() | names()),
        expires_at=at + TIME_TO_PAY,
    )
    return Order.place(placed, actor=BUYER, at=at)


@st.composite
def payments(draw: st.DrawFn, amount: Money | None = None) -> Payment:
    """A fresh attempt to be paid something, through some gateway."""
    return Payment.intend(
        id=draw(st.uuids().map(PaymentId)),
        order_id=draw(st.uuids().map(OrderId)),
        gateway=draw(st.sampled_from(["manual", "stripe", "paypal"])),
        amount=draw(money(min=1)) if amount is None else amount,
        at=draw(moments()),
    )


def reports(payment: Payment, *, honest: bool = False) -> SearchStrategy[GatewayReport]:
    """What a gateway may say of the payment: any state; any amount or intent unless honest."""
    intent = payment.intent_id or f"intent_{payment.id.hex}"
    states = [state for state in PaymentState if state is not PaymentState.PARKED]
    return st.builds(
        GatewayReport,
        intent_id=st.just(intent) if honest else st.sampled_from([intent, intent, "another"]),
        state=st.sampled_from(states),
        amount=st.just(payment.amount) if honest else st.just(payment.amount) | money(),
        failure=st.none() | names(),
    )


def _items(currency: str, max_items: int, min_price: int) -> SearchStrategy[list[OrderItem]]:
    drawn = order_items(currency, min_price=min_price)
    return st.lists(drawn, min_size=1, max_size=max_items, unique_by=lambda item: item.id)


@st.composite
def _flat_rules(draw: st.DrawFn, currency: str) -> PricingRules:
    shipping = flat_shipping(draw(money(currency, 0, DEAREST_ITEM)))
    return PricingRules(policy=PRICING, shipping_methods=(shipping,), tax_rates=())
