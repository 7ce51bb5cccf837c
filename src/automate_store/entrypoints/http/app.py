"""The application: every route, its pages, and what happens to what goes wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Any

import structlog
from litestar import Litestar, Request, Response
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException

from automate_store.application.catalog import catalog_version
from automate_store.application.ports import Ports
from automate_store.domain.kernel.errors import StoreError
from automate_store.entrypoints.http import (
    addresses,
    auditing,
    carts,
    catalog,
    coupons,
    customers,
    edits,
    health,
    identity,
    images,
    inventory,
    methods,
    order_lists,
    orders,
    payment_lists,
    payments,
    products,
    promotions,
    returns,
    sales,
    shelves,
    shipments,
    shipping,
    taxes,
    telling,
)
from automate_store.entrypoints.http.caching import PageCache
from automate_store.entrypoints.http.calls import Draining, Shop
from automate_store.entrypoints.http.config import AskReadiness, HttpConfig
from automate_store.entrypoints.http.door import Door
from automate_store.entrypoints.http.edge import Edge
from automate_store.entrypoints.http.endpoints import request_id, route_handler
from automate_store.entrypoints.http.errors import (
    BadRequest,
    Broken,
    MethodNotAllowed,
    NoSuchRoute,
)
from automate_store.entrypoints.http.media import media_handler
from automate_store.entrypoints.http.openapi import document
from automate_store.entrypoints.http.pages import page_handlers
from automate_store.entrypoints.http.problems import refusal
from automate_store.entrypoints.http.recording import Recorder
from automate_store.entrypoints.http.routes import Route

Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]

ROUTES: tuple[Route, ...] = (
    *catalog.routes.all,
    *carts.routes.all,
    *order_lists.routes.all,
    *orders.routes.all,
    *edits.routes.all,
    *shipments.routes.all,
    *payments.routes.all,
    *payment_lists.routes.all,
    *methods.routes.all,
    *telling.routes.all,
    *returns.routes.all,
    *sales.routes.all,
    *identity.routes.all,
    *addresses.routes.all,
    *inventory.staff_routes.all,
    *order_lists.staff_routes.all,
    *orders.staff_routes.all,
    *payment_lists.staff_routes.all,
    *telling.staff_routes.all,
    *methods.staff_routes.all,
    *returns.staff_routes.all,
    *shipments.staff_routes.all,
    *taxes.staff_routes.all,
    *shipping.staff_routes.all,
    *promotions.staff_routes.all,
    *coupons.staff_routes.all,
    *products.routes.all,
    *images.routes.all,
    *shelves.routes.all,
    *customers.staff_routes.all,
    *auditing.staff_routes.all,
    *health.routes.all,
)
"""Every operation of the API, in the order of the manual."""


def create_app(
    ports: Ports,
    *,
    config: HttpConfig,
    readiness: AskReadiness,
    lifespan: Sequence[Lifespan] = (),
) -> Litestar:
    """
    The store over HTTP, as an ASGI application.

    ``lifespan`` is entered before the first request and left after the last.
    """
    shop = _shop(ports, config, readiness)
    openapi = document(ROUTES, config)
    app = Litestar(
        [
            *(route_handler(route, shop) for route in ROUTES),
            media_handler(shop),
            *page_handlers(config, openapi),
        ],
        exception_handlers={HTTPException: _refuse, Exception: _break},
        lifespan=[*lifespan, _draining_at_the_end],
        request_max_body_size=config.max_body_bytes,
        openapi_config=None,
        logging_config=None,
        debug=False,
    )
    app.state.shop = shop
    app.state.openapi = openapi
    # Litestar's own middleware runs behind its routing; a request that matches nothing is
    # recorded like any other.
    app.asgi_handler = Recorder(Edge(Door(app.asgi_handler, shop), config), shop)
    return app


def openapi_document(app: Litestar) -> bytes:
    """The OpenAPI document of the application, as JSON."""
    found: bytes = app.state.openapi
    return found


def begin_draining(app: Litestar) -> None:
    """Let readiness say no from now on, while what is under way is finished."""
    app.state.shop.draining.begin()


def _shop(ports: Ports, config: HttpConfig, readiness: AskReadiness) -> Shop:
    return Shop(
        ports=ports,
        config=config,
        cache=PageCache(
            config.catalog_lifetime_s,
            ask_version=partial(catalog_version, ports=ports),
            clock=ports.clock,
        ),
        readiness=readiness,
        draining=Draining(),
    )


@asynccontextmanager
async def _draining_at_the_end(app: Litestar) -> AsyncIterator[None]:
    try:
        yield
    finally:
        begin_draining(app)


def _refuse(request: Request[Any, Any, Any], wrong: HTTPException) -> Response[bytes]:
    return _response(request, _ours(request, wrong))


def _break(request: Request[Any, Any, Any], wrong: Exception) -> Response[bytes]:
    structlog.get_logger().error("request_broke", exc_info=wrong)
    return _response(request, Broken())


def _ours(request: Request[Any, Any, Any], wrong: HTTPException) -> StoreError:
    if isinstance(wrong, NotFoundException):
        return NoSuchRoute()
    if isinstance(wrong, MethodNotAllowedException):
        allowed = (wrong.headers or {}).get("allow", "")
        return MethodNotAllowed(request.method, tuple(sorted(allowed.split(", "))))
    if wrong.status_code < 500:  # noqa: PLR2004 - the client's side of the statuses
        return BadRequest(wrong.detail.rstrip("."))
    structlog.get_logger().error("request_broke", exc_info=wrong)
    return Broken()


def _response(request: Request[Any, Any, Any], error: StoreError) -> Response[bytes]:
    told = refusal(error, instance=request.scope["path"], request_id=request_id(request.scope))
    headers = {name.decode(): value.decode() for name, value in told.headers}
    media_type = headers.pop("content-type")
    del headers["content-length"]
    return Response(told.body, status_code=told.status, media_type=media_type, headers=headers)
