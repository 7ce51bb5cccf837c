"""What a sabotage is: a rule broken on purpose, by changes of text that fit once."""

from __future__ import annotations

from pathlib import Path

from attrs import frozen

SOURCE = "src/automate_store/"


@frozen
class Change:
    """One piece of text of one file, and what takes its place."""

    file: str
    old: str
    new: str

    def apply(self, root: Path) -> None:
        """Make the change in a copy of the tree; raises ValueError unless it fits once."""
        path = root / SOURCE / self.file
        text = path.read_text()
        if (found := text.count(self.old)) != 1:
            raise ValueError(f"{self.file} has {found} places like {self.old!r}, not one")
        path.write_text(text.replace(self.old, self.new))


@frozen
class Sabotage:
    """A rule broken on purpose, and the promise whose check must see it."""

    promise: str
    broken: str
    changes: tuple[Change, ...]
    slow: bool = False
    """Whether only the full check can see it."""
