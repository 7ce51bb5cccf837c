"""What becomes of refunds by what Stripe answers, and of those that it says nothing of."""

from __future__ import annotations

from uuid import UUID

import pytest

from automate_store.adapters.stripe import StripeGateway, StripeLine
from automate_store.application.errors import GatewayUnavailable
from automate_store.domain.payments import RefundState
from automate_store.entrypoints.properties.moments import NOON
from tests.adapters.stripe import shapes
from tests.adapters.stripe.scripted import ID, Script, known, payment, refund


@pytest.fixture
def gateway(line: StripeLine) -> StripeGateway:
    return StripeGateway(line, clock=lambda: NOON, parts=False)


@pytest.mark.parametrize(
    ("status", "state", "failure"),
    [
        ("pending", RefundState.PENDING, None),
        ("requires_action", RefundState.PENDING, None),
        ("succeeded", RefundState.SUCCEEDED, None),
        ("failed", RefundState.FAILED, "expired or canceled card"),
    ],
)
async def test_a_refund_may_take_its_time_or_fail(
    gateway: StripeGateway,
    script: Script,
    status: str,
    state: RefundState,
    failure: str | None,
) -> None:
    reason = "expired_or_canceled_card" if status == "failed" else None
    script.says(shapes.listed(), shapes.refund(status, failure_reason=reason))
    report = await gateway.refund(known(), refund())
    assert (report.state, report.failure) == (state, failure)
    assert report.gateway_id == "re_1Nispe2eZvKYlo2Cd31jOCgZ"
    asked = script.asked[1]
    assert asked.headers["Idempotency-Key"] == str(UUID(int=7))
    assert asked.params == {
        "payment_intent": shapes.INTENT_ID,
        "amount": "1000",
        "metadata[refund_id]": str(UUID(int=7)),
        "metadata[payment_id]": str(ID),
    }


async def test_a_refund_that_was_made_long_ago_is_found_and_not_made_again(
    gateway: StripeGateway, script: Script
) -> None:
    other = shapes.refund("succeeded", id="re_other", metadata={"refund_id": "nonsense"})
    ours = shapes.refund("pending", metadata={"refund_id": str(UUID(int=7))})
    script.says(shapes.listed(other, ours))
    report = await gateway.refund(known(), refund())
    assert (report.state, report.gateway_id) == (RefundState.PENDING, ours["id"])
    assert [each.method for each in script.asked] == ["GET"]


async def test_a_refund_that_stripe_refuses_has_failed(
    gateway: StripeGateway, script: Script
) -> None:
    script.says(shapes.listed(), (400, shapes.error("charge_disputed", "It is contested.")))
    report = await gateway.refund(known(), refund())
    assert (report.state, report.failure) == (RefundState.FAILED, "It is contested")


async def test_a_refund_of_a_fraction_that_stripe_does_not_take_has_failed(
    gateway: StripeGateway, script: Script
) -> None:
    script.says(shapes.listed())
    report = await gateway.refund(known(), refund(1234, "KWD"))
    assert report.state is RefundState.FAILED
    assert len(script.asked) == 1, "nothing was asked that would be refused"


async def test_nothing_goes_back_of_an_intent_that_never_was(
    gateway: StripeGateway, script: Script
) -> None:
    assert (await gateway.refund(payment(), refund())).state is RefundState.FAILED
    assert script.asked == []


@pytest.mark.parametrize("status", [400, 401, 403, 404])
async def test_a_refund_whose_answer_was_lost_has_not_failed_where_it_can_not_be_looked_at(
    gateway: StripeGateway, script: Script, status: int
) -> None:
    script.says(shapes.listed(), (500, shapes.error(None, "An error")))
    with pytest.raises(GatewayUnavailable):
        await gateway.refund(known(), refund())
    script.says((status, shapes.error("resource_missing", "No such payment_intent")))
    with pytest.raises(GatewayUnavailable):
        await gateway.refund(known(), refund())
