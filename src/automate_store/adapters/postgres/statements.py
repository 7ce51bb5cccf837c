"""
Statements: SQLAlchemy Core constructs, compiled once for the wire.

Build a statement once, at import, with ``bindparam`` for what differs from run to run;
it is compiled the first time it runs. Values that stand in the construct itself become
part of its text, so that PostgreSQL plans with them: a partial index serves only a
condition that the planner can see.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

import msgspec
from attrs import define, field
from psycopg.types.json import Jsonb
from sqlalchemy import JSON, Dialect, Executable
from sqlalchemy.dialects.postgresql.psycopg import PGCompiler_psycopg, PGDialect_psycopg
from sqlalchemy.exc import CompileError
from sqlalchemy.sql.elements import BindParameter, ClauseElement

Params = Mapping[str, Any]
NOTHING: Params = {}

_numbers = count(1)
_compiled: WeakKeyDictionary[Executable, dict[tuple[str, ...], Compiled]] = WeakKeyDictionary()


@define(eq=False)
class Compiled:
    """A statement's text with its parameters in order, and the shape of its rows."""

    sql: bytes
    names: tuple[str, ...]
    dumps: Mapping[str, Callable[[Any], Any]] = {}
    name: bytes = field(factory=lambda: b"s%d" % next(_numbers))
    make_row: Callable[[Any], Any] | None = None
    runs: int = 0

    def values(self, params: Params) -> list[Any]:
        """The parameters in the order of the text; raises KeyError for one that is missing."""
        if not self.dumps:
            return [params[name] for name in self.names]
        dumps = self.dumps
        return [dumps[name](params[name]) if name in dumps else params[name] for name in self.names]

    def shape(self, columns: Sequence[str]) -> Callable[[Any], Any]:
        """What makes a row of these columns, read by name; made at the first result."""
        row: Any = namedtuple("Row", columns, rename=True)  # type: ignore[misc]  # noqa: PYI024 - the columns are data
        self.make_row = partial(tuple.__new__, row)
        return self.make_row


def compiled(statement: Executable, params: Params) -> Compiled:
    """The statement, ready to send; one that writes without values takes the params' columns."""
    forms = _compiled.get(statement)
    if forms is None:
        forms = _compiled[statement] = {}
    open_ended = getattr(statement, "is_dml", False) and not _has_values(statement)
    keys = tuple(params) if open_ended else ()
    form = forms.get(keys)
    if form is None:
        form = forms[keys] = _compile(statement, keys)
    return form


def raw(sql: str) -> Compiled:
    """A statement without parameters, as it stands."""
    return Compiled(sql.encode(), ())


def jsonb(value: Any) -> Jsonb | None:
    """A value for a jsonb column; None is SQL's NULL."""
    return None if value is None else Jsonb(value, dumps=msgspec.json.encode)


class _Compiler(PGCompiler_psycopg):
    """Writes values that stand in a statement into its text, where they can be written."""

    def visit_bindparam(self, bindparam: Any, *args: Any, **options: Any) -> Any:
        fixed = not bindparam.required and bindparam.callable is None
        literal = {**options, "literal_binds": options.get("literal_binds", False) or fixed}
        write: Callable[..., str] = super().visit_bindparam
        try:
            return write(bindparam, *args, **literal)
        except (CompileError, NotImplementedError):
            return write(bindparam, *args, **options)


class _Dialect(PGDialect_psycopg):
    """Numbered parameters, as the wire has them."""

    statement_compiler = _Compiler
    supports_statement_cache = False


_dialect: Dialect = partial(_Dialect, paramstyle="numeric_dollar")()


def _has_values(statement: Executable) -> bool:
    return (
        any(
            getattr(statement, part, None)
            for part in ("_values", "_multi_values", "_ordered_values")
        )
        or getattr(statement, "select", None) is not None
    )


def _compile(statement: Executable, keys: tuple[str, ...]) -> Compiled:
    assert isinstance(statement, ClauseElement), "only Core constructs have a text"
    form = statement.compile(dialect=_dialect, column_keys=list(keys) or None)
    names = tuple(getattr(form, "positiontup", None) or ())
    binds: Mapping[str, BindParameter[Any]] = getattr(form, "binds", {})
    fixed = [name for name in names if not binds[name].required]
    assert not fixed, f"{fixed} can't be written into the text; make them bindparams"
    dumps = {name: jsonb for name in names if isinstance(binds[name].type, JSON)}
    return Compiled(str(form).encode(), names, dumps)
