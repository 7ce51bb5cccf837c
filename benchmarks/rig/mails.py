"""The mails that a shop leaves as files: whom they went to, and the links in them."""

from __future__ import annotations

import asyncio
import re
import time
from collections import defaultdict
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path

from attrs import frozen

POLL_S = 0.05
DELIVERY_S = 30.0
"""How long a mail may be on its way: the shop's worker sends it, behind all else."""

_LINK = re.compile(r"(\S+)/account/([\w-]+)#token=([\w-]+)")


@frozen
class Letter:
    """One mail; ``base``, ``page`` and ``secret`` are those of the link in it, if it has one."""

    to: str
    subject: str
    text: str

    @property
    def base(self) -> str:
        """Where the link leads: the shop's address, as far as the mail is concerned."""
        return self._part(1)

    @property
    def page(self) -> str:
        """What the link is for."""
        return self._part(2)

    @property
    def secret(self) -> str:
        """What the link proves."""
        return self._part(3)

    def _part(self, number: int) -> str:
        found = _LINK.search(self.text)
        return found[number] if found else ""


class Mailbox:
    """Every mail of one shop, each file read once; those to one address as they came."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: set[str] = set()
        self._letters: dict[str, list[Letter]] = defaultdict(list)

    def letters(self, to: str) -> list[Letter]:
        """What has come for that address so far, in the order it was written."""
        self._look()
        return self._letters[to]

    def count(self, to: str, page: str) -> int:
        """How many links for that have come there."""
        return sum(letter.page == page for letter in self.letters(to))

    async def wait(self, to: str, count: int = 1) -> list[Letter]:
        """The letters to that address, once there are so many; fewer after DELIVERY_S."""
        return await self._until(lambda: self.letters(to), count)

    async def link(self, to: str, page: str, count: int = 1) -> Letter:
        """The newest letter with a link for that, once there are so many of them."""

        def links() -> list[Letter]:
            return [letter for letter in self.letters(to) if letter.page == page]

        found = await self._until(links, count)
        assert len(found) >= count, f"no link for {page} came to {to}"
        return found[-1]

    async def _until(self, look: Callable[[], list[Letter]], count: int) -> list[Letter]:
        deadline = time.monotonic() + DELIVERY_S
        while True:
            found = look()
            if len(found) >= count or time.monotonic() > deadline:
                return found
            await asyncio.sleep(POLL_S)

    def _look(self) -> None:
        fresh = [path for path in self._folder.glob("*.eml") if path.name not in self._read]
        # Their ids don't tell their order: those of links to both ends of a change are derived.
        for path in sorted(fresh, key=lambda path: path.stat().st_mtime_ns):
            self._read.add(path.name)
            mail = message_from_bytes(path.read_bytes(), policy=policy.default)
            content = mail.get_body(("plain",))
            assert content is not None, "every mail is plain text"
            letter = Letter(str(mail["To"]), str(mail["Subject"]), content.get_content())
            self._letters[letter.to].append(letter)
