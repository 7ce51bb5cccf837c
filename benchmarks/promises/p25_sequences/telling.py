"""What a broken law was found by: the fewest steps that break it, as a program to run again."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from decimal import Decimal

from attrs import frozen

from automate_store.domain.identity import Address
from automate_store.entrypoints.properties.trading import acts, beside, returning, shelf
from benchmarks.promises.p25_sequences.machines import InMemory

_STEP = re.compile(r"(\(?held_|state\b)")
_MEMBER = re.compile(r"<(\w+\.\w+): [^>]*>")
_CALLED = re.compile(r"\b([A-Z]\w+)[(.]")
_KNOWN = {
    **{each.__name__: each.__module__ for each in (Address, Decimal, InMemory)},
    **{
        name: module.__name__
        for module in (acts, beside, returning, shelf)
        for name, each in vars(module).items()
        if isinstance(each, type) and each.__module__ == module.__name__
    },
}
"""Where a program gets from what its steps are written with."""


@frozen(kw_only=True)
class Found:
    """The law that broke, and the steps that break it, each as it would be called."""

    law: str
    steps: tuple[str, ...]

    @classmethod
    def of(cls, broken: BaseException) -> Found:
        """What is found in the error that a machine ended with."""
        notes: list[str] = getattr(broken, "__notes__", [])
        return cls(law=law_of(broken), steps=tuple(_steps(notes)))

    @property
    def program(self) -> str:
        """The steps as a program that breaks the law again, where its store is in memory."""
        called = sorted({name for step in self.steps for name in _CALLED.findall(step)})
        imports = [f"from {_KNOWN[name]} import {name}" for name in called if name in _KNOWN]
        return "\n".join([f"# {self.law}", *imports, *self.steps])


def law_of(broken: BaseException) -> str:
    """What the law says, or the line of it that did not hold."""
    said = str(broken).partition("\n")[0]
    if not said:
        said = traceback.extract_tb(broken.__traceback__)[-1].line or "no word of what"
    return f"{type(broken).__name__}: {said}"


def _steps(notes: list[str]) -> Iterator[str]:
    """Of what was noted the calls, with what is drawn from enumerations as it is written."""
    for note in notes:
        if _STEP.match(note):
            yield _MEMBER.sub(r"\1", note)
