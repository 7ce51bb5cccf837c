"""The page on testing one's own rules: its examples run, each as a module of tests."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[3] / "docs" / "property-testing.md"
EXAMPLES = re.findall(r"```python\n(.*?)```\n", PAGE.read_text(encoding="utf-8"), re.DOTALL)
TIMEOUT_S = 300


@pytest.mark.slow
def test_every_example_passes_in_a_project_without_settings(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    for nth, example in enumerate(EXAMPLES):
        (tmp_path / f"test_example_{nth}.py").write_text(example)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rA"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    passed = set(re.findall(r"^PASSED test_example_(\d)", done.stdout, re.MULTILINE))
    assert passed == {str(nth) for nth in range(len(EXAMPLES))}, "each of them has a test"
    assert len(EXAMPLES) > 5
