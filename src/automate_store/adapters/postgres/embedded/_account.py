"""
Who runs the server, and where its files may stand.

PostgreSQL refuses to run as root. Root therefore starts it as a system user, and that
user must be able to reach the files; nobody's permissions are changed for it.
"""

from __future__ import annotations

import logging
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from attrs import frozen

from automate_store.adapters.postgres.embedded._failures import EmbeddedPostgresFailed

ROOTS_USER = "embedded_postgres"
ROOTS_FOLDER = Path("/var/lib/automate_store")

_log = logging.getLogger(__name__)


@frozen
class Ran:
    """How a program ended, and all that it said."""

    ok: bool
    output: str


@frozen
class Account:
    """The system account that the server runs as; None is our own."""

    name: str | None

    def run(self, *arguments: str | Path, timeout_s: float) -> Ran:
        """Run a program to its end, apart from our terminal, so that no Ctrl-C reaches it."""
        told = {
            name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ
        }
        # A file, since a pipe would stay open for as long as the server that a program starts.
        with tempfile.TemporaryFile("w+") as output:
            try:
                ended = subprocess.run(  # noqa: S603 - our own programs and paths
                    [str(argument) for argument in arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env={**told, "LC_ALL": "C"},
                    cwd="/",
                    start_new_session=True,
                    timeout=timeout_s,
                    check=False,
                    user=self.name,
                    group=self.group,
                    extra_groups=None if self.name is None else [],
                )
            except (OSError, subprocess.TimeoutExpired) as failed:
                return Ran(ok=False, output=str(failed))
            output.seek(0)
            return Ran(ok=ended.returncode == 0, output=output.read())

    def own(self, fresh: Path) -> None:
        """Give a fresh file or folder to the account, and close it to all others."""
        fresh.chmod(0o700 if fresh.is_dir() else 0o600)
        if self.name is not None:
            entry = pwd.getpwnam(self.name)
            os.chown(fresh, entry.pw_uid, entry.pw_gid)

    def reaches(self, folder: Path) -> bool:
        """Whether the account may enter the folder, its parents' permissions included."""
        return self.name is None or self.run("test", "-x", folder, timeout_s=10).ok

    @property
    def group(self) -> int | None:
        """The account's group; None is our own."""
        return None if self.name is None else pwd.getpwnam(self.name).pw_gid


def server_home(folder: Path) -> tuple[Account, Path]:
    """The account to run the server as, and the folder of its files, ready for it."""
    account = Account(None if os.geteuid() else _roots_user(folder))
    link = folder / "postgres"
    home = link.resolve()
    if not home.is_dir():
        if account.reaches(folder):
            home.mkdir(mode=0o700)
        else:
            home = _reachable_home(link)
        account.own(home)
    return account, home


def _reachable_home(link: Path) -> Path:
    ROOTS_FOLDER.mkdir(mode=0o755, parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="postgres-", dir=ROOTS_FOLDER))
    link.unlink(missing_ok=True)
    link.symlink_to(home)
    _log.warning(
        "the database's files are in %s, since its user %s can't enter %s",
        home,
        ROOTS_USER,
        link.parent,
    )
    return home


def _roots_user(folder: Path) -> str:
    try:
        pwd.getpwnam(ROOTS_USER)
    except KeyError:
        _add_user(folder)
    return ROOTS_USER


def _add_user(folder: Path) -> None:
    if shutil.which("useradd"):
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin"]
    elif shutil.which("adduser"):  # BusyBox
        command = ["adduser", "-S", "-D", "-H", "-s", "/sbin/nologin"]
    else:
        reason = "PostgreSQL refuses to run as root, and no useradd is here; start as a user."
        raise EmbeddedPostgresFailed(str(folder), reason)
    added = Account(None).run(*command, ROOTS_USER, timeout_s=30)
    if not added.ok and ROOTS_USER not in {entry.pw_name for entry in pwd.getpwall()}:
        raise EmbeddedPostgresFailed(str(folder), f"no user to run as: {added.output.strip()}")
