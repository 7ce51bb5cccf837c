"""
Exchanges of generated orders, and the laws of what moves by them.

To hold a policy of your own to them::

    @given(order=delivered_orders(), data=st.data())
    def test_my_policy_moves_no_cent(order, data):
        assert_even_exchange_moves_no_cent(order, data.draw(exchanged_units(order)), my_policy)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from attrs import evolve, frozen
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from automate_store.domain.kernel.ids import EditId, LineId, ProductId, ReturnId, VariantId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import (
    Exchange,
    Order,
    OrderItem,
    ask_back,
    coming,
    pay_exchange,
    replace_items,
    settle_return,
    stage_exchange,
)
from automate_store.domain.pricing import (
    Basket,
    BasketLine,
    PricingRules,
    QuotedLine,
    quote,
    replacing,
    some_units,
)
from automate_store.domain.returns import (
    Condition,
    Receipt,
    RefundPart,
    RefundSum,
    Replacement,
    Return,
    ReturnItem,
    ReturnKind,
    ReturnPolicy,
    exchange_of,
    replacements,
    sum_of,
)
from automate_store.entrypoints.properties.moments import NOON
from automate_store.entrypoints.properties.orders import PRICING
from automate_store.entrypoints.properties.returns import STAFF, credited

WAITS = timedelta(days=7)
OTHER = VariantId(UUID(int=0xE1))
"""What comes where it is not the same thing."""


@frozen
class Exchanged:
    """An order after goods came for others, what that came to, and what the customer paid."""

    order: Order
    refund: RefundSum
    paid: Money


def exchanged_units(order: Order) -> SearchStrategy[Mapping[LineId, int]]:
    """So many of each item as may be sent back for others, at least one; no gifts."""
    gifts = {line.id for line in order.quote.lines if line.gift}
    items = [item for item in order.items if item.to_return and item.id not in gifts]
    counts = {item.id: st.integers(0, item.to_return) for item in items}
    return st.fixed_dictionaries(counts).filter(lambda units: any(units.values()))


def exchange(
    order: Order,
    units: Mapping[LineId, int],
    reason: str,
    policy: ReturnPolicy,
    *,
    price: Money | None,
) -> Exchanged:
    """The order once that came back for others at this price; None is for the same things."""
    nth = sum(item.returned for item in order.items) + len(order.items)
    items = [
        _wish(order, each, many, reason, price=price, nth=nth)
        for each, many in units.items()
        if many
    ]
    came = _received(order, items, nth)
    came = came.worth(sum_of(came, order, among=(), terms=None, policy=policy))
    comes = exchange_of(came, order, coming(order, list(replacements(came, order).values())))
    asked_back = evolve(order, items=ask_back(order, units, missing={}))
    there = evolve(asked_back, items=settle_return(asked_back, units, taken=units, missing={}))
    assert came.refund is not None, "it was settled"
    return _done(there, comes, came.refund, nth)


def _done(order: Order, comes: Exchange, refund: RefundSum, nth: int) -> Exchanged:
    """The order with what comes, paid for where that costs more."""
    nothing = Money.zero(order.quote.currency)
    if refund.due:
        edit_id, until = EditId(UUID(int=nth)), NOON + WAITS
        waiting = stage_exchange(order, comes, id=edit_id, until=until, actor=STAFF, at=NOON)
        paid = pay_exchange(waiting, refund.due, actor=STAFF, at=NOON)
        return Exchanged(paid, refund, refund.due)
    replaced = replace_items(order, comes, actor=STAFF, at=NOON)
    if not refund.total:
        return Exchanged(replaced, refund, nothing)
    left = replaced.worth
    replaced = replaced.refunded(
        refund.total, of=left, reason="r", credit=nothing, actor=STAFF, at=NOON
    )
    return Exchanged(replaced, refund, nothing)


def _received(order: Order, items: Sequence[ReturnItem], nth: int) -> Return:
    """A return of these, all of it accepted."""
    asked = Return.request(
        id=ReturnId(UUID(int=nth)),
        number=f"R-{nth}",
        order_id=order.id,
        order_number=order.number,
        kind=ReturnKind.RETURN,
        items=items,
        comments=None,
        actor=STAFF,
        at=NOON,
    )
    look = {i.item_id: Receipt(accepted=i.quantity, condition=Condition.NEW) for i in items}
    return asked.approve(actor=STAFF, at=NOON).receive(look, actor=STAFF, at=NOON)


def assert_even_exchange_moves_no_cent(
    order: Order, units: Mapping[LineId, int], reason: str, policy: ReturnPolicy
) -> None:
    """What comes for its like costs what was paid for it: nothing goes back, nothing is due."""
    done = exchange(order, units, reason, policy, price=None)
    assert not done.refund.total, "nothing goes back"
    assert not done.refund.due, "and nothing is due"
    assert done.order.worth == order.worth, "the shop keeps what it kept"
    parts = {line.part for line in done.refund.lines}
    assert parts <= {RefundPart.GOODS, RefundPart.REPLACEMENT}, "no reason for anything else"
    fresh = sum(done.order.unshipped.values()) - sum(order.unshipped.values())
    assert fresh == sum(units.values()), "one for one"


def assert_exchange_adds_up(before: Order, done: Exchanged) -> None:
    """What is kept is the order's worth: by what was paid more, or what went back less."""
    assert done.order.worth == before.worth + done.paid - done.refund.total
    assert not (done.paid and done.refund.total), "money goes one way"
    lines = Money.total((line.amount for line in done.refund.lines), done.paid.currency)
    assert lines == done.refund.total - done.refund.due, "the lines say so"


def goods_of(order: Order) -> Money:
    """What was paid for all that is or was in it and its tax."""
    return Money.total((line.gross for line in order.quote.lines), order.quote.currency)


def _wish(
    order: Order, item_id: LineId, many: int, reason: str, *, price: Money | None, nth: int
) -> ReturnItem:
    (item,) = (each for each in order.items if each.id == item_id)
    (line,) = (each for each in order.quote.lines if each.id == item_id)
    fresh = LineId(UUID(int=item_id.int ^ (nth << 64)))
    comes = evolve(item, id=fresh, quantity=many, shipped=0, returning=0, returned=0, cancelled=0)
    if price is None:
        replacement = Replacement(item=comes, priced=None)
    else:
        replacement = _priced(order, comes, line, item, price)
    return ReturnItem(item_id=item_id, quantity=many, reason=reason, replacement=replacement)


def _priced(
    order: Order, comes: OrderItem, line: QuotedLine, item: OrderItem, price: Money
) -> Replacement:
    gone = some_units(line, item.returned, item.returned + comes.quantity, order.quote.tax_mode)
    other = BasketLine(
        id=comes.id,
        product_id=ProductId(UUID(int=0xE0)),
        variant_id=OTHER,
        unit_price=price,
        quantity=comes.quantity,
        weight_g=0,
        requires_shipping=True,
        tax_class="standard",
    )
    basket = Basket(
        lines=(other,),
        currency=price.currency,
        at=NOON,
        destination=order.shipping_address.destination,
        shipping_method=None,
    )
    policy = evolve(PRICING, tax_mode=order.quote.tax_mode)
    rules = PricingRules(policy=policy, shipping_methods=(), tax_rates=())
    priced = quote(basket, rules, replacing(gone)).lines[0]
    item = evolve(comes, variant_id=OTHER, product_id=other.product_id, unit_price=price)
    return Replacement(item=item, priced=priced)


def total_paid(dones: Iterable[Exchanged], currency: str) -> Money:
    """What the customer paid more, less what went back, over all of them."""
    return Money.total((each.paid - each.refund.total for each in dones), currency)


__all__ = [
    "Exchanged",
    "assert_even_exchange_moves_no_cent",
    "assert_exchange_adds_up",
    "credited",
    "exchange",
    "exchanged_units",
    "goods_of",
    "total_paid",
]
