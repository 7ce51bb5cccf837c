"""Laws of an order's three lives."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product as every

import pytest
from attrs import evolve, fields
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from automate_store.domain.kernel.ids import ShipmentId
from automate_store.domain.orders import (
    FULFILMENT_MOVES,
    ORDER_MOVES,
    PAYMENT_MOVES,
    FulfilmentState,
    IllegalMove,
    Order,
    OrderOverdue,
    OrderPaid,
    OrderPaymentState,
    OrderPlaced,
    OrderState,
    OrderStatus,
    Shipment,
    ShipmentTooLarge,
    order_status,
    payment_status,
)
from automate_store.entrypoints.properties.orders import (
    TIME_TO_PAY,
    OrderMachine,
    orders,
    what_is_seen,
)

TestOrder = OrderMachine.TestCase
LATER = timedelta(minutes=1)
FIND = settings(max_examples=1_000, phases=[Phase.generate])
"""Enough to find a planted fault; nobody reads how it was found."""
waiting = orders(min_total=1)


def test_the_status_of_every_standing_is_the_one_of_the_rules() -> None:
    for standing, seen in what_is_seen().items():
        assert (order_status(*standing), payment_status(standing[1])) == seen


def test_every_combination_of_lives_shows_some_status() -> None:
    for standing in every(OrderState, OrderPaymentState, FulfilmentState):
        assert order_status(*standing) in OrderStatus


def test_every_state_has_its_moves() -> None:
    assert set(ORDER_MOVES) == set(OrderState)
    assert set(PAYMENT_MOVES) == set(OrderPaymentState)
    assert set(FULFILMENT_MOVES) == set(FulfilmentState)


def test_what_is_over_leads_nowhere() -> None:
    assert not ORDER_MOVES[OrderState.COMPLETED]
    assert not ORDER_MOVES[OrderState.CANCELLED]
    assert not PAYMENT_MOVES[OrderPaymentState.REFUNDED]
    assert not FULFILMENT_MOVES[FulfilmentState.DELIVERED]


@given(order=waiting)
def test_a_placed_order_waits_to_be_paid_and_says_what_it_costs(order: Order) -> None:
    (placed,) = order.events
    assert isinstance(placed, OrderPlaced)
    assert placed.total == order.total == order.quote.total
    assert order.status is OrderStatus.PENDING
    assert order.expires_at == order.placed_at + TIME_TO_PAY


@given(order=orders())
def test_an_order_is_paid_at_placing_exactly_where_it_costs_nothing(order: Order) -> None:
    paid = any(isinstance(event, OrderPaid) for event in order.events)
    assert paid == (not order.total)
    assert (order.state is OrderState.PLACED) == bool(order.total)


@given(order=waiting)
def test_an_order_wants_each_variant_once_in_id_order(order: Order) -> None:
    assert list(order.wanted) == sorted(order.wanted)
    assert sum(order.wanted.values()) == sum(item.quantity for item in order.items)


@given(order=waiting)
def test_what_needs_no_parcel_is_delivered_with_the_payment(order: Order) -> None:
    paid = order.pay(order.total, actor="gateway", at=order.placed_at + LATER)
    assert all((item.to_ship == 0) == (not item.requires_shipping) for item in paid.items)
    without_parcel = not any(item.requires_shipping for item in order.items)
    assert (paid.state is OrderState.COMPLETED) == without_parcel


@given(order=waiting, minutes=st.integers(0, 90))
def test_an_order_can_be_paid_until_its_deadline_and_not_at_it(order: Order, minutes: int) -> None:
    at = order.placed_at + timedelta(minutes=minutes)
    if at < order.placed_at + TIME_TO_PAY:
        assert order.payable(at) is order
    else:
        with pytest.raises(OrderOverdue):
            order.payable(at)


@given(order=waiting)
def test_money_that_comes_late_still_pays_an_order_that_was_not_given_up(order: Order) -> None:
    late = order.placed_at + 2 * TIME_TO_PAY
    assert order.pay(order.total, actor="gateway", at=late).state is OrderState.CONFIRMED or (
        not any(item.requires_shipping for item in order.items)
    )


@given(order=waiting)
def test_an_order_is_paid_whole_or_it_is_our_bug(order: Order) -> None:
    with pytest.raises(AssertionError):
        order.pay(order.total + order.total, actor="gateway", at=order.placed_at)


@given(order=waiting)
def test_an_order_does_not_expire_before_its_deadline(order: Order) -> None:
    assert order.expires_at is not None
    with pytest.raises(AssertionError):
        order.expire(actor="system", at=order.expires_at - timedelta(microseconds=1))
    assert order.expire(actor="system", at=order.expires_at).state is OrderState.CANCELLED


@given(order=waiting)
def test_a_refused_move_says_what_would_be_allowed(order: Order) -> None:
    with pytest.raises(IllegalMove) as refused:
        order.deliver(actor="staff", at=order.placed_at)
    assert (refused.value.current, refused.value.wanted) == ("placed", "completed")
    assert refused.value.allowed == ("pay", "edit", "cancel")


@given(order=waiting)
def test_what_is_over_says_that_nothing_can_be_done_with_it(order: Order) -> None:
    over = order.cancel("no", actor="guest", at=order.placed_at)
    with pytest.raises(IllegalMove) as refused:
        over.pay(over.total, actor="gateway", at=order.placed_at)
    assert refused.value.allowed == ()
    assert str(refused.value) == (
        "An order whose state is cancelled can't become confirmed;"
        " nothing can be done with it any more."
    )


@given(order=waiting)
def test_failing_to_pay_again_is_no_new_fact(order: Order) -> None:
    once = order.payment_failed("declined", actor="gateway", at=order.placed_at)
    again = once.payment_failed("declined", actor="gateway", at=order.placed_at + LATER)
    assert again.events == once.events


@given(order=waiting)
def test_a_parcel_holds_something_of_its_order_or_it_is_our_bug(order: Order) -> None:
    paid = order.pay(order.total, actor="gateway", at=order.placed_at)
    assume(paid.state is OrderState.CONFIRMED)
    for items in ({}, {order.items[0].id: 0}, {order.id: 1}):
        with pytest.raises(AssertionError):
            paid.ship(_parcel(order, items), actor="staff", at=order.placed_at)


@given(order=waiting)
def test_no_more_ships_than_is_left(order: Order) -> None:
    paid = order.pay(order.total, actor="gateway", at=order.placed_at)
    item = paid.items[0]
    if paid.state is OrderState.CONFIRMED:
        with pytest.raises(ShipmentTooLarge) as large:
            paid.ship(
                _parcel(order, {item.id: item.to_ship + 1}), actor="staff", at=order.placed_at
            )
        assert large.value.left == item.to_ship


def _parcel(order: Order, items: object) -> Shipment:
    assert isinstance(items, dict)
    return Shipment(
        id=ShipmentId(order.id), order_id=order.id, items=items, shipped_at=order.placed_at
    )


class Careless(Order):
    """Cancels orders of which something has shipped, whole."""

    def cancel(self, reason: str, *, units: object = None, actor: str, at: datetime) -> Order:
        here = Order.cancel(self, reason, units=units, actor=actor, at=at)  # type: ignore[arg-type] # a test's own order
        return evolve(here, state=OrderState.CANCELLED, expires_at=None)


class Doubtful(Order):
    """Ships what was not paid for."""

    def ship(self, shipment: Shipment, *, actor: str, at: object) -> Order:
        confirmed = evolve(self, state=OrderState.CONFIRMED)
        return Order.ship(confirmed, shipment, actor=actor, at=at)  # type: ignore[arg-type] # a test's own order


class Forgetful(Order):
    """Pays without taking the deadline off."""

    def pay(self, amount: object, *, actor: str, at: object) -> Order:
        paid = Order.pay(self, amount, actor=actor, at=at)  # type: ignore[arg-type] # as above
        return evolve(paid, expires_at=self.expires_at)


class Endless(Order):
    """Keeps its stock for as long as gateways are asked."""

    def await_payment(self, until: datetime, *, latest: datetime, at: datetime) -> Order:
        return Order.await_payment(self, until, latest=max(until, latest), at=at)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [Careless, Doubtful, Forgetful, Endless])
def test_the_machine_finds_orders_that_move_as_they_should_not(kind: type[Order]) -> None:
    class Machine(OrderMachine):
        def adopt(self, order: Order) -> Order:
            return kind(**{each.name: getattr(order, each.name) for each in fields(Order)})

    with pytest.raises(AssertionError):
        run_state_machine_as_test(Machine, settings=FIND)
