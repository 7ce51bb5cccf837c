"""Exchanges: one for one, and money moves by the difference alone, once."""

from __future__ import annotations

from decimal import Decimal

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import (
    FulfilmentState,
    IllegalMove,
    Order,
    OrderItemsReplaced,
    OrderState,
)
from automate_store.domain.returns import RefundPart
from automate_store.entrypoints.properties.exchanges import (
    assert_even_exchange_moves_no_cent,
    assert_exchange_adds_up,
    exchange,
    exchanged_units,
    goods_of,
)
from automate_store.entrypoints.properties.moments import NOON
from automate_store.entrypoints.properties.returns import (
    FAULTY,
    POLICY,
    STAFF,
    UNWANTED,
    bring_back,
    delivered_orders,
    return_policy,
    shipped,
    units_of,
)
from tests.domain.test_returns import three_for_twenty

REASONS = st.sampled_from((FAULTY, UNWANTED))


def exchangeable_orders() -> st.SearchStrategy[Order]:
    def has_some(order: Order) -> bool:
        gifts = {line.id for line in order.quote.lines if line.gift}
        return any(item.id not in gifts and item.to_return for item in order.items)

    return delivered_orders().filter(has_some)


@given(order=exchangeable_orders(), data=st.data(), reason=REASONS)
def test_what_comes_for_its_like_moves_no_cent(
    order: Order, data: st.DataObject, reason: str
) -> None:
    policy = return_policy(order.quote.currency)
    units = data.draw(exchanged_units(order))
    assert_even_exchange_moves_no_cent(order, units, reason, policy)


@given(order=exchangeable_orders(), data=st.data(), price=st.integers(0, 100_000))
def test_money_moves_by_the_difference_and_one_way(
    order: Order, data: st.DataObject, price: int
) -> None:
    currency = order.quote.currency
    units = data.draw(exchanged_units(order))
    done = exchange(order, units, FAULTY, return_policy(currency), price=Money(price, currency))
    assert_exchange_adds_up(order, done)


@pytest.mark.slow
@given(order=exchangeable_orders(), data=st.data())
def test_all_that_was_paid_comes_back_whatever_was_exchanged_before(
    order: Order, data: st.DataObject
) -> None:
    currency, nothing = order.quote.currency, Money.zero(order.quote.currency)
    policy = evolve(return_policy(currency), original_shipping=False)
    kept = paid = order.total
    for _ in range(data.draw(st.integers(1, 4))):
        many = exchanged_units(order)
        price = data.draw(st.none() | st.integers(0, 50_000))
        worth = None if price is None else Money(price, currency)
        done = exchange(order, data.draw(many), UNWANTED, policy, price=worth)
        assert_exchange_adds_up(order, done)
        order, paid = done.order, paid + done.paid
        kept += done.paid - done.refund.total
        assert kept == order.worth, "what is kept is what it is worth"
        order = shipped(order, order.unshipped)
    for unit in data.draw(st.permutations(units_of(order))):
        order, refund = bring_back(order, {unit: 1}, UNWANTED, policy)
        kept -= refund.total
    shipping = order.quote.shipping
    assert kept == order.worth == (shipping.gross if shipping else nothing)


@given(order=exchangeable_orders(), data=st.data())
def test_an_order_whose_goods_were_exchanged_is_as_complete_as_it_was(
    order: Order, data: st.DataObject
) -> None:
    units = data.draw(exchanged_units(order))
    policy = return_policy(order.quote.currency)
    done = exchange(order, units, FAULTY, policy, price=None).order
    assert (done.state, done.fulfilment) == (OrderState.COMPLETED, FulfilmentState.DELIVERED)
    assert done.allowed[:2] == ("ship", "cancel")
    assert ("return" in done.allowed) == any(item.to_return for item in done.items)
    assert done.restated, "its items and amounts are stored anew"
    event = done.events[-1]
    assert isinstance(event, OrderItemsReplaced)
    assert event.amount == goods_of(done) - goods_of(order)
    sent = shipped(done, done.unshipped)
    assert (sent.state, sent.fulfilment) == (done.state, done.fulfilment)
    with pytest.raises(IllegalMove):
        sent.cancel("late", actor=STAFF, at=NOON)


@given(order=exchangeable_orders(), data=st.data())
def test_what_came_in_exchange_and_is_called_off_is_worth_what_was_paid(
    order: Order, data: st.DataObject
) -> None:
    units = data.draw(exchanged_units(order))
    policy = evolve(return_policy(order.quote.currency), original_shipping=False)
    done = exchange(order, units, FAULTY, policy, price=None).order
    left = done.cancel("not wanted", actor=STAFF, at=NOON)
    assert left.state is OrderState.COMPLETED
    _, refund = bring_back(order, units, FAULTY, policy)
    assert left.worth == order.worth - refund.total


@given(order=exchangeable_orders(), data=st.data())
def test_what_it_costs_to_exchange_is_due(order: Order, data: st.DataObject) -> None:
    currency = order.quote.currency
    policy = evolve(return_policy(currency), restocking_rate=Decimal("0.1"))
    units = data.draw(exchanged_units(order))
    done = exchange(order, units, UNWANTED, policy, price=None)
    assert done.paid == done.refund.kept(RefundPart.RESTOCKING)
    assert_exchange_adds_up(order, done)


def test_three_units_are_exchanged_one_by_one_each_for_what_it_bore() -> None:
    order = three_for_twenty()
    unit = {order.items[0].id: 1}
    order = shipped(order, order.unshipped)
    for _ in range(3):
        assert_even_exchange_moves_no_cent(order, unit, UNWANTED, POLICY)
        order = exchange(order, unit, UNWANTED, POLICY, price=None).order
    assert [line.gross.minor for line in order.quote.lines[1:]] == [666, 667, 667]


def test_what_is_cheaper_than_what_came_off_costs_nothing() -> None:
    order = three_for_twenty()
    unit = {order.items[0].id: 1}
    order = shipped(order, order.unshipped)
    done = exchange(order, unit, UNWANTED, POLICY, price=Money(100, "USD"))
    assert done.order.quote.lines[1].gross == Money(0, "USD")
    assert done.refund.total == Money(666, "USD")
