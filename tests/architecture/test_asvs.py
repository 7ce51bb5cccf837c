"""The page about OWASP ASVS 5.0 leaves no requirement out, and names tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "asvs.md").read_text()
ROWS = re.findall(r"^\| (\d+\.\d+\.\d+) \| (.+) \| (.+) \|$", PAGE, re.MULTILINE)
LEVELS_1_AND_2 = {
    "3.2": (1, 2),
    "3.3": (1, 2, 3, 4),
    "3.4": (1, 2, 3, 4, 5, 6),
    "3.5": (1, 2, 3, 4, 5),
    "3.7": (1, 2),
    "5.1": (1,),
    "5.2": (1, 2, 3),
    "5.3": (1, 2),
    "5.4": (1, 2, 3),
    "6.1": (1, 2, 3),
    "6.2": tuple(range(1, 13)),
    "6.3": (1, 2, 3, 4),
    "6.4": (1, 2, 3, 4),
    "6.5": (1, 2, 3, 4, 5),
    "7.1": (1, 2, 3),
    "7.2": (1, 2, 3, 4),
    "7.3": (1, 2),
    "7.4": (1, 2, 3, 4, 5),
    "7.5": (1, 2),
    "7.6": (1, 2),
    "8.1": (1, 2),
    "8.2": (1, 2, 3),
    "8.3": (1,),
    "8.4": (1,),
    "9.1": (1, 2, 3),
    "9.2": (1, 2, 3, 4),
    "15.3": tuple(range(1, 8)),
    "16.1": (1,),
    "16.2": (1, 2, 3, 4, 5),
    "16.3": (1, 2, 3, 4),
    "16.4": (1, 2, 3),
    "16.5": (1, 2, 3),
}
"""Of the standard's chapters that apply, as it was published in May 2025."""


def test_every_requirement_stands_on_the_page_once() -> None:
    wanted = [f"{part}.{n}" for part, numbers in LEVELS_1_AND_2.items() for n in numbers]
    assert sorted(number for number, _, _ in ROWS) == sorted(wanted)


@pytest.mark.parametrize(("number", "how", "shown"), ROWS, ids=[row[0] for row in ROWS])
def test_what_shows_a_requirement_is_there(number: str, how: str, shown: str) -> None:
    del number
    if shown == "-":
        assert how.startswith("**"), "what nothing shows is an exception, with its reason"
        return
    path, _, test = shown.strip("`").partition("::")
    assert (ROOT / path).is_file()
    assert not test or f"def {test}(" in (ROOT / path).read_text()
