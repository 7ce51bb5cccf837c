"""What a merchant sets of returns is what the store does, or is refused by its name."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from automate_store.domain.kernel.money import Money
from automate_store.domain.returns import ReturnKind
from automate_store.entrypoints.bootstrap.policies import return_policy
from automate_store.entrypoints.settings import Settings, SettingsRefused

PREFIX = "AUTOMATE_STORE_"


def settings(**given: str) -> Settings:
    return Settings.from_environment({PREFIX + name.upper(): each for name, each in given.items()})


def test_a_new_shop_takes_back_for_thirty_days_and_keeps_nothing() -> None:
    policy = return_policy(settings())
    assert (policy.window, policy.restocking_rate) == (timedelta(days=30), Decimal(0))
    assert policy.return_shipping == Money(0, "USD")
    assert not policy.clawback
    assert policy.merchants_fault < policy.reasons
    assert policy.accepted(ReturnKind.CLAIM) == {"lost", "damaged"}


def test_a_merchant_has_reasons_and_fees_of_their_own() -> None:
    policy = return_policy(
        settings(
            return_window_days="14",
            return_reasons="broken, bored",
            return_merchants_fault="broken",
            claim_reasons="none",
            restocking_fee_percent="12.5",
            return_shipping_cost="4.95",
            return_clawback="yes",
            refund_on_receipt="no",
        )
    )
    assert policy.window == timedelta(days=14)
    assert policy.reasons == {"broken", "bored"}
    assert policy.blames_the_shop(ReturnKind.RETURN, "broken")
    assert not policy.blames_the_shop(ReturnKind.RETURN, "bored")
    assert policy.accepted(ReturnKind.CLAIM) == frozenset()
    assert (policy.restocking_rate, policy.return_shipping) == (
        Decimal("0.125"),
        Money(495, "USD"),
    )
    assert policy.clawback
    assert not policy.refund_on_receipt


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("return_reasons", "Broken!"),
        ("restocking_fee_percent", "100.1"),
        ("restocking_fee_percent", "-1"),
        ("return_shipping_cost", "a lot"),
        ("return_shipping_cost", "1.999"),
    ],
)
def test_what_is_none_is_refused_by_its_name(name: str, given: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        return_policy(settings(**{name: given}))
    assert [each.field for each in refused.value.errors] == [PREFIX + name.upper()]
