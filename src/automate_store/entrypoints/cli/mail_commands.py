"""The commands about mails, what they take, and their manual."""

from __future__ import annotations

from typing import Annotated

import typer

from automate_store.entrypoints.cli.opening import read_settings

mail = typer.Typer(no_args_is_help=True, help="The mails that the shop writes.")


@mail.command("list")
def list_mails() -> None:
    """
    Every letter, and whose templates it is written from.

    Example: automate-store mail list
    """
    from automate_store.entrypoints.cli.mails import print_letters

    print_letters(read_settings(quiet=True))


@mail.command("preview")
def preview(
    name: Annotated[str, typer.Argument(help="A letter, such as order_shipped.")],
    *,
    html: Annotated[bool, typer.Option("--html", help="The HTML instead of the text.")] = False,
    facts: Annotated[
        bool, typer.Option("--facts", help="What its templates may use, as JSON.")
    ] = False,
) -> None:
    """
    Write one letter about a made-up order, as the shop would; nothing is sent.

    Ends with 1 where a template of AUTOMATE_STORE_MAIL_TEMPLATES_DIR can't be used, and says
    why: customers get the shipped wording meanwhile.

    Example: automate-store mail preview order_shipped --html > shipped.html
    """
    from automate_store.entrypoints.cli.mails import print_facts, print_letter, samples

    if name not in samples():
        known = ", ".join(sorted(samples()))
        raise typer.BadParameter(f"{name} is no letter; these are: {known}", param_hint="name")
    settings = read_settings(quiet=True)
    if facts:
        print_facts(name, settings)
    elif not print_letter(name, settings, html=html):
        raise typer.Exit(1)
