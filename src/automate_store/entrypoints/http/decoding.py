"""Bodies and queries in: strict, and each refusal names its field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeVar
from urllib.parse import parse_qsl

import msgspec
from msgspec import Struct
from msgspec.inspect import BoolType, IntType, StructType, Type, type_info

from automate_store.domain.kernel.errors import FieldError, InvalidInput
from automate_store.entrypoints.http.wire.inputs import CONTROL, FaultyFields, plain_types

QUERY_LENGTH = 4_096
QUERY_FIELDS = 32
BODY = "body"
"""What a refusal names that no single field is to blame for."""
T = TypeVar("T", bound=Struct)

_AT = re.compile(r" - at `(?:key` in `)?\$(?P<path>[^`]*)`$")
_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`$", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(.*)`$")
_EXPECTED = re.compile(
    r"Expected `(?P<wanted>[^`]*)`(?:, got `(?P<got>[^`]*)`)?(?P<rest>.*)$", re.DOTALL
)
_OFFSET = re.compile(r"\(byte (\d+)\)")
_LAST_KEY = re.compile(rb'"([A-Za-z0-9_]{1,64})"\s*:\s*[^\s,:"{}\[\]]{0,64}$')
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_WORDS: Mapping[str, str] = {
    "int": "a whole number",
    "float": "a number with a fraction",
    "str": "text",
    "bool": "true or false",
    "object": "an object",
    "array": "a list",
    "uuid": "a UUID",
    "datetime": "a time",
    "null": "null",
}


def body_decoder(kind: type[T]) -> Callable[[bytes], T]:
    """Turns a JSON body into the struct; raises InvalidInput."""
    decoder = msgspec.json.Decoder(kind)

    def decode(body: bytes) -> T:
        try:
            return decoder.decode(body)
        except msgspec.ValidationError as wrong:
            raise InvalidInput(faults_of(wrong)) from wrong
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
            raise _no_json(wrong, body) from wrong

    return decode


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
            raise InvalidInput(faults_of(wrong)) from wrong

    return decode


def readable(text: str, *, longest: int) -> bool:
    """Whether a text out of an address could name something in the store."""
    return 1 <= len(text) <= longest and CONTROL.search(text) is None


def faults_of(wrong: msgspec.ValidationError) -> tuple[FieldError, ...]:
    """What is wrong with a value, and where in it."""
    message = str(wrong)
    found = _AT.search(message)
    path = found["path"].removeprefix(".") if found else ""
    message = message[: found.start()] if found else message
    if isinstance(wrong.__cause__, FaultyFields):
        faults = wrong.__cause__.faults
        return tuple(FieldError(_joined(path, name), reason) for name, reason in faults)
    if unknown := _UNKNOWN.match(message):
        return (FieldError(_joined(path, unknown[1][:64]), "is not a field of this request"),)
    if missing := _MISSING.match(message):
        return (FieldError(_joined(path, missing[1]), "is required"),)
    return (FieldError(path or BODY, _reason(message)),)


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


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _reason(message: str) -> str:
    """A complaint of msgspec's in the words of a person: what the value is, were it right."""
    if message.startswith("Invalid UUID"):
        return "is a UUID"
    if message.startswith("Invalid enum value"):
        return "is not one of the values that are known"
    found = _EXPECTED.match(message)
    if found is None:
        return message[:1].lower() + message[1:]
    wanted, rest = found["wanted"], found["rest"].strip()
    if found["got"] is not None:
        return f"is {_named(wanted)}, not {_named(found['got'])}"
    return _bounded(wanted, rest)


def _bounded(wanted: str, rest: str) -> str:
    unit = "entries" if wanted == "array" else "characters"
    if rest.startswith("of length <= "):
        return f"has {rest.removeprefix('of length <= ')} {unit} at most"
    if rest.startswith("of length >= "):
        return f"has {rest.removeprefix('of length >= ')} {unit} at least"
    if rest.startswith(">= "):
        return f"is {rest.removeprefix('>= ')} or more"
    if rest.startswith("<= "):
        return f"is {rest.removeprefix('<= ')} or less"
    return f"is {_named(wanted)} {rest}"


def _named(types: str) -> str:
    return " or ".join(_WORDS.get(each, each) for each in types.split(" | "))
