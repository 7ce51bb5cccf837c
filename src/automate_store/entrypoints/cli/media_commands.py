"""The commands about kept pictures, what they take, and their manual."""

from __future__ import annotations

from typing import Annotated

import typer

from automate_store.entrypoints.cli.opening import with_ports

media = typer.Typer(no_args_is_help=True, help="The pictures that the shop keeps.")


@media.command("sweep")
def sweep(
    *,
    older_than_days: Annotated[
        int, typer.Option(min=1, max=36_500, help="Leave what was sent in since then.")
    ] = 30,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go.")] = False,
) -> None:
    """
    Delete pictures that no product, category, brand, description or order speaks of.

    Example: automate-store media sweep --dry-run
    """
    from automate_store.entrypoints.cli.sweeping import sweep as run

    with_ports(lambda ports: run(older_than_days, dry_run=dry_run, ports=ports))
