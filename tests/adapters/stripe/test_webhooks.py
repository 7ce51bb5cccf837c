"""What Stripe's webhooks come to in our words."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
import structlog
from attrs import frozen

from automate_store.adapters.stripe import StripeGateway, StripeKeys, StripeLine
from automate_store.adapters.stripe.events import LISTED
from automate_store.application.errors import WebhookRefused
from automate_store.domain.kernel.ids import PaymentId, RefundId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import (
    DisputeReport,
    DisputeState,
    GatewayEvent,
    GatewayReport,
    MethodReport,
    Payment,
    PaymentState,
    RefundNews,
    RefundReport,
    RefundState,
    SetupReport,
    SetupState,
)
from automate_store.entrypoints.properties.contracts import Teller, Told, ToldGatewayContract
from automate_store.entrypoints.properties.moments import NOON
from tests.adapters.asking import AsksNobody
from tests.adapters.stripe import shapes

NOW, BEFORE = "whsec_now", "whsec_before"
KEYS = StripeKeys(secret="sk_test_of_nobody", publishable="pk_test_x", webhooks=(NOW, BEFORE))
NOWHERE = "http://127.0.0.1:9"
OURS = UUID("0193a4b2-0000-7000-8000-0000000000aa")
MARK = {"payment_id": str(OURS), "order_id": str(UUID(int=1))}


@pytest.fixture(scope="module")
def gateway() -> StripeGateway:
    """A gateway that must ask nobody to read what it is told."""
    line = StripeLine(KEYS, AsksNobody(), url=NOWHERE)
    return StripeGateway(line, clock=lambda: NOON, parts=False)


def signed(body: bytes, at: datetime, secret: str = NOW) -> Told:
    second = int(at.timestamp())
    payload = b"%d.%s" % (second, body)
    signature = hmac.new(secret.encode(), payload, hashlib.sha256).hexdigest()
    return Told({"stripe-signature": f"t={second},v1={signature}"}, body)


async def heard(gateway: StripeGateway, kind: str, happened: object, **said: Any) -> GatewayEvent:
    told = signed(shapes.body(shapes.event(kind, happened, **said)), NOON)
    return await gateway.read_webhook(told.headers, told.body, at=NOON)


@frozen
class StripeTeller:
    gateway: StripeGateway
    counted: list[int]

    async def tell(self, payment: Payment, *, happened: datetime, signed: datetime) -> Told:
        return self._told(payment, happened, signed, NOW)

    async def forge(self, payment: Payment, *, signed: datetime) -> Told:
        return self._told(payment, signed, signed, "whsec_strangers")

    def _told(self, payment: Payment, happened: datetime, at: datetime, secret: str) -> Told:
        self.counted.append(1)
        intent = shapes.intent("succeeded", metadata={"payment_id": str(payment.id)})
        told = shapes.event(
            "payment_intent.succeeded",
            intent,
            id=f"evt_{len(self.counted)}",
            created=int(happened.timestamp()),
        )
        return signed(shapes.body(told), at, secret)


class TestStripeTells(ToldGatewayContract):
    @pytest.fixture
    def teller(self, gateway: StripeGateway) -> Teller:
        return StripeTeller(gateway, [])


async def test_either_secret_counts_while_one_is_rolled(gateway: StripeGateway) -> None:
    body = shapes.body(shapes.event("payment_intent.succeeded", shapes.intent("succeeded")))
    for secret in (NOW, BEFORE):
        told = signed(body, NOON, secret)
        assert (await gateway.read_webhook(told.headers, told.body, at=NOON)).news is not None


@pytest.mark.parametrize(
    ("status", "said", "state", "sums"),
    [
        ("succeeded", {}, PaymentState.CAPTURED, (1999, 1999)),
        ("succeeded", {"amount_received": 700}, PaymentState.CAPTURED, (1999, 700)),
        ("processing", {}, PaymentState.PROCESSING, (0, 0)),
        ("requires_action", {}, PaymentState.REQUIRES_ACTION, (0, 0)),
        ("canceled", {}, PaymentState.CANCELLED, (0, 0)),
        ("requires_payment_method", {}, PaymentState.PENDING, (0, 0)),
        ("requires_confirmation", {}, PaymentState.PENDING, (0, 0)),
        ("requires_capture", {"amount_capturable": 1999}, PaymentState.AUTHORISED, (1999, 0)),
        (
            "requires_capture",
            {"amount_capturable": 1299, "amount_received": 700},
            PaymentState.AUTHORISED,
            (1999, 700),
        ),
        ("requires_capture", {"amount_received": 1999}, PaymentState.CAPTURED, (1999, 1999)),
    ],
)
async def test_intents_are_told_of_whole(
    gateway: StripeGateway,
    status: str,
    said: dict[str, Any],
    state: PaymentState,
    sums: tuple[int, int],
) -> None:
    intent = shapes.intent(status, metadata=MARK, **said)
    event = await heard(gateway, "payment_intent.updated", intent)
    promised, taken = sums
    assert event == GatewayEvent(
        id="evt_1NG8Du2eZvKYlo2CUI79vXWy",
        kind="payment_intent.updated",
        at=NOON,
        payment_id=PaymentId(OURS),
        intent_id=shapes.INTENT_ID,
        news=GatewayReport(
            intent_id=shapes.INTENT_ID,
            state=state,
            amount=Money(1999, "USD"),
            authorised=Money(promised, "USD"),
            captured=Money(taken, "USD"),
        ),
    )


async def test_a_decline_is_told_in_words_for_the_shopper(gateway: StripeGateway) -> None:
    failed = shapes.intent("requires_payment_method", last_payment_error=shapes.declined())
    news = (await heard(gateway, "payment_intent.payment_failed", failed)).news
    assert isinstance(news, GatewayReport)
    assert (news.state, news.failure) == (
        PaymentState.FAILED,
        "Your card has insufficient funds.",
    )


async def test_what_opens_the_payment_is_not_kept_with_its_event(gateway: StripeGateway) -> None:
    event = await heard(gateway, "payment_intent.requires_action", shapes.intent("requires_action"))
    assert "secret" not in repr(event)


@pytest.mark.parametrize(
    ("status", "state", "failure"),
    [
        ("pending", RefundState.PENDING, None),
        ("requires_action", RefundState.PENDING, None),
        ("succeeded", RefundState.SUCCEEDED, None),
        ("failed", RefundState.FAILED, "lost or stolen card"),
        ("canceled", RefundState.FAILED, "canceled"),
    ],
)
@pytest.mark.parametrize("kind", ["refund.updated", "charge.refund.updated"])
async def test_refunds_are_told_by_our_own_id(
    gateway: StripeGateway, kind: str, status: str, state: RefundState, failure: str | None
) -> None:
    mark = {**MARK, "refund_id": str(UUID(int=7))}
    reason = {"failure_reason": "lost_or_stolen_card"} if status == "failed" else {}
    event = await heard(gateway, kind, shapes.refund(status, metadata=mark, **reason))
    gateway_id = "re_1Nispe2eZvKYlo2Cd31jOCgZ"
    report = RefundReport(state=state, gateway_id=gateway_id, failure=failure)
    assert event.news == RefundNews(
        refund_id=RefundId(UUID(int=7)), amount=Money(1000, "USD"), report=report
    )
    assert (event.payment_id, event.intent_id) == (OURS, shapes.INTENT_ID)


async def test_a_refund_from_stripes_own_desk_is_nobodys(gateway: StripeGateway) -> None:
    event = await heard(gateway, "refund.created", shapes.refund("succeeded"))
    assert isinstance(event.news, RefundNews)
    assert event.news.refund_id is None
    assert (event.payment_id, event.intent_id) == (None, shapes.INTENT_ID)


async def test_a_charge_tells_its_refund_where_it_lists_any(gateway: StripeGateway) -> None:
    charge = {"id": "ch_1", "object": "charge", "payment_intent": shapes.INTENT_ID}
    bare = await heard(gateway, "charge.refunded", charge)
    assert (bare.news, bare.intent_id) == (None, shapes.INTENT_ID)
    listing = {**charge, "refunds": shapes.listed(shapes.refund("succeeded"))}
    told = await heard(gateway, "charge.refunded", listing)
    assert told.news == (await heard(gateway, "refund.created", shapes.refund("succeeded"))).news


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("needs_response", DisputeState.OPEN),
        ("under_review", DisputeState.OPEN),
        ("appeal_under_review", DisputeState.OPEN),
        ("warning_needs_response", DisputeState.OPEN),
        ("warning_closed", DisputeState.WON),
        ("won", DisputeState.WON),
        ("lost", DisputeState.LOST),
        ("prevented", DisputeState.LOST),
    ],
)
async def test_disputes_are_told(gateway: StripeGateway, status: str, state: DisputeState) -> None:
    event = await heard(gateway, "charge.dispute.updated", shapes.dispute(status))
    assert event.news == DisputeReport(
        dispute_id="du_1MtJUT2eZvKYlo2CNaw2HvEv",
        amount=Money(1999, "USD"),
        reason="product_not_received",
        state=state,
    )
    assert event.intent_id == shapes.INTENT_ID


async def test_setups_are_told(gateway: StripeGateway) -> None:
    done = (await heard(gateway, "setup_intent.succeeded", shapes.setup("succeeded"))).news
    assert isinstance(done, SetupReport)
    assert (done.state, done.customer) == (SetupState.SUCCEEDED, "cus_9s6XKzkNRiz8i3")
    failed = shapes.setup("requires_payment_method", last_setup_error=shapes.declined("No."))
    told = (await heard(gateway, "setup_intent.setup_failed", failed)).news
    assert isinstance(told, SetupReport)
    assert (told.state, told.failure) == (SetupState.FAILED, "No.")


async def test_what_was_saved_is_told_however_it_was(gateway: StripeGateway) -> None:
    news = (await heard(gateway, "payment_method.attached", shapes.method())).news
    assert isinstance(news, SetupReport)
    assert (news.state, news.customer) == (SetupState.SUCCEEDED, "cus_9s6XKzkNRiz8i3")
    assert news.method == MethodReport(
        method_id="pm_1MqLiJLkdIwHu7ixUEgbFdYF",
        brand="visa",
        last_four="4242",
        expires_month=8,
        expires_year=2026,
    )


@pytest.mark.parametrize(
    "kind", ["payment_method.detached", "charge.succeeded", "invoice.paid", "payout.paid"]
)
async def test_what_changes_nothing_here_is_known_by_its_id(
    gateway: StripeGateway, kind: str
) -> None:
    event = await heard(gateway, kind, shapes.method())
    assert (event.id, event.kind) == ("evt_1NG8Du2eZvKYlo2CUI79vXWy", kind)
    assert (event.news, event.intent_id) == (None, None)


@pytest.mark.parametrize(
    "happened",
    [
        {},
        {"id": 1, "object": "payment_intent"},
        shapes.intent("a_status_of_2030"),
        shapes.intent("succeeded", currency="ugx", amount=550),
        shapes.intent("succeeded", currency="nothing"),
    ],
)
async def test_what_can_not_be_read_is_taken_and_logged(
    gateway: StripeGateway, happened: object
) -> None:
    with structlog.testing.capture_logs() as logs:
        event = await heard(gateway, "payment_intent.succeeded", happened)
    assert event.news is None
    assert [line["event"] for line in logs] == ["stripe_event_unread"]


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"id":"evt_1"', b"\xff", b'{"id":1}'])
async def test_what_is_signed_and_no_event_is_refused(gateway: StripeGateway, body: bytes) -> None:
    told = signed(body, NOON)
    with pytest.raises(WebhookRefused):
        await gateway.read_webhook(told.headers, told.body, at=NOON)


async def test_test_mode_tells_a_live_store_nothing(gateway: StripeGateway) -> None:
    with pytest.raises(WebhookRefused, match="live and test mode"):
        await heard(gateway, "payment_intent.succeeded", shapes.intent("succeeded"), livemode=True)


@pytest.mark.parametrize(
    ("secret", "live"),
    [
        ("sk_test_x", False),
        ("rk_test_x", False),
        ("sk_live_x", True),
        ("rk_live_x", True),
        ("sk_org_live_x", True),
    ],
)
def test_a_key_says_whether_it_moves_real_money(secret: str, *, live: bool) -> None:
    assert StripeKeys(secret=secret, publishable="pk", webhooks=()).live is live


def test_no_key_shows_itself() -> None:
    keys = StripeKeys(secret="sk_live_hidden", publishable="pk", webhooks=("whsec_hidden",))
    assert "hidden" not in repr(keys)


def test_stripe_lists_as_many_kinds_at_once() -> None:
    assert len(set(LISTED)) == len(LISTED) <= 20
