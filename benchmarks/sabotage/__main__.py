"""
See the checks red: ``python -m benchmarks.sabotage P01 P13``; none named runs all.

Each sabotage is applied to a copy of the tree, and the copy's own quick check is run
there. The exit code is 0 only if every check saw what was broken.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.sabotage.table import SABOTAGES, Sabotage

ROOT = Path(__file__).parents[2]
CHECK_TIMEOUT_S = 900


def main(arguments: Sequence[str]) -> int:
    """0 where every sabotage was seen."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sabotage", description=__doc__)
    parser.add_argument("promises", nargs="*", metavar="P01", help="which; all by default")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    names = {name.upper() for name in chosen.promises}
    if unknown := sorted(names - {one.promise for one in SABOTAGES}):
        parser.error(f"nothing sabotages {', '.join(unknown)}")
    wanted = [one for one in SABOTAGES if not names or one.promise in names]
    return max([_seen(one, chosen.seed) for one in wanted], default=0)


def copy_tree(target: Path) -> None:
    """What git knows of the project, and what is new and not ignored, at the target."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        source = ROOT / name
        if source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)


def _seen(sabotage: Sabotage, seed: int) -> int:
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="automate-store-sabotage-") as folder:
        tree = Path(folder)
        copy_tree(tree)
        for change in sabotage.changes:
            change.apply(tree)
        outcome = _check(sabotage, tree, seed)
    print(
        json.dumps(
            {
                "promise": sabotage.promise,
                "sabotage": sabotage.broken,
                "seen": outcome.get("violations", 0) > 0,
                "seconds": round(time.perf_counter() - began, 1),
                **{name: outcome[name] for name in ("faults", "error") if name in outcome},
            }
        ),
        flush=True,
    )
    return 0 if outcome.get("violations", 0) > 0 else 1


def _check(sabotage: Sabotage, tree: Path, seed: int) -> dict[str, Any]:
    """What the copy's check printed; only its own verdict counts, not that it broke down."""
    path = f"{tree / 'src'}{os.pathsep}{tree}"
    size = [] if sabotage.slow else ["--quick"]
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks.promises", sabotage.promise, f"--seed={seed}", *size],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        timeout=CHECK_TIMEOUT_S,
        check=False,
    )
    lines = ended.stdout.decode().strip().splitlines()
    if not lines:
        return {"error": ended.stderr.decode(errors="replace")[-2_000:]}
    verdict: dict[str, Any] = json.loads(lines[-1])
    return verdict


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
