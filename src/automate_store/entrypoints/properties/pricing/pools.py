"""Places, times and classes, few of each so that rules meet baskets often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import product

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from automate_store.domain.kernel.periods import Period
from automate_store.domain.kernel.places import Destination, Zone

TAX_CLASSES = ("standard", "reduced", "books")
PROVIDERS = ("ups", "dhl")
METHOD_CODES = ("standard", "express", "pallet")
CURRENCIES = ("EUR", "JPY", "KWD", "CLF")
"""With 2, 0, 3 and 4 decimals."""
OTHER_CURRENCY = "XOF"
"""What a rule speaks of that does not speak of the basket's currency."""
OPENING = datetime(2026, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_PLACES = {"US": ("NY", "CA"), "DE": (None,), "JP": (None, "13")}
_POSTAL = (None, "10001", "10115", "94105-1234")
_DESTINATIONS = tuple(
    Destination(country, state, postal)
    for country in ("US", *_PLACES)
    for state, postal in product(_PLACES[country], _POSTAL)
)
_ZONES = tuple(
    Zone(country, state, prefix)
    for country in _PLACES
    for state, prefix in product((None, *_PLACES[country]), (None, None, "10", "941"))
)
_DATED = (Period(OPENING), Period(None, OPENING), Period(OPENING, OPENING + _DAY))
_MOMENTS = tuple(OPENING + _DAY * days for days in (0, -1, 1, 9))
CLASSES = (TAX_CLASSES[0], *TAX_CLASSES)
NEAR = (*[Zone()] * 3, *[Zone("US")] * 3, *_ZONES[::9])
"""Zones that most destinations are in."""
HALF = st.booleans()
# A basket is seldom priced in full if each thing that it needs is there half the time.
SELDOM = st.sampled_from((False,) * 5 + (True,))
FEW = st.integers(0, 3)
PLACE_IN_LINE = st.integers(0, 99)


@cache
def some_currencies() -> SearchStrategy[str]:
    """One currency for each number of decimals."""
    return st.sampled_from(CURRENCIES)


@cache
def destinations() -> SearchStrategy[Destination]:
    """A place in one of three countries, more or less closely described."""
    return st.sampled_from(_DESTINATIONS)


@cache
def zones() -> SearchStrategy[Zone]:
    """Anywhere, a country, a state of it or a range of postal codes."""
    return st.sampled_from((*[Zone()] * (len(_ZONES) // 3), *_ZONES))


@cache
def times() -> SearchStrategy[datetime]:
    """Aware times in the days about ``OPENING``, its own instant among them."""
    return st.sampled_from(_MOMENTS)


@cache
def periods() -> SearchStrategy[Period]:
    """Always, from then on, until then, or the days between."""
    return st.sampled_from((*[Period()] * 15, *_DATED))


@cache
def tax_classes() -> SearchStrategy[str]:
    """One of three classes, the first as often as the others together."""
    return st.sampled_from(CLASSES)
