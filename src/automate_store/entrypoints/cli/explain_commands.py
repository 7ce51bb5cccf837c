"""The commands that explain what happened, what they take, and their manual."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from automate_store.entrypoints.cli.opening import with_ports

if TYPE_CHECKING:
    from automate_store.application.ports import Ports

explain = typer.Typer(no_args_is_help=True, help="Where amounts come from, cent by cent.")


@explain.command("order")
def order(
    number: Annotated[str, typer.Argument(help="As its customer has it, such as 7KQF-2M9X.")],
) -> None:
    """
    Tell where an order's money went: as it was placed, each change of it, and what went back.

    Ends with what the shop may keep and what it keeps; they agree.

    Example: automate-store explain order 7KQF-2M9X
    """
    from automate_store.application.orders import explain_order
    from automate_store.entrypoints.cli.explaining import print_story
    from automate_store.entrypoints.cli.operator import OPERATOR
    from automate_store.entrypoints.cli.printing import results

    async def explaining(ports: Ports) -> None:
        print_story(await explain_order(number, actor=OPERATOR, ports=ports), results())

    with_ports(explaining)
