"""Mailed links: whose each is, who may use it, and what is locked before it."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from automate_store.application.access import Actor
from automate_store.application.identity.acting import own_account
from automate_store.application.ports import Ports
from automate_store.application.ports.unit_of_work import Work
from automate_store.application.tokens import plausible, token_hash
from automate_store.domain.identity import (
    Account,
    Link,
    LinkInvalid,
    LinkPurpose,
    OwnerUnproven,
    PasswordWrong,
)


@frozen
class FoundLink:
    """A link that could be used, and its account as it was when it was found."""

    link: Link
    account: Account


async def find_link(token: str, *purposes: LinkPurpose, ports: Ports) -> FoundLink:
    """The link of one of these purposes, with its account; raises LinkInvalid."""
    if not plausible(token):
        raise LinkInvalid
    hashed, at = token_hash(token), ports.clock()
    # A work, and nothing in it is changed: links are for works alone.
    async with ports.unit_of_work() as work:
        link = await _first(hashed, purposes, at, work)
        return FoundLink(link, await work.accounts.get(link.account_id))


async def owned(found: FoundLink, password: str | None, *, actor: Actor, ports: Ports) -> FoundLink:
    """
    The link, which its account's session or password came with.

    Mail proves who reads it, and not who opened the account: that may have been somebody
    else, who waits for just this. Raises OwnerUnproven, PasswordWrong.
    """
    if password is not None:
        verified = await ports.hasher.verify(password, found.account.password_hash)
        if not verified.ok:
            raise PasswordWrong
    elif actor.account_id != found.account.id:
        raise OwnerUnproven
    return found


async def use_owned(found: FoundLink, *, actor: Actor, ports: Ports, work: Work) -> Account:
    """
    The account of the link, both locked, and the link used.

    Raises LinkInvalid, SessionOver, and PasswordWrong where it is another by now.
    """
    if actor.account_id == found.account.id:
        await own_account(actor, work, at=ports.clock())
    account = await use_link(found, ports=ports, work=work)
    if account.password_hash != found.account.password_hash:
        raise PasswordWrong
    return account


async def use_link(found: FoundLink, *, ports: Ports, work: Work) -> Account:
    """
    The account of the link, both locked, and the link used; raises LinkInvalid.

    The account comes first, as for everybody who voids links or mails them.
    """
    account = await work.accounts.get(found.account.id, lock=True)
    await work.links.use(found.link.token_hash, found.link.purpose, at=ports.clock())
    return account


async def _first(
    hashed: bytes, purposes: tuple[LinkPurpose, ...], at: datetime, work: Work
) -> Link:
    for purpose in purposes[:-1]:
        try:
            return await work.links.find(hashed, purpose, at=at)
        except LinkInvalid:
            continue
    return await work.links.find(hashed, purposes[-1], at=at)
