"""``openapi`` and ``settings``: what can be printed without a database."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding

from automate_store import release
from automate_store.entrypoints.cli.printing import table
from automate_store.entrypoints.http.app import ROUTES
from automate_store.entrypoints.http.config import HttpConfig
from automate_store.entrypoints.http.openapi import document
from automate_store.entrypoints.settings import Settings, describe

TABLE_WIDTH = 150
"""Columns of a terminal from which on the settings are a table with no name broken in two."""


def openapi_document(settings: Settings) -> bytes:
    """The document of every route, as JSON."""
    return document(ROUTES, HttpConfig.of(settings, version=release()))


def print_settings(console: Console) -> None:
    """Every setting: as a table where there is room for it, else one below the other."""
    rows = [
        (each.variable, each.type.replace("`", ""), each.default.replace("`", ""), each.meaning)
        for each in describe()
    ]
    if console.width >= TABLE_WIDTH:
        columns = ("variable", "takes", "default", "meaning")
        console.print(table(columns, rows, whole=["variable"]))
        return
    for variable, takes, default, meaning in rows:
        said = escape(f"{meaning}.\nTakes: {takes}\nDefault: {default}")
        console.print(f"[bold]{variable}[/bold]", Padding(said, (0, 0, 1, 4)))
