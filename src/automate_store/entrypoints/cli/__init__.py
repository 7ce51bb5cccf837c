"""The command line: ``automate-store``, thin commands over what the library offers."""

from automate_store.entrypoints.cli.commands import main

__all__ = ["main"]
