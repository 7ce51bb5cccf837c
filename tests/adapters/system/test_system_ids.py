"""Ids sort by their making; tokens and numbers can't be guessed or misread."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from automate_store.adapters.system import SystemIds
from automate_store.adapters.system.ids import CROCKFORD, NUMBER_BITS, readable

bits = st.integers(0, (1 << NUMBER_BITS) - 1)


def test_uuids_are_version_7_and_later_ones_sort_after_earlier_ones() -> None:
    ids = SystemIds()
    made = [ids.uuid() for _ in range(1_000)]
    assert {one.version for one in made} == {7}
    assert made == sorted(set(made))


def test_a_token_has_256_bits_and_letters_that_are_safe_in_a_url() -> None:
    token = SystemIds().token()
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)


def test_no_token_and_no_number_comes_twice() -> None:
    ids = SystemIds()
    assert len({ids.token() for _ in range(500)}) == 500
    assert len({ids.order_number() for _ in range(500)}) == 500


def test_an_order_number_is_two_groups_of_four_without_letters_that_look_alike() -> None:
    number = SystemIds().order_number()
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", number)


@given(number=bits)
@example(number=0)
@example(number=(1 << NUMBER_BITS) - 1)
def test_the_letters_hold_all_the_bits(number: int) -> None:
    letters = readable(number)
    assert len(letters) == 8
    back = 0
    for letter in letters:
        back = back * 32 + CROCKFORD.index(letter)
    assert back == number


def test_more_bits_than_eight_letters_hold_are_our_own_mistake() -> None:
    with pytest.raises(AssertionError):
        readable(1 << NUMBER_BITS)
