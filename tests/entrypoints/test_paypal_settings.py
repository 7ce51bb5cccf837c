"""What PayPal is opened with, what it is refused without, and that no key is shown."""

from __future__ import annotations

import pytest

from automate_store.adapters.memory import MemoryClock
from automate_store.adapters.paypal import PayPalGateway
from automate_store.entrypoints.bootstrap.gateways import open_paypal, opened_gateways
from automate_store.entrypoints.properties.moments import NOON
from automate_store.entrypoints.settings import PREFIX, Settings, SettingsRefused
from tests.adapters.paypal.paying import payment_of
from tests.adapters.paypal.server import CLIENT_ID, SECRET, served

KEYS = {
    "PAYPAL_CLIENT_ID": CLIENT_ID,
    "PAYPAL_SECRET": SECRET,
    "PAYPAL_WEBHOOK_ID": "1JE4291016473214C",
}
OFFERED = {"GATEWAYS": "paypal,manual", **KEYS}


def settings_of(**variables: str) -> Settings:
    environ = {PREFIX + name: value for name, value in variables.items()}
    return Settings.from_environment({"HOME": "/home/shop", **environ})


async def test_without_any_of_it_nothing_is_opened() -> None:
    async with opened_gateways(settings_of(), MemoryClock(NOON)) as gateways:
        assert "paypal" not in gateways


@pytest.mark.parametrize("missing", KEYS)
async def test_what_is_offered_without_a_key_is_refused_by_its_name(missing: str) -> None:
    given = {name: value for name, value in OFFERED.items() if name != missing}
    with pytest.raises(SettingsRefused) as refused:
        async with opened_gateways(settings_of(**given), MemoryClock(NOON)):
            pass
    assert [fault.field for fault in refused.value.errors] == [PREFIX + missing]
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("only", KEYS)
async def test_half_an_account_is_refused_though_it_is_not_offered(only: str) -> None:
    with pytest.raises(SettingsRefused, match="with the other settings of PayPal"):
        async with open_paypal(settings_of(**{only: KEYS[only]}), MemoryClock(NOON)):
            pass


async def test_one_that_is_set_and_not_offered_can_still_give_back() -> None:
    async with opened_gateways(settings_of(**KEYS), MemoryClock(NOON)) as gateways:
        assert "paypal" in gateways


@pytest.mark.parametrize(
    ("environment", "url", "host"),
    [
        ("sandbox", "https://api-m.sandbox.paypal.com", "api.sandbox.paypal.com"),
        ("live", "https://api-m.paypal.com", "api.paypal.com"),
    ],
)
async def test_keys_of_one_environment_ask_and_believe_that_one_alone(
    environment: str, url: str, host: str
) -> None:
    settings = settings_of(**OFFERED, PAYPAL_ENVIRONMENT=environment)
    async with open_paypal(settings, MemoryClock(NOON)) as gateway:
        assert isinstance(gateway, PayPalGateway)
        assert gateway._line.account.url == url
        hosts = gateway._signatures._trust.hosts
        assert host in hosts
        assert all(("sandbox" in each) == (environment == "sandbox") for each in hosts)


async def test_it_asks_where_it_is_told_to_and_brings_shoppers_back_to_the_shop() -> None:
    with served() as fake:
        settings = settings_of(
            **OFFERED,
            PAYPAL_URL=fake.base,
            PUBLIC_URL="https://shop.example.com",
            PAYPAL_CANCEL_URL="https://shop.example.com/cart",
        )
        async with open_paypal(settings, MemoryClock(NOON)) as gateway:
            assert gateway is not None
            report = await gateway.create_intent(payment_of())
        asked = fake.books.orders[report.intent_id]["payment_source"]["paypal"]
        context = asked["experience_context"]
        assert context["return_url"] == "https://shop.example.com"
        assert context["cancel_url"] == "https://shop.example.com/cart"


def test_no_key_is_shown() -> None:
    shown = repr(settings_of(**OFFERED))
    assert SECRET not in shown
    assert CLIENT_ID not in shown
