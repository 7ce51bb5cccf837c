"""The audit in memory: each check compares what was kept in two places of one moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import TypeVar
from uuid import UUID

from attrs import frozen

from automate_store.adapters.memory.rows import Tables
from automate_store.application.ports.audit import AuditReport, CheckReport, Difference
from automate_store.domain.inventory import MovementType, Reservation, ReservationState
from automate_store.domain.kernel.ids import VariantId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import Order, OrderPaymentState, OrderState
from automate_store.domain.payments import RefundState
from automate_store.domain.returns import Return, ReturnState
from automate_store.domain.taxes import TaxMode

K = TypeVar("K")
_PAID = {
    OrderPaymentState.PAID,
    OrderPaymentState.PARTIALLY_REFUNDED,
    OrderPaymentState.REFUNDED,
}

_WAITING = {ReturnState.REQUESTED, ReturnState.APPROVED}
_BACK = {ReturnState.RECEIVED, ReturnState.REFUNDED, ReturnState.EXCHANGED}


@frozen
class MemoryAuditor:
    """Implements ``ports.audit.Auditor``; it shares no code with what it checks."""

    tables: Tables

    async def audit(self, *, shown: int) -> AuditReport:
        """Every check, at one moment: nothing else runs in between."""
        return AuditReport(checks=tuple(_report(check, self.tables, shown) for check in CHECKS))


@frozen
class _Check:
    name: str
    rule: str
    looked_at: Callable[[Tables], int]
    find: Callable[[Tables], Iterable[Difference]]


def _report(check: _Check, tables: Tables, shown: int) -> CheckReport:
    found = sorted(check.find(tables), key=lambda each: each.subject)
    return CheckReport(
        check=check.name,
        rule=check.rule,
        looked_at=check.looked_at(tables),
        differences=len(found),
        shown=tuple(found[:shown]),
    )


def _on_hand(tables: Tables) -> Iterator[Difference]:
    moved = _summed((m.variant_id, m.quantity_change) for m in tables.movements.values())
    on_hand = _summed((item.variant_id, item.on_hand) for item in tables.stock.values())
    return _compared(moved, on_hand, lambda each: _sku(tables, each))


def _ledger(tables: Tables) -> Iterator[Difference]:
    before: defaultdict[VariantId, int] = defaultdict(int)
    for movement in tables.movements.values():
        expected = before[movement.variant_id] + movement.quantity_change
        if movement.quantity_after != expected:
            subject = f"{_sku(tables, movement.variant_id)}, {movement.id}"
            yield _difference(subject, expected, movement.quantity_after)
        before[movement.variant_id] = movement.quantity_after


def _reserved(tables: Tables) -> Iterator[Difference]:
    held = _summed((one.variant_id, one.quantity) for one in _live(tables))
    reserved = _summed((item.variant_id, item.reserved) for item in tables.stock.values())
    return _compared(held, reserved, lambda each: _sku(tables, each))


def _holds(tables: Tables) -> Iterator[Difference]:
    for_orders = (
        ((order.number, variant_id), pieces)
        for order in tables.orders.values()
        if order.state is not OrderState.CANCELLED
        for variant_id, pieces in _held_for(order)
    )
    in_exchange = (
        ((returned.order_number, variant_id), pieces)
        for returned in tables.returns.values()
        if returned.promises
        for variant_id, pieces in returned.replaced.items()
    )
    wanted = _summed(chain(for_orders, in_exchange))
    held = _summed(((_number(tables, one), one.variant_id), one.quantity) for one in _live(tables))
    return _compared(wanted, held, lambda each: f"{each[0]}, {_sku(tables, each[1])}")


def _held_for(order: Order) -> Iterator[tuple[VariantId, int]]:
    yield from ((item.variant_id, item.to_ship) for item in order.items)
    if order.staged is not None:
        yield from order.staged.additions.items()


def _sold(tables: Tables) -> Iterator[Difference]:
    shipped: dict[tuple[UUID | None, VariantId], int] = _summed(
        ((order.id, item.variant_id), item.shipped)
        for order in tables.orders.values()
        for item in order.items
    )
    sold = _summed(
        ((movement.reference_id, movement.variant_id), -movement.quantity_change)
        for movement in tables.movements.values()
        if movement.type is MovementType.SALE and movement.reference_type == "order"
    )
    return _compared(shipped, sold, lambda each: f"{each[0]}, {_sku(tables, each[1])}")


def _totals(tables: Tables) -> Iterator[Difference]:
    for order in tables.orders.values():
        quote = order.quote
        goods = Money.total(
            (item.unit_price * item.quantity for item in order.items), quote.currency
        )
        total = goods - quote.discount + quote.shipping_amount
        if quote.tax_mode is TaxMode.EXCLUSIVE:
            total += quote.tax
        if total != order.total or goods != quote.subtotal:
            yield _difference(order.number, total, order.total)


def _paid(tables: Tables) -> Iterator[Difference]:
    left = _summed((each.order_id, each.refundable.minor) for each in tables.payments.values())
    for order in tables.orders.values():
        found = left.get(order.id, 0)
        kept = order.payment in _PAID and order.state is not OrderState.CANCELLED
        expected = (order.total - order.credited).minor if kept else 0
        expected += order.owed.minor
        if _placed(order) and found < order.total.minor:
            # The one exception: what waits keeps the parts that came, which do not pay it yet.
            expected = found
        if found != expected:
            yield _difference(order.number, expected, found)


def _refunds(tables: Tables) -> Iterator[Difference]:
    given = _summed(
        (each.payment_id, each.amount.minor)
        for each in tables.refunds.values()
        if each.state is not RefundState.FAILED
    )
    for payment in tables.payments.values():
        if payment.refunded.minor != given.get(payment.id, 0):
            yield _difference(str(payment.id), given.get(payment.id, 0), payment.refunded.minor)


def _returned(tables: Tables) -> Iterator[Difference]:
    pieces = [(each, item) for each in tables.returns.values() for item in each.items]
    waiting = _summed((i.item_id, i.quantity) for each, i in pieces if each.state in _WAITING)
    back = _summed((i.item_id, each.accepted[i.item_id]) for each, i in pieces if _back(each))
    for order in tables.orders.values():
        for item in order.items:
            expected = f"{waiting.get(item.id, 0)} asked back, {back.get(item.id, 0)} back"
            found = f"{item.returning} asked back, {item.returned} back"
            if found != expected:
                yield _difference(f"{order.number}, {item.sku}", expected, found)


def _back(returned: Return) -> bool:
    return returned.state in _BACK


def _states(tables: Tables) -> Iterator[Difference]:
    for order in tables.orders.values():
        if order.state is not OrderState.CANCELLED and _placed(order) == (order.payment in _PAID):
            expected = "not paid" if _placed(order) else "paid"
            yield _difference(order.number, expected, f"{order.state} and {order.payment}")


def _bounds(tables: Tables) -> Iterator[Difference]:
    for payment in tables.payments.values():
        if payment.refunded > payment.captured:
            subject = str(payment.id)
            yield _difference(subject, f"at most {payment.captured} refunded", payment.refunded)
        if payment.captured > payment.amount:
            subject = str(payment.id)
            yield _difference(subject, f"at most {payment.amount} captured", payment.captured)


def _summed(amounts: Iterable[tuple[K, int]]) -> dict[K, int]:
    sums: dict[K, int] = {}
    for key, amount in amounts:
        sums[key] = sums.get(key, 0) + amount
    return sums


def _compared(
    expected: Mapping[K, int], found: Mapping[K, int], subject: Callable[[K], str]
) -> Iterator[Difference]:
    for key in {**expected, **found}:
        if expected.get(key, 0) != found.get(key, 0):
            yield _difference(subject(key), expected.get(key, 0), found.get(key, 0))


def _difference(subject: str, expected: object, found: object) -> Difference:
    return Difference(subject=subject, expected=str(expected), found=str(found))


def _live(tables: Tables) -> Iterator[Reservation]:
    for reservations in tables.reservations.values():
        yield from (one for one in reservations if one.state is ReservationState.HELD)


def _placed(order: Order) -> bool:
    return order.state is OrderState.PLACED


def _number(tables: Tables, one: Reservation) -> str:
    order = tables.orders.get(one.order_id)
    return order.number if order else str(one.order_id)


def _sku(tables: Tables, variant_id: VariantId) -> str:
    product_id = tables.variants.get(variant_id)
    product = tables.products.get(product_id) if product_id else None
    return product.variant(variant_id).sku if product else str(variant_id)


def _stock_items(tables: Tables) -> int:
    return len(tables.stock.values())


def _orders(tables: Tables) -> int:
    return len(tables.orders.values())


CHECKS = (
    _Check("on hand", "What is on hand is the sum of its movements.", _stock_items, _on_hand),
    _Check(
        "ledger",
        "Each movement continues the one before it.",
        lambda tables: len(tables.movements.values()),
        _ledger,
    ),
    _Check("reserved", "What is reserved is the sum of its live holds.", _stock_items, _reserved),
    _Check(
        "holds",
        "An order holds what it has yet to ship, an edit what it adds, and no more.",
        lambda tables: len(list(_live(tables))),
        _holds,
    ),
    _Check("sold", "What an order shipped left the warehouse, and no more.", _orders, _sold),
    _Check("totals", "An order's total is the sum of its parts.", _orders, _totals),
    _Check(
        "paid",
        "What is kept of a paid order is its worth, of one that waits less than its total.",
        _orders,
        _paid,
    ),
    _Check(
        "refunds",
        "What a payment gave back is the sum of its refunds, the failed ones apart.",
        lambda tables: len(tables.payments.values()),
        _refunds,
    ),
    _Check("returned", "What came back of an order is in its returns.", _orders, _returned),
    _Check("states", "An order is confirmed exactly when it is paid.", _orders, _states),
    _Check(
        "bounds",
        "Refunded <= captured <= authorised.",
        lambda tables: len(tables.payments.values()),
        _bounds,
    ),
)
"""What must hold, in the order that it is reported."""
