"""What customers are told of their accounts; nothing in it is of a request's making."""

from __future__ import annotations

from automate_store.domain.notifications.notice import Notice


def email_verification(link: str, store_name: str) -> Notice:
    """The link that proves an e-mail."""
    return _notice(
        f"{store_name}: confirm your e-mail",
        "Please confirm that this address is yours:",
        link,
        "Whoever signs in to the account then sees what was ordered with this address. If you"
        " did not open an account, do nothing: without this link it stays unconfirmed.",
        store_name,
    )


def account_exists(url: str, store_name: str) -> Notice:
    """What somebody is told who registers with an e-mail that has an account."""
    return _notice(
        f"{store_name}: you have an account already",
        "Somebody, probably you, tried to open an account with this e-mail; there is one already.",
        url,
        "If you forgot its password, ask for a new one there. If it was not you, do nothing.",
        store_name,
    )


def password_reset(link: str, store_name: str) -> Notice:
    """The link that sets a new password."""
    return _notice(
        f"{store_name}: set a new password",
        "Somebody, probably you, asked for a new password. Set it here, once and soon:",
        link,
        "If it was not you, do nothing: the password stays as it is.",
        store_name,
    )


def email_change_approval(link: str, wanted: str, store_name: str) -> Notice:
    """What today's address is asked before another takes its place."""
    return _notice(
        f"{store_name}: approve your new e-mail",
        f"Your account's e-mail is to be {wanted}. If you want that, approve it here:",
        link,
        "If you do not, do nothing and change your password: somebody else may know it.",
        store_name,
    )


def email_change_confirmation(link: str, store_name: str) -> Notice:
    """What the address to be is asked."""
    return _notice(
        f"{store_name}: confirm your new e-mail",
        "Please confirm that this address is yours:",
        link,
        "An address that was confirmed before has to approve the change as well.",
        store_name,
    )


def credentials_changed(what: str, url: str, store_name: str) -> Notice:
    """That what the account stands on is another now."""
    return _notice(
        f"{store_name}: your {what} was changed",
        f"The {what} of your account was changed just now.",
        url,
        "If it was not you, ask for a new password there at once, and write to us.",
        store_name,
    )


def _notice(subject: str, first: str, link: str, last: str, store_name: str) -> Notice:
    return Notice(subject, f"{first}\n\n{link}\n\n{last}\n\n{store_name}")
