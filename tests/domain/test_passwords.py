"""
What a new password must be (OWASP ASVS 5.0: 6.2.1, 6.2.4, 6.2.8, 6.2.9, 6.2.11).

6.2.5 forbids rules of composition; the owner asks for two, so they are settings, on by
default, and both can be turned off.
"""

from __future__ import annotations

import unicodedata

import pytest
from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st

from automate_store.domain.identity import (
    LONGEST_PASSWORD,
    PasswordRules,
    normal_password,
    password_faults,
)

OWNERS = PasswordRules(shortest=8, number=True, special=True)
FREE = PasswordRules(shortest=8, number=False, special=False)
COMMON = frozenset({"password", "dragon", "123456", "abc1234", "liverpool", "1qaz@wsx"})
texts = st.text(max_size=LONGEST_PASSWORD)


def faults(
    password: str,
    rules: PasswordRules = OWNERS,
    *,
    email: str = "ann.miller@example.com",
    guessable: tuple[str, ...] = ("Automate Store", "Ann", "Miller"),
) -> tuple[str, ...]:
    return password_faults(password, rules, email=email, guessable=guessable, common=COMMON)


@pytest.mark.parametrize(
    "password",
    [
        "Zebra-42",
        "zebra 42",
        "žebra·42",
        "correct horse battery staple 9",
        "9-" + "plum and pear, " * 8 + "or so!",
        "Пароль-для-Анны-7",
        "\N{PILE OF POO}-and-zebra-7",
        "planning-ahead-7",
    ],
)
def test_a_password_that_keeps_the_rules_is_taken(password: str) -> None:
    assert faults(password) == ()


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("", "has 0 characters; 8 is the least"),
        ("zebra-4", "has 7 characters; 8 is the least"),
        ("zebra-four", "has no number"),
        ("zebra4242", "has no special character such as ! or -"),
        ("x" * 127 + "-4", "has 129 characters; 128 is the most"),
        ("ann.miller@example.com-9", "contains the e-mail address or its first part"),
        ("ANN-MILLER-99", "contains the e-mail address or its first part"),
        ("my-Automate-Store-4", "contains 'Automate Store', which anyone would try"),
        ("the_Miller_77", "contains 'Miller', which anyone would try"),
    ],
)
def test_each_fault_is_told_in_words(password: str, fault: str) -> None:
    assert fault in faults(password)


@pytest.mark.parametrize(
    "password",
    [
        "Password1!",
        "p@ssw0rd-1",
        "P@$$w0rd2",
        "!!PASSWORD99!",
        "dragon-2024",
        "L1verp00l!",
        "Abc-1234",
        "1qaz@WSX",
        "123456-!",
        "aaaaaaa1!",
        "\N{FULLWIDTH LATIN SMALL LETTER P}assword-1",
    ],
)
def test_a_common_password_is_known_however_it_is_dressed_up(password: str) -> None:
    assert "is among those that are tried first" in faults(password)


@pytest.mark.parametrize(
    "password", ["dragon-839201!", "my dragon, 7", "zebra-dragonfly-4", "Oxdragon-7"]
)
def test_a_common_word_in_a_longer_password_does_no_harm(password: str) -> None:
    assert faults(password) == ()


def test_without_rules_of_composition_any_letters_do() -> None:
    assert faults("zebra lamp", FREE) == ()
    assert faults("zebralamp", FREE) == ()
    assert faults("zebralamp", evolve(FREE, number=True)) == ("has no number",)
    assert faults("zebralamp", evolve(FREE, shortest=10)) == ("has 9 characters; 10 is the least",)


def test_words_shorter_than_four_letters_are_not_looked_for() -> None:
    assert faults("banning-7x", email="ann@x.example", guessable=("Ann", " ", "")) == ()


def test_the_whole_address_is_looked_for_where_its_first_part_is_short() -> None:
    assert faults("7-ann@x.example", email="ann@x.example", guessable=()) == (
        "contains the e-mail address or its first part",
    )


@given(password=texts)
@example("e\N{COMBINING ACUTE ACCENT}" * 4 + "-1x")
def test_two_spellings_of_the_same_characters_are_one_password(password: str) -> None:
    decomposed = unicodedata.normalize("NFD", password)
    assert normal_password(decomposed) == normal_password(password)
    if len(decomposed) <= LONGEST_PASSWORD:
        assert faults(decomposed) == faults(password)


def test_one_spelling_is_kept_and_no_two_passwords_are_made_one() -> None:
    assert normal_password("e\N{COMBINING ACUTE ACCENT}") == "é"
    assert normal_password("\N{LATIN SMALL LIGATURE FI}") != normal_password("fi")


@given(password=texts)
def test_capitals_and_length_are_kept(password: str) -> None:
    kept = normal_password(password)
    assert unicodedata.normalize("NFD", kept) == unicodedata.normalize("NFD", password)


@given(password=st.text(max_size=300), email=st.text(max_size=40), name=st.text(max_size=40))
@example("\0" * 9, "", "")
@example("\ud800" * 9, "@", "\ud800" * 5)
def test_whatever_is_typed_is_judged_in_words(password: str, email: str, name: str) -> None:
    told = faults(password, email=email, guessable=(name,))
    assert all(reason.startswith(("has ", "is ", "contains ")) for reason in told)
    if not OWNERS.shortest <= len(normal_password(password)) <= LONGEST_PASSWORD:
        assert told
