"""The door to what is for staff: for strangers there is nothing behind it."""

from __future__ import annotations

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send
from litestar.utils import normalize_path

from automate_store.application.access import GUEST
from automate_store.application.ports.limits import Bucket
from automate_store.domain.kernel.errors import Forbidden, StoreError, TooMany, Unauthenticated
from automate_store.entrypoints.http.callers import caller
from automate_store.entrypoints.http.calls import Shop
from automate_store.entrypoints.http.clients import address_key
from automate_store.entrypoints.http.endpoints import request_id
from automate_store.entrypoints.http.errors import Broken, NoSuchRoute
from automate_store.entrypoints.http.limiting import limit_headers, rate_limited
from automate_store.entrypoints.http.problems import refusal
from automate_store.entrypoints.http.routes import STAFF_PREFIX
from automate_store.entrypoints.http.sending import Header

DOOR = "staff_door"
"""What the log names in the place of an operation, since strangers reach none."""
_TURNED_AWAY = (Unauthenticated, Forbidden, TooMany, NoSuchRoute)


class Door:
    """An ASGI application around the store's own."""

    __slots__ = ("_app", "_shop")

    def __init__(self, app: ASGIApp, shop: Shop) -> None:
        self._app = app
        self._shop = shop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request in, or tell strangers what is told at any other address."""
        app = self._app
        if scope["type"] == ScopeType.HTTP and "/admin" in scope["path"]:
            app = await self._for_staff(scope)
        await app(scope, receive, send)

    async def _for_staff(self, scope: Scope) -> ASGIApp:
        path = scope["path"]
        normal = normalize_path(path)
        if normal != STAFF_PREFIX and not normal.startswith(f"{STAFF_PREFIX}/"):
            return self._app
        told: StoreError = NoSuchRoute()
        actor, headers = GUEST, tuple[Header, ...]()
        try:
            actor = await caller(scope, self._shop)
            if actor.is_staff:
                return self._app
        except StoreError as error:
            told = error
            if isinstance(error, Unauthenticated):
                told, headers = await self._counted(error, scope)
        except Exception as wrong:  # noqa: BLE001 - out here nobody else answers for it
            structlog.get_logger().error("request_broke", exc_info=wrong)
            told = Broken()
        if isinstance(told, _TURNED_AWAY):
            structlog.get_logger().info(
                "turned_away", code=told.code(), operation=DOOR, actor=actor.name
            )
        return refusal(told, instance=path, request_id=request_id(scope), headers=headers)

    async def _counted(
        self, error: StoreError, scope: Scope
    ) -> tuple[StoreError, tuple[Header, ...]]:
        """What a token that opens nothing is told, counted like one that any route refuses."""
        key = address_key(scope, self._shop.config.trusted_proxies)
        allowance = await self._shop.ports.limits.hit(Bucket.GENERAL, key)
        if allowance is None:
            return error, ()
        told = error if allowance.allowed else rate_limited(Bucket.GENERAL, allowance)
        return told, limit_headers(allowance)
