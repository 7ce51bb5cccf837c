"""What becomes of texts that people write: slugs by python-slugify, HTML cleaned by nh3."""

from __future__ import annotations

from functools import lru_cache

from attrs import frozen
from slugify import slugify

from automate_store.adapters.texts.cleaning import clean
from automate_store.application.ports.texts import CleanHtml

__all__ = ["WrittenTexts"]


@frozen
class WrittenTexts:
    """Implements ``ports.texts.Texts``."""

    def slug(self, text: str) -> str:
        """The text in a-z, 0-9 and single hyphens; empty where nothing of it is left."""
        return _slug(text)

    def clean(self, html: str) -> CleanHtml:
        """The HTML without what could do harm."""
        return clean(html)


@lru_cache(maxsize=8192)
def _slug(text: str) -> str:
    made: str = slugify(text)
    return made
