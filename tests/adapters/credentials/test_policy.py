"""
The passwords that are tried first: at least the top 3,000 that the policy would let through.

OWASP ASVS 5.0: 6.2.4 (common passwords), 6.2.11 (words of the shop).
"""

from __future__ import annotations

import pytest

from automate_store.adapters.credentials import ListedPasswords
from automate_store.adapters.credentials.policy import common_passwords
from automate_store.domain.identity import LONGEST_PASSWORD, PasswordRules

LEAST = 3000
OWNERS = PasswordRules(shortest=8, number=True, special=True)
FREE = PasswordRules(shortest=8, number=False, special=False)
COMMON = "is among those that are tried first"


def faults(password: str, rules: PasswordRules) -> tuple[str, ...]:
    policy = ListedPasswords(rules, words=("Harbour Lights",))
    return policy.faults(password, email="q@x.example", names=("",))


def test_each_listed_password_that_the_length_lets_through_is_refused() -> None:
    fitting = [each for each in common_passwords() if 8 <= len(each) <= LONGEST_PASSWORD]
    assert len(fitting) >= LEAST
    assert [each for each in fitting if COMMON not in faults(each, FREE)] == []


def test_with_the_owners_rules_each_is_refused_as_people_dress_it_up() -> None:
    words = sorted(each for each in common_passwords() if each.isalpha() and len(each) >= 6)
    dressed = {
        made
        for word in words[::16]
        for made in (
            f"{word.capitalize()}1!",
            f"{word}@123",
            f"{word.upper()}-2024",
            f"!{word.replace('a', '@').replace('o', '0').replace('s', '$')}7",
        )
    }
    fitting = [each for each in dressed if faults(each, OWNERS) in {(), (COMMON,)}]
    assert len(fitting) >= LEAST
    assert [each for each in fitting if not faults(each, OWNERS)] == []


@pytest.mark.parametrize("password", ["harbour-lights-7", "my HarbourLights 7"])
def test_the_shops_own_words_are_refused(password: str) -> None:
    assert faults(password, OWNERS) == ("contains 'Harbour Lights', which anyone would try",)


@pytest.mark.parametrize("password", ["Zebra-lamp 42", "K8s-hatrack/9", "Wq7#pLx2mV"])
def test_what_nobody_tries_first_is_taken(password: str) -> None:
    assert faults(password, OWNERS) == ()
