"""Laws of attempts: what is told of several cards, in any order, ends where the gateway does."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from attrs import define, evolve
from hypothesis import given
from hypothesis import strategies as st

from automate_store.domain.payments import (
    TRIED,
    GatewayReport,
    Payment,
    PaymentFailed,
    PaymentState,
)
from automate_store.entrypoints.properties.moments import NOON
from automate_store.entrypoints.properties.orders import payments

ACTION, SLOW, FAILED = (
    PaymentState.REQUIRES_ACTION,
    PaymentState.PROCESSING,
    PaymentState.FAILED,
)
HELD, TAKEN, GONE = PaymentState.AUTHORISED, PaymentState.CAPTURED, PaymentState.CANCELLED
ENDS: Sequence[Sequence[PaymentState]] = ((), (HELD,), (HELD, TAKEN), (TAKEN,), (GONE,))
Attempt = Sequence[PaymentState]


@st.composite
def histories(draw: st.DrawFn) -> list[PaymentState]:
    """Several cards on one intent, the last of which may still be tried, or lead to an end."""
    declined: list[Attempt] = [(FAILED,), (ACTION, FAILED), (SLOW, FAILED), (ACTION, SLOW, FAILED)]
    open_: list[Attempt] = [(), (ACTION,), (SLOW,), (ACTION, SLOW)]
    tried = [*draw(st.lists(st.sampled_from(declined), max_size=3)), draw(st.sampled_from(open_))]
    return [state for attempt in [*tried, draw(st.sampled_from(ENDS))] for state in attempt]


@define
class Store:
    """Keeps one payment; asks the gateway of what it doubts, as whoever hears events does."""

    payment: Payment
    there: Sequence[GatewayReport]
    """What was told of the intent, the oldest first; the last is how it stands."""

    def hear(self, told: GatewayReport) -> Generator[None]:
        """Hear it; others may come between the asking and the recording."""
        while True:
            known, report = self.payment, told
            if known.doubts(told):
                report = evolve(self.there[-1], since=known.version)
            yield
            after = self.payment.settle(report, at=NOON)
            self.payment = self.payment if after is self.payment else after.saved()
            if not self.payment.doubts(report):
                return


def reports(payment: Payment, states: Sequence[PaymentState]) -> list[GatewayReport]:
    """What is told of each; every failure has a reason of its own."""
    return [
        GatewayReport(
            intent_id="intent",
            state=state,
            amount=payment.amount,
            failure=f"card {nth} declined" if state is FAILED else None,
        )
        for nth, state in enumerate(states)
    ]


@given(payment=payments(), states=histories(), data=st.data())
def test_what_is_told_afterwards_ends_where_the_gateway_did_in_any_order(
    payment: Payment, states: list[PaymentState], data: st.DataObject
) -> None:
    told = reports(payment, states)
    store = Store(payment, told)
    order = data.draw(st.permutations(told * 2))

    _run([store.hear(each) for each in order], data, at_once=False)

    _stands_there(store, payment)


@given(payment=payments(), states=histories(), data=st.data())
def test_what_is_heard_by_several_at_once_ends_where_the_gateway_did(
    payment: Payment, states: list[PaymentState], data: st.DataObject
) -> None:
    told = reports(payment, states)
    store = Store(payment, told)

    _run([store.hear(each) for each in told * 2], data, at_once=True)

    _stands_there(store, payment)


@given(payment=payments(), states=histories(), data=st.data())
def test_what_is_told_while_the_shopper_goes_on_ends_where_the_gateway_does(
    payment: Payment, states: list[PaymentState], data: st.DataObject
) -> None:
    told, there = reports(payment, states), list[GatewayReport]()
    store, heard = Store(payment, there), list[Generator[None]]()

    for report in told:
        there.append(report)
        heard.append(store.hear(report))
        _run(heard, data, at_once=True, leave=data.draw(st.integers(0, len(heard))))
    _run(heard, data, at_once=True)

    _stands_there(store, payment)


@given(payment=payments(), states=histories())
def test_what_is_told_in_order_is_seen_as_it_happens(
    payment: Payment, states: list[PaymentState]
) -> None:
    there = list[GatewayReport]()
    store = Store(payment, there)
    for report in reports(payment, states):
        there.append(report)
        for _ in store.hear(report):
            pass
        assert (store.payment.state, store.payment.failure) == (report.state, report.failure)


@given(payment=payments(), states=histories(), late=st.sampled_from(sorted(TRIED)))
def test_what_was_asked_before_something_else_was_recorded_is_not_believed(
    payment: Payment, states: list[PaymentState], late: PaymentState
) -> None:
    (stale,) = reports(payment, [late])
    for report in reports(payment, states):
        known = payment
        payment = payment.settle(evolve(report, since=known.version), at=NOON).saved()
        overtaken = payment.settle(evolve(stale, since=known.version), at=NOON)
        assert overtaken is payment


@given(payment=payments())
def test_a_failure_after_another_try_is_told_again(payment: Payment) -> None:
    told = list[PaymentFailed]()
    for report in reports(payment, [FAILED, FAILED, SLOW, FAILED]):
        after = payment.settle(evolve(report, since=payment.version), at=NOON)
        told += [each for each in after.events if isinstance(each, PaymentFailed)]
        payment = after.saved()
    assert [each.reason for each in told] == ["card 0 declined", "card 3 declined"]


def _run(
    heard: list[Generator[None]], data: st.DataObject, *, at_once: bool, leave: int = 0
) -> None:
    """Until no more than so many are left: one after the other, or a step of any at a time."""
    while len(heard) > leave:
        turn = data.draw(st.integers(0, len(heard) - 1)) if at_once else 0
        if next(heard[turn], heard) is heard:
            heard.pop(turn)


def _stands_there(store: Store, before: Payment) -> None:
    last = store.there[-1] if store.there else None
    expected = (before.state, None) if last is None else (last.state, last.failure)
    assert (store.payment.state, store.payment.failure) == expected
