"""The house rules that neither imports nor lint can show, as questions to a module's tree."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

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
