"""The house rules that neither imports nor lint can show, each with code that it catches."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import pytest
from attrs import frozen

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "automate_store"
MODULE_LINES = 400
FUNCTION_LINES = 40
SQL_MAKERS = {"text", "SQL", "DDL", "literal_column", "exec_driver_sql"}
"""What takes a text and makes SQL of it: a literal, or a name of one, and nothing else."""
SQL_RUNNERS = {"execute", "executemany", "fetch", "fetchrow", "scalar", "scalars", "stream"}
"""What runs SQL; beside texts it takes statements, so only built texts are refused."""
UNFINISHED = re.compile(r"\b(?:TODO|FIXME)\b")

Function = ast.FunctionDef | ast.AsyncFunctionDef
Found = Iterator[tuple[int, str]]
"""The line and what is wrong with it."""
Types = Mapping[str, str]
"""Names, and fields of ``self``, with the class that they are annotated with."""


def async_functions(tree: ast.Module) -> Found:
    """The domain decides; it never waits."""
    for node in ast.walk(tree):
        if isinstance(node, ast.AsyncFunctionDef | ast.AsyncWith | ast.AsyncFor | ast.Await):
            yield node.lineno, "the domain never waits"


@frozen
class Giving:
    """What calls come to, by the names that we define."""

    names: frozenset[str]
    """Functions that give something back, or that are only ever to be awaited."""
    silent: frozenset[tuple[str, str]]
    """Classes and their methods that give nothing, whatever class of that name is meant."""

    @classmethod
    def of(cls, trees: Iterable[ast.Module]) -> Giving:
        nodes = [node for tree in trees for node in ast.walk(tree)]
        found = [node for node in nodes if isinstance(node, Function)]
        at_once = [node for node in found if isinstance(node, ast.FunctionDef)]
        telling = {node.name for node in at_once if not _gives_nothing(node)}
        waiting = {node.name for node in found} - {node.name for node in at_once}
        return cls(frozenset(telling | waiting), frozenset(_silent_methods(nodes)))


def lost_results(tree: ast.Module, giving: Giving) -> Found:
    """
    A bare call whose result is lost: with frozen aggregates it does nothing, in silence.

    A call may stand alone where no function of ours of that name gives anything back, or
    where its receiver is annotated with a class of ours whose method gives nothing.
    """
    for call, types in _bare_calls(tree, {}):
        name = _called(call)
        if name in giving.names and (_receiver(call, types), name) not in giving.silent:
            yield call.lineno, f"{name}() is called, and what it gives is lost"


def _bare_calls(node: ast.AST, types: Types) -> Iterator[tuple[ast.Call, Types]]:
    """Calls that stand alone, each with what is annotated where it stands."""
    if isinstance(node, ast.ClassDef):
        fields = [each for each in node.body if isinstance(each, ast.AnnAssign)]
        types = {f"self.{ast.unparse(each.target)}": _type(each.annotation) for each in fields}
    elif isinstance(node, Function):
        given = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
        types = {**types, **{each.arg: _type(each.annotation) for each in given}}
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield node.value, types
    for child in ast.iter_child_nodes(node):
        yield from _bare_calls(child, types)


def _silent_methods(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str]]:
    methods = [
        (node.name, each.name, each)
        for node in nodes
        if isinstance(node, ast.ClassDef)
        for each in node.body
        if isinstance(each, Function)
    ]
    telling = {(owner, name) for owner, name, each in methods if not _gives_nothing(each)}
    yield from {(owner, name) for owner, name, _ in methods} - telling


def _receiver(call: ast.Call, types: Types) -> str:
    if isinstance(call.func, ast.Attribute):
        return types.get(ast.unparse(call.func.value), "")
    return ""


def _type(annotation: ast.expr | None) -> str:
    return "" if annotation is None else ast.unparse(annotation)


def _gives_nothing(function: Function) -> bool:
    at_once = isinstance(function, ast.FunctionDef)
    none = isinstance(function.returns, ast.Constant) and function.returns.value is None
    return at_once and none


def long_functions(tree: ast.Module) -> Found:
    """Functions past 40 lines, docstring excepted."""
    for node in ast.walk(tree):
        if isinstance(node, Function):
            lines = node.end_lineno - node.lineno + 1 if node.end_lineno else 0
            if ast.get_docstring(node) is not None:
                documented = node.body[0]
                lines -= (documented.end_lineno or 0) - documented.lineno + 1
            if lines > FUNCTION_LINES:
                yield node.lineno, f"{node.name} has {lines} lines; {FUNCTION_LINES} is the most"


def built_sql(tree: ast.Module) -> Found:
    """SQL put together from texts, where a value may slip in as code."""
    assigned: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and node.value:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for name in (each.id for each in targets if isinstance(each, ast.Name)):
                grown = isinstance(node, ast.AugAssign)
                assigned.setdefault(name, []).append(_GROWN if grown else node.value)
    makers = _imported_from(tree, {"sqlalchemy", "psycopg"}) & SQL_MAKERS
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            name, first = _called(node), node.args[0]
            if _makes_sql(node.func, makers) and not _is_literal(first, assigned):
                yield node.lineno, f"{name}() takes a text written out, with bound values"
            elif name in SQL_RUNNERS and _is_built(first, assigned):
                yield node.lineno, f"{name}() is given a text put together; bind the values"


def unfinished(source: str) -> Found:
    """Marks of work left for later."""
    for number, line in enumerate(source.splitlines(), 1):
        if UNFINISHED.search(line):
            yield number, "finish it, or file it"


def _makes_sql(function: ast.expr, makers: set[str]) -> bool:
    if isinstance(function, ast.Attribute):
        others = function.attr == "text" and ast.unparse(function.value) not in {"sa", "sqlalchemy"}
        return function.attr in SQL_MAKERS and not others
    return isinstance(function, ast.Name) and function.id in makers


def _imported_from(tree: ast.Module, packages: set[str]) -> set[str]:
    return {
        each.asname or each.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in packages
        for each in node.names
    }


_GROWN = ast.JoinedStr([ast.FormattedValue(ast.Name(""), -1)])
"""Stands for a text that was added to after it was named."""


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ast.unparse(call.func)


def _is_literal(given: ast.expr, assigned: dict[str, list[ast.expr]]) -> bool:
    """Whether it is written out, up to constants of the program, which no caller chooses."""
    if isinstance(given, ast.JoinedStr):
        holes = [each.value for each in given.values if isinstance(each, ast.FormattedValue)]
        return all(isinstance(hole, ast.Name) and _is_literal(hole, assigned) for hole in holes)
    if isinstance(given, ast.Name):
        if given.id in assigned:
            return all(_is_literal(each, {}) for each in assigned[given.id])
        return given.id.isupper()
    return isinstance(given, ast.Constant) or (
        isinstance(given, ast.Attribute) and given.attr.isupper()
    )


def _is_built(given: ast.expr, assigned: dict[str, list[ast.expr]]) -> bool:
    if isinstance(given, ast.Name):
        return any(_is_built(each, {}) for each in assigned.get(given.id, ()))
    if isinstance(given, ast.BinOp):
        return _is_text(given.left) or _is_text(given.right)
    if isinstance(given, ast.Call) and isinstance(given.func, ast.Attribute):
        return given.func.attr in {"format", "join", "replace"} and _is_text(given.func.value)
    return isinstance(given, ast.JoinedStr) and not _is_literal(given, assigned)


def _is_text(given: ast.expr) -> bool:
    if isinstance(given, ast.BinOp):
        return _is_text(given.left) or _is_text(given.right)
    return isinstance(given, ast.JoinedStr) or (
        isinstance(given, ast.Constant) and isinstance(given.value, str)
    )


def modules(*parts: str) -> list[Path]:
    return sorted(PACKAGE.joinpath(*parts).rglob("*.py"))


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def faults(paths: Iterable[Path], rule: Callable[[ast.Module], Found]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{line} {what}"
        for path in paths
        for line, what in rule(parsed(path))
    ]


def caught(rule: Callable[[ast.Module], Found], code: str) -> bool:
    return any(rule(ast.parse(textwrap.dedent(code))))


def test_the_domain_never_waits() -> None:
    assert faults(modules("domain"), async_functions) == []


def test_the_application_loses_no_result() -> None:
    giving = Giving.of(map(parsed, [*modules("domain"), *modules("application")]))
    assert faults(modules("application"), lambda tree: lost_results(tree, giving)) == []


def test_modules_are_short_enough_to_read() -> None:
    # A migration is history: it is written once, and not taken apart later.
    paths = [path for path in modules() if "versions" not in path.parts]
    lengths = {path.relative_to(ROOT): path.read_text().count("\n") for path in paths}
    assert {path: lines for path, lines in lengths.items() if lines > MODULE_LINES} == {}


def test_functions_are_short_enough_to_read() -> None:
    paths = [path for path in modules() if "versions" not in path.parts]
    assert faults(paths, long_functions) == []


def test_no_sql_is_put_together_from_texts() -> None:
    # DDL can't bind, and a migration's names come from its own text and from no caller.
    paths = [path for path in modules() if "migrations" not in path.parts]
    assert faults(paths, built_sql) == []


def test_nothing_is_left_for_later() -> None:
    paths = [*modules(), *(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")]
    found = [
        f"{path.relative_to(ROOT)}:{line} {what}"
        for path in paths
        if path != Path(__file__)
        for line, what in unfinished(path.read_text())
    ]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "async def pay(): ...",
        "class Order:\n    async def pay(self): ...",
        "def outer():\n    async def inner(): ...",
    ],
)
def test_waiting_in_the_domain_is_caught(code: str) -> None:
    assert caught(async_functions, code)


DEFINED = """
def check(order: Order) -> None: ...
def pay(order: Order) -> Order: ...
def untold(order): ...
async def save(order: Order) -> None: ...
class Cart:
    def record(self, event: Event) -> None: ...
    def mixed(self) -> None: ...
class Order:
    def mixed(self) -> Order: ...
    async def record(self) -> None: ...
class Till:
    def pay(self) -> None: ...
    async def save(self) -> None: ...
"""
GIVING = Giving.of([ast.parse(DEFINED)])


@pytest.mark.parametrize(
    "call",
    [
        "order.pay(at=at)",
        "pay(order)",
        "untold(order)",
        "work.save(order)",
        "order.mixed()",
        "orders[0].pay()",
    ],
)
def test_a_lost_result_is_caught(call: str) -> None:
    assert caught(lambda tree: lost_results(tree, GIVING), f"async def use_case():\n    {call}\n")


@pytest.mark.parametrize(
    "call",
    [
        "check(order)",
        "work.record(event)",
        "await work.save(order)",
        "order = order.pay()",
        "lines.append(line)",
    ],
)
def test_a_call_that_gives_nothing_may_stand_alone(call: str) -> None:
    assert not caught(
        lambda tree: lost_results(tree, GIVING), f"async def use_case():\n    {call}\n"
    )


@pytest.mark.parametrize(
    "code",
    [
        "def use_case(till: Till) -> None:\n    till.pay()",
        "def use_case(*, till: Till) -> None:\n    for _ in range(2):\n        till.pay()",
        "class Work:\n    till: Till\n    def use_case(self) -> None:\n        self.till.pay()",
    ],
)
def test_what_is_annotated_with_a_class_is_called_as_that_class_has_it(code: str) -> None:
    assert not caught(lambda tree: lost_results(tree, GIVING), code)


@pytest.mark.parametrize(
    "code",
    [
        "def use_case(till: Till) -> None:\n    pay()",
        "def use_case(till: Till) -> None:\n    till.save()",
        "def use_case(till: Till) -> None:\n    till.mixed()",
        "def use_case(till: Till, order: Order) -> None:\n    order.pay()",
        "def use_case(tills: list[Till]) -> None:\n    tills[0].pay()",
        "class Work:\n    till: Till\nclass Other:\n    def run(self):\n        self.till.pay()",
    ],
)
def test_a_result_is_lost_where_the_class_is_another_or_not_known(code: str) -> None:
    assert caught(lambda tree: lost_results(tree, GIVING), code)


@pytest.mark.parametrize("head", ["def f():", "async def f():", "def f(\n    a,\n):"])
def test_a_function_one_line_too_long_is_caught(head: str) -> None:
    room = FUNCTION_LINES - head.count("\n") - 1
    docstring = '    """One.\n\n    Two.\n    """\n'
    assert caught(long_functions, f"{head}\n{docstring}" + "    x = 1\n" * (room + 1))
    assert not caught(long_functions, f"{head}\n{docstring}" + "    x = 1\n" * room)


@pytest.mark.parametrize(
    "code",
    [
        'text(f"SELECT * FROM {table}")',
        'sa.text("SELECT * FROM %s" % table)',
        'text("SELECT * FROM " + table)',
        'text("SELECT * FROM {}".format(table))',
        'text(" ".join(parts))',
        "text(query)",
        'query = f"SELECT {x}"\ntext(query)',
        'query = "SELECT "\nquery += x\ntext(query)',
        'QUERY = f"SELECT {x}"\ntext(QUERY)',
        'NAME = given\ntext(f"SELECT {NAME}")',
        'text(f"SELECT {self.NAME}")',
        'connection.exec_driver_sql(f"SELECT {x}")',
        'sql.SQL("SELECT " + x)',
        'cursor.execute(f"SELECT {x}")',
        'await connection.execute("SELECT %s" % x)',
        'await connection.execute("SELECT " + x + " FROM y")',
        'query = "SELECT {}".format(x)\ncursor.execute(query)',
        'cursor.execute(", ".join(parts))',
        'query = "SELECT "\nquery += x\ncursor.execute(query)',
    ],
)
def test_sql_put_together_is_caught(code: str) -> None:
    wrapped = f"async def run():\n{textwrap.indent(code, '    ')}"
    assert caught(built_sql, f"from sqlalchemy import text\n{wrapped}")


@pytest.mark.parametrize(
    "code",
    [
        'text("SELECT 1")',
        'text("SELECT a "\n"FROM b")',
        'QUERY = "SELECT 1"\ntext(QUERY)',
        "text(queries.LOCK)",
        "literal_column(f\"'{DEFAULT_LOCATION}'::uuid\")",
        'LIMIT = 100\ncursor.execute(f"SELECT 1 LIMIT {LIMIT}")',
        'cursor.execute("SELECT %s", (x,))',
        "connection.execute(select(orders).where(orders.c.id == x))",
        "connection.execute(statement, {'id': x})",
        'cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))',
    ],
)
def test_sql_with_bound_values_passes(code: str) -> None:
    assert not caught(built_sql, f"from sqlalchemy import literal_column, text\n{code}")


def test_a_function_that_shares_a_name_with_a_maker_of_sql_passes() -> None:
    assert not caught(built_sql, "from .cells import text\ntext(cell)\ncells.text(cell)")


@pytest.mark.parametrize("mark", ["TODO", "FIXME"])
def test_a_mark_of_unfinished_work_is_caught(mark: str) -> None:
    assert list(unfinished(f"x = 1\n# {mark}: later\n")) == [(2, "finish it, or file it")]
