"""What a gateway has in its books of refunds becomes true here, or is left for staff."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from attrs import evolve

from automate_store.application.payments import (
    Reconciled,
    RefundOrder,
    compare_lately,
    reconcile,
    reconcile_lately,
    refund_order,
)
from automate_store.application.payments.comparing import MADE_TWICE
from automate_store.application.refunding import send_refund
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import (
    OddReport,
    Payment,
    Refund,
    RefundNews,
    RefundReport,
    RefundState,
)
from tests.application.telling import STAFF, Desk, returned

DAY, HOURS = timedelta(days=1), timedelta(hours=2)
FIVE, NOTHING = Money(500, "USD"), Money(0, "USD")


async def agree(desk: Desk, *, since: timedelta = DAY) -> Reconciled:
    """Reconciled, two hours later."""
    now = desk.ports.clock
    ports = evolve(desk.ports, clock=lambda: now() + HOURS)
    return await reconcile(since=since, only="memory", progress=lambda *_: None, ports=ports)


async def test_a_refund_that_nothing_tells_of_is_found_in_the_books(desk: Desk) -> None:
    payment = await desk.paid()
    desk.gateway.give_back_there(payment, FIVE, name="re_there")

    first, second = await agree(desk), await agree(desk)

    given, order, (refund,) = await desk.now(payment)
    assert (refund.amount, refund.state, refund.made_there) == (FIVE, RefundState.SUCCEEDED, True)
    assert (given.refunded, order.worth) == (FIVE, Money(4000, "USD"))
    assert (first.compared, first.changed, first.agreed) == (1, 1, True)
    assert (second.compared, second.changed, second.agreed) == (1, 0, True)
    assert await desk.balanced()


async def test_its_event_is_heard_in_vain_afterwards(desk: Desk) -> None:
    payment = await desk.paid()
    news = desk.gateway.give_back_there(payment, FIVE, name="re_there")
    await agree(desk)
    await desk.tell(desk.happened(payment, news))
    assert len((await desk.now(payment))[2]) == 1


async def test_a_refund_that_was_never_made_has_failed_and_is_owed(desk: Desk) -> None:
    payment = await desk.paid()
    refund = await _given(desk, payment)
    desk.gateway.books.clear()

    first, second = await agree(desk), await agree(desk)

    back, order, (failed,) = await desk.now(payment)
    assert (failed.id, failed.state) == (refund.id, RefundState.FAILED)
    assert (back.refunded, order.owed) == (NOTHING, FIVE)
    assert (first.changed, [each.what for each in first.left]) == (1, ["refund failed"])
    assert (second.changed, second.left) == (0, first.left)
    assert await desk.balanced()


async def test_what_was_given_back_a_moment_ago_may_not_be_in_the_books_yet(desk: Desk) -> None:
    payment = await desk.paid()
    await _given(desk, payment)
    desk.gateway.books.clear()
    done = await reconcile(since=DAY, only=None, progress=lambda *_: None, ports=desk.ports)
    assert (done.changed, done.agreed) == (0, True)


async def test_what_it_told_of_its_own_desk_is_believed_though_no_book_lists_it(desk: Desk) -> None:
    payment = await desk.paid()
    news = desk.gateway.give_back_there(payment, FIVE, name="re_there")
    await desk.tell(desk.happened(payment, news))
    desk.gateway.books.clear()
    done = await agree(desk)
    given, _, (refund,) = await desk.now(payment)
    assert (refund.state, given.refunded) == (RefundState.SUCCEEDED, FIVE)
    assert (done.changed, done.agreed) == (0, True)


async def test_a_refund_that_was_made_twice_went_back_twice(desk: Desk) -> None:
    payment = await desk.paid()
    refund = await _given(desk, payment)
    desk.gateway.give_back_there(payment, FIVE, of=refund.id, name="re_again")

    first, second = await agree(desk), await agree(desk)

    given, _, refunds = await desk.now(payment)
    assert given.refunded == Money(1000, "USD")
    assert [each.made_there for each in refunds] == [False, True]
    assert [(each.what, each.ours) for each in first.left] == [("refund differs", MADE_TWICE)]
    assert (first.changed, second.changed, second.agreed) == (1, 0, True)
    assert await desk.balanced()


async def test_a_refund_that_failed_here_and_not_there_went_back(desk: Desk) -> None:
    payment = await desk.paid()
    desk.gateway.refuse("the card is closed")
    refund = await _given(desk, payment)
    assert refund.state is RefundState.FAILED
    desk.gateway.give_back_there(payment, FIVE, of=refund.id, name="re_late")

    first, second = await agree(desk), await agree(desk)

    given, order, _ = await desk.now(payment)
    assert (given.refunded, order.owed) == (FIVE, NOTHING)
    assert [each.ours for each in first.left] == [MADE_TWICE]
    assert (second.changed, second.agreed) == (0, True)
    assert await desk.balanced()


async def test_a_refund_of_another_amount_is_left_for_staff(desk: Desk) -> None:
    payment = await desk.paid()
    await _given(desk, payment)
    _rewrite(desk, payment, lambda news: evolve(news, amount=Money(400, "USD")))

    first, second = await agree(desk), await agree(desk)

    (odd,) = first.left
    assert (odd.what, odd.ours) == ("refund differs", "4.00 USD went back of a refund of 5.00 USD")
    assert (first.changed, second.changed, second.left) == (0, 0, first.left)


async def test_more_than_there_was_is_left_for_staff(desk: Desk) -> None:
    payment = await desk.paid()
    desk.gateway.give_back_there(payment, Money(4501, "USD"), name="re_there")
    first, second = await agree(desk), await agree(desk)
    assert [each.what for each in first.left] == ["refund differs"]
    assert (first.changed, second.left) == (0, first.left)


async def test_a_refund_that_its_bank_sent_back_has_failed(desk: Desk) -> None:
    payment = await desk.paid()
    refund = await _given(desk, payment)
    failed = RefundReport(
        state=RefundState.FAILED, gateway_id=refund.gateway_id, failure="account closed"
    )
    _rewrite(desk, payment, lambda news: evolve(news, report=failed))

    first, second = await agree(desk), await agree(desk)

    assert (await desk.now(payment))[1].owed == FIVE
    assert (first.changed, second.changed) == (1, 0)
    assert [each.what for each in first.left] == ["refund failed"]


async def test_what_failed_here_by_its_word_and_succeeded_by_its_books_is_told(desk: Desk) -> None:
    payment = await desk.paid()
    refund = await _given(desk, payment)
    assert refund.gateway_id is not None
    failed = returned(FIVE, RefundState.FAILED, name=refund.gateway_id, of=refund)
    await desk.tell(desk.happened(payment, failed))
    done = await agree(desk)
    assert {each.what for each in done.left} == {"refund differs", "refund failed"}
    assert done.changed == 0


@pytest.mark.parametrize("minor", [-1, 0])
async def test_an_odd_refund_is_told_and_the_rest_gone_on_with(desk: Desk, minor: int) -> None:
    odd, sound = await desk.paid(), await desk.paid()
    desk.gateway.give_back_there(odd, Money(minor, "USD"), name="re_odd")
    desk.gateway.give_back_there(sound, FIVE, name="re_there")

    done = await agree(desk)

    assert [each.what for each in done.left] == ["refund differs"]
    assert ((await desk.now(odd))[0].refunded, (await desk.now(sound))[0].refunded) == (
        NOTHING,
        FIVE,
    )


async def test_what_breaks_on_one_payment_is_told_and_the_rest_gone_on_with(desk: Desk) -> None:
    odd, sound = await desk.paid(), await desk.paid()
    for each in (odd, sound):
        desk.gateway.give_back_there(each, FIVE, name=f"re_{each.id}")
    whole = desk.gateway.refunds

    async def refunds(payment: Payment) -> tuple[RefundNews, ...]:
        if payment.id == odd.id:
            raise OddReport("its name is too long")
        return await whole(payment)

    desk.gateway.refunds = refunds  # type: ignore[method-assign] # one of its words is odd
    done = await agree(desk)

    assert [each.what for each in done.left] == ["refunds not read"]
    assert (await desk.now(sound))[0].refunded == FIVE


async def test_a_silent_gateway_is_told_of(desk: Desk) -> None:
    await desk.paid()
    desk.gateway.hide(hidden=True)
    assert [each.subject for each in (await agree(desk)).left] == ["refunds not read (1)"]


async def test_what_took_money_before_that_span_is_not_looked_at(desk: Desk) -> None:
    payment = await desk.paid()
    desk.gateway.give_back_there(payment, FIVE, name="re_there")
    assert (await agree(desk, since=timedelta(hours=1))).compared == 0
    assert (await agree(desk, since=timedelta(hours=3))).compared == 1


async def test_the_clock_looks_into_books_once_a_day(desk: Desk) -> None:
    payment = await desk.paid()
    desk.gateway.give_back_there(payment, FIVE, name="re_there")
    assert await reconcile_lately(ports=desk.ports) == 0
    assert await compare_lately(ports=desk.ports) == 1


async def _given(desk: Desk, payment: Payment) -> Refund:
    """A refund of 5.00 that the gateway was asked for."""
    command = RefundOrder(order_id=payment.order_id, amount=FIVE, reason="a stain")
    view = await refund_order(command, key=f"back-{payment.id}", actor=STAFF, ports=desk.ports)
    return await send_refund(view.refunds[0].id, ports=desk.ports)


def _rewrite(desk: Desk, payment: Payment, change: Callable[[RefundNews], RefundNews]) -> None:
    desk.gateway.books[payment.id] = [change(each) for each in desk.gateway.books[payment.id]]
