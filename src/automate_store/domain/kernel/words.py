"""Words: the stable names that programs know our classes by, and names in any case."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Literal

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

# Unicode's Default_Ignorable_Code_Point: letters of no width, fillers, variants of others.
_IGNORABLE = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_UNSEEN = frozenset({"Cf", "Cn", "Co", "Cs"})
"""Categories of letters that format others, or that nobody has given a shape."""


def snake(name: str) -> str:
    """The name of a class in snake case: ``OutOfStock`` is ``out_of_stock``."""
    return _WORD.sub("_", name).lower()


def folded(name: str) -> str:
    """
    The name by which it is compared where case does not count: small, letter by letter.

    A name keeps its length, as it does in a database's ``lower``; ``str.casefold`` makes
    ``ss`` of ``ß`` and two characters of ``İ``.
    """
    return name.lower() if name.isascii() else "".join(letter.lower()[0] for letter in name)


def has_unseen(text: str) -> bool:
    """Whether some letter of it may show nothing, so that it looks like another text."""
    if text.isascii():
        return False
    return _IGNORABLE.search(text) is not None or any(
        unicodedata.category(letter) in _UNSEEN for letter in text
    )


def shows(text: str) -> bool:
    """Whether anything of it is to be seen."""
    return any(not letter.isspace() and not has_unseen(letter) for letter in text)


def listed(words: Sequence[str], *, last: Literal["and", "or"]) -> str:
    """The words as a sentence has them: ``a, b and c``; none at all is ``none``."""
    if len(words) < 2:  # noqa: PLR2004 - one word stands alone
        return words[0] if words else "none"
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
