"""
The commands, what they take, and their manual.

Each imports its machinery when it runs, so that ``--help`` is instant. A refusal of the
store ends a command with one red sentence and code 1, never with a traceback.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from attrs import evolve

from automate_store.domain.kernel.errors import StoreError
from automate_store.entrypoints.cli.explain_commands import explain
from automate_store.entrypoints.cli.mail_commands import mail
from automate_store.entrypoints.cli.media_commands import media
from automate_store.entrypoints.cli.opening import (
    debugging,
    environment,
    listening_at,
    read_settings,
    with_store,
)
from automate_store.entrypoints.cli.people_commands import keys, users
from automate_store.entrypoints.cli.setup_commands import exports, imports, shipping, taxes

if TYPE_CHECKING:
    from automate_store.entrypoints.bootstrap import Store

REFUSED, BROKEN, INTERRUPTED, TERMINATED = 1, 70, 130, 143
"""Exit codes: the store said no; a fault of ours; Ctrl-C; SIGTERM. Wrong usage is 2."""

PROGRAM = "automate-store"

app = typer.Typer(
    name=PROGRAM,
    add_completion=False,
    help="A commerce core on PostgreSQL: serve it, fill it, check it.",
    epilog="Settings come from the environment; see them with: automate-store settings",
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(imports, name="import")
app.add_typer(exports, name="export")
app.add_typer(shipping, name="shipping")
app.add_typer(taxes, name="tax")
app.add_typer(users, name="user")
app.add_typer(keys, name="keys")
app.add_typer(explain, name="explain")
app.add_typer(media, name="media")
app.add_typer(mail, name="mail")

Host = Annotated[str | None, typer.Option(help="Listen there instead of where the settings say.")]
Port = Annotated[int | None, typer.Option(min=0, max=65_535, help="0 takes any free port.")]


def main(arguments: Sequence[str] | None = None, environ: Mapping[str, str] | None = None) -> int:
    """Run one command, that of the process by default; its exit code."""
    debugging.set(False)
    environment.set(os.environ if environ is None else environ)
    try:
        # Not by calling ``app``: that writes on exceptions, and ours are frozen.
        command = typer.main.get_command(app)
        command(args=None if arguments is None else list(arguments), prog_name=PROGRAM)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except KeyboardInterrupt:
        return INTERRUPTED
    except asyncio.CancelledError:
        return TERMINATED
    except StoreError as refused:
        return _explained(refused)
    except Exception as broken:  # noqa: BLE001 - a fault of ours is told in a sentence too
        return _broken(broken)
    return 0


@app.callback()
def _global(
    *,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show where an error came from, and log more.")
    ] = False,
) -> None:
    debugging.set(debug)


@app.command()
def run(*, host: Host = None, port: Port = None) -> None:
    """
    A working shop in one command: database, tables, demo catalogue, server.

    What is there already stays as it is. Without AUTOMATE_STORE_DATABASE_URL the database is
    an embedded PostgreSQL in the user's data folder.

    Example: automate-store run --port 8080
    """
    from automate_store.entrypoints.cli.serving import run_shop
    from automate_store.entrypoints.cli.signals import run as run_loop

    run_loop(run_shop(listening_at(read_settings(quiet=True), host, port)))


@app.command()
def serve(
    *,
    host: Host = None,
    port: Port = None,
    worker: Annotated[
        bool | None,
        typer.Option("--worker/--no-worker", help="Run jobs (mails, expiry) in here too."),
    ] = None,
    migrate: Annotated[
        bool, typer.Option("--migrate", help="Run missing migrations first.")
    ] = False,
) -> None:
    """
    Serve the store over HTTP until SIGTERM or Ctrl-C, finishing what is under way.

    Example: automate-store serve --host 0.0.0.0 --port 80 --no-worker
    """
    from automate_store.entrypoints.cli.serving import serve_store
    from automate_store.entrypoints.cli.signals import run as run_loop

    settings = listening_at(read_settings(), host, port)
    if worker is not None:
        settings = evolve(settings, embedded_worker=worker)
    run_loop(serve_store(settings, migrate=migrate))


@app.command()
def worker() -> None:
    """
    Run jobs (mails, expired orders, purging) until SIGTERM; on as many machines as you like.

    Example: AUTOMATE_STORE_WORKER_CONCURRENCY=8 automate-store worker
    """
    from automate_store.entrypoints.cli.serving import work
    from automate_store.entrypoints.cli.signals import run as run_loop

    run_loop(work(read_settings()))


@app.command("fake-gateway")
def fake_gateway(
    *,
    host: Annotated[str, typer.Option(help="Listen there; it asks nobody who they are.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(min=0, max=65_535, help="0 takes any free one.")] = 4242,
    webhook_url: Annotated[
        str | None, typer.Option(help="Tell events there, such as a shop's webhook.")
    ] = None,
) -> None:
    """
    A payment provider for tests: real HTTP, and no real money.

    It forgets everything when it stops. What it can do, and do wrong, is told in
    docs/testing-with-the-fake-gateway.md.

    Example: automate-store fake-gateway --port 4242
    """
    from automate_store.entrypoints.cli.faking import serve_fake_gateway
    from automate_store.entrypoints.cli.signals import run as run_loop

    settings = listening_at(read_settings(quiet=True), host, port)
    run_loop(serve_fake_gateway(settings, webhook_url=webhook_url))


@app.command()
def migrate() -> None:
    """
    Bring the database to this release, and say what that took; safe from two at once.

    A new database gets default shipping methods. Example: automate-store migrate
    """
    from automate_store.entrypoints.bootstrap import running_database
    from automate_store.entrypoints.cli.migrating import bring_up_to_date
    from automate_store.entrypoints.cli.signals import run as run_loop

    settings = read_settings(quiet=True)

    async def migrating() -> None:
        async with running_database(settings) as url:
            await bring_up_to_date(settings, url)

    run_loop(migrating())


@app.command()
def demo(
    *,
    url: Annotated[
        str | None, typer.Option(help="A shop that runs, such as http://127.0.0.1:8000.")
    ] = None,
) -> None:
    """
    A whole purchase, told step by step, from the shelf to the mail.

    Without --url it happens in a shop of its own, which is gone afterwards.

    Example: automate-store demo --url http://127.0.0.1:8000
    """
    from automate_store.entrypoints.cli.demo import tell
    from automate_store.entrypoints.cli.signals import run as run_loop

    run_loop(tell(read_settings(quiet=True), url))


@app.command()
def audit(
    *,
    json: Annotated[bool, typer.Option("--json", help="One line of JSON.")] = False,
    shown: Annotated[int, typer.Option(min=1, help="Differences named for each check.")] = 20,
) -> None:
    """
    Check that stock, ledger, holds, orders and payments agree; changes nothing.

    May run while the shop sells. Ends with 1 where there is a difference.

    Example: automate-store audit --json
    """
    from automate_store.entrypoints.cli.auditing import print_json, print_report

    async def auditing(store: Store) -> int:
        report = await store.auditor().audit(shown=shown)
        (print_json if json else print_report)(report)
        return 0 if report.clean else REFUSED

    raise typer.Exit(with_store(auditing))


@app.command("reconcile")
def reconcile_payments(
    *,
    since: Annotated[str, typer.Option(help="How far back to look: 90m, 24h or 7d, say.")] = "24h",
    gateway: Annotated[str | None, typer.Option(help="That payment provider alone.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing: look only.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One line of JSON.")] = False,
) -> None:
    """
    Make the store and its payment providers agree: ask, hear what was missed, list the rest.

    May run while the shop sells, and twice. What went back is compared for what changed since.

    Ends with 0 where all agree, 1 where something is left to look at, or would change, 2 for
    wrong usage.

    Example: automate-store reconcile --since 7d --gateway stripe --dry-run
    """
    from automate_store.entrypoints.cli.reconciling import BOUNDS, span
    from automate_store.entrypoints.cli.reconciling import run as run_reconciling

    back = span(since)
    if back is None:
        raise typer.BadParameter(f"{since} is no time {BOUNDS}", param_hint="--since")

    async def reconciling(store: Store) -> int:
        agreed = await run_reconciling(back, gateway, as_json=json, dry=dry_run, ports=store.ports)
        return 0 if agreed else REFUSED

    raise typer.Exit(with_store(reconciling))


@app.command("check-gateways")
def check_gateways() -> None:
    """
    Say whether each payment provider works, by asking it for something harmless.

    Ends with 0 where all do, 1 where one refuses the key or does not answer, 2 for wrong
    usage. Whether webhooks come, only a payment shows.

    Example: automate-store check-gateways
    """
    from automate_store.entrypoints.cli.checking import run as run_checking

    async def checking(store: Store) -> int:
        return 0 if await run_checking(store.ports) else REFUSED

    raise typer.Exit(with_store(checking))


@app.command()
def openapi() -> None:
    """
    Print the OpenAPI document, and nothing else.

    Example: automate-store openapi > openapi.json
    """
    from automate_store.entrypoints.cli.documents import openapi_document

    sys.stdout.buffer.write(openapi_document(read_settings(quiet=True)) + b"\n")
    sys.stdout.flush()


@app.command()
def settings() -> None:
    """
    Print every setting: its variable, what it takes, its default and meaning.

    Example: automate-store settings | less
    """
    from automate_store.entrypoints.cli.documents import print_settings
    from automate_store.entrypoints.cli.printing import results

    print_settings(results())


@app.command()
def version() -> None:
    """
    Print the version.

    Example: automate-store version
    """
    from automate_store import release

    typer.echo(f"{PROGRAM} {release()}")


def _explained(refused: StoreError) -> int:
    from automate_store.entrypoints.cli.errors import sentence
    from automate_store.entrypoints.cli.printing import refuse

    if debugging.get():
        raise refused
    refuse(sentence(refused))
    return REFUSED


def _broken(broken: Exception) -> int:
    from automate_store.entrypoints.cli.printing import refuse

    if debugging.get():
        raise broken
    kind = type(broken).__name__
    refuse(f"The store broke, which is a fault of ours: {kind}: {broken}")
    refuse("automate-store --debug shows where; please report it.")
    return BROKEN
