"""One request as its handler sees it: who asks, with which tokens, what the answer adds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from attrs import frozen
from litestar import Request
from litestar.exceptions import InternalServerException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.types import HTTPScope

from automate_store.application.access import GUEST, Actor
from automate_store.application.identity import Device, SignIn
from automate_store.application.ports import Ports
from automate_store.application.ports.limits import Allowance, Bucket
from automate_store.domain.kernel.errors import InvalidInput, StoreError
from automate_store.entrypoints.http.caching import PageCache
from automate_store.entrypoints.http.clients import address_key, client_address, forwarded
from automate_store.entrypoints.http.config import AskReadiness, HttpConfig
from automate_store.entrypoints.http.cookies import (
    CSRF_HEADER,
    REFRESH,
    cookie,
    session_cookie_name,
    session_cookies,
)
from automate_store.entrypoints.http.errors import (
    BodyTooLarge,
    BodyTooSlow,
    CsrfRefused,
    NotAForm,
    WrongContentType,
)
from automate_store.entrypoints.http.limiting import limit_headers, rate_limited, tighter
from automate_store.entrypoints.http.sending import Header

CART_HEADER = b"x-cart-token"
CART_COOKIE = "automate_store_cart"
COOKIE_PATH = "/api/v1"


class ClientGone(Exception):  # noqa: N818 - named for the fact
    """Whoever asked has hung up; nobody is left to be answered."""


class Draining:
    """Whether the server is on its way out; begun once, never taken back."""

    def __init__(self) -> None:
        self.begun = False

    def begin(self) -> None:
        """From now on the store is not ready for more."""
        self.begun = True


@frozen(kw_only=True)
class Shop:
    """What every request of one application shares."""

    ports: Ports
    config: HttpConfig
    cache: PageCache
    readiness: AskReadiness
    draining: Draining


class Call:
    """A request under way; ``headers`` go out with whatever the answer is."""

    __slots__ = (
        "actor",
        "allowance",
        "headers",
        "limit_bytes",
        "ports",
        "request",
        "scope",
        "shop",
        "status",
        "waited",
    )

    def __init__(self, request: Request[Any, Any, Any], shop: Shop) -> None:
        self.request = request
        self.scope: HTTPScope = request.scope
        self.shop = shop
        self.ports = shop.ports
        self.headers: list[Header] = []
        self.actor: Actor = GUEST
        """Who asks; a guest until the endpoint has found out."""
        self.limit_bytes = shop.config.max_body_bytes
        """The largest body that is read."""
        self.waited = False
        """Whether the body was not there yet when it was asked for."""
        self.status: int | None = None
        """Another status than the route's usual one."""
        self.allowance: Allowance | None = None
        """How often the caller may still ask, by the tightest limit of the request."""

    def header(self, name: bytes) -> str | None:
        """The header of that lower-case name, the first of several."""
        return header(self.scope["headers"], name)

    @property
    def answer_headers(self) -> tuple[Header, ...]:
        """What goes out with the answer: what was added to it, and the limit."""
        if self.allowance is None:
            return tuple(self.headers)
        return (*self.headers, *limit_headers(self.allowance))

    @property
    def limit_key(self) -> str:
        """Whom the request is counted for: the account, else the address it comes from."""
        if self.actor.account_id is not None:
            return f"account:{self.actor.account_id}"
        address = address_key(self.scope, self.shop.config.trusted_proxies)
        # The staff's program is not to be kept out by whoever guesses from its address.
        return f"staff:{address}" if self.actor.is_staff else address

    async def limit(self, bucket: Bucket, key: str) -> None:
        """Count one more of the bucket for that key; raises RateLimited."""
        told = await self.ports.limits.hit(bucket, key)
        if told is None:
            return
        self.allowance = tighter(self.allowance, told)
        if not told.allowed:
            self.allowance = told
            raise rate_limited(bucket, told)

    def path(self, name: str) -> str:
        """The part of the path of that name."""
        text: str = self.scope["path_params"][name]
        return text

    def path_id(self, name: str, missing: Callable[[str], StoreError]) -> UUID:
        """The part of the path as an id; raises what is said of ids that are not there."""
        text = self.path(name)
        try:
            return UUID(text)
        except ValueError:
            raise missing(text) from None

    @property
    def key(self) -> str | None:
        """The idempotency key."""
        return self.header(b"idempotency-key")

    @property
    def order_token(self) -> str | None:
        """The secret that opens a guest's order."""
        return self.header(b"x-order-token")

    @property
    def bodiless(self) -> bool:
        """Whether no body was sent at all."""
        announced = self.header(b"content-length")
        return announced in {None, "0"} and self.header(b"transfer-encoding") is None

    async def body(self) -> bytes:
        """The JSON body; raises WrongContentType, BodyTooLarge, BodyTooSlow, ClientGone."""
        declared = (self.header(b"content-type") or "").partition(";")[0]
        if declared.strip().lower() != "application/json":
            raise WrongContentType
        return await self._whole()

    @property
    def headers_sent(self) -> dict[str, str]:
        """Every header by its lower-case name, the first of several."""
        found: dict[str, str] = {}
        for name, value in self.scope["headers"]:
            found.setdefault(name.decode("latin-1"), value.decode("latin-1"))
        return found

    async def raw_body(self) -> bytes:
        """The body as it came, of whatever type; raises BodyTooLarge, BodyTooSlow, ClientGone."""
        return await self._whole()

    async def form(self) -> tuple[str, bytes]:
        """The form, and how it says that it is written; raises NotAForm and as ``body``."""
        declared = self.header(b"content-type") or ""
        if declared.partition(";")[0].strip().lower() != "multipart/form-data":
            raise NotAForm
        return declared, await self._whole()

    async def _whole(self) -> bytes:
        # It runs as soon as anything is waited for, and never for a body that is there.
        noticing = asyncio.get_running_loop().call_soon(self._notice_the_wait)
        try:
            async with asyncio.timeout(self.shop.config.body_timeout_s):
                return await self.request.body()
        except TimeoutError:
            raise BodyTooSlow from None
        except RequestEntityTooLarge:
            raise BodyTooLarge(self.limit_bytes) from None
        except InternalServerException:
            raise ClientGone from None
        finally:
            noticing.cancel()

    def _notice_the_wait(self) -> None:
        self.waited = True

    def refuse_large_body(self) -> None:
        """Nothing, where the announced length is acceptable; raises BodyTooLarge."""
        limit = self.limit_bytes
        announced = self.header(b"content-length")
        if announced is not None and announced.isdecimal() and int(announced) > limit:
            raise BodyTooLarge(limit)

    @property
    def cart_token(self) -> str | None:
        """The secret that opens a guest's cart: the header's, else the cookie's."""
        given = self.header(CART_HEADER)
        return self.cart_cookie if given is None else given

    @property
    def cart_cookie(self) -> str | None:
        """The cookie's secret, where the header has none."""
        if self.header(CART_HEADER) is not None:
            return None
        return cookie(self.scope["headers"], CART_COOKIE)

    def hand_over_cart(self, token: str) -> None:
        """Tell the new cart's secret, in a header and in a cookie that scripts can't read."""
        self.headers.append((CART_HEADER, token.encode()))
        self.keep_cart_cookie(token)

    def keep_cart_cookie(self, token: str) -> None:
        """Let the cookie live as long as the cart, counted from now."""
        self._set_cookie(token, self.shop.config.cart_cookie_lifetime_s)

    def drop_cart_cookie(self) -> None:
        """Take back a cookie that opens nothing any more."""
        self._set_cookie("", 0)

    def _set_cookie(self, value: str, lifetime_s: int) -> None:
        secure = "; Secure" if self.shop.config.secure else ""
        text = (
            f"{CART_COOKIE}={value}; Path={COOKIE_PATH}; Max-Age={lifetime_s}; HttpOnly;"
            f" SameSite=Lax{secure}"
        )
        self._put_cookies([(b"set-cookie", text.encode())])

    @property
    def device(self) -> Device:
        """Where the request comes from, for the list of its owner's sessions."""
        agent = self.header(b"user-agent")
        shown = "".join(letter for letter in agent or "" if letter.isprintable())
        return Device(user_agent=shown or None, address=self.client_address)

    @property
    def client_address(self) -> str | None:
        """Where the request comes from, as far as trusted proxies tell."""
        peer: tuple[str, int] | None = self.scope["client"]
        if peer is None:
            return None
        hops = forwarded(self.scope["headers"])
        found = client_address(peer[0], hops, self.shop.config.trusted_proxies)
        return None if found is None else str(found)

    @property
    def by_cookie(self) -> bool:
        """Whether a cookie, and no bearer of a token, says who asks."""
        return bearer(self.scope["headers"]) is None

    def refresh_cookie(self) -> str:
        """
        The refresh token that a browser keeps.

        Raises InvalidInput where there is none, and CsrfRefused where nothing shows that a
        page of the shop sent the request.
        """
        name = session_cookie_name(REFRESH, secure=self.shop.config.secure)
        kept = cookie(self.scope["headers"], name)
        if kept is None:
            raise InvalidInput.of("refresh_token", "is required where no cookie has it")
        # Nobody but a page of the shop can send this header along with the cookie.
        if self.header(CSRF_HEADER) is None:
            raise CsrfRefused
        return kept

    def keep_session_cookies(self, sign_in: SignIn) -> None:
        """Hand the session's tokens to the browser's keeping."""
        at = self.ports.clock()
        self._session_cookies(
            access=sign_in.access.token,
            access_s=int((sign_in.access.expires_at - at).total_seconds()),
            refresh=sign_in.refresh_token,
            refresh_s=int((sign_in.refresh_expires_at - at).total_seconds()),
        )

    def drop_session_cookies(self) -> None:
        """Take back cookies that open nothing any more."""
        self._session_cookies(access="", access_s=0, refresh="", refresh_s=0)

    def _session_cookies(self, **parts: Any) -> None:
        self._put_cookies(session_cookies(**parts, secure=self.shop.config.secure))

    def _put_cookies(self, cookies: Iterable[Header]) -> None:
        """Send each of the cookies, in the place of one of its name."""
        for fresh in cookies:
            name = fresh[1].partition(b"=")[0] + b"="
            self.headers = [
                each
                for each in self.headers
                if each[0] != b"set-cookie" or not each[1].startswith(name)
            ]
            self.headers.append(fresh)


def bearer(headers: Iterable[Header]) -> str | None:
    """What the Authorization header has for us; other schemes are none of ours, nor is nothing."""
    given = header(headers, b"authorization")
    if given is None:
        return None
    scheme, _, token = given.partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def header(headers: Iterable[Header], name: bytes) -> str | None:
    """The header of that lower-case name, the first of several."""
    for key, value in headers:
        if key == name:
            return value.decode("latin-1")
    return None
