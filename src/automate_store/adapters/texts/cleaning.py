"""HTML from anywhere, made safe to show."""

from __future__ import annotations

import re

import nh3

from automate_store.application.ports.texts import CleanHtml

_TRIES = 3
_ELEMENT = re.compile(r"<([a-zA-Z][\w:-]*)")
_HANDLER = re.compile(r"<[^>]*[\s\"'/](on[a-z]+)\s*=", re.IGNORECASE)
_SCRIPTED = re.compile(r"(?:href|src)\s*=\s*[\"']?\s*(javascript|data|vbscript):", re.IGNORECASE)
_QUIET = frozenset({"html", "head", "body", "meta", "font", "big", "o:p"})
"""Elements that carry no content of their own: nobody misses them."""


def clean(html: str) -> CleanHtml:
    """
    The HTML without what could do harm, and what was taken out that somebody may miss.

    Cleaning what is clean changes nothing. Classes, styles and empty wrappers go unmentioned.
    """
    if "<" not in html and "&" not in html:
        return CleanHtml(html)
    cleaned = nh3.clean(html)
    if cleaned == html:
        return CleanHtml(html)
    return CleanHtml(_settled(cleaned), _missed(html))


def _settled(html: str) -> str:
    for _ in range(_TRIES):
        again, html = html, nh3.clean(html)
        if again == html:
            break
    return html


def _missed(html: str) -> tuple[str, ...]:
    elements = {name.lower() for name in _ELEMENT.findall(html)} - nh3.ALLOWED_TAGS - _QUIET
    handlers = {name.lower() for name in _HANDLER.findall(html)}
    schemes = {f"{scheme.lower()}:" for scheme in _SCRIPTED.findall(html)}
    return (*sorted(f"<{name}>" for name in elements), *sorted(handlers), *sorted(schemes))
