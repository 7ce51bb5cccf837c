"""
Orders that can be returned, and the laws of what goes back for them.

To hold a policy of your own to them::

    @given(order=delivered_orders(), data=st.data())
    def test_my_policy_gives_back_what_was_paid(order, data):
        units = data.draw(st.permutations(units_of(order)))
        assert_all_comes_back_one_by_one(order, units, my_policy)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from attrs import evolve
from hypothesis import strategies as st

from automate_store.domain.identity import Address
from automate_store.domain.kernel.ids import CartId, LineId, OrderId, ShipmentId
from automate_store.domain.kernel.money import Money, Rounding
from automate_store.domain.orders import (
    Order,
    OrderItem,
    OrderState,
    PlacedOrder,
    Shipment,
    ask_back,
    settle_return,
)
from automate_store.domain.pricing import Quote, QuotedLine, quote
from automate_store.domain.returns import (
    RefundPart,
    RefundSum,
    ReturnKind,
    ReturnPolicy,
    refund_sum,
)
from automate_store.entrypoints.properties.moments import NOON
from automate_store.entrypoints.properties.pricing import pipelines, pricings

FAULTY, UNWANTED = "defective", "changed_mind"
STAFF = "staff"
BUYERS = Address(
    first_name="Ann",
    last_name="Lee",
    address_line_1="1 Main Street",
    city="Albany",
    state="NY",
    postal_code="12207",
    country="US",
)


def return_policy(currency: str) -> ReturnPolicy:
    """What a new shop with that currency takes back."""
    return ReturnPolicy(
        window=timedelta(days=30),
        reasons=frozenset({FAULTY, UNWANTED, "does_not_fit", "damaged"}),
        merchants_fault=frozenset({FAULTY, "damaged"}),
        losses=frozenset({"lost"}),
        claims=frozenset({"lost", "damaged"}),
        digital=False,
        original_shipping=True,
        restocking_rate=Decimal(0),
        return_shipping=Money.zero(currency),
        rounding=Rounding.HALF_UP,
        clawback=False,
        refund_on_receipt=True,
        exchange_lifetime=timedelta(hours=168),
    )


POLICY = return_policy("USD")
"""How goods are taken back where a test does not care."""


@st.composite
def paid_orders(draw: st.DrawFn, currency: str | None = None) -> Order:
    """An order with any discounts and taxes, paid, of which nothing has shipped."""
    priced = pricings(currency).filter(lambda each: each[0].lines)
    basket, rules = draw(priced)
    return paid_order(quote(basket, rules, draw(pipelines())))


def paid_order(quoted: Quote) -> Order:
    """The order of that quote, paid, of which nothing has shipped."""
    placed = PlacedOrder(
        id=OrderId(UUID(int=1)),
        number="K7QF-2MXD",
        cart_id=CartId(UUID(int=2)),
        user_id=None,
        token_hash=None,
        email="ann@example.com",
        items=tuple(_item(line) for line in quoted.lines),
        quote=quoted,
        shipping_address=BUYERS,
        billing_address=BUYERS,
        expires_at=NOON + timedelta(minutes=30),
    )
    order = Order.place(placed, actor="guest", at=NOON)
    return order if order.paid else order.pay(order.total, actor="guest", at=NOON)


@st.composite
def delivered_orders(draw: st.DrawFn) -> Order:
    """A paid order that arrived, whole."""
    return shipped(draw(paid_orders().filter(lambda order: order.unshipped)), None)


def shipped(order: Order, units: Mapping[LineId, int] | None) -> Order:
    """The order, so many of its units arrived, or all of them; none where there are none."""
    content = order.unshipped if units is None else {i: n for i, n in units.items() if n}
    if not content:
        return order
    parcel = Shipment(
        id=ShipmentId(UUID(int=len(order.shipments) + 3)),
        order_id=order.id,
        items=content,
        shipped_at=NOON,
        delivered_at=NOON,
    )
    there = order.ship(parcel, actor=STAFF, at=NOON)
    over = any(there.unshipped) or there.state is OrderState.COMPLETED
    return there if over else there.deliver(actor=STAFF, at=NOON)


def units_of(order: Order) -> list[LineId]:
    """Each unit that may come back, by its item."""
    return [item.id for item in order.items for _ in range(item.to_return)]


def bring_back(
    order: Order, units: Mapping[LineId, int], reason: str, policy: ReturnPolicy
) -> tuple[Order, RefundSum]:
    """The order once these units came back for that reason, and what went back for them."""
    asked = evolve(order, items=ask_back(order, units, missing={}))
    refund = refund_sum(
        asked,
        units,
        dict.fromkeys(units, reason),
        kind=ReturnKind.RETURN,
        blameless=True,
        policy=policy,
    )
    back = evolve(asked, items=settle_return(asked, units, taken=units, missing={}))
    return credited(back, refund.total), refund


def credited(order: Order, amount: Money) -> Order:
    """The order, that much of its money given back and nothing called off."""
    if not amount:
        return order
    return order.refunded(
        amount, of=order.worth - amount, reason="r", credit=amount, actor=STAFF, at=NOON
    )


def paid_for_goods(quoted: Quote) -> Money:
    """What was paid for the goods and their tax."""
    return Money.total((line.gross for line in quoted.lines), quoted.currency)


def assert_all_comes_back_one_by_one(
    order: Order, units: Iterable[LineId], policy: ReturnPolicy
) -> None:
    """Whoever returns each unit by itself is given exactly what was paid for the goods."""
    nothing = Money.zero(order.quote.currency)
    at_once = bring_back(order, _counted(units_of(order)), FAULTY, policy)[1]
    goods, other = nothing, nothing
    for unit in units:
        order, refund = bring_back(order, {unit: 1}, FAULTY, policy)
        assert_refund_adds_up(refund)
        of_goods = [line.amount for line in refund.lines if line.part is RefundPart.GOODS]
        goods += Money.total(of_goods, goods.currency)
        other += refund.total - Money.total(of_goods, goods.currency)
    assert goods == paid_for_goods(order.quote), "what was paid for them, to the cent"
    assert goods + other == at_once.total, "one by one or all at once"
    assert order.worth == order.total - goods - other, "the shop keeps the rest"


def assert_refund_adds_up(refund: RefundSum) -> None:
    """The lines are the total, and it is not below zero."""
    amounts = (line.amount for line in refund.lines)
    assert Money.total(amounts, refund.total.currency) == refund.total
    assert refund.total.minor >= 0, "nobody owes for what they give back"


def _counted(units: Iterable[LineId]) -> dict[LineId, int]:
    found: dict[LineId, int] = {}
    for unit in units:
        found[unit] = found.get(unit, 0) + 1
    return found


def _item(line: QuotedLine) -> OrderItem:
    return OrderItem(
        id=line.id,
        product_id=line.product_id,
        variant_id=line.variant_id,
        name="Tee",
        sku="TEE",
        attributes={},
        image_url=None,
        requires_shipping=True,
        unit_price=line.unit_price,
        quantity=line.quantity,
    )
