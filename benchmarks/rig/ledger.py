"""Whether a shop and its gateway tell the same of the money, payment by payment."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal

from benchmarks.rig.gateway import FakeGateway, Kept
from benchmarks.rig.shop import Shop

_PAYMENTS = """
    SELECT p.payment_intent_id, p.id::text, o.order_number, p.captured_amount * 100,
        (SELECT coalesce(sum(r.amount), 0) * 100 FROM refunds r
            WHERE r.payment_id = p.id AND r.state <> 'failed'), p.state
    FROM payments p JOIN orders o ON o.id = p.order_id
    WHERE p.payment_method = 'fake' AND p.payment_intent_id IS NOT NULL
"""
_ORDERS = """
    SELECT o.order_number, o.state, o.payment_state,
        coalesce(sum(p.captured_amount), 0) * 100, coalesce(sum(p.refunded_amount), 0) * 100,
        (CASE WHEN o.state = 'cancelled' OR o.payment_state NOT IN
            ('paid', 'partially_refunded', 'refunded') THEN 0
            ELSE o.total_amount - o.credited_amount END + o.owed_amount) * 100
    FROM orders o JOIN payments p ON p.order_id = o.id GROUP BY o.id
"""
SHOWN = 3


def differences(shop: Shop, gateway: FakeGateway) -> dict[str, list[str]]:
    """What the two tell differently, each with its first offenders; empty where they agree."""
    found: dict[str, list[str]] = defaultdict(list)
    for fault, offender in (*_of_payments(shop, gateway), *_of_orders(shop)):
        found[fault].append(offender)
    return {f"{len(each)} x {fault}": each[:SHOWN] for fault, each in found.items()}


def captures(gateway: FakeGateway) -> Counter[int]:
    """How many payments were captured how often."""
    return Counter(each.captures for each in gateway.kept())


def _of_payments(shop: Shop, gateway: FakeGateway) -> Iterator[tuple[str, str]]:
    ours = {row[0]: row[1:] for row in shop.database.rows(_PAYMENTS)}
    kept = gateway.kept()
    for intent in kept:
        yield from _of_intent(intent, ours.get(intent.intent_id))
    for payment_id, times in Counter(each.payment_id for each in kept).items():
        if times > 1:
            yield "a payment that was asked for more than once", str(payment_id)
    for intent_id in ours.keys() - {each.intent_id for each in kept}:
        yield "a payment of an intent that the gateway does not have", intent_id


def _of_intent(
    intent: Kept, ours: tuple[str, str, Decimal, Decimal, str] | None
) -> Iterator[tuple[str, str]]:
    if intent.captured > intent.amount or intent.refunded > intent.captured:
        yield "an intent of which more was taken, or given back, than there was", intent.intent_id
    if ours is None:
        if intent.captured:
            yield "money taken for a payment that the store does not know", intent.intent_id
        return
    payment_id, number, captured, refunded, state = ours
    if intent.captured != captured:
        said = f"{number}: {intent.captured} there, {captured} here ({state})"
        yield "another sum captured there than here", said
    if intent.refunded != refunded:
        said = f"{number}: {intent.refunded} there, {refunded} here"
        yield "another sum given back there than here", said
    if intent.payment_id != payment_id:
        yield "an intent of another payment", number


def _of_orders(shop: Shop) -> Iterator[tuple[str, str]]:
    for number, state, payment, captured, refunded, worth in shop.database.rows(_ORDERS):
        if captured - refunded != worth:
            said = f"{number} ({state}, {payment}): {captured} - {refunded}, not {worth}"
            yield "an order that keeps other money than it is worth", said
