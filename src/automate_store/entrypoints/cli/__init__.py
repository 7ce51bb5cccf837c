"""The command line: ``automate-store``, thin commands over what the library offers."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

__all__ = ["main"]

NEEDED = "automate-store needs {what}, which is no part of the base install.\n"
REMEDY = "For the command line: pip install 'automate_store[server]'\n"


def main(arguments: Sequence[str] | None = None, environ: Mapping[str, str] | None = None) -> int:
    """Run one command, that of the process by default; its exit code."""
    try:
        from automate_store.entrypoints.cli.commands import main as run
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.startswith("automate_store"):
            raise
        sys.stderr.write(NEEDED.format(what=missing.name) + REMEDY)
        return 1
    return run(arguments, environ)
