"""The commands about people and keys, what they take, and their manual."""

from __future__ import annotations

from typing import Annotated

import typer

from automate_store.entrypoints.cli.opening import with_ports

users = typer.Typer(no_args_is_help=True, help="Who may run the shop.")
keys = typer.Typer(no_args_is_help=True, help="What access tokens are signed with.")

Email = Annotated[str, typer.Argument(help="The e-mail they sign in with.")]
FromStdin = Annotated[
    bool,
    typer.Option("--password-stdin", help="Read it from the input, not the terminal."),
]


@users.command("create-admin")
def create_admin(
    email: Email,
    *,
    first_name: Annotated[str, typer.Option(help="As mails and the audit trail name them.")],
    last_name: Annotated[str, typer.Option(help="As mails and the audit trail name them.")],
    password_stdin: FromStdin = False,
) -> None:
    """
    Let somebody run the shop; their password is asked for, and is on no command line.

    Example: automate-store user create-admin sue@example.com --first-name Sue --last-name Day
    """
    from automate_store.entrypoints.cli import people

    password = people.read_password(stdin=password_stdin)
    with_ports(
        lambda ports: people.make_admin(
            email, first_name=first_name, last_name=last_name, password=password, ports=ports
        )
    )


@users.command("promote")
def promote(email: Email) -> None:
    """
    Let somebody run the shop who has an account, and whose e-mail is confirmed.

    Example: automate-store user promote sue@example.com
    """
    from automate_store.entrypoints.cli import people

    with_ports(lambda ports: people.make_somebody_admin(email, ports=ports))


@users.command("reset-password")
def reset_password(
    email: Email,
    *,
    mail: Annotated[
        bool, typer.Option("--mail", help="Have a link mailed, so that they set it themselves.")
    ] = False,
    password_stdin: FromStdin = False,
) -> None:
    """
    Set somebody's password, end their sessions, and turn their second factor off.

    Example: automate-store user reset-password sue@example.com --mail
    """
    from automate_store.entrypoints.cli import people

    if mail and password_stdin:
        raise typer.BadParameter(
            "a mailed link sets the password; leave one of the two out",
            param_hint="--mail, --password-stdin",
        )
    password = None if mail else people.read_password(stdin=password_stdin)
    with_ports(lambda ports: people.reset_password(email, password=password, ports=ports))


@keys.command("rotate")
def rotate(
    *,
    at_once: Annotated[
        bool,
        typer.Option("--at-once", help="Refuse tokens of older keys: everybody has to refresh."),
    ] = False,
) -> None:
    """
    Sign access tokens with a new key; those of older ones count until they are over.

    Example: automate-store keys rotate
    """
    from automate_store.entrypoints.cli import people

    with_ports(lambda ports: people.new_key(at_once=at_once, ports=ports))
