"""Words: the stable names that programs know our classes by."""

from __future__ import annotations

import re

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def snake(name: str) -> str:
    """The name of a class in snake case: ``OutOfStock`` is ``out_of_stock``."""
    return _WORD.sub("_", name).lower()
