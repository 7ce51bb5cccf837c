"""Laws of payments: captured at most what was asked, refunded at most what was captured."""

from __future__ import annotations

from itertools import permutations
from uuid import UUID

import pytest
from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st

from automate_store.domain.kernel.ids import OrderId, PaymentId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import (
    MOVES,
    TRIED,
    GatewayReport,
    Payment,
    PaymentCaptured,
    PaymentFailed,
    PaymentParked,
    PaymentState,
    RefundTooLarge,
    capture_key,
)
from automate_store.entrypoints.properties.moments import NOON
from automate_store.entrypoints.properties.orders import payments, reports

CENT = Payment.intend(
    id=PaymentId(UUID(int=1)),
    order_id=OrderId(UUID(int=2)),
    gateway="stripe",
    amount=Money(1, "EUR"),
    at=NOON,
)
SAID = [state for state in PaymentState if state is not PaymentState.PARKED]
ENDS = [state for state in SAID if state not in TRIED]


def report(payment: Payment, state: PaymentState) -> GatewayReport:
    return GatewayReport(intent_id="intent", state=state, amount=payment.amount)


def said(payment: Payment, client: dict[str, str]) -> GatewayReport:
    """How it stands, with what gateways tell browsers again with each answer."""
    return evolve(report(payment, payment.state), client=client)


def settled(payment: Payment, *states: PaymentState) -> Payment:
    for state in states:
        payment = payment.settle(report(payment, state), at=NOON)
    return payment


@given(payment=payments(), data=st.data())
def test_whatever_is_reported_no_amount_passes_its_bound(
    payment: Payment, data: st.DataObject
) -> None:
    for _ in range(data.draw(st.integers(1, 6))):
        payment = payment.settle(data.draw(reports(payment)), at=NOON)
        nothing = Money.zero(payment.amount.currency)
        assert nothing <= payment.refunded <= payment.captured <= payment.amount
        assert (payment.captured == payment.amount) or not payment.captured


@given(payment=payments(), data=st.data())
def test_the_same_report_twice_is_the_same_as_once(payment: Payment, data: st.DataObject) -> None:
    said = data.draw(reports(payment))
    once = payment.settle(said, at=NOON)
    assert once.settle(said, at=NOON) is once


@given(
    payment=payments(),
    states=st.lists(st.sampled_from(ENDS), max_size=3),
    tried=st.sampled_from(sorted(TRIED)),
)
@example(payment=CENT, states=[PaymentState.CANCELLED], tried=PaymentState.FAILED)
def test_reports_of_one_attempt_end_in_the_same_state_whatever_order_they_come_in(
    payment: Payment, states: list[PaymentState], tried: PaymentState
) -> None:
    ends = {
        (after.state, after.captured)
        for each in permutations([tried, *states])
        for after in [settled(payment, *each, *each[::-1])]
    }
    assert len(ends) == 1


@given(payment=payments(), data=st.data())
def test_parts_and_the_end_of_the_rest_come_to_the_same_in_any_order(
    payment: Payment, data: st.DataObject
) -> None:
    amount = payment.amount
    part = Money(data.draw(st.integers(1, amount.minor)), amount.currency)
    held = evolve(report(payment, PaymentState.AUTHORISED), authorised=amount)
    given_up = evolve(held, state=PaymentState.CANCELLED, captured=data.draw(said_of(part)))
    heard = (held, evolve(held, captured=part), given_up)
    for each in permutations(heard):
        after = payment
        for said in (*each, *each[::-1]):
            after = after.settle(said, at=NOON)
        assert (after.state, after.captured) == (PaymentState.CAPTURED, part)
        assert not after.capturable


@given(captures=st.lists(st.tuples(st.integers(0, 200), st.integers(1, 200), st.booleans())))
def test_each_capture_has_a_key_of_its_own(captures: list[tuple[int, int, bool]]) -> None:
    keys = {
        capture_key(CENT.id, before=Money(before, "EUR"), amount=Money(amount, "EUR"), final=final)
        for before, amount, final in captures
    }
    assert len(keys) == len(set(captures))


def said_of(part: Money) -> st.SearchStrategy[Money | None]:
    """What the end of the rest says of it: all, or nothing."""
    return st.sampled_from([part, None])


@given(payment=payments(), states=st.lists(st.sampled_from(SAID), max_size=5))
def test_money_that_arrived_is_believed_whatever_came_before(
    payment: Payment, states: list[PaymentState]
) -> None:
    paid = settled(payment, *states, PaymentState.CAPTURED)
    assert (paid.state, paid.captured) == (PaymentState.CAPTURED, payment.amount)
    assert len([each for each in paid.events if isinstance(each, PaymentCaptured)]) == 1


@given(
    payment=payments(),
    states=st.lists(st.sampled_from(SAID), max_size=3),
    named=st.sampled_from(SAID),
)
@example(payment=CENT, states=[], named=PaymentState.PENDING)
@example(payment=CENT, states=[PaymentState.PROCESSING], named=PaymentState.FAILED)
def test_what_was_captured_whole_is_captured_whatever_that_is_called(
    payment: Payment, states: list[PaymentState], named: PaymentState
) -> None:
    whole = evolve(report(payment, named), captured=payment.amount, authorised=payment.amount)
    paid = settled(payment, *states).settle(whole, at=NOON)
    assert (paid.state, paid.captured) == (PaymentState.CAPTURED, payment.amount)
    assert paid.settle(whole, at=NOON) is paid


@given(payment=payments(), states=st.lists(st.sampled_from(SAID), max_size=5))
def test_what_opens_a_payment_is_known_until_it_is_paid_or_given_up(
    payment: Payment, states: list[PaymentState]
) -> None:
    opening = {"client_secret": "a secret"}
    told = settled(payment.settle(said(payment, opening), at=NOON), *states)
    over = told.state not in {PaymentState.PENDING, *TRIED}
    assert told.client == ({} if over else opening)
    assert told.settle(said(told, opening), at=NOON).client == told.client


@given(payment=payments(), states=st.lists(st.sampled_from(SAID), max_size=3), data=st.data())
def test_an_answer_of_another_amount_is_parked_and_never_pays(
    payment: Payment, states: list[PaymentState], data: st.DataObject
) -> None:
    before = settled(payment, *states)
    said = report(payment, data.draw(st.sampled_from(SAID)))
    odd = evolve(said, amount=payment.amount + Money(1, payment.amount.currency))
    parked = before.settle(odd, at=NOON)
    assert parked.state is PaymentState.PARKED
    assert parked.captured == before.captured
    event = parked.events[-1]
    assert isinstance(event, PaymentParked)
    assert (event.expected, event.reported) == (payment.amount, odd.amount)


@given(payment=payments())
def test_an_answer_in_another_currency_is_parked(payment: Payment) -> None:
    other = "JPY" if payment.amount.currency != "JPY" else "USD"
    odd = evolve(report(payment, PaymentState.CAPTURED), amount=Money(payment.amount.minor, other))
    assert payment.settle(odd, at=NOON).state is PaymentState.PARKED


@given(payment=payments())
def test_an_answer_about_another_intent_is_parked(payment: Payment) -> None:
    begun = settled(payment, PaymentState.PENDING)
    other = evolve(report(payment, PaymentState.CAPTURED), intent_id="another")
    assert begun.settle(other, at=NOON).state is PaymentState.PARKED


@given(payment=payments(), data=st.data())
def test_what_is_parked_stays_for_staff(payment: Payment, data: st.DataObject) -> None:
    odd = evolve(report(payment, PaymentState.CAPTURED), amount=-payment.amount)
    parked = payment.settle(odd, at=NOON)
    assert parked.settle(data.draw(reports(parked)), at=NOON) is parked


@given(payment=payments(), parts=st.lists(st.integers(1, 10**9), max_size=5))
def test_refunds_never_pass_what_was_captured(payment: Payment, parts: list[int]) -> None:
    paid = settled(payment, PaymentState.CAPTURED)
    for part in parts:
        amount = Money(part, payment.amount.currency)
        if amount <= paid.refundable:
            after = paid.refund(amount, at=NOON)
            assert after.refundable + amount == paid.refundable
            paid = after
        else:
            with pytest.raises(RefundTooLarge):
                paid.refund(amount, at=NOON)
    assert paid.refunded <= paid.captured == payment.amount


@given(payment=payments(), amount=st.integers(-100, 0))
def test_nothing_or_less_can_not_be_refunded(payment: Payment, amount: int) -> None:
    paid = settled(payment, PaymentState.CAPTURED)
    with pytest.raises(RefundTooLarge):
        paid.refund(Money(amount, payment.amount.currency), at=NOON)


@given(payment=payments())
def test_what_was_not_captured_can_not_be_refunded(payment: Payment) -> None:
    with pytest.raises(RefundTooLarge):
        payment.refund(Money(1, payment.amount.currency), at=NOON)


@given(payment=payments())
def test_a_failure_is_told_once_with_its_reason(payment: Payment) -> None:
    declined = evolve(report(payment, PaymentState.FAILED), failure="card declined")
    failed = payment.settle(declined, at=NOON)
    (event,) = failed.events
    assert isinstance(event, PaymentFailed)
    assert event.reason == "card declined"
    known = failed.saved()
    assert known.settle(declined, at=NOON) is known


@given(payment=payments())
def test_what_its_gateway_will_not_begin_is_over_and_told_of_nowhere(payment: Payment) -> None:
    over = payment.turn_away("too little", at=NOON)
    assert (over.state, over.failure) == (PaymentState.CANCELLED, "too little")
    assert over.turned_away
    assert not over.events
    assert not settled(over, PaymentState.CANCELLED).turned_away


def test_every_state_leads_on_and_none_leads_back() -> None:
    assert set(MOVES) == set(PaymentState)
    for state, moves in MOVES.items():
        for further in moves - {state} - (TRIED if state in TRIED else set()):
            assert MOVES[further] - {further} < moves
    for state in TRIED:
        assert MOVES[state] | {state} == set(PaymentState) - {PaymentState.PENDING}
