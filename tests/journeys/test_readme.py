"""The README's own lines, run as they stand."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from automate_store.entrypoints.settings import markdown_table
from benchmarks.rig.servers import COMMAND, Server, environment, free_port, run
from tests.postgres_fixtures import fresh

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:8000"
TIMEOUT_S = 60
POLL_S = 0.05


def block(mark: str) -> str:
    """The code after the mark."""
    found = re.search(rf"<!-- {mark} -->\n```\w+\n(.*?)```\n", README, re.DOTALL)
    assert found is not None, f"the README has no block marked {mark}"
    return found[1]


@pytest.fixture
def running(postgres_server: str, tmp_path: Path) -> Iterator[Server]:
    """What ``make run`` starts, on an empty database and a free port."""
    with fresh(postgres_server) as url:
        settings = {"database_url": url, "port": str(free_port())}
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


def said(server: Server, words: str) -> bool:
    """Whether the server says so, soon."""
    deadline = time.monotonic() + TIMEOUT_S
    while words not in server.tail(20_000):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True


def shell(script: str) -> str:
    done = subprocess.run(
        ["sh", "-eu"],
        input=script,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=True,
        env=environment({}),
    )
    return done.stdout


def test_the_code_is_taken_and_the_cart_says_why(running: Server) -> None:
    filling = block("purchase").replace(ADDRESS, running.base).partition("set --")[0]
    printed = shell(filling + block("code"))
    assert "'standing': 'applied'" in printed
    assert "WELCOME (10 % off): applied, 2.80 USD off" in printed
    assert "Free shipping from 100.00 USD: refused, 74.80 USD more" in printed


def test_somebody_registers_and_takes_a_cart_along(running: Server) -> None:
    filling = block("purchase").replace(ADDRESS, running.base).partition("set --")[0]
    printed = shell(filling + block("account"))
    carried, account = printed.splitlines()
    assert carried == "1"
    assert re.fullmatch(r"grace\.\d+@example\.com customer", account)
    assert said(running, "/account/verify-email#token=")


def test_the_purchase_ends_in_a_paid_order_and_a_mail(running: Server) -> None:
    printed = shell(block("purchase").replace(ADDRESS, running.base))
    assert "'payment_status': 'paid'" in printed
    number = re.search(r"'number': '([0-9A-Z-]+)'", printed)
    assert number is not None
    assert said(running, f"order {number[1]} is confirmed")
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(TIMEOUT_S) == 0
    log = running.tail(20_000)
    assert f"Start page   {running.base}/".lower() in log.lower()
    assert "Traceback" not in log


def test_the_demo_tells_its_story_in_the_same_shop(running: Server) -> None:
    code, told = run({}, "demo", "--url", running.base, timeout_s=TIMEOUT_S)
    assert code == 0, told
    assert "the order is processing, paid" in told


def test_the_library_prints_a_quote() -> None:
    done = subprocess.run(
        [sys.executable, "-c", block("library")],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=True,
    )
    assert "28.00" in done.stdout
    assert len([line for line in block("library").splitlines() if line]) <= 10


def test_the_settings_are_those_that_there_are() -> None:
    found = re.search(r"<!-- settings -->\n(.*?)\n<!-- /settings -->", README, re.DOTALL)
    assert found is not None
    assert found[1] == markdown_table()


def test_every_command_is_in_the_overview() -> None:
    overview = README.partition("| Command | What it does |")[2].partition("\n\n")[0]
    named = set(
        re.findall(r"`([a-z][a-z-]*(?: (?:catalog|add|list))?)[^`]*`(?=[^|]*\|[^|]*\|)", overview)
    )
    _, helped = run({}, "--help", timeout_s=TIMEOUT_S)
    commands = set(re.findall(r"^│ ([a-z][a-z-]*)  ", helped, re.MULTILINE))
    assert commands
    assert {name.split()[0] for name in named} == commands


def test_every_page_that_is_pointed_at_is_there() -> None:
    root = Path(__file__).parents[2]
    linked = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert linked
    assert [page for page in linked if not (root / page).exists()] == []
