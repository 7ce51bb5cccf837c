"""The line to PayPal: its token, its answers, and what goes wrong on the way."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

import msgspec
import structlog
from attrs import field, frozen

from automate_store.adapters.asking import Answer, Asker, NoAnswer
from automate_store.adapters.paypal.amounts import NAME
from automate_store.application.errors import GatewayRefused, GatewayUnavailable, KeyRefused
from automate_store.application.ports.sources import Clock

LONGEST_ANSWER = 4_194_304
"""Bytes that are read of an answer."""
LONGEST_REASON = 300
TOKEN = "/v1/oauth2/token"  # noqa: S105 - where it is had
LONGEST_LIFE_S = 86_400
"""For how long a token is believed to count, whatever it says."""
RENEWED_BEFORE = timedelta(seconds=60)
"""How long before its end a token is no longer used."""
_UNKNOWN = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.CONFLICT,  # the same request is being worked on
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)
_NOT_READABLE = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError)
_LOCKED_OUT = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_Answer = TypeVar("_Answer")


@frozen(kw_only=True)
class PayPalAccount:
    """Whose account it is, and where shoppers come back to from PayPal's pages."""

    url: str
    """The REST API's, without a slash at its end."""
    client_id: str = field(repr=False)
    secret: str = field(repr=False)
    return_url: str
    cancel_url: str


class Link(msgspec.Struct, frozen=True):
    """One of the things that can be done next."""

    href: str
    rel: str


class _Detail(msgspec.Struct, frozen=True):
    issue: str = ""
    description: str = ""


class _Problem(msgspec.Struct, frozen=True):
    name: str = ""
    message: str = ""
    details: tuple[_Detail, ...] = ()
    links: tuple[Link, ...] = ()


class _Token(msgspec.Struct, frozen=True):
    access_token: str
    expires_in: Annotated[int, msgspec.Meta(ge=0)]


class PayPalSays(Exception):  # noqa: N818 - named for the fact
    """PayPal refuses: nothing has moved. ``issue`` is its word for why."""

    def __init__(self, status: int, issue: str, reason: str, links: tuple[Link, ...]) -> None:
        super().__init__(reason)
        self.status = status
        self.issue = issue
        self.reason = reason
        self.links = links

    @property
    def missing(self) -> bool:
        """Whether there is no such thing there."""
        return self.status == HTTPStatus.NOT_FOUND

    def refused(self) -> GatewayRefused:
        """The same as whoever asked is told it."""
        return GatewayRefused(NAME, self.reason)


class PayPalLine:
    """Asks PayPal, with a token that is fetched when it is needed."""

    def __init__(self, account: PayPalAccount, asker: Asker, *, clock: Clock) -> None:
        self.account = account
        self._asker = asker
        self._clock = clock
        self._token = ""
        self._until: datetime | None = None
        self._fetching = asyncio.Lock()

    async def get(self, path: str, answer: type[_Answer], **query: str) -> _Answer:
        """What there is; raises PayPalSays, GatewayUnavailable."""
        return _read(await self._ask("GET", path, query=query), answer)

    async def post(self, path: str, body: Any, answer: type[_Answer], *, key: str) -> _Answer:
        """What came of it, the same for the same key; raises PayPalSays, GatewayUnavailable."""
        headers = {"PayPal-Request-Id": key, "Prefer": "return=representation"}
        return _read(await self._ask("POST", path, body=body, headers=headers), answer)

    async def do(self, method: str, path: str, *, key: str | None = None) -> None:
        """Done, with no more to say; raises PayPalSays, GatewayUnavailable."""
        headers = {} if key is None else {"PayPal-Request-Id": key}
        await self._ask(method, path, body={} if method == "POST" else None, headers=headers)

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, str] | None = None,
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> bytes:
        token = await self._current()
        place = f"{path}?{urlencode(query)}" if query else path
        said = b"" if body is None else msgspec.json.encode(body)
        asked = {"Content-Type": "application/json", **(headers or {})}
        answer = await self._send(method, place, {**asked, "Authorization": token}, said)
        if answer.status == HTTPStatus.UNAUTHORIZED:
            # It may have been taken back before its time; a second refusal is for good.
            token = await self._current(not_this=token)
            answer = await self._send(method, place, {**asked, "Authorization": token}, said)
        return _checked(answer)

    async def _current(self, *, not_this: str = "") -> str:
        """The token that counts, fetched once however many want it."""
        async with self._fetching:
            fresh = self._until is not None and self._clock() < self._until
            if not fresh or self._token == not_this:
                await self._fetch()
            return self._token

    async def _fetch(self) -> None:
        account = self.account
        known_by = b64encode(f"{account.client_id}:{account.secret}".encode()).decode()
        headers = {
            "Authorization": f"Basic {known_by}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        asked_at = self._clock()
        answer = await self._send("POST", TOKEN, headers, b"grant_type=client_credentials")
        if answer.refused and answer.status not in _UNKNOWN:
            raise GatewayUnavailable(NAME) from _locked_out(answer)
        token = _read(_checked(answer), _Token)
        self._token = f"Bearer {token.access_token}"
        self._until = (
            asked_at + timedelta(seconds=min(token.expires_in, LONGEST_LIFE_S)) - RENEWED_BEFORE
        )

    async def _send(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        headers = {"Accept": "application/json", **headers}
        url = f"{self.account.url}{path}"
        try:
            return await self._asker.ask(
                method, url, longest=LONGEST_ANSWER, headers=headers, body=body
            )
        except NoAnswer as wrong:
            raise GatewayUnavailable(NAME) from wrong


def _checked(answer: Answer) -> bytes:
    """What it said, where it did what was asked."""
    if answer.done:
        return answer.body
    status = answer.status
    if status in _LOCKED_OUT:
        raise GatewayUnavailable(NAME) from _locked_out(answer)
    if not answer.refused or status in _UNKNOWN:
        raise GatewayUnavailable(NAME)
    try:
        problem = msgspec.json.decode(answer.body, type=_Problem)
    except _NOT_READABLE:
        problem = _Problem()
    detail = next(iter(problem.details), _Detail())
    issue = detail.issue or problem.name or str(status)
    words = f"{issue}: {detail.description or problem.message or 'it does not say why'}"
    raise PayPalSays(status, issue, words.rstrip(".")[:LONGEST_REASON], problem.links)


def _locked_out(answer: Answer) -> KeyRefused:
    """
    Why nothing is known where the client id, the secret, or what they may do is refused.

    It says nothing of what was asked before. The shopper can't mend it, and another way to pay
    may work: the log tells who can.
    """
    structlog.get_logger().error(
        "paypal_refuses_the_key",
        status=answer.status,
        debug_id=answer.headers.get("Paypal-Debug-Id"),
    )
    return KeyRefused()


def _read(said: bytes, answer: type[_Answer]) -> _Answer:
    """The answer; one that can't be read says nothing of what happened."""
    try:
        return msgspec.json.decode(said, type=answer)
    except _NOT_READABLE as wrong:
        raise GatewayUnavailable(NAME) from wrong
