"""``openapi`` and ``settings``: what can be printed without a database."""

from __future__ import annotations

from automate_store import release
from automate_store.entrypoints.cli.printing import results, table
from automate_store.entrypoints.http.app import ROUTES
from automate_store.entrypoints.http.config import HttpConfig
from automate_store.entrypoints.http.openapi import document
from automate_store.entrypoints.settings import Settings, describe


def openapi_document(settings: Settings) -> bytes:
    """The document of every route, as JSON."""
    return document(ROUTES, HttpConfig.of(settings, version=release()))


def print_settings() -> None:
    """Every setting as a table."""
    rows = [
        (each.variable, each.type.replace("`", ""), each.default.replace("`", ""), each.meaning)
        for each in describe()
    ]
    results().print(table(("variable", "takes", "default", "meaning"), rows))
