"""How the pages are served: made once, self-contained, and nothing from elsewhere."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterator, Mapping
from functools import cache
from hashlib import sha256
from html import escape
from importlib.metadata import version
from pathlib import Path
from string import Template
from typing import Any

from litestar import Request
from litestar.enums import HttpMethod
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp
from swagger_ui_bundle import swagger_ui_path  # type: ignore[import-untyped]  # it has no stubs

from automate_store.entrypoints.http.caching import matches
from automate_store.entrypoints.http.calls import header
from automate_store.entrypoints.http.config import HttpConfig
from automate_store.entrypoints.http.endpoints import request_id
from automate_store.entrypoints.http.errors import NoSuchRoute
from automate_store.entrypoints.http.openapi import older
from automate_store.entrypoints.http.pages.problems import problem_content, problem_index
from automate_store.entrypoints.http.problems import leaves, refusal, title_of, type_of
from automate_store.entrypoints.http.routes import PREFIX
from automate_store.entrypoints.http.sending import JSON, Header, Sent

HERE = Path(__file__).parent
SWAGGER_UI = Path(str(swagger_ui_path))
UI_VERSION = version("swagger_ui_bundle")
ASSETS = f"/docs/assets/{UI_VERSION}"
_ALL_YEAR: Header = (b"cache-control", b"public, max-age=31536000, immutable")
_ASK_AGAIN: Header = (b"cache-control", b"no-cache")
_ASSETS: Mapping[str, tuple[Path, str]] = {
    "swagger-ui.css": (SWAGGER_UI, "text/css"),
    "swagger-ui-bundle.js": (SWAGGER_UI, "text/javascript"),
    "favicon-32x32.png": (SWAGGER_UI, "image/png"),
    "docs.css": (HERE, "text/css"),
    "docs.js": (HERE, "text/javascript"),
    "account.js": (HERE, "text/javascript"),
}
_FIELD = """<p><label>New password
<input type="password" autocomplete="new-password" required maxlength="128"></label></p>
"""
_TODAYS = """<p><label>Your account's password
<input type="password" autocomplete="current-password" required maxlength="128"></label></p>
"""
_EMAIL = """<p><label>Your account's e-mail
<input type="email" autocomplete="username" required maxlength="255"></label></p>
"""
_ACCOUNT_PAGES: Mapping[str, tuple[str, str, str, str]] = {
    "verify-email": ("Confirm your e-mail", "Show that this address is yours.", "Confirm", _TODAYS),
    "confirm-email": (
        "Confirm the change",
        "Say that your e-mail is to change.",
        "Confirm",
        _TODAYS,
    ),
    "reset-password": ("Set a new password", "It ends every session.", "Set it", _FIELD),
    "forgot-password": ("Ask for a new password", "A link is mailed to you.", "Mail it", _EMAIL),
}
"""Where mails lead: title, what it is for, the button, and what is filled in."""
_NOWHERE = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# Swagger UI writes style attributes; its scripts and requests stay with us all the same.
_DOCS_POLICY = (
    f"{_NOWHERE}; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " connect-src 'self'; font-src data:"
)
_Page = Callable[[Request[Any, Any, Any]], Awaitable[ASGIApp]]


def page_handlers(config: HttpConfig, openapi: bytes) -> Iterator[HTTPRouteHandler]:
    """Every address outside the API."""
    names = {"store": config.store_name, "version": config.version, "url": config.url}
    yield _handler("/", _fixed(_page("start.html", names)))
    yield _handler("/docs", _fixed(_docs(config)))
    yield _handler("/docs/assets/{version:str}/{name:str}", _asset)
    yield _handler("/docs/openapi.json", _fixed(_told(older(openapi), JSON)))
    yield _handler("/openapi.json", _fixed(_told(openapi, JSON)))
    for name in _ACCOUNT_PAGES:
        yield _handler(f"/account/{name}", _fixed(_account_page(name, config)))
    yield _handler("/problems", _problems)
    yield _handler("/problems/{name:str}", _problem)


def _handler(path: str, page: _Page) -> HTTPRouteHandler:
    methods = [HttpMethod.GET, HttpMethod.HEAD]
    return HTTPRouteHandler(path, http_method=methods, include_in_schema=False)(page)


def _fixed(sent: Sent) -> _Page:
    async def page(request: Request[Any, Any, Any]) -> ASGIApp:
        etag = next(value for name, value in sent.headers if name == b"etag")
        known = header(request.scope["headers"], b"if-none-match")
        if known is not None and matches(known, etag):
            return sent.unchanged()
        return sent

    return page


async def _asset(request: Request[Any, Any, Any]) -> ASGIApp:
    parts = request.scope["path_params"]
    found = _ASSETS.get(parts["name"])
    if found is None or parts["version"] != UI_VERSION:
        return _missing(request)
    folder, media_type = found
    body = _read(folder / parts["name"])
    return Sent.of(200, body, media_type=f"{media_type}; charset=utf-8", cache=_ALL_YEAR)


async def _problems(request: Request[Any, Any, Any]) -> ASGIApp:  # noqa: ARG001 - a handler
    about = "Every refusal is a problem document (RFC 9457); its code never changes."
    return _page("problem.html", {"title": "Problems", "about": about}, problem_index())


async def _problem(request: Request[Any, Any, Any]) -> ASGIApp:
    wanted = f"/problems/{request.scope['path_params']['name']}"
    for error in leaves():
        if type_of(error) == wanted:
            about = " ".join((error.__doc__ or "").split())
            words = {"title": title_of(error), "about": about}
            return _page("problem.html", words, problem_content(error))
    return _missing(request)


def _missing(request: Request[Any, Any, Any]) -> Sent:
    scope = request.scope
    return refusal(NoSuchRoute(), instance=scope["path"], request_id=request_id(scope))


def _docs(config: HttpConfig) -> Sent:
    text = Template(_text("docs.html")).substitute(store=escape(config.store_name), assets=ASSETS)
    return _told(text.encode(), "text/html; charset=utf-8", policy=_DOCS_POLICY)


def _account_page(name: str, config: HttpConfig) -> Sent:
    """What a mailed link opens: a button that sends the link's secret to the route of its name."""
    title, about, button, content = _ACCOUNT_PAGES[name]
    words = {
        "title": title,
        "about": about,
        "button": button,
        "store": config.store_name,
        "path": f"{PREFIX}/auth/{name}",
        "script": f"{ASSETS}/account.js",
    }
    return _page("account.html", words, content, more="; script-src 'self'; connect-src 'self'")


def _page(template: str, words: Mapping[str, str], content: str = "", *, more: str = "") -> Sent:
    """A page of our own: its words escaped, its content as it is, its one style allowed."""
    style = _text("style.css")
    safe = {name: escape(word) for name, word in words.items()}
    text = Template(_text(template)).substitute(safe, style=style, content=content)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = f"{_NOWHERE}; style-src 'sha256-{digest}'{more}"
    return _told(text.encode(), "text/html; charset=utf-8", policy=policy)


def _told(body: bytes, media_type: str, *, policy: str | None = None) -> Sent:
    etag = b'"%s"' % sha256(body).hexdigest()[:24].encode()
    sent = Sent.of(200, body, media_type=media_type, headers=((b"etag", etag),), cache=_ASK_AGAIN)
    return sent if policy is None else sent.under(policy)


@cache
def _read(path: Path) -> bytes:
    return path.read_bytes()


def _text(name: str) -> str:
    return _read(HERE / name).decode()
