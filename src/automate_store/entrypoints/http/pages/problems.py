"""What the problem pages say: all kinds in a table, and each by itself."""

from __future__ import annotations

from html import escape

import msgspec

from automate_store.domain.kernel.errors import StoreError
from automate_store.entrypoints.http.openapi.refusals import example_problem
from automate_store.entrypoints.http.problems import (
    STATUSES,
    leaves,
    own_fields,
    status_of,
    title_of,
    type_of,
)


def problem_index() -> str:
    """A row for each kind of problem."""
    rows = "".join(
        f'<tr><td><a href="{type_of(error)}">{escape(title_of(error))}</a></td>'
        f"<td>{status_of(error)}</td><td>{escape(_doc(error))}</td></tr>"
        for error in leaves()
    )
    head = "<tr><th>Problem</th><th>Status</th><th>What it means</th></tr>"
    return f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"


def problem_content(error: type[StoreError]) -> str:
    """What can be done about it, what it tells, and how one looks."""
    family = next(each for each in error.__mro__ if each in STATUSES and not own_fields(each))
    document = example_problem(error, instance="/api/v1/...")
    example = msgspec.json.format(msgspec.json.encode(document), indent=2).decode()
    own = ", ".join(f"<code>{name}</code>" for name in own_fields(error)) or "none"
    rows = (
        ("Status", str(status_of(error))),
        ("Code", f"<code>{error.code()}</code>"),
        ("What to do", escape(_doc(family))),
        ("Fields of its own", own),
    )
    table = "".join(f"<tr><th>{name}</th><td>{value}</td></tr>" for name, value in rows)
    return f"<table>{table}</table><h2>Example</h2><pre><code>{escape(example)}</code></pre>"


def _doc(error: type[StoreError]) -> str:
    return " ".join((error.__doc__ or "").split())
