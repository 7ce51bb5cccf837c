"""The project's own files: pins that pin, and a base install that stays small."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import distribution, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PINNED = dict(
    line.split("==", 1)
    for line in (ROOT / "constraints.txt").read_text().splitlines()
    if "==" in line
)
PINS = {canonicalize_name(name): pinned for name, pinned in PINNED.items()}


def reached(
    requirement: Requirement, seen: set[tuple[NormalizedName, frozenset[str]]]
) -> set[NormalizedName]:
    """The names of the requirement and of all that it asks for in turn, on this system."""
    name = canonicalize_name(requirement.name)
    if (name, frozenset(requirement.extras)) in seen:
        return set()
    seen.add((name, frozenset(requirement.extras)))
    names: set[NormalizedName] = set() if name == "automate-store" else {name}
    for each in map(Requirement, distribution(name).requires or ()):
        extras = requirement.extras or {""}
        if each.marker is None or any(each.marker.evaluate({"extra": extra}) for extra in extras):
            names |= reached(each, seen)
    return names


def test_every_line_of_the_pins_is_a_name_and_a_version() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.+!]+", line)] == []
    assert lines == sorted(lines, key=str.lower)


def test_everything_that_is_installed_for_development_is_pinned_as_it_is() -> None:
    needed = reached(Requirement("automate_store[dev]"), set())
    assert {name: version(name) for name in needed} == {name: PINS.get(name) for name in needed}


def test_the_base_install_needs_two_packages() -> None:
    assert {Requirement(each).name for each in PROJECT["dependencies"]} == {"attrs", "iso4217"}


def test_the_readme_says_what_each_extra_brings() -> None:
    table = (ROOT / "README.md").read_text().partition("| Extra | Brings |")[2].partition("\n\n")[0]
    told = re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)
    assert sorted(told) == sorted(PROJECT["optional-dependencies"].keys() - {"dev"})


def test_all_has_every_extra_and_dev_has_all() -> None:
    extras = PROJECT["optional-dependencies"]
    (everything,) = extras["all"]
    assert Requirement(everything).extras == extras.keys() - {"all", "dev"}
    assert "automate_store[all]" in extras["dev"]
