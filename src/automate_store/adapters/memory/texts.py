"""Slugs and clean HTML by the standard library alone; stricter than what shops show."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from html.parser import HTMLParser
from typing import Any
from unicodedata import normalize

from automate_store.application.ports.texts import CleanHtml

_GAPS = re.compile(r"[^a-z0-9]+")
_KEPT = frozenset({"p", "br", "b", "strong", "i", "em", "ul", "ol", "li"})
_SILENT = frozenset({"script", "style"})
_EMPTY = frozenset({"br"})


class MemoryTexts:
    """Implements ``ports.texts.Texts``; keeps paragraphs, emphasis and lists, bare."""

    def slug(self, text: str) -> str:
        """The text in a-z, 0-9 and single hyphens; letters lose their accents."""
        plain = normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
        return _GAPS.sub("-", plain).strip("-")

    def clean(self, html: str) -> CleanHtml:
        """The HTML with the elements that are kept, and no attribute at all."""
        cleaner = _Cleaner()
        cleaner.feed(html)
        cleaner.close()
        return CleanHtml(cleaner.finished(), tuple(sorted(cleaner.missed)))


class _Cleaner(HTMLParser):
    """Writes down again what may stay, each element closed where it was opened."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.missed: set[str] = set()
        self._written: list[str] = []
        self._open: list[str] = []
        self._silent = ""

    def finished(self) -> str:
        """All of it, with nothing left open."""
        closing = (f"</{tag}>" for tag in reversed(self._open))
        return "".join([*self._written, *closing])

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.missed.update(name for name, _ in attrs if name.startswith("on"))
        if tag in _SILENT:
            self._silent = tag
        if tag not in _KEPT:
            self.missed.add(f"<{tag}>")
            return
        self._written.append(f"<{tag}>")
        if tag not in _EMPTY:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._silent:
            self._silent = ""
        while tag in self._open:
            last = self._open.pop()
            self._written.append(f"</{last}>")
            if last == tag:
                break

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._written.append(escape(data, quote=False))
