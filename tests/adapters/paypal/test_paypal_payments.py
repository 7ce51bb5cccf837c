"""How PayPal's orders become payments: the shopper's word, declines, review, lost answers."""

from __future__ import annotations

import pytest

from automate_store.adapters.paypal import PayPalGateway
from automate_store.application.errors import GatewayRefused, GatewayUnavailable
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import PaymentState, PaymentTerms
from tests.adapters.paypal.books import SECOND
from tests.adapters.paypal.paying import (
    MANUAL,
    after,
    agreed,
    begun,
    captured,
    forgotten,
    paid,
    payment_of,
)
from tests.adapters.paypal.server import PayPalFake

ORDERS = "/v2/checkout/orders"


async def test_the_shopper_is_told_where_to_agree(gateway: PayPalGateway, fake: PayPalFake) -> None:
    report = await gateway.create_intent(payment_of())
    assert report.state is PaymentState.REQUIRES_ACTION
    page = f"{fake.base}/checkoutnow?token={report.intent_id}"
    assert report.client == {"order_id": report.intent_id, "approve_url": page}


async def test_an_order_carries_our_payments_id_and_comes_back_to_the_shop(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    payment = await begun(gateway, payment_of())
    order = fake.books.orders[str(payment.intent_id)]
    assert order["purchase_units"][0]["custom_id"] == str(payment.id)
    context = order["payment_source"]["paypal"]["experience_context"]
    assert context["return_url"] == "https://shop.example.com/paid"
    assert context["cancel_url"] == "https://shop.example.com/cart"


async def test_who_has_not_agreed_has_to_act(gateway: PayPalGateway, fake: PayPalFake) -> None:
    waiting = await begun(gateway, payment_of())
    report = await gateway.confirm(waiting)
    assert (report.state, report.client["order_id"]) == (
        PaymentState.REQUIRES_ACTION,
        waiting.intent_id,
    )
    fake.books.agree(str(waiting.intent_id))
    assert (await gateway.confirm(waiting)).state is PaymentState.CAPTURED


async def test_who_can_not_pay_this_way_may_try_another(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    waiting = await agreed(gateway, fake, payment_of())
    fake.books.declines = "INSTRUMENT_DECLINED"
    declined = after(waiting, await gateway.confirm(waiting))
    assert declined.state is PaymentState.FAILED
    assert declined.failure is not None
    assert declined.failure.startswith("INSTRUMENT_DECLINED")
    assert "approve_url" in declined.client
    # The same card again, and then another one: PayPal shows no difference between the two.
    came_to = []
    for issue in ("INSTRUMENT_DECLINED", None):
        fake.books.declines = issue
        fake.books.agree(str(waiting.intent_id))
        came_to.append((await gateway.confirm(declined)).state)
    assert came_to == [PaymentState.FAILED, PaymentState.CAPTURED]


async def test_a_void_that_was_refused_may_be_asked_for_again(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    held = await paid(gateway, fake, payment_of(terms=MANUAL))
    fake.refuse = {"/void": "AUTHORIZATION_CANNOT_BE_VOIDED"}
    with pytest.raises(GatewayRefused):
        await gateway.cancel(held)
    fake.refuse = {}
    fake.books.now += SECOND
    assert (await gateway.cancel(held)).state is PaymentState.CANCELLED


async def test_a_void_whose_answer_was_lost_is_known(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    held = await paid(gateway, fake, payment_of(terms=MANUAL))
    fake.lose = ["/void"]
    with pytest.raises(GatewayUnavailable):
        await gateway.cancel(held)
    fake.books.now += SECOND
    assert (await gateway.cancel(held)).state is PaymentState.CANCELLED


async def test_a_bank_that_wants_to_know_more_sends_the_shopper_on(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    waiting = await agreed(gateway, fake, payment_of())
    fake.books.declines = "PAYER_ACTION_REQUIRED"
    report = await gateway.confirm(waiting)
    assert report.state is PaymentState.REQUIRES_ACTION
    assert "approve_url" in report.client


async def test_what_paypal_refuses_for_good_is_refused(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    waiting = await agreed(gateway, fake, payment_of())
    fake.books.declines = "PAYEE_ACCOUNT_RESTRICTED"
    with pytest.raises(GatewayRefused, match="PAYEE_ACCOUNT_RESTRICTED"):
        await gateway.confirm(waiting)
    assert (await gateway.fetch(waiting)).taken == Money(0, "USD")


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503])
async def test_an_answer_that_says_nothing_is_asked_for_again(
    gateway: PayPalGateway, fake: PayPalFake, status: int
) -> None:
    waiting = await agreed(gateway, fake, payment_of())
    fake.fail = [status]
    with pytest.raises(GatewayUnavailable):
        await gateway.confirm(waiting)
    assert (await gateway.confirm(waiting)).state is PaymentState.CAPTURED


async def test_a_capture_whose_answer_was_lost_is_taken_once(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    waiting = await agreed(gateway, fake, payment_of())
    fake.lose = ["/capture"]
    with pytest.raises(GatewayUnavailable):
        await gateway.confirm(waiting)
    fake.forget_keys()
    report = await gateway.confirm(waiting)
    assert (report.state, report.taken) == (PaymentState.CAPTURED, waiting.amount)
    assert len([part for part in fake.books.parts if part.startswith("CAPTURE")]) == 1


async def test_an_authorisation_whose_answer_was_lost_is_found_again(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    waiting = await agreed(gateway, fake, payment_of(terms=MANUAL))
    fake.lose = ["/authorize"]
    with pytest.raises(GatewayUnavailable):
        await gateway.confirm(waiting)
    fake.forget_keys()
    report = await gateway.confirm(waiting)
    assert (report.state, report.authorised) == (PaymentState.AUTHORISED, waiting.amount)


async def test_an_order_whose_answer_was_lost_is_confirmed_all_the_same(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    waiting = await agreed(gateway, fake, payment_of())
    report = await gateway.confirm(forgotten(waiting))
    assert (report.intent_id, report.state) == (waiting.intent_id, PaymentState.CAPTURED)


async def test_money_that_is_held_for_review_is_on_its_way(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    fake.books.review = True
    held = await paid(gateway, fake, payment_of())
    assert (held.state, held.captured) == (PaymentState.PROCESSING, Money(0, "USD"))
    with pytest.raises(GatewayRefused):
        await gateway.cancel(held)
    fake.books.decide(_capture_of(fake), good=True)
    assert (await gateway.fetch(held)).state is PaymentState.CAPTURED


async def test_money_that_does_not_pass_the_review_never_arrives(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    fake.books.review = True
    held = await paid(gateway, fake, payment_of())
    fake.books.decide(_capture_of(fake), good=False)
    failed = after(held, await gateway.fetch(held))
    assert (failed.state, failed.failure) == (PaymentState.FAILED, "PENDING_REVIEW")
    assert failed.captured == Money(0, "USD")


async def test_a_part_that_is_held_for_review_is_not_counted_yet(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    held = await captured(gateway, await paid(gateway, fake, payment_of(terms=MANUAL)), 700)
    fake.books.review = True
    report = await gateway.capture(held, Money(300, "USD"), final=True)
    assert (report.state, report.taken) == (PaymentState.AUTHORISED, Money(700, "USD"))
    fake.books.decide(list(fake.books.parts)[-1], good=True)
    report = await gateway.fetch(held)
    assert (report.state, report.taken) == (PaymentState.CAPTURED, Money(1000, "USD"))


async def test_paypal_would_take_more_than_was_authorised_and_is_not_asked_to(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    held = await paid(gateway, fake, payment_of(terms=MANUAL))
    with pytest.raises(GatewayRefused, match=r"only 19\.99 USD"):
        await gateway.capture(held, Money(2000, "USD"), final=True)
    assert not [path for _, path, _ in fake.said if path.endswith("/capture")]


async def test_each_capture_of_parts_has_a_key_of_what_is_captured_after_what(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    held = await paid(gateway, fake, payment_of(terms=MANUAL))
    await captured(gateway, held, 700, 1299)
    keys = [key for _, path, key in fake.said if path.endswith("/capture")]
    assert keys == [f"{held.id}:capture:0:700", f"{held.id}:capture:700:1299"]


@pytest.mark.parametrize("status", ["VOIDED", "EXPIRED"])
async def test_what_ended_in_paypals_own_pages_keeps_what_was_captured(
    gateway: PayPalGateway, fake: PayPalFake, status: str
) -> None:
    held = await captured(gateway, await paid(gateway, fake, payment_of(terms=MANUAL)), 700)
    fake.books.parts[next(part for part in fake.books.parts if "AUTH" in part)]["status"] = status
    report = await gateway.fetch(held)
    assert (report.state, report.taken) == (PaymentState.CAPTURED, Money(700, "USD"))


async def test_an_order_that_ran_out_is_over(gateway: PayPalGateway, fake: PayPalFake) -> None:
    waiting = await begun(gateway, payment_of())
    fake.books.orders.clear()
    assert (await gateway.fetch(waiting)).state is PaymentState.CANCELLED
    assert (await gateway.confirm(waiting)).state is PaymentState.CANCELLED


async def test_money_that_paypal_does_not_know_of_any_more_is_not_written_off(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    held = await paid(gateway, fake, payment_of(terms=MANUAL))
    fake.books.orders.clear()
    with pytest.raises(GatewayRefused):
        await gateway.fetch(held)


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (Money(1999, "USD"), "19.99"),
        (Money(5, "EUR"), "0.05"),
        (Money(1999, "JPY"), "1999"),
        (Money(199900, "HUF"), "1999"),
        (Money(50000, "TWD"), "500"),
    ],
)
async def test_amounts_are_written_as_paypal_wants_them_and_read_back(
    gateway: PayPalGateway, fake: PayPalFake, amount: Money, written: str
) -> None:
    assert gateway.supports(amount)
    report = await gateway.create_intent(payment_of(amount))
    order = fake.books.orders[report.intent_id]
    assert order["purchase_units"][0]["amount"]["value"] == written
    assert report.amount == amount


@pytest.mark.parametrize("amount", [Money(199950, "HUF"), Money(1, "TWD"), Money(1000, "KWD")])
async def test_what_paypal_can_not_move_is_never_asked_for(
    gateway: PayPalGateway, fake: PayPalFake, amount: Money
) -> None:
    with pytest.raises(GatewayRefused, match=amount.currency):
        await gateway.create_intent(payment_of(amount))
    assert not gateway.supports(amount)
    assert not fake.said


def test_nothing_is_no_amount_to_pay(gateway: PayPalGateway) -> None:
    assert hasattr(gateway, "supports")
    assert not gateway.supports(Money(0, "USD"))


async def test_a_saved_method_is_charged_by_confirming_alone(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    keeping = PaymentTerms(customer="ann", keep_method=True)
    await paid(gateway, fake, payment_of(terms=keeping))
    (method,) = await gateway.methods("ann")
    terms = PaymentTerms(customer="ann", method=method.method_id)
    waiting = await begun(gateway, payment_of(terms=terms, number=2))
    assert (waiting.state, waiting.captured) == (PaymentState.PENDING, Money(0, "USD"))
    assert "payment_source" not in fake.books.orders[str(waiting.intent_id)]
    assert (await gateway.confirm(waiting)).state is PaymentState.CAPTURED


async def test_what_is_not_to_be_kept_is_not(gateway: PayPalGateway, fake: PayPalFake) -> None:
    await paid(gateway, fake, payment_of(terms=PaymentTerms(customer="ann")))
    assert await gateway.methods("ann") == ()
    assert not fake.books.tokens


def _capture_of(fake: PayPalFake) -> str:
    return next(part for part in fake.books.parts if part.startswith("CAPTURE"))
