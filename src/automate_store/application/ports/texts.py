"""Words from outside, as the store keeps them: names for addresses, and HTML without harm."""

from __future__ import annotations

from typing import Protocol

from attrs import frozen


@frozen
class CleanHtml:
    """HTML that may be shown as it is, and what somebody may miss in it."""

    html: str
    missed: tuple[str, ...] = ()
    """What was taken out, as ``<script>``, ``onclick`` or ``javascript:``."""


class Texts(Protocol):
    """What becomes of texts that people write; the same text always becomes the same."""

    def slug(self, text: str) -> str:
        """The text in a-z, 0-9 and single hyphens; empty where nothing of it is left."""

    def clean(self, html: str) -> CleanHtml:
        """
        The HTML without what could do harm: no script, no handler, no style, no frame.

        Paragraphs, emphasis and lists stay. Cleaning what is clean changes nothing.
        """
