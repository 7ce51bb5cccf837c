"""
States, as they are sent and as prices compare them, and the shape of postal codes.

Taxes and ways to ship go by the state's code in ISO 3166-2 (``NY`` of ``US-NY``). Whoever
sends its name means that code: "New York" that stays what it is would meet no rate, and
the order would be sold without its tax.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache

import pycountry

BY_STATE: Mapping[str, str] = {
    "AU": "NSW or New South Wales",
    "CA": "ON or Ontario",
    "US": "NY or New York",
}
"""Countries whose taxes differ by state, each with an example of one."""
_MILITARY = ("AA", "AE", "AP")
"""States to the mail of the US, and no places of ISO 3166: parcels go there all the same."""
_POSTAL: Mapping[str, tuple[re.Pattern[str], str]] = {
    "CA": (
        re.compile(
            r"[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z][ -]?\d[ABCEGHJ-NPRSTV-Z]\d", re.IGNORECASE
        ),
        "K1A 0B1",
    ),
    "US": (re.compile(r"\d{5}([ -]?\d{4})?"), "10001 or 10001-1234"),
}


def state_code(country: str, state: str) -> str | None:
    """
    The code of the state, sent as code or as name in any spelling; None where it is none.

    Other countries' states are left as they are.
    """
    country = country.upper()
    if country not in BY_STATE or not _folded(state):
        return state
    return _states(country).get(_folded(state))


def state_fault(country: str) -> str:
    """What is wrong with a state that has no code, and what would be right."""
    return f"is no state of {country.upper()}; send one as {BY_STATE[country.upper()]}"


def postal_fault(country: str, postal_code: str) -> str | None:
    """What is wrong with the shape of the postal code, if anything is."""
    shape, example = _POSTAL.get(country.upper(), (None, ""))
    text = unicodedata.normalize("NFKC", postal_code).strip()
    if shape is None or not text or (text.isascii() and shape.fullmatch(text)):
        return None
    return f"is no postal code of {country.upper()}; it looks like {example}"


@cache
def _states(country: str) -> Mapping[str, str]:
    return {_folded(text): code for code, text in _spellings(country)}


def _spellings(country: str) -> Iterator[tuple[str, str]]:
    # The names go first: where one were spelt like another's code, the code is meant.
    known = [each for each in pycountry.subdivisions if each.country_code == country]
    for state in known:
        code = state.code.removeprefix(f"{country}-")
        yield code, state.name
    for state in known:
        code = state.code.removeprefix(f"{country}-")
        yield from ((code, state.code), (code, code))
    if country == "US":
        yield from ((code, code) for code in _MILITARY)


def _folded(text: str) -> str:
    """Letters and digits alone, without case, width or accents."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    return "".join(each for each in apart if each.isalnum())
