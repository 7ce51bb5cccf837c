"""Who may import whom: the tree keeps every contract, and each contract can be broken."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = "automate_store"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
NAMES = {each["id"]: each["name"] for each in PYPROJECT["tool"]["importlinter"]["contracts"]}

LINT = """
import json, sys
from importlinter.api import use_cases

options = use_cases.read_user_options(sys.argv[1])
use_cases._register_contract_types(options)
report = use_cases.create_report(options, cache_dir=None)
invalid = list(report.invalid_contract_options)
checks = [(contract.name, check.kept) for contract, check in report.get_contracts_and_checks()]
json.dump({"broken": invalid + [name for name, kept in checks if not kept],
           "kept": [name for name, kept in checks if kept]}, sys.stdout)
"""

# The contract, the module that gets a line too many, and that line.
PLANTED = [
    ("layers", "application.reactions", "import automate_store.adapters.memory"),
    ("layers", "helpers", ""),
    ("pure-domain", "domain.kernel.money", "import os"),
    ("pure-domain", "domain.catalog", "from time import monotonic"),
    ("pure-domain", "domain.orders", "import asyncio"),
    ("no-vendors", "application.orders", "from sqlalchemy import select"),
    ("no-vendors", "application.reactions", "import procrastinate"),
    ("order-of-a-sale", "domain.kernel.places", "import automate_store.domain.catalog"),
    ("order-of-a-sale", "domain.payments", "import automate_store.domain.orders"),
    ("order-of-a-sale", "domain.inventory", "import automate_store.domain.catalog"),
    ("order-of-a-sale", "domain.gadgets", ""),
    ("use-cases-apart", "application.orders", "import automate_store.application.payments"),
    ("use-cases-apart", "application.stock", "import automate_store.application.inventory"),
    ("use-cases-apart", "application.gadgets", ""),
    ("adapters-apart", "adapters.memory", "import automate_store.adapters.postgres"),
    ("handed-adapters", "entrypoints.http", "import automate_store.adapters.memory"),
    ("handed-adapters", "entrypoints.properties", "import automate_store.adapters.memory"),
    ("bootstrap", "entrypoints.gadgets", ""),
]


def lint(tree: Path) -> dict[str, list[str]]:
    """The names of the contracts that the package under ``tree`` keeps, and that it breaks."""
    run = subprocess.run(
        [sys.executable, "-c", LINT, str(ROOT / "pyproject.toml")],
        env={**os.environ, "PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found: dict[str, list[str]] = json.loads(run.stdout)
    return found


def plant(tree: Path, module: str, line: str) -> None:
    """Add the line to the module, or make it with that line where there is none."""
    path = tree / PACKAGE / Path(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    before = file.read_text() if file.exists() else ""
    file.write_text(f"{before}\n{line}\n")


def test_the_tree_keeps_every_contract() -> None:
    assert lint(ROOT / "src") == {"broken": [], "kept": list(NAMES.values())}


@pytest.mark.slow
@pytest.mark.parametrize(("contract", "module", "line"), PLANTED)
def test_a_planted_import_breaks_its_contract_and_no_other(
    contract: str, module: str, line: str, tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "src", tmp_path / "src")
    plant(tmp_path / "src", module, line)
    assert lint(tmp_path / "src")["broken"] == [NAMES[contract]]


@pytest.mark.slow
def test_an_adapter_reached_in_two_steps_breaks_the_contract_too(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "src", tmp_path / "src")
    plant(tmp_path / "src", "entrypoints.logs", "import automate_store.adapters.memory")
    plant(tmp_path / "src", "entrypoints.http", "import automate_store.entrypoints.logs")
    assert lint(tmp_path / "src")["broken"] == [NAMES["handed-adapters"]]


@pytest.mark.slow
@pytest.mark.parametrize("module", ["logs", "http", "properties"])
def test_composing_the_store_elsewhere_breaks_the_contract(module: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "src", tmp_path / "src")
    plant(tmp_path / "src", "entrypoints.bootstrap", "import automate_store.adapters.memory")
    plant(tmp_path / "src", f"entrypoints.{module}", "import automate_store.entrypoints.bootstrap")
    assert NAMES["bootstrap"] in lint(tmp_path / "src")["broken"]


def test_every_contract_has_been_seen_broken() -> None:
    assert {contract for contract, _, _ in PLANTED} == set(NAMES)
