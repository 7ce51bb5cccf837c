"""States as they are sent, and the code that taxes and ways to ship go by."""

from __future__ import annotations

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automate_store.entrypoints.regions import BY_STATE, postal_fault, state_code

STATES = [
    (country, each.code.removeprefix(f"{country}-"), each.name)
    for country in BY_STATE
    for each in pycountry.subdivisions
    if each.country_code == country
]
NAMED = {(country, text.casefold()) for country, code, name in STATES for text in (code, name)}
PATTERNS = (str, str.lower, str.upper, str.title, lambda text: f" {text} ")


def test_every_country_that_taxes_by_state_has_its_states() -> None:
    counts = {country: sum(one[0] == country for one in STATES) for country in BY_STATE}
    assert counts == {"AU": 8, "CA": 13, "US": 57}


@given(st.sampled_from(STATES), st.sampled_from(PATTERNS), st.sampled_from(PATTERNS))
def test_a_state_is_its_code_however_it_is_spelt(
    state: tuple[str, str, str], spelt: type[str], country_spelt: type[str]
) -> None:
    country, code, name = state
    sent_in = country_spelt(country).strip()
    for text in (code, name, f"{country}-{code}"):
        assert state_code(sent_in, spelt(text)) == code


@given(st.sampled_from(sorted(BY_STATE)), st.text("abcdefghijklmnop ", min_size=1, max_size=12))
def test_what_is_no_state_has_no_code(country: str, text: str) -> None:
    code = state_code(country, text)
    if code is None:
        assert (country, text.strip()) not in NAMED
    elif text.strip():
        assert (country, code) in {(one, own) for one, own, _ in STATES} | {
            ("US", military) for military in ("AA", "AE", "AP")
        }


@given(st.sampled_from(sorted(BY_STATE)), st.text(min_size=1, max_size=20))
def test_settling_a_state_twice_changes_nothing(country: str, text: str) -> None:
    code = state_code(country, text)
    assert code is None or state_code(country, code) == code


@pytest.mark.parametrize(
    ("country", "sent", "code"),
    [
        ("US", "N.Y.", "NY"),
        ("US", "\uff4e\uff59", "NY"),
        ("US", "armed forces", None),
        ("US", "AE", "AE"),
        ("US", "Virgin Islands, U.S.", "VI"),
        ("CA", "Qu\u00e9bec", "QC"),
        ("AU", "vic", "VIC"),
        ("US", "ON", None),
        ("DE", "Bayern", "Bayern"),
        ("JP", "\u6771\u4eac\u90fd", "\u6771\u4eac\u90fd"),
    ],
)
def test_a_state_is_taken_as_people_write_it(country: str, sent: str, code: str | None) -> None:
    assert state_code(country, sent) == code


@pytest.mark.parametrize(
    ("country", "fits", "does_not"),
    [
        (
            "US",
            ["10001", "10001-1234", "100011234", " 10001 "],
            ["1000", "ABCDE", "10001-12", "K1A 0B1"],
        ),
        ("CA", ["K1A 0B1", "k1a0b1", "K1A-0B1"], ["10001", "K1A", "D1A 0B1", "K1A 0B"]),
        ("DE", ["10115", "whatever"], []),
    ],
)
def test_a_postal_code_has_the_shape_of_its_country(
    country: str, fits: list[str], does_not: list[str]
) -> None:
    assert [code for code in fits if postal_fault(country, code)] == []
    assert [code for code in does_not if not postal_fault(country, code)] == []
