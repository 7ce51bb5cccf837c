"""The page on what follows an order: its commands run, and print what it says."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from automate_store.entrypoints.http import ROUTES
from automate_store.entrypoints.settings import describe
from benchmarks.rig.servers import COMMAND, Server, environment, free_port
from tests.postgres_fixtures import fresh

PAGE = (Path(__file__).parents[2] / "docs" / "after-the-order.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:8000"
SETTINGS = {"staff_token": "a-token-for-the-staff", "limit_checkout": "off"}
"""What the page has its shop started with."""
END = "== end of a block"
TIMEOUT_S = 120
_BLOCK = re.compile(r"```sh\n(.*?)```\n(?:\n```\n(.*?)```\n)?", re.DOTALL)


@pytest.fixture
def running(postgres_server: str, tmp_path: Path) -> Iterator[Server]:
    """What the page starts, on an empty database and a free port."""
    with fresh(postgres_server) as url:
        settings = {**SETTINGS, "database_url": url, "port": str(free_port())}
        log = tmp_path / "run.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*COMMAND, "run"], stdout=output, stderr=output, env=environment(settings)
            )
        server = Server(port=int(settings["port"]), process=process, log=log)
        try:
            server.wait_until_ready()
            yield server
        finally:
            server.stop()


@pytest.mark.slow
def test_every_command_prints_what_stands_below_it(running: Server) -> None:
    blocks = _BLOCK.findall(PAGE.replace(ADDRESS, running.base))
    done = subprocess.run(
        ["sh", "-eu"],
        input="".join(f"{commands}echo '{END}'\n" for commands, _ in blocks),
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
        env=environment({}),
    )
    assert done.stderr == ""
    assert done.stdout.split(f"{END}\n")[:-1] == [printed for _, printed in blocks]
    assert len(blocks) > 5


def test_the_shop_is_started_as_it_is_here() -> None:
    started = re.search(r"^(AUTOMATE_STORE_.*) make run$", PAGE, re.MULTILINE)
    assert started is not None
    given = dict(each.split("=") for each in started[1].split())
    assert given == {f"AUTOMATE_STORE_{name.upper()}": value for name, value in SETTINGS.items()}


def test_every_route_and_setting_that_it_names_is_there() -> None:
    named = set(re.findall(r"`(GET|PUT|POST|DELETE) (/[^`?]+)", PAGE))
    there = {(route.method, route.path.removeprefix("/api/v1")) for route in ROUTES}
    assert len(named) > 20
    assert named - there == set()
    settings = set(re.findall(r"AUTOMATE_STORE_[A-Z_]+", PAGE))
    assert settings - {each.variable for each in describe()} == set()
