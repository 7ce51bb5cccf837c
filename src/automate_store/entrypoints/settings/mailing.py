"""What can be set of mails: who they are from, which way they go, and how they are worded."""

from __future__ import annotations

from pathlib import Path

from attrs import frozen

from automate_store.application.ports.messages import MailSecurity
from automate_store.entrypoints.settings.declaring import setting
from automate_store.entrypoints.settings.kinds import (
    EMAIL,
    FOLDER,
    HOST,
    PASSWORD,
    one_of,
    seconds,
    text,
    whole,
)


# Without slots: of several parts with slots no whole can be made.
@frozen(kw_only=True, slots=False)
class MailSettings:
    """The mails of a shop; without any of these they are shown on the console."""

    mail_from: str = setting(EMAIL, "shop@example.com", "The sender of the shop's mails")
    mail_dir: Path | None = setting(
        FOLDER,
        None,
        "Where mails are written as files, with no mail server set; else they go to the console",
        shown="console",
    )
    mail_templates_dir: Path | None = setting(
        FOLDER,
        None,
        "Templates of mails that take the place of the shipped ones (`docs/mails.md`)",
        shown="none",
    )
    smtp_host: str | None = setting(
        HOST, None, "The mail server that the shop's mails are handed to", shown="none"
    )
    smtp_port: int | None = setting(
        whole(1, 65_535),
        None,
        "The mail server's port",
        shown="587 with `starttls`, 465 with `tls`, else 25",
    )
    smtp_security: MailSecurity = setting(
        one_of(MailSecurity),
        MailSecurity.STARTTLS,
        "How the way there is kept from others; `none` is for a relay of one's own",
    )
    smtp_user: str | None = setting(
        text(255), None, "Who signs in to the mail server; without one, nobody does", shown="none"
    )
    smtp_password: str | None = setting(PASSWORD, None, "The password for that", shown="none")
    smtp_timeout_s: float = setting(
        seconds(1, 300), 20.0, "How long it may take to hand one mail over"
    )
