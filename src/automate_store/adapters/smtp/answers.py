"""What a mail server's answers mean: whether to come again, and what a person may read of them."""

from __future__ import annotations

import re

from aiosmtplib import (
    SMTPDataError,
    SMTPNotSupported,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

LONGEST_SAID = 200
_FOR_GOOD = 500
"""From this code on an answer is final (RFC 5321, 4.2.1)."""
_POLICY = re.compile(r"5\.7\.\d")
"""Refused for who sends, not for whom or what (RFC 3463): the shop's settings may mend that."""


def refused_for_good(failed: BaseException) -> bool:
    """Whether the same mail would be refused again: for its recipient, or for what it is."""
    answer = _answer(failed)
    if isinstance(answer, SMTPRecipientRefused | SMTPDataError):
        return answer.code >= _FOR_GOOD and not _POLICY.match(answer.message)
    # A server without SMTPUTF8 can't write the address; what can't be on its line is none.
    # A certificate that is not believed is a ValueError too, and an OSError before all.
    return isinstance(answer, SMTPNotSupported | ValueError) and not isinstance(answer, OSError)


def what_it_said(failed: BaseException, to: str) -> str:
    """What went wrong, in a line that does not say who the mail was for."""
    answer = _answer(failed)
    said = str(answer) or type(answer).__name__
    if isinstance(answer, SMTPResponseException):
        said = f"{answer.code} {answer.message}"
    line = " ".join(said.split())
    return re.sub(re.escape(to), "the recipient", line, flags=re.IGNORECASE)[:LONGEST_SAID]


def _answer(failed: BaseException) -> BaseException:
    """The server's answer for our one recipient, out of the answers for all."""
    if isinstance(failed, SMTPRecipientsRefused) and failed.recipients:
        return failed.recipients[0]
    return failed
