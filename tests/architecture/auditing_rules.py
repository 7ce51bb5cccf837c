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
class Said:
    """What a function or a class says, of what matters here."""

    names: frozenset[str]
    attributes: frozenset[str]
    asks: bool
    """For a permission to change something."""
    public: bool

    @classmethod
    def by(cls, node: Function | ast.ClassDef) -> Said:
        nodes = list(ast.walk(node))
        return cls(
            names=frozenset(each.id for each in nodes if isinstance(each, ast.Name)),
            attributes=frozenset(each.attr for each in nodes if isinstance(each, ast.Attribute)),
            asks=any(map(_asks, nodes)),
            public=isinstance(node, ast.AsyncFunctionDef) and not node.name.startswith("_"),
        )


@frozen
class Application:
    """The application's modules by their dotted names, and what each name in them leads to."""

    trees: Mapping[str, ast.Module]
    _said: dict[Place, Said] = field(init=False, factory=dict)
    _owners: dict[Place, set[str]] = field(init=False, factory=dict)
    """The classes of a module that have a method of that name."""
    _imported: dict[Place, Place] = field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        for module, tree in self.trees.items():
            for name, place in _imports(tree):
                self._imported[module, name] = place
            for node in tree.body:
                if isinstance(node, Function | ast.ClassDef):
                    self._said[module, node.name] = Said.by(node)
                if isinstance(node, ast.ClassDef):
                    for method in [each for each in node.body if isinstance(each, Function)]:
                        self._owners.setdefault((module, method.name), set()).add(node.name)

    def changing(self) -> Iterator[Place]:
        """
        Use cases that ask for a permission to change something, and may, on whatever way.

        Who opens no work of their own are either steps of others, or only read.
        """
        for place, said in self._said.items():
            if said.public:
                reached = [self._said[each] for each in self._reached(place)]
                works = any("unit_of_work" in each.attributes for each in reached)
                if works and any(each.asks for each in reached):
                    yield place

    def tells(self, use_case: Place) -> bool:
        """Whether it calls the trail, by itself or through what it calls."""
        return NOTE in self._reached(use_case)

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
        module, said = here[0], self._said[here]
        for name in said.names:
            yield from self._resolved((module, name))
        for attribute in said.attributes:
            yield from ((module, owner) for owner in self._owners.get((module, attribute), ()))

    def _resolved(self, place: Place) -> Iterator[Place]:
        """Where the name is defined, through packages that only pass it on."""
        while place not in self._said:
            if place not in self._imported:
                return
            place = self._imported[place]
        yield place


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
