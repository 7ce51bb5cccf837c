"""
Logs: one structured line a fact, on standard error, with nothing in it that is secret.

Our own lines and those of the libraries (standard logging) take the same way
out, and lose passwords, tokens, addresses and card numbers on it: by the name
of their key at any depth, and by their looks inside any text.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, TextIO

import structlog
from structlog.contextvars import bound_contextvars, get_contextvars, merge_contextvars
from structlog.dev import ConsoleRenderer, plain_traceback
from structlog.processors import (
    JSONRenderer,
    StackInfoRenderer,
    TimeStamper,
    add_log_level,
    format_exc_info,
)
from structlog.stdlib import ExtraAdder, ProcessorFormatter, add_logger_name
from structlog.typing import EventDict, Processor

from automate_store.entrypoints.settings.kinds import LogFormat, LogLevel

REDACTED = "***"
DEPTH_LIMIT = 8
"""Nothing nested deeper than this is printed at all."""
TEXT_LIMIT = 16_384
"""The most characters of one text in a line; a longer one loses its middle."""

_SECRET_KEY = re.compile(
    r"password|passwd|passphrase|token|authorization|cookie|secret|credential|signature"
    r"|e?mail|address|phone|street|postalcode|postcode|recipient"
    r"|firstname|lastname|fullname|cardnumber|cvc|cvv|iban|dsn|keys?$"
)
_SECRET_TEXT = re.compile(
    r"(?P<url>://)[^/\s:@]*+:[^\s/]*@"
    r"|(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)+"
    r"|\b(?P<scheme>bearer|basic)\s++[\w.~+/=-]{8,}"
    r"|(?<![\w-])eyJ[\w-]++\.[\w-]++\.[\w-]*+"
    r"|\$(?:argon2\w{1,2}|2[abxy])\$[\w$.,=+/]{20,}"
    r"|\bfernet:[\w=-]++"
    r"|\b(?P<cookie>cookie[\"']?\s*+[:=]\s*+)[^\r\n]++"
    r"|(?<![\w-])(?P<name>(?=[\w-]*?(?:password|passwd|token|secret|authorization|api_?key|phone"
    r"|e?mail))[\w-]++[\"']?\s*+[:=]\s*+(?:bearer\s|basic\s)?)"
    r"(?:\"[^\"]*+\"|'[^']*+'|[^\s\"',;&)}\]]++)"
    r"|(?<![\w-])(?P<card>\d(?:[ -]?\d){12,18})(?![\w-])",
    re.IGNORECASE,
)
"""Each way begins where a word begins, so that a long text costs time in its length only."""
_LIBRARIES = ("uvicorn", "uvicorn.error", "procrastinate", "sqlalchemy", "alembic", "asyncio")


class _StoreHandler(logging.StreamHandler[TextIO]):
    """Ours among the root's handlers, so that setting up twice does not print twice."""


def set_up_logs(
    *,
    level: LogLevel = LogLevel.INFO,
    format: LogFormat | None = None,
    stream: TextIO | None = None,
) -> None:
    """
    Send every line, ours and the libraries', to the stream (standard error).

    Without a format a terminal gets the console's and anything else JSON. May be
    called again; the last call counts.
    """
    stream = stream or sys.stderr
    chosen = format or (LogFormat.CONSOLE if stream.isatty() else LogFormat.JSON)
    closing: list[Processor] = [
        StackInfoRenderer(),
        format_exc_info,
        redact,
        add_log_level,
        TimeStamper("iso", utc=True),
        _renderer(chosen),
    ]
    structlog.configure(
        processors=[merge_contextvars, *closing],
        wrapper_class=structlog.make_filtering_bound_logger(level.number),
        logger_factory=structlog.WriteLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    handler = _StoreHandler(stream)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=[merge_contextvars, add_logger_name, ExtraAdder(), _once],
            processors=[ProcessorFormatter.remove_processors_meta, *closing],
        )
    )
    _route_libraries(handler, level)


@contextmanager
def request_logs(request_id: str, **fields: str) -> Iterator[None]:
    """Every line inside the block, the libraries' too, carries the request's id."""
    with bound_contextvars(request_id=request_id, **fields):
        yield


def current_request_id() -> str | None:
    """The id of the request under way, to be handed on to jobs and problem documents."""
    found: str | None = get_contextvars().get("request_id")
    return found


def redact(_logger: object, _method: str, event: EventDict) -> EventDict:
    """A structlog processor: the event without what must not be read in a log."""
    return {key: _clean(key, value, 0) for key, value in event.items()}


def _once(_logger: object, _method: str, event: EventDict) -> EventDict:
    """The event without the copies of its text that other formatters leave on a record."""
    return {key: value for key, value in event.items() if key not in {"message", "color_message"}}


def _renderer(format: LogFormat) -> Processor:
    if format is LogFormat.JSON:
        return JSONRenderer()
    return ConsoleRenderer(exception_formatter=plain_traceback)


def _route_libraries(handler: _StoreHandler, level: LogLevel) -> None:
    root = logging.getLogger()
    for old in [each for each in root.handlers if isinstance(each, _StoreHandler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level.number)
    for name in _LIBRARIES:
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
    # Requests get their one line from us; uvicorn's own would be a second one.
    logging.getLogger("uvicorn.access").disabled = True


def _clean(key: str, value: Any, depth: int) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if _is_secret(key):
        return REDACTED
    return _clean_value(value, depth)


def _clean_value(value: Any, depth: int) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if depth >= DEPTH_LIMIT:
        return "..."
    if isinstance(value, Mapping):
        return {_clean_text(str(k)): _clean(str(k), v, depth + 1) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean_value(each, depth + 1) for each in value]
    return _clean_text(value if isinstance(value, str) else repr(value))


@lru_cache(maxsize=1024)
def _is_secret(key: str) -> bool:
    return _SECRET_KEY.search(re.sub(r"[^a-z0-9]", "", key.lower())) is not None


def _clean_text(text: str) -> str:
    clean = _SECRET_TEXT.sub(_hide, text)
    if len(clean) <= TEXT_LIMIT:
        return clean
    half = TEXT_LIMIT // 2
    return f"{clean[:half]} ... {clean[-half:]}"


def _hide(found: re.Match[str]) -> str:
    if found["card"]:
        return REDACTED if _is_card(found["card"]) else found[0]
    if found["url"]:
        return f"://{REDACTED}@"
    if found["scheme"]:
        return f"{found['scheme']} {REDACTED}"
    return f"{found['name'] or found['cookie'] or ''}{REDACTED}"


def _is_card(digits: str) -> bool:
    """Luhn's check, which card numbers pass and nine in ten other numbers fail."""
    total = 0
    for place, digit in enumerate(int(each) for each in reversed(digits) if each.isdigit()):
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled  # noqa: PLR2004 - the digits' sum
    return total % 10 == 0
