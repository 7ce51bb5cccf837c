"""Setups of wallets: what is not agreed to, or somebody else's, leaves nothing in the vault."""

from __future__ import annotations

from uuid import UUID

import pytest

from automate_store.adapters.paypal import PayPalGateway
from automate_store.application.errors import GatewayRefused
from automate_store.domain.kernel.ids import UserId
from automate_store.domain.payments import SetupState
from tests.adapters.paypal.server import PayPalFake

ONE, TWO = UUID(int=1), UUID(int=2)


async def agreed(gateway: PayPalGateway, fake: PayPalFake, customer: str) -> str:
    token = (await gateway.begin_setup(ONE, customer)).client["setup_token"]
    fake.books.agree_to_setup(token)
    return token


async def test_a_customers_name_is_as_short_as_paypal_wants_it(gateway: PayPalGateway) -> None:
    name = await gateway.create_customer(UserId(UUID(int=2**128 - 1)), "ann@example.com")
    assert (len(name), name) == (22, "_____________________w")


async def test_what_the_shopper_has_not_agreed_to_waits(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    setup = await gateway.begin_setup(ONE, "ann")
    report = await gateway.finish_setup(ONE, "ann", setup.client["setup_token"])
    assert (report.state, report.method) == (SetupState.REQUIRES_ACTION, None)
    assert report.client == setup.client
    assert not fake.books.tokens


async def test_anothers_setup_is_not_even_exchanged(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    token = await agreed(gateway, fake, "ann")
    with pytest.raises(GatewayRefused):
        await gateway.finish_setup(TWO, "bob", token)
    assert not fake.books.tokens


@pytest.mark.parametrize("token", ["../payment-tokens/X", "a/b", "a?b", "", "a b", "x" * 37, "é"])
async def test_what_can_be_no_token_is_never_asked_about(
    gateway: PayPalGateway, fake: PayPalFake, token: str
) -> None:
    with pytest.raises(GatewayRefused):
        await gateway.finish_setup(ONE, "ann", token)
    assert not fake.said


async def test_each_attempt_is_one_setup(gateway: PayPalGateway, fake: PayPalFake) -> None:
    first, again = await gateway.begin_setup(ONE, "ann"), await gateway.begin_setup(ONE, "ann")
    other = await gateway.begin_setup(TWO, "ann")
    assert first == again
    assert other.setup_id != first.setup_id
    assert len(fake.books.setups) == 2


async def test_whoever_has_many_is_listed_page_by_page(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    for _ in range(45):
        fake.books._kept({"id": "ann"})
    methods = await gateway.methods("ann")
    assert [each.method_id for each in methods] == list(fake.books.tokens)


async def test_a_token_of_which_nothing_says_whose_it_was_is_kept_for_nobody(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    token = await agreed(gateway, fake, "ann")
    fake.books.terse = True
    with pytest.raises(GatewayRefused):
        await gateway.finish_setup(TWO, "bob", token)


async def test_a_wrong_token_does_not_stand_in_the_way_of_the_right_one(
    gateway: PayPalGateway, fake: PayPalFake
) -> None:
    token = await agreed(gateway, fake, "ann")
    with pytest.raises(GatewayRefused):
        await gateway.finish_setup(ONE, "ann", "SETUP999999")
    report = await gateway.finish_setup(ONE, "ann", token)
    assert (report.state, report.customer) == (SetupState.SUCCEEDED, "ann")
