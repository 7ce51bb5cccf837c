"""Marks: texts that occur nowhere else, so that finding one says where it came from."""

from __future__ import annotations

import random
import re
import string
from urllib.parse import quote

from attrs import field, frozen

_LETTERS = string.ascii_letters + string.digits
SHORT = 8
"""A text of fewer letters counts where it stands by itself alone: times have digits too."""


@frozen
class Marks:
    """Every text that no log may hold, by what it is."""

    _random: random.Random
    secrets: dict[str, str] = field(factory=dict, init=False)
    """What each is, by its text; these may not stand in a job's arguments either."""
    personal: dict[str, str] = field(factory=dict, init=False)

    def word(self) -> str:
        """Letters that nobody has drawn before."""
        return "".join(self._random.choices(_LETTERS, k=12))

    def secret(self, kind: str, text: str) -> str:
        """The text, which is a secret from now on."""
        self.secrets[text] = kind
        return text

    def person(self, kind: str, text: str) -> str:
        """The text, which says who or where somebody is."""
        self.personal[text] = kind
        return text

    def password(self, kind: str = "password") -> str:
        """A password that the store takes."""
        return self.secret(kind, f"Pw-{self.word()}-7!")

    def email(self) -> str:
        """An e-mail of somebody new."""
        return self.person("e-mail", f"mark.{self.word().lower()}@example.com")

    def street(self) -> str:
        """Where somebody lives."""
        return self.person("street", f"{self._random.randrange(10, 99)} {self.word()} Lane")

    def card(self) -> str:
        """A number that a card could have, in one of the ways that people write it."""
        body = [4, *(self._random.randrange(10) for _ in range(14))]
        doubled = [digit if place % 2 else digit * 2 for place, digit in enumerate(body)]
        total = sum(digit - 9 if digit > 9 else digit for digit in doubled)
        number = "".join(map(str, [*body, -total % 10]))
        groups = [number[place : place + 4] for place in range(0, 16, 4)]
        return self.secret("card", self._random.choice(("", " ", "-")).join(groups))

    def found_in(self, text: str, *, secrets_alone: bool) -> dict[str, int]:
        """How often each kind of mark stands in the text."""
        wanted = self.secrets if secrets_alone else {**self.personal, **self.secrets}
        counts: dict[str, int] = {}
        for mark, kind in wanted.items():
            ways = {mark, quote(mark, safe=""), quote(mark), mark.replace(" ", "+")}
            if times := sum(_times(way, text) for way in ways):
                counts[kind] = counts.get(kind, 0) + times
        return counts


def _times(mark: str, text: str) -> int:
    if len(mark) >= SHORT:
        return text.count(mark)
    return len(re.findall(rf"(?<![\w.:-]){re.escape(mark)}(?![\w.:-])", text))
