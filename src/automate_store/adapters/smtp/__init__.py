"""Mail handed to a mail server over SMTP, by aiosmtplib."""

from automate_store.adapters.smtp.messages import SmtpMailer, SmtpServer

__all__ = ["SmtpMailer", "SmtpServer"]
