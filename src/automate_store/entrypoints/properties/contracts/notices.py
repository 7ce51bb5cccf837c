"""What every adapter of ``ports.notices.Notices`` promises."""

from __future__ import annotations

from automate_store.application.ports.notices import Notices
from automate_store.domain.notifications import (
    Letter,
    email_change_approval,
    email_verification,
    password_reset,
)

STORE = {"name": "Corner Shop", "url": "http://shop.example"}
LINK = "http://shop.example/account/reset-password#token=5p3c1al_-T0ken"
SLY = '<script>alert("x")</script>@example.com'


class NoticesContract:
    """A letter says all that it tells of, and nothing in it does harm; ``notices`` writes it."""

    def test_a_letter_has_a_subject_of_one_line(self, notices: Notices) -> None:
        subject = notices.write(_from_the_store(password_reset(LINK))).subject
        assert subject == " ".join(subject.split())
        assert subject

    def test_what_it_tells_of_stands_in_the_text_as_it_is(self, notices: Notices) -> None:
        letter = _from_the_store(email_change_approval(LINK, SLY))
        text = notices.write(letter).text
        assert LINK in text
        assert SLY in text

    def test_what_it_tells_of_is_never_more_than_text_in_the_html(self, notices: Notices) -> None:
        letter = _from_the_store(email_change_approval(LINK, SLY))
        html = notices.write(letter).html
        assert LINK in html
        assert "<script" not in html
        assert "&lt;script&gt;alert(" in html

    def test_the_same_letter_is_the_same_notice(self, notices: Notices) -> None:
        letter = _from_the_store(password_reset(LINK))
        assert notices.write(letter) == notices.write(letter)

    def test_letters_differ(self, notices: Notices) -> None:
        letters = (password_reset(LINK), email_verification(LINK))
        written = {notices.write(_from_the_store(letter)).subject for letter in letters}
        assert len(written) == len(letters)


def _from_the_store(letter: Letter) -> Letter:
    return Letter(letter.name, {**letter.facts, "store": STORE})
