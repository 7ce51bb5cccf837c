"""What no log may hold: all secrets that the shop of a test told, and those that it was sent."""

from __future__ import annotations

from typing import Any

from attrs import field, frozen
from httpx import Response

from tests.http.people import PASSWORD
from tests.http.web import STAFF_TOKEN

TOLD = ("token", "refresh_token", "csrf_token", "secret", "recovery_codes")
TOLD_HEADERS = ("x-cart-token", "x-csrf-token")
SHORTEST = 8
"""Shorter texts may stand anywhere by chance."""


@frozen
class SecretsTold:
    """Every secret of one test."""

    _texts: set[str] = field(factory=lambda: {PASSWORD, STAFF_TOKEN}, init=False)

    async def hear(self, answer: Response) -> None:
        """Remember what the answer tells."""
        await answer.aread()
        self._keep([answer.headers.get(name) for name in TOLD_HEADERS])
        self._keep([cookie.value for cookie in answer.cookies.jar])
        # An answer to HEAD says what it would be, and is not.
        if answer.content and answer.headers.get("content-type") == "application/json":
            told = answer.json()
            if isinstance(told, dict):
                self._keep([told.get(name) for name in TOLD])

    def found_in(self, logged: str) -> list[str]:
        """Those of them that the log holds."""
        return sorted(text for text in self._texts if text in logged)

    def _keep(self, found: list[Any]) -> None:
        for text in found:
            if isinstance(text, list):
                self._keep(text)
            elif isinstance(text, str) and len(text) >= SHORTEST:
                self._texts.add(text)
