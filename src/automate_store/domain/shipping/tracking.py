"""Where a parcel is followed: the pages of carriers that have one for each number."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

_PAGES: Mapping[str, str] = {
    "australiapost": "https://auspost.com.au/mypost/track/details/{number}",
    "canadapost": (
        "https://www.canadapost-postescanada.ca/track-reperage/en#/search?searchFor={number}"
    ),
    "dhl": "https://www.dhl.com/global-en/home/tracking.html?tracking-id={number}",
    "dpd": "https://tracking.dpd.de/status/en_US/parcel/{number}",
    "evri": "https://www.evri.com/track/parcel/{number}",
    "fedex": "https://www.fedex.com/fedextrack/?trknbr={number}",
    "royalmail": "https://www.royalmail.com/track-your-item#/tracking-results/{number}",
    "ups": "https://www.ups.com/track?tracknum={number}",
    "usps": "https://tools.usps.com/go/TrackConfirmAction?tLabels={number}",
}
"""By the carrier's name, its letters and digits alone."""


def tracking_page(carrier: str | None, number: str | None) -> str | None:
    """Where the carrier shows the parcel of that number; None where nobody knows."""
    if not carrier or not number or not number.strip():
        return None
    name = "".join(letter for letter in carrier.casefold() if letter.isalnum())
    page = _PAGES.get(name)
    return None if page is None else page.format(number=quote(number.strip(), safe=""))
