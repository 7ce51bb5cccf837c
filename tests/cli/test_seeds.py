"""What a new shop starts with fits its currency."""

from __future__ import annotations

import pytest

from automate_store.domain.kernel.places import Zone
from automate_store.domain.shipping import FlatRate
from automate_store.entrypoints.cli.seeds import default_methods


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
