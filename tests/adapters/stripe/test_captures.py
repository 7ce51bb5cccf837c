"""What Stripe is asked to take of what was authorised, and to give up, and how it answers."""

from __future__ import annotations

import pytest
from attrs import evolve

from automate_store.adapters.stripe import StripeGateway, StripeLine
from automate_store.application.errors import GatewayRefused
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import PaymentState
from automate_store.entrypoints.properties.moments import NOON
from tests.adapters.stripe import shapes
from tests.adapters.stripe.scripted import ID, Script, held


@pytest.fixture
def gateway(line: StripeLine) -> StripeGateway:
    return StripeGateway(line, clock=lambda: NOON, parts=False)


async def test_a_capture_says_from_where_it_takes(gateway: StripeGateway, script: Script) -> None:
    part = shapes.intent("requires_capture", amount_received=1000, amount_capturable=999)
    script.says(part, shapes.intent("succeeded"))
    before = evolve(held(), captured=Money(300, "USD"))
    report = await gateway.capture(before, Money(700, "USD"), final=False)
    assert (report.state, report.taken) == (PaymentState.AUTHORISED, Money(1000, "USD"))
    await gateway.capture(held(), Money(1999, "USD"), final=False)
    one, whole = script.asked
    assert one.params == {"amount_to_capture": "700", "final_capture": "false"}
    assert one.headers["Idempotency-Key"] == f"{ID}:capture:300:700"
    # What takes all that is left is the last one, whoever says that it is not.
    assert whole.params == {"amount_to_capture": "1999"}


async def test_a_capture_that_was_made_long_ago_is_found(
    gateway: StripeGateway, script: Script
) -> None:
    late = shapes.error("payment_intent_unexpected_state", "This has already been captured.")
    script.says((400, late), shapes.intent("succeeded"))
    report = await gateway.capture(held(), Money(1999, "USD"), final=True)
    assert report.taken == Money(1999, "USD")
    script.says((400, late), shapes.intent("succeeded", amount_received=700))
    with pytest.raises(GatewayRefused, match="already been captured"):
        await gateway.capture(held(), Money(1999, "USD"), final=True)


async def test_the_rest_of_parts_is_released(gateway: StripeGateway, script: Script) -> None:
    part = shapes.intent("requires_capture", amount_received=700, amount_capturable=1299)
    script.says(part, shapes.intent("succeeded", amount_received=700))
    report = await gateway.cancel(held())
    assert (report.state, report.taken) == (PaymentState.CAPTURED, Money(700, "USD"))
    assert script.asked[1].path.endswith("/capture")
    assert script.asked[1].params == {"amount_to_capture": "0", "final_capture": "true"}
    assert script.asked[1].headers["Idempotency-Key"] == f"{ID}:cancel:requires_capture:700"
    for ended in ("succeeded", "canceled"):
        script.says(shapes.intent(ended, amount_received=700))
        again = await gateway.cancel(held())
        assert (again.state, again.taken) == (PaymentState.CAPTURED, Money(700, "USD"))
    assert len(script.asked) == 4


async def test_giving_all_up_and_giving_the_rest_up_have_keys_of_their_own(
    gateway: StripeGateway, script: Script
) -> None:
    refused = shapes.error("payment_intent_unexpected_state", "It can't be canceled just now.")
    script.says(shapes.intent("requires_capture"), (400, refused))
    with pytest.raises(GatewayRefused):
        await gateway.cancel(held())
    part = shapes.intent("requires_capture", amount_received=700, amount_capturable=1299)
    script.says(part, shapes.intent("succeeded", amount_received=700))
    await gateway.cancel(held())
    _, whole, _, rest = script.asked
    assert whole.params != rest.params
    assert whole.headers["Idempotency-Key"] != rest.headers["Idempotency-Key"]
