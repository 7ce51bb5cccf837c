"""Returns: what was paid goes back to the cent, once, for what may come back and no more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st

from automate_store.domain.kernel.ids import LineId, ProductId, ReturnId, VariantId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import (
    Order,
    OrderPaymentState,
    OrderState,
    OrderStatus,
    ask_back,
)
from automate_store.domain.pricing import (
    Basket,
    BasketLine,
    PricingRules,
    Step,
    quote,
    with_steps,
)
from automate_store.domain.returns import (
    MOVES,
    NOTHING_ACCEPTED,
    Condition,
    IllegalReturnMove,
    NotReturnable,
    ReasonNotAccepted,
    Receipt,
    RefundPart,
    Return,
    ReturnItem,
    ReturnKind,
    ReturnPolicy,
    ReturnReceived,
    ReturnRejected,
    ReturnState,
    TooManyAccepted,
    WhyNot,
)
from automate_store.entrypoints.properties.moments import NOON
from automate_store.entrypoints.properties.orders import PRICING
from automate_store.entrypoints.properties.returns import (
    FAULTY,
    POLICY,
    STAFF,
    UNWANTED,
    assert_all_comes_back_one_by_one,
    assert_refund_adds_up,
    bring_back,
    credited,
    delivered_orders,
    paid_order,
    paid_orders,
    return_policy,
    shipped,
    units_of,
)

A_DAY = timedelta(days=1)
MONTH = timedelta(days=30)


def some_units(data: st.DataObject, most: Mapping[LineId, int]) -> dict[LineId, int]:
    return {line: data.draw(st.integers(0, many)) for line, many in most.items()}


@given(order=delivered_orders(), data=st.data())
def test_all_comes_back_one_by_one_in_any_order(order: Order, data: st.DataObject) -> None:
    units = data.draw(st.permutations(units_of(order)))
    assert_all_comes_back_one_by_one(order, units, return_policy(order.quote.currency))


@given(order=delivered_orders())
def test_an_order_of_which_all_came_back_is_refunded(order: Order) -> None:
    policy = return_policy(order.quote.currency)
    whole = {item.id: item.quantity for item in order.items}
    back, refund = bring_back(order, whole, FAULTY, policy)
    assert refund.total == order.total
    assert not back.worth
    if order.total:
        assert back.payment is OrderPaymentState.REFUNDED
        assert back.status is OrderStatus.REFUNDED


@frozen
class Till:
    """An order, and what of the money that was captured for it went back."""

    order: Order
    captured: Money
    back: Money

    def given(self, order: Order) -> Till:
        """Whatever the shop may not keep of it any more has gone back."""
        due = self.captured - self.back - order.worth
        assert due.minor >= 0, "nothing makes an order dearer"
        return Till(order, self.captured, self.back + due)


def cancelled(order: Order, units: Mapping[LineId, int]) -> Order:
    if not any(units.values()) or order.status is OrderStatus.CANCELLED:
        return order
    return order.cancel("not wanted", units=units, actor="guest", at=NOON)


def one_move(order: Order, data: st.DataObject, policy: ReturnPolicy, *, courtesy: bool) -> Order:
    """A unit comes back, some are called off or leave, or money is given for nothing."""
    moves = ("return", "cancel", "ship", *(("courtesy",) if courtesy else ()))
    move = data.draw(st.sampled_from(moves))
    if move == "return" and (units := units_of(order)):
        return bring_back(order, {data.draw(st.sampled_from(units)): 1}, UNWANTED, policy)[0]
    if move == "cancel":
        return cancelled(order, some_units(data, order.unshipped))
    if move == "ship" and order.state is OrderState.CONFIRMED:
        return shipped(order, some_units(data, order.unshipped))
    if move == "courtesy" and order.worth:
        return credited(order, Money(data.draw(st.integers(1, order.worth.minor)), "USD"))
    return order


def all_gone(order: Order, policy: ReturnPolicy) -> Order:
    """The order, all of it called off or returned."""
    order = cancelled(order, order.unshipped)
    left = {item.id: item.to_return for item in order.items}
    return bring_back(order, left, UNWANTED, policy)[0]


@given(order=paid_orders("USD"), data=st.data(), courtesy=st.booleans())
def test_no_cent_is_lost_among_returns_cancellations_and_courtesies(
    order: Order, data: st.DataObject, *, courtesy: bool
) -> None:
    bought, till = order, Till(order, order.total, order.total - order.total)
    for _ in range(data.draw(st.integers(0, 6))):
        till = till.given(one_move(till.order, data, POLICY, courtesy=courtesy))
        assert till.captured - till.back == till.order.worth
        assert till.order.worth.minor >= 0, "no more goes back than came"

    till = till.given(all_gone(till.order, POLICY))

    shipping = till.order.quote.shipping
    kept = shipping.gross if shipping and till.order.state is not OrderState.CANCELLED else None
    if courtesy:
        assert till.back <= bought.total
    else:
        assert till.back == bought.total - (kept or Money.zero("USD"))


def three_for_twenty() -> Order:
    """Three of 10.00, less 10.00 that lies on them as 3.34, 3.33 and 3.33."""
    line = BasketLine(
        id=LineId(UUID(int=9)),
        product_id=ProductId(UUID(int=10)),
        variant_id=VariantId(UUID(int=11)),
        unit_price=Money(1000, "USD"),
        quantity=3,
        weight_g=100,
        requires_shipping=True,
        tax_class="standard",
    )
    basket = Basket(lines=(line,), currency="USD", at=NOON, destination=None, shipping_method=None)
    ten_off = Step("ten-off", lambda draft, _: draft.take_off("ten", "10.00 off", [1000]))
    rules = PricingRules(policy=PRICING, shipping_methods=(), tax_rates=())
    return paid_order(quote(basket, rules, with_steps(ten_off, after="subtotal")))


def test_three_units_give_back_what_each_bore_through_whatever_door_they_leave() -> None:
    order = three_for_twenty()
    unit = {order.items[0].id: 1}
    order, first = bring_back(shipped(order, unit), unit, UNWANTED, POLICY)
    called_off = order.cancel("no", units=unit, actor="guest", at=NOON)
    _, last = bring_back(shipped(called_off, unit), unit, UNWANTED, POLICY)
    gone = order.total - called_off.total
    assert [first.total, gone, last.total] == [Money(each, "USD") for each in (666, 667, 667)]


@given(order=delivered_orders())
def test_fees_are_lines_and_never_more_than_the_goods(order: Order) -> None:
    policy = evolve(
        return_policy(order.quote.currency),
        restocking_rate=Decimal("0.15"),
        return_shipping=Money(500, order.quote.currency),
    )
    unit = order.items[0].id
    paid = order.quote.lines[0].gross_of_first(1, order.quote.tax_mode)
    _, refund = bring_back(order, {unit: 1}, UNWANTED, policy)
    assert_refund_adds_up(refund)
    fee = paid.portion(policy.restocking_rate, policy.rounding)
    assert refund.kept(RefundPart.RESTOCKING) == fee
    assert refund.kept(RefundPart.RETURN_SHIPPING) == min(policy.return_shipping, paid - fee)
    assert refund.total == paid - fee - refund.kept(RefundPart.RETURN_SHIPPING)
    _, blameless = bring_back(order, {unit: 1}, FAULTY, policy)
    assert blameless.kept(RefundPart.RESTOCKING) == paid - paid


@given(order=delivered_orders())
def test_what_went_back_as_a_courtesy_does_not_go_back_twice(order: Order) -> None:
    if not order.worth:
        return
    whole = {item.id: item.quantity for item in order.items}
    given_before = Money(order.worth.minor // 2 + 1, order.quote.currency)
    policy = return_policy(order.quote.currency)
    back, refund = bring_back(credited(order, given_before), whole, FAULTY, policy)
    assert refund.total == order.total - given_before
    assert refund.kept(RefundPart.GIVEN_BEFORE) == given_before
    assert not back.worth


@given(order=delivered_orders())
def test_shipping_goes_back_with_the_last_unit_of_goods_that_were_at_fault(order: Order) -> None:
    shipping = order.quote.shipping
    if shipping is None or not shipping.gross:
        return
    policy = return_policy(order.quote.currency)
    whole = {item.id: item.quantity for item in order.items}
    kept = RefundPart.SHIPPING
    for reason, goes_back in ((FAULTY, True), (UNWANTED, False)):
        parts = {line.part for line in bring_back(order, whole, reason, policy)[1].lines}
        assert (kept in parts) is goes_back
    never = evolve(policy, original_shipping=False)
    assert kept not in {line.part for line in bring_back(order, whole, FAULTY, never)[1].lines}


def asked(order: Order, quantity: int = 1, kind: ReturnKind = ReturnKind.RETURN) -> Return:
    reason = "damaged" if kind is ReturnKind.CLAIM else UNWANTED
    item = ReturnItem(item_id=order.items[0].id, quantity=quantity, reason=reason)
    return Return.request(
        id=ReturnId(order.id),
        number="R-K7QF-2MXD",
        order_id=order.id,
        order_number=order.number,
        kind=kind,
        items=[item],
        comments=None,
        actor="guest",
        at=NOON,
    )


def in_state(state: ReturnState, kind: ReturnKind, order: Order) -> Return:
    return evolve(asked(order, kind=kind), state=state, events=())


@pytest.mark.parametrize("kind", ReturnKind)
@given(order=delivered_orders(), state=st.sampled_from(ReturnState))
def test_a_return_makes_the_moves_of_its_table_and_says_so_of_others(
    kind: ReturnKind, order: Order, state: ReturnState
) -> None:
    returned = in_state(state, kind, order)
    receipts = {order.items[0].id: Receipt(accepted=1, condition=Condition.NEW)}
    refund = bring_back(order, returned.asked, UNWANTED, return_policy(order.quote.currency))[1]
    moves: dict[ReturnState, Callable[[], Return]] = {
        ReturnState.APPROVED: lambda: returned.approve(actor=STAFF, at=NOON),
        ReturnState.REJECTED: lambda: returned.reject("no", actor=STAFF, at=NOON),
        ReturnState.WITHDRAWN: lambda: returned.withdraw(actor="guest", at=NOON),
        ReturnState.RECEIVED: lambda: returned.receive(receipts, actor=STAFF, at=NOON),
        ReturnState.REFUNDED: lambda: returned.pay_back(refund, actor=STAFF, at=NOON),
        ReturnState.EXCHANGED: lambda: returned.exchange(refund, actor=STAFF, at=NOON),
    }
    for wanted, move in moves.items():
        if wanted in MOVES[kind][state]:
            assert move().state is wanted
            assert [type(each).__name__ for each in move().events] != []
            continue
        with pytest.raises(IllegalReturnMove) as refused:
            move()
        assert refused.value.allowed == tuple(sorted(MOVES[kind][state]))


@given(order=delivered_orders())
def test_a_return_of_which_nothing_is_accepted_is_rejected(order: Order) -> None:
    approved = in_state(ReturnState.APPROVED, ReturnKind.RETURN, order)
    none = {order.items[0].id: Receipt(accepted=0, condition=Condition.DAMAGED, reason="worn")}
    looked_at = approved.receive(none, actor=STAFF, at=NOON)
    assert (looked_at.state, looked_at.rejected_reason) == (ReturnState.REJECTED, NOTHING_ACCEPTED)
    assert [type(each) for each in looked_at.events] == [ReturnReceived, ReturnRejected]
    two = {order.items[0].id: Receipt(accepted=2, condition=Condition.NEW)}
    with pytest.raises(TooManyAccepted):
        approved.receive(two, actor=STAFF, at=NOON)


@given(order=delivered_orders(), late=st.integers(0, 60))
def test_goods_come_back_until_the_window_is_over_and_no_more_than_came(
    order: Order, late: int
) -> None:
    policy, item = return_policy(order.quote.currency), order.items[0]
    at = NOON + late * A_DAY
    left = item.quantity if at < NOON + MONTH else 0
    assert policy.left(order, item, ReturnKind.RETURN, at) == left
    with pytest.raises(NotReturnable) as refused:
        policy.check_units(order, {item.id: item.quantity + 1}, ReturnKind.RETURN, at)
    told = refused.value
    assert (told.wanted, told.left, told.until) == (item.quantity + 1, left, NOON + MONTH)
    assert told.why is (WhyNot.TOO_MANY if left else WhyNot.TOO_LATE)


@given(order=delivered_orders())
def test_what_is_asked_back_is_not_asked_again(order: Order) -> None:
    policy, item = return_policy(order.quote.currency), order.items[0]
    waiting = evolve(order, items=ask_back(order, {item.id: item.quantity}, missing={}))
    with pytest.raises(NotReturnable) as refused:
        policy.check_units(waiting, {item.id: 1}, ReturnKind.RETURN, NOON)
    assert (refused.value.left, refused.value.why) == (0, WhyNot.ASKED_BEFORE)


@given(order=paid_orders())
def test_what_did_not_arrive_can_be_claimed_and_not_returned(order: Order) -> None:
    item, policy = order.items[0], return_policy(order.quote.currency)
    with pytest.raises(NotReturnable) as refused:
        policy.check_units(order, {item.id: 1}, ReturnKind.CLAIM, NOON)
    assert refused.value.why is WhyNot.NOT_DELIVERED
    away = shipped(order, {item.id: item.quantity})
    (parcel,) = away.shipments
    lost = evolve(away, shipments=(evolve(parcel, delivered_at=None),))
    assert policy.left(lost, lost.items[0], ReturnKind.CLAIM, NOON + 2 * MONTH) == item.quantity
    assert policy.left(lost, lost.items[0], ReturnKind.RETURN, NOON) == 0


@given(order=delivered_orders())
def test_what_needs_no_parcel_comes_back_where_the_merchant_says_so(order: Order) -> None:
    policy, item = return_policy(order.quote.currency), order.items[0]
    download = evolve(item, requires_shipping=False)
    order = evolve(order, items=(download, *order.items[1:]))
    with pytest.raises(NotReturnable) as refused:
        policy.check_units(order, {item.id: 1}, ReturnKind.RETURN, NOON)
    assert refused.value.why is WhyNot.NOT_OFFERED
    kind = evolve(policy, digital=True)
    assert kind.left(order, download, ReturnKind.RETURN, NOON) == item.quantity


def test_only_the_merchants_reasons_count() -> None:
    POLICY.check([UNWANTED, FAULTY], ReturnKind.RETURN)
    POLICY.check(["lost"], ReturnKind.CLAIM)
    for reason, kind in (("lost", ReturnKind.RETURN), (UNWANTED, ReturnKind.CLAIM)):
        with pytest.raises(ReasonNotAccepted) as refused:
            POLICY.check([reason], kind)
        assert refused.value.allowed == tuple(sorted(POLICY.accepted(kind)))
