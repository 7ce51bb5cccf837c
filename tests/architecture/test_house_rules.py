"""No module breaks a house rule, and each rule catches code that does."""

from __future__ import annotations

import ast
import textwrap
from pathlib import Path

import pytest

from tests.architecture.house_rules import (
    FUNCTION_LINES,
    MODULE_LINES,
    ROOT,
    Giving,
    async_functions,
    built_sql,
    caught,
    faults,
    long_functions,
    lost_results,
    modules,
    parsed,
    unfinished,
)


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
        if path.parent != Path(__file__).parent
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
