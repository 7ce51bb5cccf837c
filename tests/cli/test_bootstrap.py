"""The composition root: readiness that tells the truth, and settings that arrive."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from attrs import evolve
from sqlalchemy import text

from automate_store.adapters.postgres.migrate import newest_revision
from automate_store.adapters.postgres.revisions import shipped_revision
from automate_store.adapters.postgres.session import Session
from automate_store.adapters.smtp import SmtpMailer, SmtpServer
from automate_store.adapters.system import ConsoleMailer, FileMailer
from automate_store.application.access import CartOwner
from automate_store.application.carts import view_cart
from automate_store.application.ports.messages import MailSecurity
from automate_store.domain.taxes import TaxMode
from automate_store.entrypoints.asgi import http_app, readiness
from automate_store.entrypoints.bootstrap import (
    open_store,
    pricing_policy,
    running_database,
    store_policy,
)
from automate_store.entrypoints.cli.errors import CurrencyTaken, sentence
from automate_store.entrypoints.cli.opening import refuse_misfit
from automate_store.entrypoints.settings import PREFIX, Settings, SettingsRefused
from benchmarks.rig.servers import Server, environment, free_port
from tests.cli.shops import stocked
from tests.postgres_fixtures import fresh

MAILING = Settings(smtp_host="mail.example", mail_from="shop@shop.example")
NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"
TIMEOUT_S = 60


async def test_a_store_on_a_migrated_database_is_ready(postgres_url: str) -> None:
    async with open_store(Settings(), postgres_url) as store:
        found = await readiness(store)
        cart = await view_cart(CartOwner.guest(None), ports=store.ports)
    assert found.ready
    assert cart.cart.lines == ()


async def test_a_store_whose_database_is_away_opens_and_is_not_ready() -> None:
    async with open_store(Settings(), NOWHERE) as store:
        found = await readiness(store)
    assert found.reasons == ("the database does not answer",)


async def test_a_store_on_an_empty_database_asks_for_migrations(postgres_server: str) -> None:
    with fresh(postgres_server) as url:
        async with open_store(Settings(), url) as store:
            found = await readiness(store)
    assert found.reasons == ("the database stands at revision None; migrate it",)


async def test_a_store_whose_connections_are_all_in_use_is_not_ready(postgres_url: str) -> None:
    async with (
        open_store(Settings(pool_size=1), postgres_url) as store,
        Session(store.pool) as held,
    ):
        await held.fetch_value(text("SELECT 1"))
        found = await readiness(store)
    assert found.reasons == ("all 1 database connections are in use",)


async def test_a_store_whose_prices_are_in_another_currency_is_not_ready(postgres_url: str) -> None:
    async with open_store(Settings(), postgres_url) as store:
        await stocked(store.ports)
        assert (await readiness(store)).ready
    async with open_store(Settings(currency="EUR"), postgres_url) as store:
        found = await readiness(store)
        assert found.reasons == ("prices are in USD, and AUTOMATE_STORE_CURRENCY is not",)
        with pytest.raises(CurrencyTaken) as refused:
            await refuse_misfit(store)
    assert "AUTOMATE_STORE_CURRENCY is EUR" in sentence(refused.value)
    assert "Set AUTOMATE_STORE_CURRENCY" in sentence(refused.value)


def test_the_revision_that_is_shipped_is_the_head_of_the_migrations() -> None:
    assert shipped_revision() == newest_revision()


async def test_a_database_that_is_set_is_taken_as_it_is() -> None:
    async with running_database(Settings(database_url=NOWHERE)) as url:
        assert url == NOWHERE


def test_what_the_merchant_sets_arrives_where_it_counts() -> None:
    settings = Settings(
        currency="EUR",
        store_name="Laden",
        max_lines_per_cart=7,
        max_quantity_per_line=8,
        reservation_lifetime_s=60,
        tax_mode=TaxMode.INCLUSIVE,
    )
    policy = store_policy(settings)
    assert (policy.store_name, policy.currency) == ("Laden", "EUR")
    assert (policy.cart.max_lines, policy.cart.max_quantity) == (7, 8)
    assert policy.reservation_lifetime == timedelta(minutes=1)
    assert pricing_policy(settings).tax_mode is TaxMode.INCLUSIVE


async def test_passwords_and_tokens_are_as_the_settings_say() -> None:
    settings = Settings(
        store_name="Laden am Hafen",
        secret_key="k" * 32,
        token_audience="laden",
        password_min_length=12,
        password_require_special=False,
        password_hash_memory_kib=20_000,
    )
    async with open_store(settings, NOWHERE) as store:
        ports = store.ports
        assert (await ports.hasher.hash("zebra")).startswith("$argon2id$v=19$m=20000,t=2,p=1$")
    assert ports.passwords.faults("ladenamhafen", email="a@b.example", names=()) == (
        "has no number",
        "contains 'Laden am Hafen', which anyone would try",
    )
    assert ports.passwords.faults("zebralamp42", email="a@b.example", names=()) == (
        "has 11 characters; 12 is the least",
    )
    assert ports.tokens.audience == "laden"
    enrolment = ports.second_factor.enrol(account="ann")
    assert enrolment.sealed.startswith("fernet:")
    assert "Laden%20am%20Hafen" in enrolment.uri


@pytest.mark.parametrize(
    ("settings", "warned"),
    [
        (Settings(public_url="https://shop.example"), True),
        (Settings(public_url="https://shop.example", gateways=()), False),
        (Settings(), False),
    ],
)
async def test_who_sells_on_trust_in_public_is_told_so(settings: Settings, *, warned: bool) -> None:
    async with open_store(settings, NOWHERE) as store:
        with structlog.testing.capture_logs() as lines:
            http_app(store)
        offered = store.ports.ways_to_pay
    told = [line for line in lines if line["event"] == "manual_gateway_offered"]
    assert [line["log_level"] for line in told] == ["warning"] * warned
    assert offered == tuple(settings.gateways)


async def test_a_closed_store_hashes_no_more() -> None:
    async with open_store(Settings(), NOWHERE) as store:
        pass
    with pytest.raises(RuntimeError):
        await store.ports.hasher.hash("zebra")


async def test_mails_go_where_the_settings_say(tmp_path: Path) -> None:
    async with open_store(Settings(), NOWHERE) as console:
        assert isinstance(console.ports.mailer, ConsoleMailer)
    async with open_store(Settings(mail_dir=tmp_path), NOWHERE) as files:
        assert isinstance(files.ports.mailer, FileMailer)


@pytest.mark.parametrize(
    ("security", "port"),
    [(MailSecurity.STARTTLS, 587), (MailSecurity.TLS, 465), (MailSecurity.NONE, 25)],
)
async def test_mails_go_to_the_mail_server_that_is_set(
    security: MailSecurity, port: int, tmp_path: Path
) -> None:
    settings = evolve(MAILING, smtp_security=security, mail_dir=tmp_path)
    async with open_store(settings, NOWHERE) as store:
        mailer = store.ports.mailer
    assert isinstance(mailer, SmtpMailer)
    assert mailer._server == SmtpServer(
        host="mail.example", port=port, security=security, user=None, password=None, timeout_s=20.0
    )


@pytest.mark.parametrize(
    ("changed", "variable"),
    [
        ({"mail_from": Settings().mail_from}, "MAIL_FROM"),
        ({"smtp_user": "shop"}, "SMTP_PASSWORD"),
        ({"smtp_password": "hunter2"}, "SMTP_PASSWORD"),
        (
            {
                "smtp_user": "shop",
                "smtp_password": "hunter2",
                "smtp_security": MailSecurity.NONE,
            },
            "SMTP_SECURITY",
        ),
    ],
)
async def test_a_mail_server_whose_settings_do_not_fit_is_refused_at_the_start(
    changed: dict[str, Any], variable: str
) -> None:
    with pytest.raises(SettingsRefused) as refused:
        async with open_store(evolve(MAILING, **changed), NOWHERE):
            pass
    assert [fault.field for fault in refused.value.errors] == [f"{PREFIX}{variable}"]
    assert "hunter2" not in str(refused.value)


async def test_a_folder_of_mails_that_takes_none_is_refused_at_the_start(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(SettingsRefused) as refused:
        async with open_store(Settings(mail_dir=file / "mails"), NOWHERE):
            pass
    (fault,) = refused.value.errors
    assert fault.field == "AUTOMATE_STORE_MAIL_DIR"
    assert "can't be written to: not a directory" in fault.reason


async def test_a_relay_on_the_same_machine_may_be_told_a_password() -> None:
    signed_in = evolve(MAILING, smtp_host="localhost", smtp_user="shop", smtp_password="x")
    async with open_store(evolve(signed_in, smtp_security=MailSecurity.NONE), NOWHERE) as store:
        assert isinstance(store.ports.mailer, SmtpMailer)


def test_any_asgi_server_can_serve_the_store(postgres_url: str, tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "uvicorn.log"
    arguments = ["automate_store.entrypoints.asgi:app", "--port", str(port), "--lifespan", "on"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", *arguments],
            stdout=output,
            stderr=output,
            env=environment({"database_url": postgres_url}),
        )
    server = Server(port=port, process=process, log=log)
    try:
        server.wait_until_ready()
    finally:
        server.stop()
    assert "Traceback" not in server.tail()


@pytest.mark.slow
def test_an_asgi_server_hears_why_the_store_can_not_open(tmp_path: Path) -> None:
    arguments = ["automate_store.entrypoints.asgi:app", "--port", "0", "--lifespan", "on"]
    done = subprocess.run(
        [sys.executable, "-m", "uvicorn", *arguments],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment({"port": "a lot"}),
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 3
    assert "AUTOMATE_STORE_PORT is not a whole number" in done.stderr
