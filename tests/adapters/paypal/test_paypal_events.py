"""What PayPal tells of, in our words: from its list, page by page, or by webhook."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from automate_store.adapters.paypal import PayPalGateway
from automate_store.adapters.paypal import events as told
from automate_store.adapters.paypal.events import event_of
from automate_store.application.errors import GatewayUnavailable
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import (
    Ask,
    DisputeReport,
    DisputeState,
    GatewayEvent,
    GatewayReport,
    PaymentState,
    PaymentTerms,
    RefundNews,
    RefundReport,
    RefundState,
    SetupReport,
    SetupState,
)
from automate_store.entrypoints.properties.moments import NOON
from tests.adapters.paypal.books import SECOND
from tests.adapters.paypal.paying import MANUAL, agreed, captured, paid, payment_of
from tests.adapters.paypal.server import PayPalFake

DAY = timedelta(days=1)


async def all_of(gateway: PayPalGateway) -> list[GatewayEvent]:
    return [each async for each in gateway.events(NOON - DAY)]


def event(kind: str, resource: Any) -> GatewayEvent:
    body = {
        "id": "WH-1",
        "create_time": "2026-03-01T12:00:00Z",
        "event_type": kind,
        "resource": resource,
    }
    return event_of(json.dumps(body).encode())


async def test_every_page_of_every_day_is_read_once_the_oldest_first(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    for number in range(told.PAGE * 2 + 5):
        fake.books.now = NOON + timedelta(minutes=13 * number)
        fake.books._happened("A.NEW.KIND", "thing", {"number": number})
    events = await all_of(gateway)
    assert [each.id for each in events] == [each["id"] for each in fake.books.events]


async def test_what_happened_where_two_days_meet_is_told_once(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    fake.books.now = NOON - SECOND
    fake.books._happened("A.NEW.KIND", "thing", {})
    fake.books._happened("A.NEW.KIND", "thing", {})
    assert (await all_of(gateway))[0].at == NOON
    assert len(await all_of(gateway)) == 2


async def test_a_link_to_the_next_page_leads_to_paypal_alone(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    for _ in range(told.PAGE + 1):
        fake.books._happened("A.NEW.KIND", "thing", {})
    # The fake's links lead to another host; who followed them would find nothing there.
    assert len(await all_of(gateway)) == told.PAGE + 1


async def test_a_list_without_an_end_is_not_read_for_ever(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    fake.books._happened("A.NEW.KIND", "thing", {})
    fake.books.endless = True
    with pytest.raises(GatewayUnavailable):
        await all_of(gateway)
    assert fake.asked[told.PATH] == told.MOST_PAGES + 1


async def test_a_shopper_who_agreed_and_never_came_back_is_charged_all_the_same(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    waiting = await agreed(gateway, fake, payment_of())
    (agreement,) = await all_of(gateway)
    assert (agreement.payment_id, agreement.intent_id) == (waiting.id, waiting.intent_id)
    assert (agreement.ask, agreement.news) == (Ask.CONFIRM, None)


async def test_a_capture_at_once_is_all_of_its_payment(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    held = await paid(gateway, fake, payment_of())
    event = (await all_of(gateway))[-1]
    assert isinstance(event.news, GatewayReport)
    assert event.payment_id == held.id
    assert held.settle(event.news, at=NOON) is held


async def test_a_capture_of_parts_parks_nothing_and_asks_for_the_whole(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    held = await captured(gateway, await paid(gateway, fake, payment_of(terms=MANUAL)), 700)
    events = [each for each in await all_of(gateway) if each.kind.startswith("PAYMENT.")]
    assert {each.payment_id for each in events} == {held.id}
    assert {each.intent_id for each in events} == {held.intent_id}
    assert {(each.ask, each.news) for each in events} == {(Ask.FETCH, None)}


async def test_review_and_its_end_are_told(gateway: PayPalGateway, fake: PayPalFake) -> None:
    fake.books.review = True
    await paid(gateway, fake, payment_of())
    capture = next(part for part in fake.books.parts if part.startswith("CAPTURE"))
    fake.books.decide(capture, good=False)
    pending, denied = (await all_of(gateway))[-2:]
    assert isinstance(pending.news, GatewayReport)
    assert pending.news.state is PaymentState.PROCESSING
    assert isinstance(denied.news, GatewayReport)
    assert (denied.news.state, denied.news.failure) == (PaymentState.FAILED, "PENDING_REVIEW")
    assert denied.news.amount == Money(1999, "USD")


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        ("RESOLVED_BUYER_FAVOUR", DisputeState.LOST),
        ("RESOLVED_SELLER_FAVOUR", DisputeState.WON),
        ("RESOLVED_WITH_PAYOUT", DisputeState.WON),
        ("CANCELED_BY_BUYER", DisputeState.WON),
        ("ACCEPTED", DisputeState.LOST),
    ],
)
async def test_a_dispute_is_of_our_payment_from_its_opening_to_its_end(
    gateway: PayPalGateway, fake: PayPalFake, outcome: str, state: DisputeState
) -> None:
    held = await paid(gateway, fake, payment_of())
    dispute = fake.books.contest(next(part for part in fake.books.parts if "CAPTURE" in part))
    fake.books.resolve(dispute, outcome)
    opened, ended = (await all_of(gateway))[-2:]
    assert (opened.payment_id, ended.payment_id) == (held.id, held.id)
    assert opened.news == DisputeReport(
        dispute_id=dispute["dispute_id"],
        amount=Money(1999, "USD"),
        reason="merchandise_or_service_not_received",
        state=DisputeState.OPEN,
    )
    assert isinstance(ended.news, DisputeReport)
    assert ended.news.state is state


async def test_a_method_that_was_kept_is_told_with_its_customer(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    await paid(gateway, fake, payment_of(terms=PaymentTerms(customer="ann", keep_method=True)))
    (kept,) = [each for each in await all_of(gateway) if each.kind.startswith("VAULT.")]
    assert isinstance(kept.news, SetupReport)
    assert (kept.news.state, kept.news.customer) == (SetupState.SUCCEEDED, "ann")
    assert (kept.news.method,) == await gateway.methods("ann")


@pytest.mark.parametrize("status", ["COMPLETED", "REVERSED"])
def test_what_paypal_takes_back_is_no_refund_of_ours_whatever_it_is_marked_with(
    status: str,
) -> None:
    ours = "00000000-0000-0000-0000-000000000007"
    resource = {
        "id": "09E71677NS257044M",
        "status": status,
        "amount": {"currency_code": "USD", "value": "2.51"},
        "custom_id": ours,
        "invoice_id": ours,
    }
    told = event("PAYMENT.CAPTURE.REVERSED", resource)
    done = RefundReport(state=RefundState.SUCCEEDED, gateway_id="09E71677NS257044M")
    assert told.news == RefundNews(refund_id=None, amount=Money(251, "USD"), report=done)
    assert str(told.payment_id) == ours


def test_a_card_is_known_by_its_last_digits_alone() -> None:
    card = {"brand": "VISA", "last_digits": "1111", "expiry": "2027-02", "name": "Ann Smith"}
    told = event(
        "VAULT.PAYMENT-TOKEN.CREATED",
        {"id": "8kk8451t", "customer": {"id": "ann"}, "payment_source": {"card": card}},
    )
    assert isinstance(told.news, SetupReport)
    method = told.news.method
    assert method is not None
    assert (method.brand, method.last_four) == ("visa", "1111")
    assert (method.expires_month, method.expires_year) == (2, 2027)
    assert "Smith" not in repr(told)


@pytest.mark.parametrize(
    ("kind", "resource"),
    [
        ("A.NEW.KIND", {"id": "X"}),
        ("PAYMENT.CAPTURE.COMPLETED", {}),
        ("PAYMENT.CAPTURE.REFUNDED", {"id": "X", "status": "COMPLETED"}),
        ("CHECKOUT.ORDER.COMPLETED", {"id": "X", "status": "COMPLETED"}),
        ("CUSTOMER.DISPUTE.CREATED", {"dispute_id": 1}),
        ("CUSTOMER.DISPUTE.CREATED", None),
    ],
)
def test_what_has_another_shape_than_is_known_changes_nothing(kind: str, resource: Any) -> None:
    heard = event(kind, resource)
    assert (heard.id, heard.kind, heard.news, heard.ask) == ("WH-1", kind, None, None)
