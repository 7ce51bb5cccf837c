"""Refunds of payments that PayPal captured in parts: spread, found again, never twice."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automate_store.adapters.paypal import PayPalGateway
from automate_store.application.errors import GatewayUnavailable
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import Payment, RefundNews, RefundState
from tests.adapters.paypal.books import SECOND
from tests.adapters.paypal.paying import MANUAL, captured, paid, payment_of, refund_of
from tests.adapters.paypal.scene import gateway_to
from tests.adapters.paypal.server import PayPalFake


async def in_parts(gateway: PayPalGateway, fake: PayPalFake, *parts: int) -> Payment:
    held = await paid(gateway, fake, payment_of(terms=MANUAL))
    return await captured(gateway, held, *parts)


def went_back(fake: PayPalFake) -> list[tuple[str, str]]:
    """Each refund at PayPal: of which capture, and how much."""
    refunds = [each for each in fake.books.parts.values() if each["id"].startswith("REFUND")]
    return [(each["links"][1]["href"].rsplit("/")[-1], each["amount"]["value"]) for each in refunds]


def captures(fake: PayPalFake) -> list[str]:
    return [part for part in fake.books.parts if part.startswith("CAPTURE")]


async def test_the_oldest_captures_give_back_first(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    held = await in_parts(gateway, fake, 700, 300, 500)
    report = await gateway.refund(held, refund_of(held, 1100))
    one, two, three = captures(fake)
    assert went_back(fake) == [(one, "7.00"), (two, "3.00"), (three, "1.00")]
    assert report.state is RefundState.SUCCEEDED


async def test_each_part_has_a_request_id_of_its_own(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    held = await in_parts(gateway, fake, 700, 300)
    refund = refund_of(held, 1000)
    await gateway.refund(held, refund)
    keys = [key for _, path, key in fake.said if path.endswith("/refund")]
    assert keys == [str(refund.id), f"{refund.id}:{captures(fake)[1]}"]


async def test_a_part_whose_answer_was_lost_goes_back_once(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    held = await in_parts(gateway, fake, 700, 300)
    refund = refund_of(held, 1000)
    fake.lose = [f"{captures(fake)[1]}/refund"]
    with pytest.raises(GatewayUnavailable):
        await gateway.refund(held, refund)
    fake.forget_keys()
    assert (await gateway.refund(held, refund)).state is RefundState.SUCCEEDED
    assert [value for _, value in went_back(fake)] == ["7.00", "3.00"]


async def test_a_part_that_is_done_is_not_done_again_where_another_came_between(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    held = await in_parts(gateway, fake, 700, 300, 500)
    first, second = refund_of(held, 900), refund_of(held, 100, number=8)
    fake.lose = [f"{captures(fake)[0]}/refund"]
    with pytest.raises(GatewayUnavailable):
        await gateway.refund(held, first)
    await gateway.refund(held, second)
    assert (await gateway.refund(held, first)).state is RefundState.SUCCEEDED
    assert sum(Decimal(value) for _, value in went_back(fake)) == Decimal("10.00")


async def test_more_than_is_left_gives_nothing_back(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    held = await in_parts(gateway, fake, 700, 300)
    report = await gateway.refund(held, refund_of(held, 1001))
    assert (report.state, went_back(fake)) == (RefundState.FAILED, [])


async def test_what_is_held_for_review_can_not_go_back_yet(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    held = await in_parts(gateway, fake, 700)
    fake.books.review = True
    await captured(gateway, held, 300)
    fake.books.review = False
    report = await gateway.refund(held, refund_of(held, 800))
    assert (report.state, went_back(fake)) == (RefundState.FAILED, [])


async def test_what_paypal_refuses_has_failed_in_its_words(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    held = await paid(gateway, fake, payment_of())
    fake.refuse = {"/refund": "REFUND_TIME_LIMIT_EXCEEDED"}
    report = await gateway.refund(held, refund_of(held, 500))
    assert report.state is RefundState.FAILED
    assert (report.failure or "").startswith("REFUND_TIME_LIMIT_EXCEEDED")


async def test_a_refund_of_which_a_part_went_stays_open(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    held = await in_parts(gateway, fake, 700, 300)
    refund = refund_of(held, 1000)
    fake.refuse = {f"{captures(fake)[1]}/refund": "REFUND_NOT_ALLOWED"}
    assert (await gateway.refund(held, refund)).state is RefundState.PENDING
    fake.refuse = {}
    # Under its key it stays refused, for as long as PayPal remembers that.
    assert (await gateway.refund(held, refund)).state is RefundState.PENDING
    fake.forget_keys()
    assert (await gateway.refund(held, refund)).state is RefundState.SUCCEEDED
    assert [value for _, value in went_back(fake)] == ["7.00", "3.00"]


async def test_a_refund_that_takes_its_time_is_asked_about_and_not_repeated(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    held = await paid(gateway, fake, payment_of())
    refund = refund_of(held, 500)
    fake.books.review = True
    assert (await gateway.refund(held, refund)).state is RefundState.PENDING
    refund_id = next(each for each in fake.books.parts if each.startswith("REFUND"))
    fake.books.parts[refund_id]["status"] = "COMPLETED"
    fake.forget_keys()
    assert (await gateway.refund(held, refund)).state is RefundState.SUCCEEDED
    assert len(went_back(fake)) == 1


async def test_a_refund_that_failed_later_says_so_and_is_not_tried_again(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    held = await paid(gateway, fake, payment_of())
    fake.books.review = True
    await gateway.refund(held, refund_of(held, 500))
    refund_id = next(each for each in fake.books.parts if each.startswith("REFUND"))
    fake.books.parts[refund_id]["status"] = "FAILED"
    report = await gateway.refund(held, refund_of(held, 500))
    assert (report.state, report.failure) == (RefundState.FAILED, "FAILED")
    assert len(went_back(fake)) == 1


async def test_a_part_says_nothing_of_its_whole_refund(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    held = await in_parts(gateway, fake, 700, 300)
    since = fake.books.now
    await gateway.refund(held, refund_of(held, 800))
    events = [each async for each in gateway.events(since)]
    told = [each for each in events if each.kind == "PAYMENT.CAPTURE.REFUNDED"]
    assert [(each.payment_id, each.news) for each in told] == [(held.id, None), (held.id, None)]


async def test_a_refund_by_the_merchants_own_hand_is_told_of_as_none_of_ours(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    held = await paid(gateway, fake, payment_of())
    since = fake.books.now + SECOND
    fake.books.refund(captures(fake)[0], {"amount": {"currency_code": "USD", "value": "5.00"}})
    (event,) = [each async for each in gateway.events(since)]
    assert event.payment_id == held.id
    assert isinstance(event.news, RefundNews)
    assert (event.news.refund_id, event.news.amount) == (None, Money(500, "USD"))
    # It counts in what is left, too.
    assert (await gateway.refund(held, refund_of(held, 1500))).state is RefundState.FAILED


@given(
    parts=st.lists(st.integers(1, 600), min_size=1, max_size=3),
    refunds=st.lists(st.integers(1, 900), min_size=1, max_size=4),
    lost=st.sets(st.integers(0, 5)),
)
async def test_whatever_gets_lost_each_refund_goes_back_once_and_none_above_what_was_taken(
    running_fake: PayPalFake, parts: list[int], refunds: list[int], lost: set[int]
) -> None:
    running_fake.forget_all()
    async with gateway_to(running_fake) as gateway:
        held = await in_parts(gateway, running_fake, *parts)
        left, wanted = sum(parts), 0
        for number, minor in enumerate(refunds):
            refund = refund_of(held, minor, number=100 + number)
            running_fake.lose = ["/refund"] * (number in lost)
            try:
                report = await gateway.refund(held, refund)
            except GatewayUnavailable:
                running_fake.forget_keys()
                report = await gateway.refund(held, refund)
            assert (report.state is RefundState.SUCCEEDED) == (minor <= left)
            if minor <= left:
                left, wanted = left - minor, wanted + minor
        gone = sum(Decimal(value) for _, value in went_back(running_fake))
        assert gone == Money(wanted, "USD").decimal()


async def test_the_parts_of_one_refund_are_one_in_its_books(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    held = await in_parts(gateway, fake, 700, 300)
    first, second = refund_of(held, 900), refund_of(held, 50, number=8)
    reports = [await gateway.refund(held, each) for each in (first, second)]
    books = {each.refund_id: each for each in await gateway.refunds(held)}
    assert [(books[each.id].amount, books[each.id].report) for each in (first, second)] == [
        (first.amount, reports[0]),
        (second.amount, reports[1]),
    ]


async def test_a_refund_that_went_back_in_part_stands_for_that_part(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    held = await in_parts(gateway, fake, 700, 300)
    refund = refund_of(held, 1000)
    fake.refuse = {f"{captures(fake)[1]}/refund": "REFUND_TIME_LIMIT_EXCEEDED"}
    assert (await gateway.refund(held, refund)).state is RefundState.PENDING
    (news,) = await gateway.refunds(held)
    assert (news.refund_id, news.amount) == (refund.id, Money(700, "USD"))
