"""How mails are written and which way they go, as the settings choose it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import TextIO

import attrs

from automate_store.adapters.system import ConsoleMailer, FileMailer
from automate_store.application.ports.messages import Mailer, MailSecurity
from automate_store.application.ports.sources import Clock
from automate_store.domain.kernel.errors import FieldError
from automate_store.entrypoints.settings import PREFIX, Settings, SettingsRefused

PORTS = {MailSecurity.STARTTLS: 587, MailSecurity.TLS: 465, MailSecurity.NONE: 25}
"""Where mail servers listen, by how the way there is kept from others."""
_HERE = {"localhost", "127.0.0.1", "::1"}


def mailer(settings: Settings, clock: Clock, stream: TextIO | None) -> Mailer:
    """
    The way mails go: to the mail server that is set, into the folder, or to the console.

    Raises SettingsRefused for a mail server whose settings do not fit together, and for a
    folder that can't be written to.
    """
    if settings.smtp_host is not None:
        return _over_smtp(settings, settings.smtp_host, clock)
    if settings.mail_dir is None:
        return ConsoleMailer(stream or sys.stderr)
    _try_writing(settings.mail_dir)
    return FileMailer(settings.mail_dir, sender=settings.mail_from, clock=clock)


def _try_writing(folder: Path) -> None:
    # Else each mail would be tried again and again by a worker, and nobody be told.
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as failed:
        reason = (failed.strerror or str(failed)).lower()
        raise SettingsRefused(
            (_fault("MAIL_DIR", f"names a folder that can't be written to: {reason}"),)
        ) from failed


def _over_smtp(settings: Settings, host: str, clock: Clock) -> Mailer:
    if faults := tuple(_unfit(settings, host)):
        raise SettingsRefused(faults)
    # Its client is only imported where mails go that way.
    from automate_store.adapters.smtp import SmtpMailer, SmtpServer  # noqa: PLC0415

    server = SmtpServer(
        host=host,
        port=settings.smtp_port or PORTS[settings.smtp_security],
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=settings.smtp_password,
        timeout_s=settings.smtp_timeout_s,
    )
    return SmtpMailer(server, sender=settings.mail_from, clock=clock)


def _unfit(settings: Settings, host: str) -> Iterator[FieldError]:
    if settings.mail_from == attrs.fields(Settings).mail_from.default:
        yield _fault("MAIL_FROM", "is needed, for a mail server takes nothing from nobody")
    if (settings.smtp_user is None) != (settings.smtp_password is None):
        yield _fault("SMTP_PASSWORD", "and SMTP_USER are both set, or neither is")
    open_to_read = settings.smtp_security is MailSecurity.NONE and host not in _HERE
    if settings.smtp_user is not None and open_to_read:
        yield _fault("SMTP_SECURITY", "is starttls or tls where a password goes to another machine")


def _fault(name: str, reason: str) -> FieldError:
    return FieldError(f"{PREFIX}{name}", reason)
