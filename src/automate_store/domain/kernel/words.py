"""Words: the stable names that programs know our classes by, and names in any case."""

from __future__ import annotations

import re

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


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
