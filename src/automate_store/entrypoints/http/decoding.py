"""Bodies and queries in: strict, and each refusal names its field."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import parse_qsl

import msgspec
from msgspec import Struct
from msgspec.inspect import BoolType, IntType, StructType, Type, type_info

from automate_store.domain.kernel.errors import FieldError, InvalidInput
from automate_store.entrypoints.http.faults import BODY, every_fault, faults_of
from automate_store.entrypoints.http.wire.inputs import CONTROL, plain_types

QUERY_LENGTH = 4_096
QUERY_FIELDS = 32
T = TypeVar("T", bound=Struct)

_OFFSET = re.compile(r"\(byte (\d+)\)")
_LAST_KEY = re.compile(rb'"([A-Za-z0-9_]{1,64})"\s*:\s*[^\s,:"{}\[\]]{0,64}$')
_WHOLE = re.compile(r"-?[0-9]{1,18}")


def body_decoder(kind: type[T]) -> Callable[[bytes], T]:
    """Turns a JSON body into the struct; raises InvalidInput."""
    decoder = msgspec.json.Decoder(kind)

    def decode(body: bytes) -> T:
        try:
            return decoder.decode(body)
        except msgspec.ValidationError as wrong:
            raise InvalidInput(_all_faults(wrong, body, kind)) from wrong
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
            raise _no_json(wrong, body) from wrong

    return decode


def _all_faults(
    wrong: msgspec.ValidationError, body: bytes, kind: type[Struct]
) -> tuple[FieldError, ...]:
    try:
        return every_fault(wrong, msgspec.json.decode(body), kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # Behind its first fault it is no JSON any more; that one is told all the same.
        return faults_of(wrong)


def query_decoder(kind: type[T]) -> Callable[[bytes], T]:
    """Turns a query string into the struct; raises InvalidInput, for repeated names too."""
    readers = _readers(kind)
    fresh = kind()

    def decode(query: bytes) -> T:
        if not query:
            return fresh
        given = _given(query)
        values = {name: readers.get(name, str)(text) for name, text in given.items()}
        try:
            return msgspec.convert(values, kind)
        except msgspec.ValidationError as wrong:
            raise InvalidInput(every_fault(wrong, values, kind)) from wrong

    return decode


def readable(text: str, *, longest: int) -> bool:
    """Whether a text out of an address could name something in the store."""
    return 1 <= len(text) <= longest and CONTROL.search(text) is None


def _given(query: bytes) -> dict[str, str]:
    if len(query) > QUERY_LENGTH:
        raise InvalidInput.of("query", f"has {QUERY_LENGTH} bytes at most")
    try:
        pairs = parse_qsl(
            query.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=QUERY_FIELDS,
        )
    except ValueError as wrong:
        raise InvalidInput.of("query", "is made of name=value, percent-encoded UTF-8") from wrong
    given = dict(pairs)
    if len(given) < len(pairs):
        names = [name for name, _ in pairs]
        raise InvalidInput.of(max(names, key=names.count), "is given more than once")
    return given


def _readers(kind: type[Struct]) -> dict[str, Callable[[str], object]]:
    info = type_info(kind)
    assert isinstance(info, StructType), "a query is a struct"
    return {each.name: reader for each in info.fields if (reader := _reader(each.type))}


def _reader(type_: Type) -> Callable[[str], object] | None:
    kinds = plain_types(type_)
    if any(isinstance(each, BoolType) for each in kinds):
        return lambda text: {"true": True, "false": False}.get(text, text)
    if any(isinstance(each, IntType) for each in kinds):
        return lambda text: int(text) if _WHOLE.fullmatch(text) else text
    return None


def _no_json(wrong: Exception, body: bytes) -> InvalidInput:
    offset = _OFFSET.search(str(wrong))
    key = _LAST_KEY.search(body, 0, int(offset[1])) if offset else None
    if key is not None:
        return InvalidInput.of(key[1].decode(), "is not a value that JSON has")
    if not body.strip():
        return InvalidInput.of(BODY, "is required, as JSON")
    return InvalidInput.of(BODY, "is not JSON in UTF-8")
