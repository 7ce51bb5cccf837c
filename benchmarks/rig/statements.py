"""The statements that a database was sent, as its own log tells them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

LOGGED: Mapping[str, str] = {
    "log_statement": "all",
    "log_line_prefix": "@ %a @ ",
    "log_min_duration_statement": "-1",
}
"""The settings that make it tell them."""
_SAID = re.compile(r"LOG:  (?:statement|execute [^:]*): (.*)", re.DOTALL)


def said_since(log: Path, start: int) -> list[str]:
    """The statements that were logged from there on."""
    with log.open(errors="replace") as file:
        file.seek(start)
        entries = file.read().split("\n@ ")
    return [" ".join(found[1].split()) for one in entries if (found := _SAID.search(one))]
