"""Stripe is opened where it is set whole, and refused at the start where it is not."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import pytest
from attrs import evolve

from automate_store.adapters.memory import MemoryShop
from automate_store.application.payments import WayToPay, ways_to_pay
from automate_store.application.ports.payments import PaymentGateway
from automate_store.domain.kernel.money import Money
from automate_store.entrypoints.bootstrap.gateways import opened_gateways
from automate_store.entrypoints.http.openapi import examples
from automate_store.entrypoints.settings import PREFIX, Settings, SettingsRefused
from tests.http.web import POLICY

KEYS = {
    "STRIPE_SECRET_KEY": "sk_test_hidden_0123456789",
    "STRIPE_PUBLISHABLE_KEY": "pk_test_shown_0123456789",
    "STRIPE_WEBHOOK_SECRETS": "whsec_hidden_0123456789,whsec_hidden_9876543210",
}
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TIMEOUT_S = 60


def settings(offered: str = "stripe", **changed: str) -> Settings:
    given = {"GATEWAYS": offered, "DATA_DIR": "/srv/shop", **KEYS, **changed}
    return Settings.from_environment({PREFIX + name: value for name, value in given.items()})


async def opened(settings: Settings) -> dict[str, PaymentGateway]:
    async with opened_gateways(settings, lambda: NOON) as gateways:
        return dict(gateways)


@pytest.mark.parametrize("offered", ["stripe", "manual"])
async def test_it_is_opened_where_it_is_set_offered_or_not(offered: str) -> None:
    found = await opened(settings(offered))
    assert found["stripe"] is not None
    assert set(found) >= {"manual", "stripe"}


async def test_it_is_not_opened_where_nothing_of_it_is_set() -> None:
    bare = settings("manual", **dict.fromkeys(KEYS, ""))
    assert "stripe" not in await opened(bare)


@pytest.mark.parametrize("offered", ["stripe", "manual"])
@pytest.mark.parametrize("missing", list(KEYS))
async def test_a_part_of_it_is_refused_by_the_name_of_what_is_missing(
    missing: str, offered: str
) -> None:
    with pytest.raises(SettingsRefused) as refused:
        await opened(settings(offered, **{missing: ""}))
    assert [each.field for each in refused.value.errors] == [PREFIX + missing]
    assert ("offers stripe" in str(refused.value)) is (offered == "stripe")


async def test_all_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(SettingsRefused) as refused:
        await opened(settings(**dict.fromkeys(KEYS, "")))
    assert [each.field for each in refused.value.errors] == [PREFIX + name for name in KEYS]


@pytest.mark.parametrize(
    ("secret", "publishable", "says"),
    [
        ("sk_live_hidden_0123456789", "pk_test_shown_0123456789", "test mode, .* live mode"),
        ("rk_test_hidden_0123456789", "pk_live_shown_0123456789", "live mode, .* test mode"),
    ],
)
async def test_keys_of_test_mode_and_live_mode_are_refused(
    secret: str, publishable: str, says: str
) -> None:
    mixed = settings(STRIPE_SECRET_KEY=secret, STRIPE_PUBLISHABLE_KEY=publishable)
    with pytest.raises(SettingsRefused, match=f"PUBLISHABLE_KEY is of {says}") as refused:
        await opened(mixed)
    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STRIPE_SECRET_KEY", "pk_test_hidden_0123456789"),
        ("STRIPE_SECRET_KEY", "sk_hidden"),
        ("STRIPE_PUBLISHABLE_KEY", "sk_test_hidden_0123456789"),
        ("STRIPE_WEBHOOK_SECRETS", "whsec_hidden_0123456789,sk_test_hidden_0123456789"),
        ("STRIPE_MULTICAPTURE", "hidden"),
    ],
)
def test_one_key_in_anothers_place_is_refused_and_not_quoted(name: str, value: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        settings(**{name: value})
    assert [each.field for each in refused.value.errors] == [PREFIX + name]
    assert "hidden" not in str(refused.value)


def test_secrets_are_not_shown() -> None:
    assert "hidden" not in repr(settings())


def test_several_secrets_count_while_one_is_rolled() -> None:
    assert len(settings().stripe_webhook_secrets) == 2


async def test_it_says_what_it_takes_and_what_the_browser_opens_it_by() -> None:
    shop = MemoryShop.open(POLICY, examples.rules().policy, at=examples.AT)
    ports = evolve(shop.ports, gateways=await opened(settings()), offered=None)

    def stripe(minor: int, currency: str) -> WayToPay:
        ways = ways_to_pay(Money(minor, currency), ports=ports)
        return next(each for each in ways if each.name == "stripe")

    assert stripe(1999, "USD").publishable_key == KEYS["STRIPE_PUBLISHABLE_KEY"]
    assert stripe(1999, "USD").takes
    assert not stripe(1999, "KWD").takes


def _run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=TIMEOUT_S, check=False
    )


OPEN = """
import asyncio, sys
from automate_store.entrypoints.bootstrap.gateways import opened_gateways
from automate_store.entrypoints.settings import Settings
async def main(**given):
    async with opened_gateways(Settings(**given), None) as found:
        print(sorted(found), "stripe" in sys.modules)
"""


def test_its_library_is_not_loaded_where_it_is_not_set() -> None:
    done = _run(OPEN + "asyncio.run(main())")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "['manual'] False"


def test_without_its_extra_the_refusal_says_what_to_install() -> None:
    keys = (
        "stripe_secret_key='sk_test_x', stripe_publishable_key='pk_test_x',"
        " stripe_webhook_secrets=('whsec_x',)"
    )
    done = _run(f"{OPEN}sys.modules['stripe'] = None\nasyncio.run(main({keys}))")
    assert "pip install 'automate_store[stripe]'" in done.stderr
