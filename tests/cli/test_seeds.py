"""What a new shop starts with fits its currency."""

from __future__ import annotations

import pytest
from attrs import evolve

from automate_store.adapters.memory import MemoryShop
from automate_store.application.access import SYSTEM
from automate_store.application.auditing import read_audit
from automate_store.application.coupons import get_coupon
from automate_store.application.promotions import list_promotions
from automate_store.domain.kernel.places import Zone
from automate_store.domain.shipping import FlatRate
from automate_store.entrypoints.cli.seeds import (
    default_methods,
    seed_promotions,
    seed_shipping,
    seed_taxes,
)
from automate_store.entrypoints.http.openapi import examples
from tests.http.web import POLICY


@pytest.mark.parametrize(
    ("currency", "amount", "home"),
    [
        ("USD", "4.99 USD", (Zone("US"),)),
        ("GBP", "4.99 GBP", (Zone("GB"),)),
        ("EUR", "4.99 EUR", ()),
        ("XAF", "500 XAF", ()),
        ("JPY", "500 JPY", (Zone("JP"),)),
        ("KWD", "1.500 KWD", (Zone("KW"),)),
        ("CLF", "4.9900 CLF", (Zone("CL"),)),
    ],
)
def test_one_method_goes_everywhere_and_one_goes_home(
    currency: str, amount: str, home: tuple[Zone, ...]
) -> None:
    standard, express = default_methods(currency)
    assert isinstance(standard.rate, FlatRate)
    assert (str(standard.rate.amount), standard.zones) == (amount, ())
    assert (express.rate.currency, express.zones) == (currency, home)


@pytest.mark.parametrize(
    ("currency", "told"),
    [("USD", "100.00 USD"), ("JPY", "10000 JPY"), ("KWD", "30.000 KWD"), ("CLF", "100.0000 CLF")],
)
async def test_the_demo_s_promotions_are_put_up_once_in_any_currency(
    currency: str, told: str
) -> None:
    policy = evolve(POLICY, currency=currency)
    ports = MemoryShop.open(policy, examples.rules().policy, at=examples.AT).ports
    put_up = await seed_promotions(ports=ports)
    assert put_up == (f"Free shipping from {told}", "code WELCOME, 10 % off")
    assert await seed_promotions(ports=ports) == ()
    (parcel,) = await list_promotions(after=None, limit=9, actor=SYSTEM, ports=ports)
    assert parcel.advertised
    assert (await get_coupon("welcome", actor=SYSTEM, ports=ports)).coupon.currency == currency


async def test_what_a_new_shop_starts_with_is_the_command_line_s_doing() -> None:
    ports = MemoryShop.open(POLICY, examples.rules().policy, at=examples.AT).ports
    for seed in (seed_shipping, seed_taxes, seed_promotions):
        await seed(ports=ports)
    trail = await read_audit(limit=100, actor=SYSTEM, ports=ports)
    assert {entry.actor for entry in trail} == {"command line"}
    assert {entry.subject for entry in trail} >= {
        "shipping_method:standard",
        "tax_rate:us-ny",
        "promotion:free-parcel",
        "coupon:WELCOME",
    }
