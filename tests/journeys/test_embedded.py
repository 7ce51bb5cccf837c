"""The shop on its own embedded database: stopped, killed, and shared with other commands."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import Factory, define

from automate_store.adapters.postgres.embedded import EmbeddedPostgres
from benchmarks.rig.servers import COMMAND, Server, environment, free_port, run
from benchmarks.rig.shoppers import API, Shoppers, fresh_key

TIMEOUT_S = 60


@define
class OwnShop:
    """A data folder, and what runs on it."""

    folder: Path
    servers: list[Server] = Factory(list)

    @property
    def settings(self) -> dict[str, str]:
        return {"data_dir": str(self.folder / "data"), "mail_dir": str(self.folder / "mails")}

    def run(self) -> Server:
        """``automate-store run``, ready."""
        port = free_port()
        log = self.folder / f"run-{len(self.servers)}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*COMMAND, "run", "--port", str(port)],
                stdout=output,
                stderr=output,
                env=environment(self.settings),
            )
        self.servers.append(Server(port=port, process=process, log=log))
        self.servers[-1].wait_until_ready()
        return self.servers[-1]

    @property
    def database_runs(self) -> bool:
        return EmbeddedPostgres(self.folder / "data").postmaster_pid() is not None


@pytest.fixture
def shop() -> Iterator[OwnShop]:
    folder = Path(tempfile.mkdtemp(prefix="automate-store-journey-"))
    # The server's system user must be able to enter, where we are root.
    folder.chmod(0o755)
    opened = OwnShop(folder)
    try:
        yield opened
    finally:
        for server in opened.servers:
            server.stop()
        last = EmbeddedPostgres(folder / "data")
        last.start()
        last.stop()
        shutil.rmtree(folder)


@pytest.mark.slow
async def test_a_shop_that_was_stopped_or_killed_opens_again_with_all_it_had(
    shop: OwnShop,
) -> None:
    first = shop.run()
    async with Shoppers([first.base]) as shoppers:
        mug = await shoppers.ask("GET", f"{API}/products/enamel-mug")
        cart = await shoppers.fill([(mug.body["variants"][0]["id"], 1)])
        order = await shoppers.order(cart, key=fresh_key())
    path, token = f"{API}/orders/{order.body['id']}", {"X-Order-Token": order.body["token"]}
    first.process.send_signal(signal.SIGTERM)
    assert first.process.wait(TIMEOUT_S) == 0
    assert not shop.database_runs

    second = shop.run()
    async with Shoppers([second.base]) as shoppers:
        read = await shoppers.ask("GET", path, headers=token)
        paid = await shoppers.pay(order.body, order.body["token"])
    assert (read.body["number"], paid.status) == (order.body["number"], 200)
    second.process.kill()
    second.process.wait(TIMEOUT_S)

    third = shop.run()
    async with Shoppers([third.base]) as shoppers:
        read = await shoppers.ask("GET", path, headers=token)
    assert read.body["payment_status"] == "paid"
    code, audited = run(shop.settings, "audit", timeout_s=TIMEOUT_S)
    assert (code, third.alive()) == (0, True), audited
    assert "Nothing to do: the database stands at" in third.tail()


@pytest.mark.slow
def test_ctrl_c_while_the_shop_opens_leaves_nothing_running(shop: OwnShop) -> None:
    log = shop.folder / "run.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*COMMAND, "run", "--port", "0"],
            stdout=output,
            stderr=output,
            env=environment(shop.settings),
        )
    while not (shop.folder / "data").exists():
        assert process.poll() is None, log.read_text()
    process.send_signal(signal.SIGINT)
    assert process.wait(TIMEOUT_S) == 0, log.read_text()
    assert not shop.database_runs
    assert "Traceback" not in log.read_text()


@pytest.mark.slow
def test_the_demo_leaves_nothing_behind(shop: OwnShop) -> None:
    shop.folder.joinpath("tmp").mkdir(mode=0o755)
    shop.folder.joinpath("tmp").chmod(0o755)
    done = subprocess.run(
        [*COMMAND, "demo"],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        env=environment(shop.settings) | {"TMPDIR": str(shop.folder / "tmp")},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    for told in ("is confirmed", "order_shipped", "8.875 % on 28.00 USD", "The books agree."):
        assert told in done.stdout
    assert list((shop.folder / "tmp").iterdir()) == []
    assert not (shop.folder / "data").exists()
