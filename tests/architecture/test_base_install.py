"""The rules and the use cases run on the base install: attrs and the currency table alone."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BASE = {"attr", "attrs", "iso4217"}

IMPORT_ALL = """
import importlib, json, pathlib, sys
before = set(sys.modules)
source = pathlib.Path(sys.argv[1])
sys.path[:0] = sys.argv[1:3]
for file in sorted((source / "automate_store" / sys.argv[3]).rglob("*.py")):
    parts = file.relative_to(source).with_suffix("").parts
    importlib.import_module(".".join(parts).removesuffix(".__init__"))
loaded = {name.partition(".")[0] for name in set(sys.modules) - before}
json.dump(sorted(loaded - sys.stdlib_module_names - {"automate_store"}), sys.stdout)
"""


COMMAND = """
import sys
sys.path[:0] = sys.argv[1:3]
from automate_store.entrypoints.cli import main
sys.exit(main(["version"]))
"""


def put_base_install(folder: Path) -> None:
    for name in ("attrs", "iso4217"):
        for file in distribution(name).files or ():
            top = file.parts[0]
            if not (folder / top).exists() and not top.startswith("."):
                (folder / top).symlink_to(Path(str(distribution(name).locate_file(top))))


def test_the_command_says_what_it_needs_beyond_the_base_install(tmp_path: Path) -> None:
    put_base_install(tmp_path)
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-c", COMMAND, str(ROOT / "src"), str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert run.stdout == ""
    assert "pip install 'automate_store[server]'" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("layer", ["domain", "application"])
def test_every_module_loads_with_the_base_install_alone(layer: str, tmp_path: Path) -> None:
    put_base_install(tmp_path)
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-c", IMPORT_ALL, str(ROOT / "src"), str(tmp_path), layer],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert {"attr", "iso4217"} <= set(json.loads(run.stdout)) <= BASE
