"""P26: every adapter of a port gives the same outcomes: the contract suites, all of them."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

from benchmarks.promises.run import Run

ROOT = Path(__file__).parents[2]
SUITES = "tests/contracts"
TIMEOUT_S = 600


async def check(run: Run) -> None:
    """Run the suites by pytest, which bring their own databases; count what did not pass."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        arguments = ["-q", "-p", "no:cacheprovider", f"--junitxml={report}", SUITES]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "pytest", *arguments),
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": str(run.seed)},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        async with asyncio.timeout(TIMEOUT_S):
            code = await process.wait()
        suite = ET.parse(report).getroot().find("testsuite")  # noqa: S314 - pytest wrote it
    assert suite is not None, "pytest reports one suite"
    run.tries = int(suite.attrib["tests"])
    run.require(run.tries > 0, "no contract was run")
    for case in suite.iter("testcase"):
        for fault in ("failure", "error", "skipped"):
            broken = case.find(fault) is not None
            run.require(not broken, f"{fault}: {case.attrib['classname']}.{case.attrib['name']}")
    run.require(code == 0, f"pytest ended with {code}")
