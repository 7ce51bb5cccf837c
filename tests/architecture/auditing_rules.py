"""Which use cases let staff change something, and which of them tell the audit trail."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from attrs import field, frozen

from automate_store.application.access import FOR_STAFF, Permission
from tests.architecture.house_rules import PACKAGE, Function

APPLICATION = "automate_store.application"
NOTE = (f"{APPLICATION}.auditing", "note")
WRITING = {
    each.name
    for each in FOR_STAFF - {Permission.EXPIRE_ORDERS}
    if not each.name.startswith("READ_")
}
"""What staff may do that changes something; orders expire by the clock, not by anybody."""

Place = tuple[str, str]
"""A module of the application, and the name of a function or a class in it."""


@frozen
class Application:
    """The application's modules by their dotted names, and what each name in them leads to."""

    trees: Mapping[str, ast.Module]
    _found: dict[str, dict[str, ast.AST]] = field(init=False, factory=dict)
    _imported: dict[str, dict[str, Place]] = field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        for module, tree in self.trees.items():
            self._found[module] = {
                node.name: node for node in tree.body if isinstance(node, Function | ast.ClassDef)
            }
            self._imported[module] = dict(_imports(tree))

    def changing(self) -> Iterator[Place]:
        """Use cases that ask for a permission to change something, on whatever way."""
        for module, found in self._found.items():
            for name, node in found.items():
                public = isinstance(node, ast.AsyncFunctionDef) and not name.startswith("_")
                if public and any(_asks(each) for each in self._nodes((module, name))):
                    yield module, name

    def tells(self, use_case: Place) -> bool:
        """Whether it calls the trail, by itself or through what it calls."""
        return NOTE in self._reached(use_case)

    def _nodes(self, start: Place) -> Iterator[ast.AST]:
        for module, name in self._reached(start):
            yield from ast.walk(self._found[module][name])

    def _reached(self, start: Place) -> set[Place]:
        reached: set[Place] = set()
        waiting = [start]
        while waiting:
            here = waiting.pop()
            if here not in reached:
                reached.add(here)
                waiting += self._next(here)
        return reached

    def _next(self, here: Place) -> Iterator[Place]:
        """What the names in the body stand for, as far as it is of the application."""
        module, name = here
        for node in ast.walk(self._found[module][name]):
            if isinstance(node, ast.Name):
                yield from self._resolved(module, node.id)
            elif isinstance(node, ast.Attribute):
                yield from self._methods(module, node.attr)

    def _resolved(self, module: str, name: str) -> Iterator[Place]:
        """Where the name is defined, through packages that only pass it on."""
        while name not in self._found.get(module, {}):
            if name not in self._imported.get(module, {}):
                return
            module, name = self._imported[module][name]
        yield module, name

    def _methods(self, module: str, name: str) -> Iterator[Place]:
        for owner, node in self._found[module].items():
            if isinstance(node, ast.ClassDef) and any(
                isinstance(each, Function) and each.name == name for each in node.body
            ):
                yield module, owner


def application(sources: Mapping[str, str]) -> Application:
    """The application that these modules make, each by its name below the package."""
    named = {f"{APPLICATION}.{name}": source for name, source in sources.items()}
    return Application({name: ast.parse(source) for name, source in named.items()})


def sources() -> dict[str, str]:
    """The application as it is."""
    root = PACKAGE / "application"
    return {name: path.read_text() for path in root.rglob("*.py") if (name := _dotted(path, root))}


def _dotted(path: Path, root: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def _imports(tree: ast.Module) -> Iterator[tuple[str, Place]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(APPLICATION):
            for each in node.names:
                yield each.asname or each.name, (node.module or "", each.name)


def _asks(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "Permission"
        and node.attr in WRITING
    )
