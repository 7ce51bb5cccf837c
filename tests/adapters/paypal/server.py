"""
A fake PayPal on a loopback port: its books over HTTP, with tokens, keys and faults.

It answers one request id with one answer, as PayPal does, and keeps refusals as strictly; the
same id with other words is refused. What is lost or fails on the way is not kept.
"""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import uvicorn

from benchmarks.rig.servers import free_port
from tests.adapters.paypal.books import Books
from tests.adapters.paypal.shapes import Json, Problem

CLIENT_ID, SECRET = "client-of-the-fake", "secret-of-the-fake"
LIFETIME_S = 32_400
HANG_S = 30.0
POLL_S = 0.01
PAGES = ("/checkoutnow", "/agreements/approve")
"""Where shoppers agree to an order, and to a way to pay being kept."""
Answer = tuple[int, Json | None]
Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
_NAMES = {400: "INVALID_REQUEST", 401: "AUTHENTICATION_FAILURE", 404: "RESOURCE_NOT_FOUND"}


class PayPalFake:
    """An ASGI application; ``lose``, ``fail`` and ``hang`` say what goes wrong next."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.forget_all()

    def forget_all(self) -> None:
        """Begin anew, as if nobody had ever asked."""
        self.books = Books(self.base)
        self.certificates: dict[str, bytes] = {}
        self.asked: Counter[str] = Counter()
        self.said: list[tuple[str, str, str | None]] = []
        """Each request: its method, its path, and its PayPal-Request-Id."""
        self.lose: list[str] = []
        """Parts of paths: the next answers to them get lost once they were acted on."""
        self.fail: list[int] = []
        """The next requests are answered by these statuses, and not acted on."""
        self.refuse: dict[str, str] = {}
        """Ends of paths, and PayPal's word for why it does nothing of what they ask."""
        self.hang = False
        self.barred = False
        """Whether no token counts, however fresh."""
        self.secret_changed = False
        """Whether no token is given any more."""
        self.locks_after: str | None = None
        """The end of a path: once something was done there, no token counts any more."""
        self.instead: bytes | None = None
        """What it says to everything, in place of an answer."""
        self.away = False
        """Whether it can't give certificates."""
        self.moved: str | None = None
        """Where whoever asks for a certificate is sent instead."""
        self.typed: list[str] = []
        """The numbers of the cards that shoppers typed in on its pages."""
        self._hold: tuple[str, threading.Event] | None = None
        self._tokens: set[str] = set()
        self._given: dict[str, tuple[bytes, Answer]] = {}

    def forget_tokens(self) -> None:
        """Take every token back before its time."""
        self._tokens.clear()

    def forget_keys(self) -> None:
        """The request ids are older than PayPal remembers."""
        self._given.clear()

    @contextmanager
    def holding(self, end: str) -> Iterator[threading.Event]:
        """
        What is asked at paths with that end is done, and answered once the block is left.

        The event is set once something is.
        """
        self._hold = end, threading.Event()
        try:
            yield self._hold[1]
        finally:
            self._hold = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        method, path = scope["method"], scope["path"]
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        body = await _body(receive)
        self.asked[path] += 1
        self.said.append((method, path, headers.get("paypal-request-id")))
        if path.startswith("/v1/notifications/certs/"):
            await self._certificate(path, send)
            return
        if self.hang:
            await asyncio.sleep(HANG_S)
        if self.instead is not None:
            await _write(send, 200, self.instead)
            return
        query = dict(parse_qsl(scope["query_string"].decode()))
        if method == "POST" and path in PAGES:
            await _send(send, *self._agreed(path, query["token"], body))
            return
        status, told = self._answer(method, path, query, headers, body)
        await self._held(path)
        lost = next((part for part in self.lose if part in path), None)
        if lost is not None:
            self.lose.remove(lost)
            status, told = 500, {"name": "INTERNAL_SERVER_ERROR"}
        await _send(send, status, told)

    def _agreed(self, page: str, token: str, body: bytes) -> Answer:
        """A shopper types a card in on a page, and agrees."""
        number = dict(parse_qsl(body.decode()))["card_number"]
        self.typed.append(number)
        if page == PAGES[0]:
            self.books.agree(token, card=number)
        else:
            self.books.agree_to_setup(token)
        return 200, {}

    async def _held(self, path: str) -> None:
        if self._hold is None or not path.endswith(self._hold[0]):
            return
        self._hold[1].set()
        while self._hold is not None:  # noqa: ASYNC110 - another thread's
            await asyncio.sleep(POLL_S)

    def _answer(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body: bytes,
    ) -> Answer:
        if self.fail:
            return self.fail.pop(0), {"name": "INTERNAL_SERVER_ERROR"}
        if path == "/v1/oauth2/token":
            return self._token(headers)
        token = headers.get("authorization", "").removeprefix("Bearer ")
        if self.barred or token not in self._tokens:
            return _problem(Problem(401, "AUTHENTICATION_FAILURE"))
        key = headers.get("paypal-request-id")
        known = self._given.get(f"{path} {key}") if key else None
        if known is not None:
            same = known[0] == body
            return known[1] if same else _problem(Problem(422, "DUPLICATE_REQUEST_ID"))
        try:
            answer = self._done(method, path, query, body)
        except Problem as problem:
            answer = _problem(problem)
        if key:
            self._given[f"{path} {key}"] = (body, _kept(answer))
        if self.locks_after is not None and path.endswith(self.locks_after):
            self.barred = True
        return answer

    def _done(self, method: str, path: str, query: Mapping[str, str], body: bytes) -> Answer:
        asked = json.loads(body) if body else {}
        refused = next((why for end, why in self.refuse.items() if path.endswith(end)), None)
        if refused is not None:
            raise Problem(422, refused)
        for wanted, pattern, act in _ROUTES:
            found = re.fullmatch(pattern, path)
            if found is not None and method == wanted:
                return act(self.books, found, asked, query)
        raise Problem(404, "RESOURCE_NOT_FOUND")

    def _token(self, headers: Mapping[str, str]) -> Answer:
        basic = b64encode(f"{CLIENT_ID}:{SECRET}".encode()).decode()
        if self.secret_changed or headers.get("authorization") != f"Basic {basic}":
            return 401, {"error": "invalid_client", "error_description": "Client Authentication"}
        token = f"A21AA-{self.asked['/v1/oauth2/token']}"
        self._tokens.add(token)
        return 200, {"access_token": token, "token_type": "Bearer", "expires_in": LIFETIME_S}

    async def _certificate(self, path: str, send: Send) -> None:
        if self.moved is not None:
            await _write(send, 302, b"", location=self.moved)
            return
        pem = self.certificates.get(path.rsplit("/", 1)[-1])
        status = 404 if pem is None else 200
        await _write(send, 503 if self.away else status, pem or b"")


@contextmanager
def served(*, certificate: tuple[Path, Path] | None = None) -> Iterator[PayPalFake]:
    """The fake, listening in a thread; over TLS with a certificate's file and its key's."""
    port = free_port()
    scheme = "http" if certificate is None else "https"
    fake = PayPalFake(f"{scheme}://127.0.0.1:{port}")
    chain, key = certificate or (None, None)
    config = uvicorn.Config(
        fake,
        host="127.0.0.1",
        port=port,
        log_config=None,
        lifespan="off",
        ssl_certfile=chain,
        ssl_keyfile=key,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the fake did not start"
        time.sleep(0.005)
    try:
        yield fake
    finally:
        server.force_exit = server.should_exit = True
        thread.join()


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        part = await receive()
        body += part.get("body", b"")
        more = part.get("more_body", False)
    return body


async def _send(send: Send, status: int, told: Json | None) -> None:
    await _write(send, status, b"" if told is None else json.dumps(told).encode())


async def _write(send: Send, status: int, body: bytes, **headers: str) -> None:
    told = {"content-type": "application/json", **headers}
    pairs = [(name.encode(), value.encode()) for name, value in told.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})


def _problem(problem: Problem) -> Answer:
    told = {
        "name": _NAMES.get(problem.status, "UNPROCESSABLE_ENTITY"),
        "message": "The requested action could not be performed.",
        "debug_id": "90957fca61718",
        "details": [{"issue": problem.issue, "description": "As the manual says."}],
        "links": problem.links,
    }
    return problem.status, told


def _kept(answer: Answer) -> Answer:
    status, told = answer
    return status, None if told is None else json.loads(json.dumps(told))


_Act = Callable[[Books, "re.Match[str]", Json, Mapping[str, str]], Answer]
_ID = r"([A-Za-z0-9-]+)"


def _void(books: Books, path: re.Match[str], _: Json, __: Mapping[str, str]) -> Answer:
    books.void(path[1])
    return 204, None


def _forget(books: Books, path: re.Match[str], _: Json, __: Mapping[str, str]) -> Answer:
    books.forget(path[1])
    return 204, None


def _tokens(books: Books, _: re.Match[str], __: Json, query: Mapping[str, str]) -> Answer:
    page, size = int(query["page"]), int(query["page_size"])
    return 200, books.tokens_of(query["customer_id"], page, size)


_ROUTES: tuple[tuple[str, str, _Act], ...] = (
    ("POST", "/v2/checkout/orders", lambda books, _, asked, __: (201, books.create_order(asked))),
    (
        "GET",
        f"/v2/checkout/orders/{_ID}",
        lambda books, path, _, __: (200, books.order(path[1])),
    ),
    (
        "POST",
        f"/v2/checkout/orders/{_ID}/(capture|authorize)",
        lambda books, path, asked, _: (201, books.carry_out(path[1], path[2], asked)),
    ),
    (
        "POST",
        f"/v2/payments/authorizations/{_ID}/capture",
        lambda books, path, asked, _: (201, books.capture_authorised(path[1], asked)),
    ),
    ("POST", f"/v2/payments/authorizations/{_ID}/void", _void),
    (
        "POST",
        f"/v2/payments/captures/{_ID}/refund",
        lambda books, path, asked, _: (201, books.refund(path[1], asked)),
    ),
    (
        "GET",
        f"/v2/payments/(authorizations|captures|refunds)/{_ID}",
        lambda books, path, _, __: (200, books.part(path[2], path[1])),
    ),
    (
        "POST",
        "/v3/vault/setup-tokens",
        lambda books, _, asked, __: (201, books.create_setup(asked)),
    ),
    (
        "GET",
        f"/v3/vault/setup-tokens/{_ID}",
        lambda books, path, _, __: (200, books.setup(path[1])),
    ),
    (
        "POST",
        "/v3/vault/payment-tokens",
        lambda books, _, asked, __: (201, books.create_token(asked)),
    ),
    ("GET", "/v3/vault/payment-tokens", _tokens),
    ("DELETE", f"/v3/vault/payment-tokens/{_ID}", _forget),
    (
        "GET",
        "/v1/notifications/webhooks-events",
        lambda books, _, __, query: (200, books.events_page(query)),
    ),
)
