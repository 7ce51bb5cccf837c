"""
Nonsense for every route that writes, made from the route table itself.

A route gives the struct of its body, the struct the kinds and bounds of its fields,
and each field a list of values that it must be refused for. A route that is added is
spoilt like the others from that moment on. Nothing here knows where the shop runs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen
from msgspec.inspect import (
    DictType,
    EnumType,
    Field,
    IntType,
    ListType,
    StrType,
    StructType,
    Type,
    UUIDType,
    type_info,
)

from automate_store.entrypoints.http import ROUTES
from automate_store.entrypoints.http.routes import Route
from automate_store.entrypoints.http.wire.inputs import plain_types
from tests.http.forms import FORM

BODY_LIMIT = 1_048_576
STRANGERS = ("price", "total", "unit_price", "discount", "currency", "role", "status", "user_id")
"""Fields that no client decides."""
NOT_JSON: Sequence[bytes] = (
    *(b"", b"null", b"[]", b"1", b'"text"', b"{", b"{}{}", b"{'a':1}", b"\x00", b"\xff\xfe"),
    *(b"\xef\xbb\xbf{}", b'{"":1}', b"[" * 100_000, b'{"a":' * 20_000, b" " * (BODY_LIMIT + 1)),
)
NO_NUMBERS: Sequence[bytes] = (
    *(b"NaN", b"Infinity", b"1e400", b"0x10", b"01", b"1.0", b"1.5", b"1e2", b"true", b"null"),
    *(b'"1"', b'""', b"[1]", b"{}", b"9223372036854775808", b"1" + b"0" * 5_000),
)
NO_IDS: Sequence[Any] = (
    *("", "1", "no-id", "0" * 35 + "g", 1, True, ["x"], {}, "' OR 1=1 --", "\x00"),
)
NO_TEXTS: Sequence[Any] = (1, True, [], {}, "\x00", "a\x1bb", "\u0085")
NO_KEYS: Sequence[bytes | None] = (None, b"", b"a b", b"x" * 256, b"\xe9")
NO_PATHS = ("1", "x", "%00", "a%1bb", "0195510c-0000-7000-8000-ffffffffffff")


@frozen(kw_only=True)
class Sound:
    """A request that would do something: what the cases of its route spoil."""

    path: str
    """With its ids filled in."""
    body: Mapping[str, Any] | None
    form: bytes | None = None
    """The body of a route that takes a form."""
    raw: bytes | None = None
    """The body of a route that takes it as it comes."""
    headers: Mapping[bytes, bytes]


@frozen(kw_only=True)
class BadInput:
    """One request that must be refused, and leave every row as it was."""

    name: str
    route: Route
    path: str
    body: bytes | None
    headers: Mapping[bytes, bytes]
    field: str | None = None
    """The field that the refusal has to name, where it is one field's fault."""


def bad_input(sound: Mapping[str, Sound]) -> Iterator[BadInput]:
    """Every case of every route that writes; ``sound`` has a right request for each of them."""
    for route in ROUTES:
        if route.writes:
            yield from _cases(route, sound[route.operation_id])


def _cases(route: Route, sound: Sound) -> Iterator[BadInput]:
    if route.body is not None and sound.body is not None:
        yield from _bodies(route, sound, sound.body)
    if route.keyed:
        for key in NO_KEYS:
            yield _case(f"key {key!r}", route, sound, key=key)
    for path in _paths(route, sound):
        yield _case(f"path {path}", route, sound, path=path)


def _paths(route: Route, sound: Sound) -> Iterator[str]:
    """The sound path with one of its ids spoilt."""
    filled = sound.path.split("/")
    for place, part in enumerate(route.path.split("/")):
        if part.startswith("{"):
            yield from ("/".join([*filled[:place], no, *filled[place + 1 :]]) for no in NO_PATHS)


def _bodies(route: Route, sound: Sound, body: Mapping[str, Any]) -> Iterator[BadInput]:
    assert route.body is not None, "the route takes a body"
    for raw in NOT_JSON[1:] if route.body_optional else NOT_JSON:
        yield _case(f"body {raw[:12]!r}", route, sound, raw=raw)
    yield _case("content type", route, sound, content_type=b"text/plain")
    info = type_info(route.body)
    assert isinstance(info, StructType), "a body is a struct"
    for path, raw in _spoilt(info, body, ()):
        yield _case(f"{path} = {raw[:40]!r}", route, sound, raw=raw, field=path)


def _spoilt(
    info: StructType, whole: Mapping[str, Any], at: tuple[str | int, ...]
) -> Iterator[tuple[str, bytes]]:
    """The body spoilt in one place, with the name of that place."""
    here = _inside(whole, at)
    for stranger in STRANGERS:
        if stranger not in {field.name for field in info.fields}:
            yield _said((*at, stranger)), _with(whole, (*at, stranger), b'"0.01"')
    for field in info.fields:
        place = (*at, field.name)
        if field.required:
            yield _said(place), _without(whole, place)
            yield _said(place), _with(whole, place, b"null")
        for value in _refused(field):
            yield _said(place), _with(whole, place, value)
        if field.name in here:
            yield from _below(field.type, whole, place)


def _below(
    type_: Type, whole: Mapping[str, Any], at: tuple[str | int, ...]
) -> Iterator[tuple[str, bytes]]:
    for kind in plain_types(type_):
        if isinstance(kind, StructType) and _is_of(kind, _inside(whole, at)):
            yield from _spoilt(kind, whole, at)
        elif isinstance(kind, ListType):
            for place in range(len(_inside(whole, at))):
                yield from _below(kind.item_type, whole, (*at, place))


def _is_of(kind: StructType, body: Mapping[str, Any]) -> bool:
    # Where one of several kinds may stand, the body says which it is.
    return kind.tag_field is None or body[kind.tag_field] == kind.tag


def _refused(field: Field) -> Iterator[bytes]:
    for kind in plain_types(field.type):
        if isinstance(kind, IntType):
            optional = len(plain_types(field.type)) > 1
            yield from (raw for raw in NO_NUMBERS if not (optional and raw == b"null"))
            yield from (str(bound).encode() for bound in _beyond(kind))
        elif isinstance(kind, UUIDType):
            yield from map(_json, NO_IDS)
        elif isinstance(kind, StrType):
            longest = kind.max_length or 0
            yield from map(_json, (*NO_TEXTS, "x" * (longest + 1)))
        elif isinstance(kind, EnumType):
            yield from map(_json, ("", "nonsense", 1, [], "sale"))
        elif isinstance(kind, StructType):
            yield from map(_json, (1, "x", [], True))
        elif isinstance(kind, ListType):
            longest = kind.max_length or 0
            empty: list[Any] = [[]] if kind.min_length else []
            yield from map(_json, (1, "x", {}, *empty, [None], [[]], [{}] * (longest + 1)))
        elif isinstance(kind, DictType):
            yield from map(_json, (1, "x", [], [{}]))


def _beyond(kind: IntType) -> Iterator[int]:
    if kind.ge is not None:
        yield kind.ge - 1
    if kind.le is not None:
        yield kind.le + 1


def _case(
    name: str,
    route: Route,
    sound: Sound,
    *,
    raw: bytes | None = None,
    path: str | None = None,
    field: str | None = None,
    key: bytes | None = b"sound",
    content_type: bytes = b"application/json",
) -> BadInput:
    headers = dict(sound.headers)
    if sound.body is not None:
        headers[b"content-type"] = content_type
    if sound.form is not None:
        headers[b"content-type"] = FORM.encode()
    if route.keyed and key is not None:
        headers[b"idempotency-key"] = key
    return BadInput(
        name=f"{route.method} {route.path}: {name}",
        route=route,
        path=path or sound.path,
        body=_body(sound) if raw is None else raw,
        headers=headers,
        field=field,
    )


def _body(sound: Sound) -> bytes | None:
    return sound.form or sound.raw if sound.body is None else _json(sound.body)


def _inside(body: Any, at: tuple[str | int, ...]) -> Any:
    for step in at:
        body = body[step]
    return body


def _without(whole: Mapping[str, Any], at: tuple[str | int, ...]) -> bytes:
    body = json.loads(_json(whole))
    del _inside(body, at[:-1])[at[-1]]
    return _json(body)


def _with(whole: Mapping[str, Any], at: tuple[str | int, ...], raw: bytes) -> bytes:
    body = json.loads(_json(whole))
    _inside(body, at[:-1])[at[-1]] = "@here"
    return _json(body).replace(b'"@here"', raw)


def _said(at: tuple[str | int, ...]) -> str:
    return re.sub(r"\.(\d+)", r"[\1]", ".".join(map(str, at)))


def _json(value: object) -> bytes:
    return json.dumps(value).encode()
