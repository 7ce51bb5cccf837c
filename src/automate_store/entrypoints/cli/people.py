"""``user`` and ``keys``: who may run the shop, and what their tokens are signed with."""

from __future__ import annotations

import sys

from automate_store.application.identity import (
    CreateAdmin,
    create_admin,
    mail_reset_link,
    promote,
    rotate_keys,
    set_password,
)
from automate_store.application.ports import Ports
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.entrypoints.cli.operator import OPERATOR
from automate_store.entrypoints.cli.printing import say

PASSWORD_BYTES = 1_000


def read_password(*, stdin: bool) -> str:
    """
    A password that is on no command line: typed twice unseen, or the first line of the input.

    Raises InvalidInput where the two differ, or there is nobody to type it.
    """
    if stdin:
        return sys.stdin.readline(PASSWORD_BYTES).rstrip("\r\n")
    if not sys.stdin.isatty():
        raise InvalidInput.of(
            "password", "can't be typed without a terminal; pass it to --password-stdin"
        )
    from getpass import getpass

    first, second = getpass("Password: "), getpass("Once more: ")
    if first != second:
        raise InvalidInput.of("password", "is not the same both times")
    return first


async def make_admin(
    email: str, *, first_name: str, last_name: str, password: str, ports: Ports
) -> None:
    """Let somebody run the shop."""
    command = CreateAdmin(
        email=email, password=password, first_name=first_name, last_name=last_name
    )
    account = await create_admin(command, actor=OPERATOR, ports=ports)
    say(f"{account.email} is an admin; sign in with POST /api/v1/auth/login.")


async def make_somebody_admin(email: str, *, ports: Ports) -> None:
    """Let somebody run the shop who has an account."""
    account = await promote(email, actor=OPERATOR, ports=ports)
    say(f"{account.email} is an admin; sign in with the password of before.")


async def reset_password(email: str, *, password: str | None, ports: Ports) -> None:
    """Set the password or, without one, have a link mailed."""
    if password is None:
        account = await mail_reset_link(email, actor=OPERATOR, ports=ports)
        say(f"A link is mailed to {account.email} as soon as a worker runs.")
        return
    account = await set_password(email, password, actor=OPERATOR, ports=ports)
    say(f"{account.email} has the new password; every session is over, a second factor off.")


async def new_key(*, at_once: bool, ports: Ports) -> None:
    """Sign access tokens with a new key."""
    key_id = await rotate_keys(at_once=at_once, actor=OPERATOR, ports=ports)
    older = "no longer count within ten seconds" if at_once else "count until they are over"
    say(f"Key {key_id} signs within half a minute; tokens of older keys {older}.")
