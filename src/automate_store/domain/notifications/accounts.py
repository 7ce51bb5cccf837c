"""What customers are told of their accounts; nothing in it is of a request's making."""

from __future__ import annotations

from automate_store.domain.notifications.notice import Letter


def email_verification(link: str) -> Letter:
    """The link that proves an e-mail."""
    return Letter("email_verification", {"link": link})


def account_exists() -> Letter:
    """What somebody is told who registers with an e-mail that has an account."""
    return Letter("account_exists", {})


def password_reset(link: str) -> Letter:
    """The link that sets a new password."""
    return Letter("password_reset", {"link": link})


def email_change_approval(link: str, wanted: str) -> Letter:
    """What today's address is asked before another takes its place."""
    return Letter("email_change_approval", {"link": link, "wanted": wanted})


def email_change_confirmation(link: str) -> Letter:
    """What the address to be is asked."""
    return Letter("email_change_confirmation", {"link": link})


def credentials_changed(what: str) -> Letter:
    """That what the account stands on is another now."""
    return Letter("credentials_changed", {"what": what})
