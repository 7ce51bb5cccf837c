"""What a gateway can't have meant is no report: nothing that could not be kept gets that far."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest

from automate_store.application.errors import GatewayRefused
from automate_store.domain.kernel.errors import StoreError
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import (
    DisputeReport,
    DisputeState,
    GatewayEvent,
    GatewayReport,
    MethodReport,
    PaymentState,
    RefundNews,
    RefundReport,
    RefundState,
    SetupReport,
    SetupState,
)

FIVE = Money(5, "USD")
EAST, WEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-14))
LONG = "x" * 256


def event(at: datetime = datetime(2026, 3, 1, tzinfo=UTC), name: str = "ev") -> GatewayEvent:
    return GatewayEvent(id=name, kind=name, at=at, intent_id=name)


def payment(amount: Money = FIVE, name: str = "in", secret: str = "s") -> GatewayReport:
    return GatewayReport(
        intent_id=name, state=PaymentState.PENDING, amount=amount, client={"secret": secret}
    )


def refund(name: str) -> RefundReport:
    return RefundReport(state=RefundState.PENDING, gateway_id=name)


def returned(amount: Money) -> RefundNews:
    return RefundNews(refund_id=None, amount=amount, report=refund("re"))


def dispute(amount: Money = FIVE, name: str = "dp") -> DisputeReport:
    return DisputeReport(dispute_id=name, amount=amount, reason="r", state=DisputeState.OPEN)


def setup(name: str, customer: str = "") -> SetupReport:
    return SetupReport(setup_id=name, state=SetupState.FAILED, customer=customer)


@pytest.mark.parametrize(
    "at",
    [
        datetime(1, 1, 1, tzinfo=EAST),
        datetime(9999, 12, 31, 23, tzinfo=WEST),
        datetime(2000, 1, 1, 13, tzinfo=EAST),
        datetime(2100, 1, 1, tzinfo=UTC),
        datetime(2026, 3, 1),  # noqa: DTZ001 - a time of no zone is what is odd
    ],
)
def test_an_event_is_of_our_age_and_of_some_zone(at: datetime) -> None:
    with pytest.raises(StoreError):
        event(at)


def test_the_age_is_counted_in_utc() -> None:
    assert event(datetime(2000, 1, 1, 14, tzinfo=EAST)).at == datetime(2000, 1, 1, tzinfo=UTC)


NAMED: list[Callable[[str], object]] = [
    lambda name: event(name=name),
    lambda name: payment(name=name),
    refund,
    lambda name: dispute(name=name),
    setup,
    lambda name: MethodReport(method_id=name, brand="visa"),
]


@pytest.mark.parametrize("name", ["", "a\0b", "half \ud800", LONG], ids=range(4))
def test_a_name_has_letters_that_can_be_kept(name: str) -> None:
    for make in NAMED:
        make("x" * 255)
        with pytest.raises(StoreError):
            make(name)


@pytest.mark.parametrize("make", [payment, returned, dispute])
def test_money_is_of_a_currency_and_within_any_bound(make: Callable[[Money], object]) -> None:
    make(Money(10**15 - 1, "USD"))
    for amount in (Money(5, "zzz"), Money(5, "usd"), Money(5, "XXX"), Money(10**15, "USD")):
        with pytest.raises(StoreError):
            make(amount)


def test_what_a_browser_or_a_card_can_not_say() -> None:
    odd: list[Callable[[], object]] = [
        lambda: payment(secret="\0"),
        lambda: setup("se", customer="\0"),
        lambda: MethodReport(method_id="pm", brand="x" * 51),
        lambda: MethodReport(method_id="pm", brand="visa", last_four="42424"),
        lambda: MethodReport(method_id="pm", brand="visa", expires_month=13),
        lambda: MethodReport(method_id="pm", brand="visa", expires_year=10**9),
    ]
    for make in odd:
        with pytest.raises(StoreError):
            make()


def test_a_reason_is_kept_as_far_as_it_can_be() -> None:
    report = RefundReport(state=RefundState.FAILED, failure="a\0b\ud800" + "x" * 2000)
    assert report.failure == "ab" + "x" * 998
    assert GatewayRefused("fake", "a\0b").reason == "ab"
