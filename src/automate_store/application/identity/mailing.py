"""
Mails about accounts, as reactions: the secret of a link is made here and never in a job.

It is derived from the event, so that a repeated reaction mails the same link again.
"""

from __future__ import annotations

from uuid import UUID, uuid5

from automate_store.application.ports import Ports
from automate_store.application.posting import post
from automate_store.application.tokens import token_hash
from automate_store.domain.identity import (
    Account,
    AccountNotFound,
    CredentialsChanged,
    EmailChangeAsked,
    EmailReplaced,
    Link,
    LinkPurpose,
    PasswordResetAsked,
    RegistrationRepeated,
    VerificationAsked,
)
from automate_store.domain.kernel.ids import UserId
from automate_store.domain.notifications import (
    account_exists,
    credentials_changed,
    email_change_approval,
    email_change_confirmation,
    email_verification,
    password_reset,
)


async def mail_verification(event: VerificationAsked, event_id: UUID, ports: Ports) -> None:
    """A link that proves the account's e-mail."""
    account = await _account(event.account_id, ports)
    if account is None or account.email_verified:
        return
    purpose = LinkPurpose.VERIFY_EMAIL
    url = await _link(account, purpose, account.email, event_id, ports)
    if url is not None:
        await post(email_verification(url), account.email, mail_id=event_id, ports=ports)


async def mail_password_reset(event: PasswordResetAsked, event_id: UUID, ports: Ports) -> None:
    """A link that sets a new password; nobody's id gets nothing."""
    account = await _account(event.account_id, ports)
    if account is None:
        return
    purpose = LinkPurpose.RESET_PASSWORD
    url = await _link(account, purpose, account.email, event_id, ports)
    if url is not None:
        await post(password_reset(url), account.email, mail_id=event_id, ports=ports)


async def mail_email_change(event: EmailChangeAsked, event_id: UUID, ports: Ports) -> None:
    """A link to the new address, and to today's, which approves where it was ever proven."""
    account = await _account(event.account_id, ports)
    if account is None or account.pending_email is None:
        return
    wanted = account.pending_email.email
    old_id, new_id = uuid5(event_id, "old"), uuid5(event_id, "new")
    confirm = await _link(account, LinkPurpose.CHANGE_EMAIL_NEW, wanted, new_id, ports)
    if confirm is None:
        return
    if not account.pending_email.old_confirmed:
        approve = await _link(account, LinkPurpose.CHANGE_EMAIL_OLD, wanted, old_id, ports)
        if approve is None:
            return
        asked = email_change_approval(approve, wanted)
        await post(asked, account.email, mail_id=old_id, ports=ports)
    await post(email_change_confirmation(confirm), wanted, mail_id=new_id, ports=ports)


async def mail_credentials_changed(event: CredentialsChanged, event_id: UUID, ports: Ports) -> None:
    """Whoever owns the account hears of it, should it not have been them."""
    account = await _account(event.account_id, ports)
    if account is not None:
        letter = credentials_changed(event.what)
        await post(letter, account.email, mail_id=event_id, ports=ports)


async def mail_email_replaced(event: EmailReplaced, event_id: UUID, ports: Ports) -> None:
    """Whoever had the account's mail hears that it goes elsewhere, should it not be their wish."""
    if event.before and await _account(event.account_id, ports) is not None:
        await post(credentials_changed("e-mail"), event.before, mail_id=event_id, ports=ports)


async def mail_account_exists(event: RegistrationRepeated, event_id: UUID, ports: Ports) -> None:
    """Whoever registers twice is told where the answer of the shop may not tell."""
    account = await _account(event.account_id, ports)
    if account is not None:
        await post(account_exists(), account.email, mail_id=event_id, ports=ports)


async def _account(account_id: UserId, ports: Ports) -> Account | None:
    async with ports.reading() as reads:
        try:
            account = await reads.accounts.get(account_id)
        except AccountNotFound:
            return None
    return None if account.deleted_at else account


async def _link(
    account: Account, purpose: LinkPurpose, email: str, link_id: UUID, ports: Ports
) -> str | None:
    """The address of a fresh link, built from the settings alone; None for who has left."""
    secret = await ports.gate.secret(f"link:{link_id}")
    policy, at = ports.policy.accounts, ports.clock()
    resets = purpose is LinkPurpose.RESET_PASSWORD
    link = Link(
        id=link_id,
        account_id=account.id,
        purpose=purpose,
        email=email,
        token_hash=token_hash(secret),
        created_at=at,
        expires_at=at + (policy.reset_lifetime if resets else policy.verify_lifetime),
    )
    async with ports.unit_of_work() as work:
        # Locked, so that nothing is kept on somebody who has left a moment ago.
        if (await work.accounts.get(account.id, lock=True)).deleted_at is not None:
            return None
        await work.links.add(link)
    # Behind the "#" it reaches the page and stays out of every server's log.
    return f"{ports.policy.url}/account/{_PAGES[purpose]}#token={secret}"


_PAGES = {
    LinkPurpose.VERIFY_EMAIL: "verify-email",
    LinkPurpose.RESET_PASSWORD: "reset-password",
    LinkPurpose.CHANGE_EMAIL_OLD: "confirm-email",
    LinkPurpose.CHANGE_EMAIL_NEW: "confirm-email",
}
