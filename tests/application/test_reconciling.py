"""Reconciling: afterwards the store and its gateway agree, and doing it again changes nothing."""

from __future__ import annotations

from datetime import timedelta

from attrs import evolve

from automate_store.application.errors import GatewayUnavailable, KeyRefused
from automate_store.application.payments import (
    Reconciled,
    RefundOrder,
    reconcile,
    refund_order,
)
from automate_store.application.payments.discrepancies import why
from automate_store.domain.kernel.ids import PaymentId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import OrderStatus
from automate_store.domain.payments import Payment, PaymentState, Refund, RefundState, ToldState
from tests.application.telling import STAFF, Desk, returned

DAY = timedelta(days=1)


async def agree(desk: Desk, *, later: timedelta = timedelta(minutes=2)) -> Reconciled:
    """Reconciled, that much later."""
    now, told = desk.ports.clock, list[tuple[str, str, int]]()
    ports = evolve(desk.ports, clock=lambda: now() + later)
    done = await reconcile(
        since=DAY, only="memory", progress=lambda *each: told.append(each), ports=ports
    )
    assert len(told) >= done.events
    return done


async def test_a_payment_whose_webhook_was_lost_pays_its_order(desk: Desk) -> None:
    payment = (await desk.intended()).payment
    desk.gateway.captured(payment)

    first, second = await agree(desk), await agree(desk)

    paid, order, _ = await desk.now(payment)
    assert (paid.state, order.status) == (PaymentState.CAPTURED, OrderStatus.PROCESSING)
    assert (first.payments, first.changed, first.agreed) == (1, 1, True)
    assert (second.payments, second.changed, second.agreed) == (0, 0, True)
    assert await desk.balanced()


async def test_an_intent_whose_answer_was_lost_is_asked_for_again(desk: Desk) -> None:
    payment = await without_answer(desk)

    done, again = await agree(desk), await agree(desk)

    assert (await desk.now(payment))[0].intent_id is not None
    assert (done.changed, again.changed) == (1, 0)


async def test_what_was_asked_a_moment_ago_is_left_to_who_asked(desk: Desk) -> None:
    payment = await without_answer(desk)
    done = await agree(desk, later=timedelta(seconds=30))
    assert done.payments == 0
    assert (await desk.now(payment))[0].intent_id is None


async def test_a_refund_whose_answer_was_lost_is_asked_again(desk: Desk) -> None:
    payment = await desk.paid()
    await a_refund_on_its_way(desk, payment)

    done, again = await agree(desk), await agree(desk)

    (refund,) = (await desk.now(payment))[2]
    assert (refund.state, done.refunds, done.changed) == (RefundState.SUCCEEDED, 1, 1)
    assert (again.refunds, again.changed) == (0, 0)
    assert desk.gateway.given == {refund.id: Money(500, "USD")}


async def test_a_gateway_that_knows_of_no_such_payment_says_nothing_of_its_refunds(
    desk: Desk,
) -> None:
    payment = await desk.paid()
    refund = await a_refund_on_its_way(desk, payment)
    desk.gateway.forget()

    done = await agree(desk)

    assert (await desk.now(payment))[2] == (refund,)
    assert {(each.what, each.subject) for each in done.left} >= {
        ("refund not given", str(refund.id))
    }
    assert not done.agreed
    assert (await desk.now(payment))[1].owed == Money(0, "USD")


async def test_what_was_made_there_is_never_asked_for(desk: Desk) -> None:
    payment = await desk.paid()
    pending = returned(Money(500, "USD"), RefundState.PENDING)
    await desk.tell(desk.happened(payment, pending))
    done = await agree(desk)
    assert (done.refunds, desk.gateway.given) == (0, {})


async def test_what_happened_there_is_heard_once(desk: Desk) -> None:
    payment = await desk.paid()
    desk.gateway.listed.append(desk.happened(payment, returned(Money(500, "USD"))))

    done, again = await agree(desk), await agree(desk)

    given, _, refunds = await desk.now(payment)
    assert (given.refunded, len(refunds)) == (Money(500, "USD"), 1)
    assert (done.events, done.changed, again.events, again.changed) == (1, 1, 1, 0)
    assert await desk.balanced()


async def test_what_nobody_here_knows_is_left_for_staff(desk: Desk) -> None:
    payment = await desk.paid()
    stranger = evolve(payment, id=PaymentId(desk.ports.ids.uuid()), intent_id=None)
    event = evolve(desk.captured(stranger), payment_id=None, intent_id="pi_of_nobody")
    desk.gateway.listed.append(event)

    done = await agree(desk)
    rows = await _told(desk)
    again = await agree(desk)

    (odd,) = done.left
    assert (odd.what, odd.subject) == ("event parked", "pi_of_nobody")
    assert (again.left, again.changed, await _told(desk)) == (done.left, 0, rows)


async def test_a_parked_payment_and_a_refused_refund_are_left_for_staff(desk: Desk) -> None:
    odd = (await desk.intended()).payment
    await desk.tell(desk.captured(odd, amount=Money(1, "USD")))
    payment = await desk.paid()
    await desk.tell(desk.happened(payment, returned(Money(500, "USD"), RefundState.FAILED)))

    done = await agree(desk)

    assert {each.what for each in done.left} == {
        "payment parked",
        "event parked",
        "refund failed",
    }
    assert not done.agreed


async def test_a_refund_that_failed_is_paid_by_another(desk: Desk) -> None:
    payment = await desk.paid()
    await desk.tell(desk.happened(payment, returned(Money(500, "USD"), RefundState.FAILED)))
    command = RefundOrder(order_id=payment.order_id, amount=Money(500, "USD"), reason="once more")
    view = await refund_order(command, key="back", actor=STAFF, ports=desk.ports)

    done = await agree(desk)

    assert (view.order.owed, view.order.worth) == (Money(0, "USD"), Money(4000, "USD"))
    assert done.agreed
    assert await desk.balanced()


async def test_a_silent_gateway_is_told_of(desk: Desk) -> None:
    for _ in range(2):
        await desk.intended()
    await a_refund_on_its_way(desk, await desk.paid())
    desk.gateway.hide(hidden=True)
    done = await agree(desk)
    (row,) = done.left
    assert row.subject == "payment not settled (2), refund not given (1), refunds not read (1)"
    assert (row.what, row.theirs) == ("not asked about", "it does not answer")


def test_a_gateway_that_refuses_the_key_is_not_called_silent() -> None:
    locked, away = GatewayUnavailable("memory"), GatewayUnavailable("memory")
    locked.__cause__ = KeyRefused()
    assert [why(each) for each in (locked, away)] == [
        "it refuses the store's key",
        "it does not answer",
    ]


async def test_whoever_reads_it_knows_the_order_by_its_number(desk: Desk) -> None:
    parked, lost = (await desk.intended()).payment, (await desk.intended()).payment
    await desk.tell(desk.captured(parked, amount=Money(1, "USD")))
    desk.gateway.captured(lost)
    done = await agree(desk)
    numbers = {(await desk.now(each))[1].number for each in (parked, lost)}
    rows = [*done.mended, *(each for each in done.left if each.what == "payment parked")]
    assert {each.order for each in rows} == numbers


async def test_what_could_not_be_heard_is_heard_now(desk: Desk) -> None:
    payment = (await desk.intended()).payment
    told_id = await desk.deliver(desk.captured(payment))
    assert told_id is not None

    await agree(desk)

    assert (await desk.told(told_id)).state is ToldState.PROCESSED


async def a_refund_on_its_way(desk: Desk, payment: Payment) -> Refund:
    """Five dollars of the payment, for which nobody has asked the gateway yet."""
    command = RefundOrder(order_id=payment.order_id, amount=Money(500, "USD"), reason="a stain")
    view = await refund_order(command, key="back", actor=STAFF, ports=desk.ports)
    (refund,) = view.refunds
    return refund


async def without_answer(desk: Desk) -> Payment:
    """A payment whose intent's answer never came."""
    payment = (await desk.intended()).payment
    async with desk.ports.unit_of_work() as work:
        now = await work.payments.get(payment.id)
        await work.payments.save(evolve(now, intent_id=None))
    return payment


async def _told(desk: Desk) -> object:
    async with desk.ports.reading() as reads:
        return await reads.told.page(state=None, gateway=None, before=None, limit=9)
