"""Asking for mailed links, and using what they prove."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.rig.accounts import Member, register
from benchmarks.rig.mails import Letter, Mailbox
from benchmarks.rig.people import OTHER_PASSWORD, ask
from benchmarks.rig.shoppers import API, Answer, Shoppers

VERIFY, RESET, CONFIRM = "verify-email", "reset-password", "confirm-email"
INVALID = "400 link_invalid"
UNPROVEN = "403 owner_unproven"
MORE: Mapping[str, Mapping[str, str]] = {RESET: {"password": OTHER_PASSWORD}}
"""What a use of a link needs beside its secret."""


async def use(
    shoppers: Shoppers,
    page: str,
    secret: str,
    *,
    headers: Mapping[str, str] | None = None,
    server: int | None = None,
) -> Answer:
    """What the link's page would send."""
    body = {"token": secret, **MORE.get(page, {})}
    path = f"{API}/auth/{page}"
    return await shoppers.ask("POST", path, body, headers=headers, server=server)


async def proven(shoppers: Shoppers, mailbox: Mailbox, email: str) -> Member:
    """Somebody new whose e-mail is proven, so that it has a say in its change."""
    someone = await register(shoppers, email)
    letter = await verification(mailbox, someone)
    answer = await use(shoppers, VERIFY, letter.secret, headers=someone.headers)
    assert answer.ok, f"no e-mail was proven: {answer}"
    return someone


async def verification(mailbox: Mailbox, someone: Member) -> Letter:
    """The link that came when the account was opened."""
    return await mailbox.link(someone.email, VERIFY)


async def reset(shoppers: Shoppers, mailbox: Mailbox, someone: Member) -> Letter:
    """A fresh link for a forgotten password."""
    known = mailbox.count(someone.email, RESET)
    answer = await shoppers.ask("POST", f"{API}/auth/forgot-password", {"email": someone.email})
    assert answer.ok, f"no link was promised: {answer}"
    return await mailbox.link(someone.email, RESET, known + 1)


async def change(
    shoppers: Shoppers, mailbox: Mailbox, someone: Member, email: str
) -> tuple[Letter, Letter]:
    """Fresh links to both ends of a change of e-mail: today's, proven, and the one to be."""
    ends = (someone.email, email)
    known = [mailbox.count(end, CONFIRM) for end in ends]
    answer = await ask(shoppers, someone, "POST", "/auth/change-email", {"email": email})
    assert answer.ok, f"no links were promised: {answer}"
    old, new = [
        await mailbox.link(end, CONFIRM, count + 1) for end, count in zip(ends, known, strict=True)
    ]
    return old, new
