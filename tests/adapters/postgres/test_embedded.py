"""The embedded server: shared, repaired after kills, stopped by its last user only."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest

from automate_store.adapters.postgres.embedded import (
    SETTINGS,
    EmbeddedPostgres,
    EmbeddedPostgresFailed,
    EmbeddedPostgresMissing,
)
from automate_store.adapters.postgres.embedded._account import ROOTS_FOLDER, Account
from automate_store.adapters.postgres.embedded._programs import programs
from tests.postgres_fixtures import scratch

QUICK = {"fsync": "off", "full_page_writes": "off"}
"""A kill of processes, which is all that is tried here, loses nothing for want of a disk."""

KEEP = "CREATE TABLE IF NOT EXISTS kept (word text); INSERT INTO kept VALUES ('here')"
USER = """
import sys, time
from pathlib import Path
from automate_store.adapters.postgres.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), settings={"fsync": "off"})
print(server.start(), flush=True)
sys.stdin.readline()
server.stop()
"""


def test_a_new_folder_becomes_a_shop_and_stays_one(server: EmbeddedPostgres) -> None:
    url = server.start()
    _write(url, KEEP)
    server.stop()
    began = time.monotonic()
    again = server.start()
    took_s = time.monotonic() - began

    assert again == url
    assert _read(url, "SELECT DISTINCT word FROM kept") == [("here",)]
    assert took_s < 3


def test_it_listens_on_nothing_but_a_socket_that_only_its_owner_reaches(
    server: EmbeddedPostgres,
) -> None:
    url = server.start()
    shown = {
        name: _read(url, f"SHOW {name}")[0][0]
        for name in ("listen_addresses", "unix_socket_directories", *SETTINGS)
        if name not in QUICK
    }

    assert shown.pop("listen_addresses") == ""
    assert Path(shown.pop("unix_socket_directories")).stat().st_mode & 0o077 == 0
    assert shown == {name: value for name, value in SETTINGS.items() if name in shown}


def test_commits_wait_for_the_disk_by_default() -> None:
    assert (SETTINGS["fsync"], SETTINGS["synchronous_commit"]) == ("on", "on")


def test_what_a_person_wrote_into_postgresql_conf_wins(server: EmbeddedPostgres) -> None:
    server.start()
    server.stop()
    with (server.folder / "postgres" / "data" / "postgresql.conf").open("a") as conf:
        conf.write("work_mem = '11MB'\n")

    assert _read(server.start(), "SHOW work_mem") == [("11MB",)]


def test_it_stops_with_its_last_user_and_not_before(server: EmbeddedPostgres) -> None:
    url = server.start()
    with _user(server.folder) as other:
        server.stop()
        assert _read(url, "SELECT 1") == [(1,)]
        other.communicate(input="", timeout=20)

    assert server.postmaster_pid() is None


def test_a_user_that_was_killed_does_not_keep_it_running(server: EmbeddedPostgres) -> None:
    with _user(server.folder) as other:
        other.kill()
    pid = server.postmaster_pid()
    server.start()

    assert server.postmaster_pid() == pid, "the orphan is found, not started again"
    server.stop()
    assert server.postmaster_pid() is None


@pytest.mark.slow
def test_a_ctrl_c_for_us_is_none_for_the_server(server: EmbeddedPostgres) -> None:
    with _user(server.folder) as other:
        os.killpg(other.pid, signal.SIGINT)
        other.wait(timeout=20)

    assert server.postmaster_pid() is not None
    assert _read(server.start(), "SELECT 1") == [(1,)]


def test_a_killed_server_is_started_again_with_what_it_had(server: EmbeddedPostgres) -> None:
    url = server.start()
    _write(url, KEEP)
    _kill(server)

    assert server.start() == url
    assert _read(url, "SELECT DISTINCT word FROM kept") == [("here",)]


def test_a_pid_that_belongs_to_another_program_by_now_is_no_server(
    server: EmbeddedPostgres,
) -> None:
    server.start()
    _kill(server)
    pid_file = server.folder / "postgres" / "data" / "postmaster.pid"
    _, *rest = pid_file.read_text().split("\n")
    pid_file.write_text("\n".join([str(os.getpid()), *rest]))

    assert _read(server.start(), "SELECT 1") == [(1,)]


@pytest.mark.slow
def test_a_half_made_cluster_is_made_anew(own_server: EmbeddedPostgres) -> None:
    own_server.start()
    own_server.stop()
    home = (own_server.folder / "postgres").resolve()
    shutil.move(home / "data", home / "data.new")
    (home / "data.new" / "PG_VERSION").unlink()

    assert _read(own_server.start(), "SELECT 1") == [(1,)]


@pytest.mark.slow
def test_a_long_path_gets_a_short_socket(scratch_folder: Path) -> None:
    deep = scratch_folder / ("long" * 30)
    deep.mkdir(mode=0o711)
    server = EmbeddedPostgres(deep, settings=QUICK)
    url = server.start()
    sockets = Path(url.partition("host=")[2].partition("&")[0])

    assert _read(url, "SELECT 1") == [(1,)]
    server.stop()
    assert not sockets.exists(), "what is outside the folder goes with the server"


@pytest.mark.slow
def test_a_server_that_can_not_start_says_why(own_server: EmbeddedPostgres) -> None:
    own_server.start()
    own_server.stop()
    with (own_server.folder / "postgres" / "data" / "postgresql.conf").open("a") as conf:
        conf.write("shared_buffers = 'plenty'\n")

    with pytest.raises(EmbeddedPostgresFailed, match="shared_buffers"):
        own_server.start()


@pytest.mark.parametrize("below", [".", "shop"])
def test_a_folder_that_can_not_be_made_is_named(tmp_path: Path, below: str) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file")
    with pytest.raises(EmbeddedPostgresFailed) as refused:
        EmbeddedPostgres(taken / below).start()
    assert refused.value.folder == str(taken / below)
    assert "the folder can't be used" in str(refused.value)


def test_without_the_wheel_it_says_what_to_install() -> None:
    with pytest.raises(EmbeddedPostgresMissing, match=r"automate_store\[embedded\]"):
        programs(Account(None), package="no_such_wheel")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts it as somebody else")
def test_root_keeps_it_where_its_user_can_reach_it_and_opens_nobodys_home(
    scratch_folder: Path,
) -> None:
    home = scratch_folder / "root"
    home.mkdir(mode=0o700)
    server = EmbeddedPostgres(home / "shop", settings=QUICK)
    url = server.start()
    place = (home / "shop" / "postgres").resolve()

    assert _read(url, "SELECT 1") == [(1,)]
    assert home.stat().st_mode & 0o777 == 0o700
    assert place.stat().st_mode & 0o777 == 0o700
    assert place.parent == ROOTS_FOLDER
    server.stop()
    shutil.rmtree(place)


@contextmanager
def _user(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that uses the server until it is told to stop, or dies."""
    with subprocess.Popen(
        [sys.executable, "-c", USER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
    ) as process:
        assert process.stdout is not None, "it is piped"
        assert process.stdout.readline().startswith("postgresql://")
        yield process


def _kill(server: EmbeddedPostgres) -> None:
    pid = server.postmaster_pid()
    assert pid is not None, "the server runs"
    os.kill(pid, signal.SIGKILL)


def _read(url: str, statement: LiteralString) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(statement).fetchall()


def _write(url: str, statement: LiteralString) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


@pytest.fixture(scope="module")
def shared_folder() -> Iterator[Path]:
    """The folder of one cluster, since making one takes longer than starting it."""
    with scratch() as folder:
        yield folder


@pytest.fixture
def server(shared_folder: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(shared_folder, settings=QUICK)
    yield server
    server.stop()


@pytest.fixture
def own_server(scratch_folder: Path) -> Iterator[EmbeddedPostgres]:
    """A server that may be left in ruins."""
    server = EmbeddedPostgres(scratch_folder, settings=QUICK)
    yield server
    server.stop()
