"""Laws of addresses and e-mail: one spelling each, nothing in them that could do harm."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from attrs import asdict, fields
from hypothesis import example, given
from hypothesis import strategies as st

from automate_store.domain.identity import (
    EMAIL_LENGTH,
    WITH_STATE,
    WITHOUT_POSTAL_CODE,
    Address,
    normalise_email,
)
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.places import Destination
from automate_store.entrypoints.properties.identity import addresses, emails, words

FIELDS = [each.name for each in fields(Address)]
HOME: dict[str, Any] = {
    "first_name": "Ann",
    "last_name": "Example",
    "address_line_1": "1 Main Street",
    "city": "Springfield",
    "state": "IL",
    "postal_code": "62701",
    "country": "US",
}


def faults(**changes: str | None) -> dict[str, str]:
    with pytest.raises(InvalidInput) as refused:
        Address(**{**HOME, **changes})
    return {error.field: error.reason for error in refused.value.errors}


@given(text=st.text())
@example(text="ß@straße.example")
@example(text="\uff21nn\uff20example\uff0ecom")  # full width, as some keyboards write
def test_a_normal_address_is_its_own_normal_spelling(text: str) -> None:
    try:
        normal = normalise_email(text)
    except InvalidInput:
        return
    assert normalise_email(normal) == normal


@given(email=emails(), blank=st.sampled_from(["", " ", "\t ", "\u00a0"]))
def test_case_and_spaces_around_it_make_no_other_address(email: str, blank: str) -> None:
    spellings = (email, email.upper(), email.title(), blank + email + blank)
    assert {normalise_email(each) for each in spellings} == {email}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("\uff21nn\uff20example\uff0ecom", "ann@example.com"),  # full width letters
        ("STRASSE@post.example", "straße@post.example"),
        ("jo\u0308rg@post.example", "J\u00d6RG@post.example"),  # a letter apart and in one
    ],
)
def test_one_address_typed_on_different_keyboards_is_one_address(one: str, other: str) -> None:
    assert normalise_email(one) == normalise_email(other)


@pytest.mark.parametrize(
    "letter",
    [
        *("\u00ad", "\u034f", "\u061c", "\u115f", "\u17b4", "\u180e", "\u200d", "\u202e", "\u2066"),
        *("\u3164", "\ufe0f", "\ufeff", "\uffa0", "\ue000", "\ufff9", "\u0378"),
        *("\U0001d173", "\U000e0041", "\U000e0100", "\U0010fffe"),
    ],
)
def test_no_address_has_letters_that_show_nothing(letter: str) -> None:
    for email in (f"an{letter}n@example.com", f"ann@exa{letter}mple.com"):
        with pytest.raises(InvalidInput):
            normalise_email(email)
    assert set(faults(first_name=letter * 3, city=f" {letter}")) >= {"first_name", "city"}


@pytest.mark.parametrize("email", ["deleted-1@deleted.invalid", "X@DELETED.INVALID"])
def test_nobody_has_the_address_of_those_who_were_deleted(email: str) -> None:
    with pytest.raises(InvalidInput):
        normalise_email(email)


@given(local=words(40), domain=words(40))
def test_no_address_carries_what_could_start_another_header_or_address(
    local: str, domain: str
) -> None:
    for special in ("\r\n", "\n", ",", ";", "<", ">", "(", '"', "\\", "[", " ", "\x00", "@"):
        with pytest.raises(InvalidInput):
            normalise_email(f"{local}{special}x@{domain}.example")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ann",
        "ann@",
        "@example.com",
        "ann@example",
        "ann@.com",
        "ann@example.",
        "a@b..c",
        ".ann@example.com",
        "ann.@example.com",
        "ann..lee@example.com",
        "=?utf-8?q?ann?=@example.com",
        "ann\u202e@example.com",
        "ann@exam\u200bple.com",
        "ann\x85lee@example.com",
    ],
)
def test_what_is_no_address_is_refused_by_its_field(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        normalise_email(text)
    assert [error.field for error in refused.value.errors] == ["email"]


def test_an_address_has_the_length_that_is_stored() -> None:
    longest = f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 7}"
    assert len(longest) == EMAIL_LENGTH
    assert normalise_email(longest) == longest
    with pytest.raises(InvalidInput):
        normalise_email(longest + "e")


@given(address=addresses())
def test_an_address_built_from_its_own_parts_is_the_same(address: Address) -> None:
    assert Address(**asdict(address)) == address


@given(address=addresses(), blank=st.sampled_from([" ", "  ", "\u00a0"]))
def test_spaces_around_a_part_make_no_other_address(address: Address, blank: str) -> None:
    padded = {name: value and f"{blank}{value}{blank}" for name, value in asdict(address).items()}
    assert Address(**padded) == address


@given(address=addresses())
def test_composed_and_decomposed_letters_are_the_same_address(address: Address) -> None:
    apart = {
        name: value and unicodedata.normalize("NFD", value)
        for name, value in asdict(address).items()
    }
    assert Address(**apart) == address


@given(address=addresses())
def test_prices_depend_on_the_place_alone(address: Address) -> None:
    place = Destination(address.country, address.state, address.postal_code)
    assert address.destination == place


@pytest.mark.parametrize("name", ["first_name", "last_name", "address_line_1", "city"])
def test_what_every_parcel_needs_is_required(name: str) -> None:
    assert faults(**{name: " "}) == {name: "is required"}


@given(country=st.sampled_from(sorted({"DE", "LU", "NZ", "SG", *WITH_STATE})))
def test_a_state_is_required_where_addresses_have_one(country: str) -> None:
    if country not in WITH_STATE:
        assert Address(**{**HOME, "country": country, "state": None}).state is None
    else:
        assert faults(country=country, state=None) == {"state": f"is required in {country}"}


@given(country=st.sampled_from(sorted({"US", "DE", "CA", *WITHOUT_POSTAL_CODE})))
def test_a_postal_code_is_required_where_addresses_have_one(country: str) -> None:
    if country in WITHOUT_POSTAL_CODE:
        assert Address(**{**HOME, "country": country, "postal_code": ""}).postal_code is None
    else:
        wrong = faults(country=country, postal_code="")
        assert wrong == {"postal_code": f"is required in {country}"}


@pytest.mark.parametrize("country", ["", "U", "USA", "U1", "ÜS", "1"])
def test_a_country_is_two_letters(country: str) -> None:
    assert "country" in faults(country=country)


def test_a_country_is_known_in_any_case() -> None:
    assert Address(**{**HOME, "country": " us "}).country == "US"


@pytest.mark.parametrize("name", sorted(set(FIELDS) - {"country"}))
def test_every_part_has_the_length_that_is_stored(name: str) -> None:
    lengths = {"address_line_1": 255, "address_line_2": 255, "postal_code": 20, "phone": 20}
    longest = lengths.get(name, 100)
    assert getattr(Address(**{**HOME, name: "1" * longest}), name) == "1" * longest
    assert name in faults(**{name: "1" * (longest + 1)})


@pytest.mark.parametrize("name", sorted(set(FIELDS) - {"country"}))
def test_no_part_has_control_characters(name: str) -> None:
    assert name in faults(**{name: "a\x00b"})
    assert name in faults(**{name: "a\nb"})


def test_every_fault_is_told_at_once() -> None:
    assert set(faults(first_name="", city="", country="??")) >= {"first_name", "city", "country"}
