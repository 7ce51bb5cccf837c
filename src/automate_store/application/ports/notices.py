"""The wording of what customers are told."""

from __future__ import annotations

from typing import Protocol

from automate_store.domain.notifications import Letter, Notice


class Notices(Protocol):
    """Writes letters in the words of the shop."""

    def write(self, letter: Letter) -> Notice:
        """
        The letter, written: whatever it tells of stands in the text as it is.

        In the HTML a fact is never more than text. The same letter is always written, however
        the shop's own words for it are broken.
        """
