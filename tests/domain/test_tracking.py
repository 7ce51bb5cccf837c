"""Where a parcel is followed."""

from __future__ import annotations

import pytest

from automate_store.domain.shipping import tracking_page


@pytest.mark.parametrize("carrier", ["UPS", "ups", " U.P.S. "])
def test_a_carrier_is_known_however_its_name_is_written(carrier: str) -> None:
    assert tracking_page(carrier, "1Z") == "https://www.ups.com/track?tracknum=1Z"


@pytest.mark.parametrize(
    ("carrier", "number"),
    [("Somebody", "1Z"), ("UPS", None), ("UPS", " "), (None, "1Z"), ("", "1Z"), ("\u0000", "1Z")],
)
def test_nobody_is_sent_where_nothing_is_shown(carrier: str | None, number: str | None) -> None:
    assert tracking_page(carrier, number) is None


def test_a_number_can_lead_nowhere_else() -> None:
    page = tracking_page("UPS", "1Z&x=<b>/../{number} \u00e9")
    end = "1Z%26x%3D%3Cb%3E%2F..%2F%7Bnumber%7D%20%C3%A9"
    assert page == f"https://www.ups.com/track?tracknum={end}"
