"""The sabotages still fit the code that they break, and every promise has one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchmarks.promises import CHECKS
from benchmarks.sabotage.table import SABOTAGES, SOURCE, Change, Sabotage

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("sabotage", SABOTAGES, ids=lambda one: f"{one.promise}: {one.broken}")
def test_a_sabotage_fits_its_files_exactly_once(sabotage: Sabotage, tmp_path: Path) -> None:
    for file in {change.file for change in sabotage.changes}:
        (tmp_path / SOURCE / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / SOURCE / file, tmp_path / SOURCE / file)

    for change in sabotage.changes:
        change.apply(tmp_path)

    for change in sabotage.changes:
        broken = (tmp_path / SOURCE / change.file).read_text()
        assert change.old not in broken
        if change.file.endswith(".py"):
            compile(broken, change.file, "exec")


def test_every_promise_is_sabotaged() -> None:
    assert {sabotage.promise for sabotage in SABOTAGES} == set(CHECKS)


@pytest.mark.parametrize("text", ["", "old old"])
def test_a_sabotage_that_does_not_fit_once_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / SOURCE).mkdir(parents=True)
    (tmp_path / SOURCE / "rule.py").write_text(text)

    with pytest.raises(ValueError, match="not one"):
        Change("rule.py", "old", "new").apply(tmp_path)
