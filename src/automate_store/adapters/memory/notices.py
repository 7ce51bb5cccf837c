"""Letters in bare facts, for a shop that is only tried out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from automate_store.domain.notifications import Letter, Notice


class MemoryNotices:
    """Writes the letter's name as the subject, and a line for each fact."""

    def write(self, letter: Letter) -> Notice:
        """The letter's facts, in the order they have."""
        lines = [f"{name}: {fact}" for name, fact in _flat(letter.facts, ())]
        items = "".join(f"<li>{escape(line)}</li>" for line in lines)
        return Notice(letter.name.replace("_", " "), "\n".join(lines), f"<ul>{items}</ul>")


def _flat(facts: object, path: tuple[str, ...]) -> Iterator[tuple[str, object]]:
    if isinstance(facts, Mapping):
        for name, fact in facts.items():
            yield from _flat(fact, (*path, str(name)))
    elif isinstance(facts, list | tuple):
        for number, fact in enumerate(facts, 1):
            yield from _flat(fact, (*path, str(number)))
    else:
        yield ".".join(path), facts
