"""
Letters written from Jinja templates: ``<letter>.txt`` and ``<letter>.html``.

The merchant's folder comes before what is shipped, file by file. A text begins with its
subject, as a mail does; HTML takes its frame from ``layout.html``.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    select_autoescape,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from automate_store.domain.notifications import Letter, Notice

SHIPPED = "shipped"
"""The folder of the shipped templates, and the name by which the merchant's may build on them."""
LONGEST = 262_144
"""Characters that a template may come to; no mail is so long but by mistake."""
_SHARED = {"layout", "parts"}
"""What templates are put together from."""
_SUBJECT = "Subject:"
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_log = logging.getLogger(__name__)

T = TypeVar("T")
Faults = Callable[[str, str], None]
"""Told the file of the merchant's that could not be used, and why."""


class NoSubjectError(ValueError):
    """A text that does not begin with a subject and a blank line."""


class TooLongError(ValueError):
    """A template that comes to more than any mail."""


def log_fault(file: str, why: str) -> None:
    """Leave it in the log: customers get the shipped wording meanwhile."""
    _log.warning("the mail template %s can't be used, the shipped one is: %s", file, why)


class TemplateNotices:
    """
    Implements ``ports.notices.Notices``; ``folder`` has the merchant's templates.

    Templates see the letter's facts and nothing else (a sandbox), and what they change is
    seen at once. One that is missing, or breaks, leaves its place to the shipped one of its
    name, and ``faults`` is told.
    """

    def __init__(self, folder: Path | None, *, faults: Faults = log_fault) -> None:
        package = PackageLoader(__package__, SHIPPED)
        shipped = ChoiceLoader([package, PrefixLoader({SHIPPED: package})])
        self._shipped = _environment(shipped)
        self._own = None if folder is None else _environment(_OwnFirst(folder, shipped))
        self._folder = folder
        self._faults = faults
        if folder is not None and not folder.is_dir():
            faults(str(folder), "there is no such folder")

    def write(self, letter: Letter) -> Notice:
        """The letter, from the merchant's templates as far as they can be used."""
        subject, text = self._written(f"{letter.name}.txt", letter.facts, _parted)
        html = self._written(f"{letter.name}.html", letter.facts, str)
        return Notice(subject, text, html)

    def names(self) -> tuple[str, ...]:
        """The letters that there are templates for, by name."""
        files = (Path(name) for name in self._shipped.list_templates(extensions=["txt"]))
        alone = (file.stem for file in files if len(file.parts) == 1)
        return tuple(sorted(name for name in alone if name not in _SHARED))

    def own(self) -> tuple[str, ...]:
        """The files of the merchant's that take the place of shipped ones."""
        shipped = set(self._shipped.list_templates())
        folder = self._folder
        found = () if folder is None or not folder.is_dir() else folder.iterdir()
        return tuple(sorted(file.name for file in found if file.name in shipped))

    def _written(self, file: str, facts: Mapping[str, object], finish: Callable[[str], T]) -> T:
        if self._own is not None:
            try:
                return finish(_rendered(self._own, file, facts))
            # Whatever a template does, the mail goes out.
            except Exception as broken:  # noqa: BLE001
                self._faults(file, _why(broken))
        return finish(_rendered(self._shipped, file, facts))


class _OwnFirst(BaseLoader):
    """The merchant's file where there is one; whether there is, is looked at each time."""

    def __init__(self, folder: Path, shipped: BaseLoader) -> None:
        self._folder = folder
        self._own = FileSystemLoader(folder)
        self._shipped = shipped

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        """Jinja's own: the template, its file, and whether that is still so."""
        try:
            return self._own.get_source(environment, template)
        except TemplateNotFound:
            source, file, _ = self._shipped.get_source(environment, template)
            return source, file, lambda: not (self._folder / template).exists()


def _environment(loader: BaseLoader) -> Environment:
    return ImmutableSandboxedEnvironment(
        loader=loader,
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _rendered(environment: Environment, file: str, facts: Mapping[str, object]) -> str:
    pieces, length = [], 0
    for piece in environment.get_template(file).generate(facts):
        length += len(piece)
        if length > LONGEST:
            raise TooLongError(f"it comes to more than {LONGEST} characters")
        pieces.append(piece)
    return "".join(pieces)


def _parted(rendered: str) -> tuple[str, str]:
    """The subject and the text of a written letter."""
    head, *rest = _BLANK_LINE.split(rendered.lstrip(), maxsplit=1)
    subject = " ".join(head.removeprefix(_SUBJECT).split())
    if not (head.startswith(_SUBJECT) and subject and rest):
        raise NoSubjectError(f'it does not begin with "{_SUBJECT} ..." and a blank line')
    return subject, rest[0].strip("\n")


def _why(broken: Exception) -> str:
    """What is wrong with the template; nothing that a fact said, for that is the customer's."""
    kind = type(broken).__name__
    if isinstance(broken, TemplateSyntaxError):
        return f"{kind}: {broken.message} (line {broken.lineno})"
    told = isinstance(broken, TemplateError | NoSubjectError | TooLongError)
    return f"{kind}: {broken}" if told else kind
