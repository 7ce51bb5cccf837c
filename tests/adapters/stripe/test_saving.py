"""What Stripe is asked to keep for a customer, and what it says of that."""

from __future__ import annotations

import pytest

from automate_store.adapters.stripe import StripeGateway, StripeLine
from automate_store.application.errors import GatewayRefused
from automate_store.domain.kernel.ids import UserId
from automate_store.domain.payments import SetupState
from automate_store.entrypoints.properties.moments import NOON
from tests.adapters.stripe import shapes
from tests.adapters.stripe.scripted import ID, Script


@pytest.fixture
def gateway(line: StripeLine) -> StripeGateway:
    return StripeGateway(line, clock=lambda: NOON, parts=False)


async def test_a_customer_is_ours_by_its_metadata(gateway: StripeGateway, script: Script) -> None:
    script.says({"id": "cus_1", "object": "customer"})
    assert await gateway.create_customer(UserId(ID), "ann@example.com") == "cus_1"
    assert script.asked[0].params == {"email": "ann@example.com", "metadata[user_id]": str(ID)}
    assert script.asked[0].headers["Idempotency-Key"] == f"{ID}:customer"


async def test_a_method_that_the_browser_made_is_confirmed_by_us(
    gateway: StripeGateway, script: Script
) -> None:
    loose = shapes.method(customer=None)
    script.says(loose, shapes.setup("requires_payment_method"))
    script.says(shapes.setup("succeeded", payment_method=loose["id"]), shapes.method())
    done = await gateway.finish_setup(ID, "cus_9s6XKzkNRiz8i3", loose["id"])
    assert done.state is SetupState.SUCCEEDED
    assert done.method is not None
    assert (done.method.brand, done.method.last_four) == ("visa", "4242")
    assert script.asked[2].headers["Idempotency-Key"] == f"{ID}:{loose['id']}"


async def test_a_card_that_can_not_be_saved_is_no_error_but_a_report(
    gateway: StripeGateway, script: Script
) -> None:
    script.says(
        shapes.method(customer=None),
        shapes.setup("requires_payment_method"),
        (402, {"error": shapes.declined()}),
    )
    done = await gateway.finish_setup(ID, "cus_9s6XKzkNRiz8i3", "pm_1")
    assert (done.state, done.failure) == (
        SetupState.FAILED,
        "Your card has insufficient funds.",
    )


@pytest.mark.parametrize("token", ["pm_1", "seti_1"])
async def test_anothers_method_and_anothers_setup_are_refused(
    gateway: StripeGateway, script: Script, token: str
) -> None:
    found = shapes.method() if token == "pm_1" else shapes.setup("succeeded")
    script.says(found)
    with pytest.raises(GatewayRefused, match="another customer"):
        await gateway.finish_setup(ID, "cus_somebody", token)
    assert len(script.asked) == 1


async def test_methods_of_every_kind_are_known_by_something(
    gateway: StripeGateway, script: Script
) -> None:
    sepa = {"sepa_debit": {"last4": "3000", "country": "DE"}, "card": None}
    link = {"link": {"email": "ann@example.com"}, "card": None}
    script.says(
        shapes.listed(
            shapes.method(),
            shapes.method(id="pm_sepa", type="sepa_debit", **sepa),
            shapes.method(id="pm_link", type="link", **link),
        )
    )
    kept = await gateway.methods("cus_1")
    assert [(each.brand, each.last_four) for each in kept] == [
        ("visa", "4242"),
        ("sepa_debit", "3000"),
        ("link", None),
    ]
    assert "type" not in script.asked[0].params
