"""Endpoints: what runs between Litestar's routing and a handler, and what it answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import structlog
from litestar import Request
from litestar.enums import HttpMethod
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp
from msgspec import Struct

from automate_store.application.ports.limits import Bucket
from automate_store.application.waiting import one_wait
from automate_store.domain.kernel.errors import (
    Forbidden,
    Malformed,
    StoreError,
    TooMany,
    Unauthenticated,
)
from automate_store.entrypoints.http.callers import admit, caller, caller_now
from automate_store.entrypoints.http.calls import Call, ClientGone, Shop
from automate_store.entrypoints.http.config import HttpConfig
from automate_store.entrypoints.http.decoding import body_decoder, query_decoder
from automate_store.entrypoints.http.forms import OVERHEAD_BYTES, form_decoder
from automate_store.entrypoints.http.problems import refusal
from automate_store.entrypoints.http.routes import Route
from automate_store.entrypoints.http.sending import Sent

_ENCODER = msgspec.json.Encoder()
_TRIES = frozenset({Bucket.AUTH, Bucket.CHECKOUT})
"""Limits so tight that each try has to be one: a body that can be read, at least."""
_GONE = 499
"""Nobody receives it; the log's line says so."""

_TURNED_AWAY = (Unauthenticated, Forbidden, TooMany)
"""What the log tells of: attempts to get in, or further than one may."""

Endpoint = Callable[[Request[Any, Any, Any]], Awaitable[ASGIApp]]
_Arguments = Callable[[Call], Awaitable[tuple[Struct, ...]]]


def route_handler(route: Route, shop: Shop) -> HTTPRouteHandler:
    """The route as Litestar has it; what may be read may be asked for by HEAD too."""
    methods = [HttpMethod(route.method)]
    if route.method == "GET":
        methods.append(HttpMethod.HEAD)
    make = HTTPRouteHandler(
        litestar_path(route.path),
        http_method=methods,
        name=route.operation_id,
        status_code=route.status,
        include_in_schema=False,
        request_max_body_size=body_limit(route, shop.config),
    )
    return make(_endpoint(route, shop))


def body_limit(route: Route, config: HttpConfig) -> int:
    """The most bytes that a body of the route may have."""
    return config.max_image_bytes + OVERHEAD_BYTES if route.form else config.max_body_bytes


def litestar_path(path: str) -> str:
    """The path with its parameters typed: all are text, and checked by whoever uses them."""
    return path.replace("}", ":str}")


def _endpoint(route: Route, shop: Shop) -> Endpoint:
    arguments = _counting(route, _arguments(route))
    work = _cached(route, arguments, shop) if route.cached else _fresh(route, arguments)

    documented = frozenset(route.raises)

    async def endpoint(request: Request[Any, Any, Any]) -> ASGIApp:
        call = Call(request, shop)
        try:
            await _receive(call, route)
            with one_wait():
                return await work(call)
        except StoreError as error:
            if type(error) not in documented:
                structlog.get_logger().warning("undocumented_problem", code=error.code())
            if isinstance(error, _TURNED_AWAY):
                _log_refusal(error, route, call)
            return refusal(
                error,
                instance=request.scope["path"],
                request_id=request_id(request.scope),
                headers=call.answer_headers,
            )
        except ClientGone:
            return Sent.of(_GONE, b"")

    return endpoint


async def _receive(call: Call, route: Route) -> None:
    """Find out who calls, count the request, and let it in; what is public asks nobody's name."""
    try:
        if route.asks_who:
            call.actor = await caller(call.scope, call.shop)
        if _counts_tries(route):
            admit(call.actor, route)
    except StoreError:
        # A token that is none is refused above, and counts all the same.
        await _count(call, route)
        raise
    if not _counts_tries(route):
        await _count(call, route)
        admit(call.actor, route)


def _counting(route: Route, arguments: _Arguments) -> _Arguments:
    """The same, where tries are few counting a body that is none with all other requests."""
    if not _counts_tries(route):
        return arguments

    async def read(call: Call) -> tuple[Struct, ...]:
        try:
            found = await arguments(call)
        except Malformed:
            # Who mistyped a field has not tried yet; what is too many is told all the same.
            await call.limit(Bucket.GENERAL, call.limit_key)
            raise
        await _count(call, route)
        return found

    return read


def _counts_tries(route: Route) -> bool:
    return route.limit in _TRIES and route.body is not None


async def _count(call: Call, route: Route) -> None:
    if route.limit is not None:
        await call.limit(route.limit, _counted_for(call, route))


async def _let_in_again(call: Call, route: Route) -> None:
    """
    Let the request in by what is true now, where its body was waited for.

    Whoever asks may have been signed out, or made less, since its head came.
    """
    if call.waited and route.asks_who:
        call.actor = await caller_now(call.scope, call.shop)
        admit(call.actor, route)


def _log_refusal(error: StoreError, route: Route, call: Call) -> None:
    """Who was not let in, where, and why; what they tried it with is nobody's business."""
    structlog.get_logger().info(
        "turned_away", code=error.code(), operation=route.operation_id, actor=call.actor.name
    )


def _counted_for(call: Call, route: Route) -> str:
    # Who mistyped a password five times can still ask for another, and whoever placed an order
    # can pay it.
    if route.limit in _TRIES:
        return f"{route.operation_id}:{call.limit_key}"
    return call.limit_key


def request_id(scope: Any) -> str:
    """The id that the request's log lines carry."""
    found: str = scope["state"].get("request_id", "")
    return found


def _fresh(route: Route, arguments: _Arguments) -> Callable[[Call], Awaitable[ASGIApp]]:
    async def work(call: Call) -> ASGIApp:
        answer = await route.handler(call, *await arguments(call))
        if route.keyed or route.changes_catalog:
            # A page that shows what it cost, or how many were left, is old now.
            call.shop.cache.forget()
        status = call.status or route.status
        return Sent.of(status, _ENCODER.encode(answer), headers=call.answer_headers)

    return work


def _cached(
    route: Route, arguments: _Arguments, shop: Shop
) -> Callable[[Call], Awaitable[ASGIApp]]:
    async def work(call: Call) -> ASGIApp:
        async def make() -> bytes:
            return _ENCODER.encode(await route.handler(call, *await arguments(call)))

        key = (call.scope["path"], call.scope["query_string"])
        kept = await shop.cache.answer(key, make)
        return shop.cache.sent(kept, call.header(b"if-none-match"), call.answer_headers)

    return work


def _arguments(route: Route) -> _Arguments:
    """Reads what the handler takes, the body or the query, refusing what is not acceptable."""
    if route.body is not None and route.form:
        return _from_form(route, route.body)
    if route.body is not None:
        return _from_body(route, route.body)
    if route.query is not None:
        return _from_query(route.query)

    async def nothing(call: Call) -> tuple[Struct, ...]:
        if route.writes:
            call.refuse_large_body()
        return ()

    return nothing


def _from_body(route: Route, kind: type[Struct]) -> _Arguments:
    decode, asked = body_decoder(kind), _asked(route.query)

    async def read(call: Call) -> tuple[Struct, ...]:
        call.refuse_large_body()
        query = asked(call)
        if route.body_optional and call.bodiless:
            return (decode(b"{}"), *query)
        sent = await call.body()
        await _let_in_again(call, route)
        return (decode(sent), *query)

    return read


def _from_form(route: Route, kind: type[Struct]) -> _Arguments:
    decode = form_decoder(kind)

    async def read(call: Call) -> tuple[Struct, ...]:
        call.limit_bytes = body_limit(route, call.shop.config)
        call.refuse_large_body()
        sent = await call.form()
        await _let_in_again(call, route)
        return (decode(*sent),)

    return read


def _asked(kind: type[Struct] | None) -> Callable[[Call], tuple[Struct, ...]]:
    """Reads the query, where the route takes one."""
    if kind is None:
        return lambda _: ()
    decode = query_decoder(kind)
    return lambda call: (decode(call.scope["query_string"]),)


def _from_query(kind: type[Struct]) -> _Arguments:
    asked = _asked(kind)

    async def read(call: Call) -> tuple[Struct, ...]:
        return asked(call)

    return read
