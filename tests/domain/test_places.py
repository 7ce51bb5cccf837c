"""Laws of places: how an address is written does not move it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from automate_store.domain.kernel.places import Destination, Zone

words = st.text(max_size=8)


@given(country=words, state=words, postal=words)
@example(country="de", state=" ", postal="ß")
def test_reading_a_destination_again_changes_nothing(country: str, state: str, postal: str) -> None:
    once = Destination(country, state, postal)
    assert Destination(once.country, once.state, once.postal_code) == once


@given(country=st.sampled_from(["US", "DE"]), state=words, postal=words)
@example(country="US", state="NY", postal="10001-1234")
def test_case_and_spacing_do_not_move_a_place(country: str, state: str, postal: str) -> None:
    neat = Destination(country, state.upper(), postal.upper())
    spaced = " ".join(postal.upper())
    assert Destination(f" {country.lower()} ", f" {state.upper()} ", f"-{spaced} ") == neat


@given(state=words, postal=words, cut=st.integers(0, 8))
@example(state="", postal="SW1A 1AA", cut=6)
def test_a_place_lies_in_each_zone_that_its_address_begins(
    state: str, postal: str, cut: int
) -> None:
    place = Destination("GB", state, postal)
    zones = [Zone(), Zone("gb"), Zone("GB", state), Zone("GB", None, postal[:cut])]
    assert all(place in zone for zone in zones)


@pytest.mark.parametrize(
    "zone", [Zone("DE"), Zone("US", "CA"), Zone("US", None, "9"), Zone("US", "NY", "11")]
)
def test_a_zone_holds_nothing_from_outside(zone: Zone) -> None:
    assert Destination("US", "NY", "10001-1234") not in zone


def test_an_unknown_state_or_postal_code_lies_in_no_narrow_zone() -> None:
    assert Destination("US") not in Zone("US", "NY")
    assert Destination("US") not in Zone("US", None, "1")
    assert Destination("US") in Zone("US")


@pytest.mark.parametrize(("state", "prefix"), [("CA", None), (None, "10"), ("CA", "90")])
def test_a_narrow_zone_names_its_country(state: str | None, prefix: str | None) -> None:
    with pytest.raises(ValueError, match="country"):
        Zone(None, state, prefix)


@pytest.mark.parametrize(
    "written",
    ["90001", "900-01", " 900 01 ", "900\u201301", "900\u201001", "\uff19\uff10\uff10\uff101"],
)
def test_a_postal_code_is_its_letters_and_digits(written: str) -> None:
    assert Destination("US", "CA", written) in Zone("US", None, "900-0")


@pytest.mark.parametrize("written", ["CA", "ca", "\uff23\uff21", "C.A.", "CA\u200b", " Ca "])
def test_a_state_is_its_letters(written: str) -> None:
    assert Destination("US", written) in Zone("US", "CA")
