"""A shopper's side of the API, with nothing but the standard library."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from automate_store.entrypoints.cli.errors import ShopRefused, ShopSilent

TIMEOUT_S = 10
API = "/api/v1"


class Client:
    """Requests to one shop; each blocks until it is answered."""

    def __init__(self, base: str) -> None:
        self.base = base.rstrip("/")

    def get(self, path: str, **headers: str) -> Any:
        """The answer's body; raises ShopRefused or ShopSilent."""
        return self._ask("GET", path, None, headers)

    def post(self, path: str, body: Mapping[str, Any], **headers: str) -> Any:
        """The answer's body; raises ShopRefused or ShopSilent."""
        return self._ask("POST", path, body, headers)

    def put(self, path: str, body: Mapping[str, Any], **headers: str) -> Any:
        """The answer's body; raises ShopRefused or ShopSilent."""
        return self._ask("PUT", path, body, headers)

    def _ask(
        self, method: str, path: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]
    ) -> Any:
        request = Request(  # noqa: S310 - the address is the operator's own word
            f"{self.base}{API}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"}
            | {name.replace("_", "-"): value for name, value in headers.items()},
        )
        try:
            with urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310 - as above
                return json.load(answer)
        except HTTPError as refused:
            detail = _detail(refused)
            raise ShopRefused(f"{method} {path}", refused.code, detail) from refused
        except (URLError, HTTPException, OSError, ValueError) as lost:
            raise ShopSilent(self.base, _why(lost)) from lost


def _why(lost: Exception) -> str:
    reason = getattr(lost, "reason", lost)
    return (getattr(reason, "strerror", None) or str(reason)).lower()


def _detail(refused: HTTPError) -> str:
    try:
        problem = json.load(refused)
        return str(problem.get("detail") or problem.get("title") or problem)
    except (ValueError, AttributeError, OSError):
        return refused.reason
