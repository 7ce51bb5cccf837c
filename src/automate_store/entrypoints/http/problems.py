"""Problem documents (RFC 9457): the one table from an error's family to its status."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_type_hints
from urllib.parse import quote

import msgspec
from msgspec import Struct, defstruct

from automate_store.application.ports.media import (
    NotAPicture,
    PictureTooHeavy,
    PictureTooLarge,
)
from automate_store.domain.kernel.errors import (
    Forbidden,
    KeyReused,
    Malformed,
    NotFound,
    PreconditionMissing,
    RuleBroken,
    Stale,
    StoreError,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from automate_store.entrypoints.http.errors import (
    BodyTooLarge,
    BodyTooSlow,
    MethodNotAllowed,
    NotAForm,
    WrongContentType,
)
from automate_store.entrypoints.http.sending import Header, Sent
from automate_store.entrypoints.http.wire.values import wire_type, wire_value

STATUSES: Mapping[type[StoreError], int] = {
    MethodNotAllowed: 405,
    BodyTooSlow: 408,
    BodyTooLarge: 413,
    PictureTooHeavy: 413,
    PictureTooLarge: 413,
    WrongContentType: 415,
    NotAForm: 415,
    NotAPicture: 415,
    PreconditionMissing: 428,
    Malformed: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    RuleBroken: 409,
    Stale: 412,
    KeyReused: 422,
    TooMany: 429,
    Unavailable: 503,
    StoreError: 500,
}
"""The nearest of an error's classes decides."""

RETRY_AFTER_S = 1
MEDIA_TYPE = "application/problem+json"
_IN_PATHS = "/:@!$&'()*+,;=~"
_KINDS: dict[type[StoreError], type[Struct]] = {}
_ENCODER = msgspec.json.Encoder()


class Problem(Struct, frozen=True, kw_only=True):
    """What every refusal looks like; each code adds its own fields."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request_id: str


def status_of(error: type[StoreError]) -> int:
    """The status that errors of this class are answered with."""
    return next(STATUSES[each] for each in error.__mro__ if each in STATUSES)


def type_of(error: type[StoreError]) -> str:
    """Where the kind of problem is explained, relative to the store's address."""
    return f"/problems/{error.code().replace('_', '-')}"


def title_of(error: type[StoreError]) -> str:
    """The code, for people."""
    return error.code().replace("_", " ").capitalize()


def leaves() -> Iterator[type[StoreError]]:
    """Every error that is loaded and no family, in the order of their codes."""
    found = {leaf.code(): leaf for leaf in _below(StoreError) if _is_leaf(leaf)}
    return iter(leaf for _, leaf in sorted(found.items()))


def problem_type(error: type[StoreError]) -> type[Struct]:
    """The struct that problems of this class are encoded from, and documented by."""
    known = _KINDS.get(error)
    if known is None:
        known = _KINDS[error] = _problem_type(error)
    return known


def own_fields(error: type[StoreError]) -> tuple[str, ...]:
    """The names of the fields that the error adds."""
    return tuple(each.name for each in getattr(error, "__attrs_attrs__", ()))


def _problem_type(error: type[StoreError]) -> type[Struct]:
    hints = get_type_hints(error)
    own = [(name, wire_type(hints[name])) for name in own_fields(error)]
    fixed: list[tuple[str, Any]] = [
        ("type", Literal[type_of(error)]),
        ("title", str),
        ("status", Literal[status_of(error)]),
        ("detail", str),
        ("instance", str),
        ("code", Literal[error.code()]),
        ("request_id", str),
    ]
    assert not {name for name, _ in own} & {name for name, _ in fixed}, "the names are taken"
    return defstruct(
        f"{error.__name__}Problem", [*fixed, *own], bases=(Problem,), frozen=True, kw_only=True
    )


def problem(error: StoreError, *, instance: str, request_id: str) -> Struct:
    """The document of one refusal: of this request, at this path."""
    kind = type(error)
    return problem_type(kind)(
        type=type_of(kind),
        title=title_of(kind),
        status=status_of(kind),
        detail=str(error),
        instance=instance,
        code=kind.code(),
        request_id=request_id,
        **{name: wire_value(value) for name, value in error.fields().items()},
    )


def refusal(
    error: StoreError, *, instance: str, request_id: str, headers: tuple[Header, ...] = ()
) -> Sent:
    """The answer that tells the problem."""
    # What came as a path need not be one: in a document it is a URI again.
    told = problem(error, instance=quote(instance, safe=_IN_PATHS), request_id=request_id)
    body = _ENCODER.encode(told)
    more = tuple(_headers(error))
    return Sent.of(status_of(type(error)), body, media_type=MEDIA_TYPE, headers=(*headers, *more))


def _headers(error: StoreError) -> Iterator[Header]:
    if isinstance(error, Unavailable | TooMany):
        seconds = getattr(error, "retry_after_s", RETRY_AFTER_S)
        yield b"retry-after", str(seconds).encode()
    elif isinstance(error, MethodNotAllowed):
        yield b"allow", ", ".join(error.allowed).encode()
    elif isinstance(error, BodyTooSlow):
        # What is still to come would be taken for the next request.
        yield b"connection", b"close"
    elif isinstance(error, Unauthenticated):
        yield b"www-authenticate", b"Bearer"


def _is_leaf(error: type[StoreError]) -> bool:
    # A family is no attrs class, and nobody raises it.
    return "__attrs_attrs__" in vars(error)


def _below(family: type[StoreError]) -> Iterator[type[StoreError]]:
    for each in family.__subclasses__():
        yield each
        yield from _below(each)
