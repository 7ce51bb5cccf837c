"""
What is wrong with a value that does not fit, in the words of a person: all of it at once.

The decoder stops at the first fault. Whoever sent five would learn of them one request at a
time, so what did not fit is looked at again, field by field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import lru_cache
from itertools import islice
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta, Struct
from msgspec.inspect import StructType, type_info

from automate_store.domain.kernel.errors import FieldError
from automate_store.domain.kernel.words import listed
from automate_store.entrypoints.http.wire.inputs import WORDS, FaultyFields

BODY = "body"
"""What a refusal names that no single field is to blame for."""
FAULTS = 50
"""Faults of one body that are told, at most."""

_AT = re.compile(r" - at `(?:key` in `)?\$(?P<path>[^`]*)`$")
_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`$", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(.*)`$")
_EXPECTED = re.compile(
    r"Expected `(?P<wanted>[^`]*)`(?:, got `(?P<got>[^`]*)`)?(?P<rest>.*)$", re.DOTALL
)
_NOT_A_FIELD = "is not a field of this request"
_REQUIRED = "is required"
_NAMED: Mapping[str, str] = {
    "int": "a whole number",
    "float": "a number with a fraction",
    "str": "text",
    "bool": "true or false",
    "object": "an object",
    "array": "a list",
    "uuid": "a UUID",
    "datetime": "a time",
    "date": "a day such as 1990-12-31",
    "null": "null",
}


def every_fault(
    wrong: msgspec.ValidationError, value: object, kind: type[Struct]
) -> tuple[FieldError, ...]:
    """All that is wrong with the value that was to be of the kind, at most so many."""
    first = faults_of(wrong)
    found = tuple(islice(_faults(value, kind, ""), FAULTS))
    # What only the decoder itself sees through is still said.
    known = {fault.field for fault in found}
    return (*(fault for fault in first if fault.field not in known), *found)


def faults_of(wrong: msgspec.ValidationError) -> tuple[FieldError, ...]:
    """What the decoder says is wrong with a value, and where in it."""
    return _worded(wrong, None)


def _worded(wrong: msgspec.ValidationError, hint: Any) -> tuple[FieldError, ...]:
    message = str(wrong)
    found = _AT.search(message)
    path = found["path"].removeprefix(".") if found else ""
    message = message[: found.start()] if found else message
    if isinstance(wrong.__cause__, FaultyFields):
        faults = wrong.__cause__.faults
        return tuple(FieldError(_joined(path, name), reason) for name, reason in faults)
    if unknown := _UNKNOWN.match(message):
        return (FieldError(_joined(path, unknown[1][:64]), _NOT_A_FIELD),)
    if missing := _MISSING.match(message):
        return (FieldError(_joined(path, missing[1]), _REQUIRED),)
    return (FieldError(path or BODY, _reason(message, None if path else hint)),)


def _faults(value: object, hint: Any, path: str) -> Iterator[FieldError]:
    """What is wrong with a value, part by part where it has parts."""
    struct, item = _struct(hint), _item(hint)
    found = False
    if struct is not None and isinstance(value, dict):
        for fault in _of_struct(value, struct, path):
            found = True
            yield fault
    elif item is not None and isinstance(value, list):
        for place, each in enumerate(value):
            for fault in _faults(each, item, f"{path}[{place}]"):
                found = True
                yield fault
    if found:
        return
    try:
        msgspec.convert(value, hint)
    except msgspec.ValidationError as wrong:
        for fault in _worded(wrong, hint if path else None):
            yield FieldError(_within(path, fault.field), fault.reason)


def _of_struct(value: Mapping[str, object], kind: type[Struct], path: str) -> Iterator[FieldError]:
    info, hints = _known(kind)
    names = {each.encode_name: each for each in info.fields}
    if info.forbid_unknown_fields:
        for unknown in value.keys() - names.keys() - {info.tag_field}:
            yield FieldError(_joined(path, unknown[:64]), _NOT_A_FIELD)
    for name, each in names.items():
        if name in value:
            yield from _faults(value[name], hints[each.name], _joined(path, name))
        elif each.required:
            yield FieldError(_joined(path, name), _REQUIRED)


@lru_cache(maxsize=512)
def _known(kind: type[Struct]) -> tuple[StructType, dict[str, Any]]:
    info = type_info(kind)
    assert isinstance(info, StructType), "the kind is a struct"
    return info, get_type_hints(kind, include_extras=True)


def _struct(hint: Any) -> type[Struct] | None:
    """The one struct that a value may be; None where it may be several, or is none."""
    found = [each for each in _plain(hint) if isinstance(each, type) and issubclass(each, Struct)]
    return found[0] if len(found) == 1 else None


def _item(hint: Any) -> Any:
    """What the entries of a list are, where a value may be a list."""
    lists = [each for each in _plain(hint) if get_origin(each) in {list, tuple}]
    return get_args(lists[0])[0] if len(lists) == 1 else None


def _plain(hint: Any) -> Iterator[Any]:
    """What a value of the hint may be, without the words about it."""
    if get_origin(hint) is Annotated:
        yield from _plain(get_args(hint)[0])
    elif get_origin(hint) in {None, list, tuple, dict, set, frozenset, Literal}:
        yield hint
    else:
        for each in get_args(hint):
            yield from _plain(each)


def _metas(hint: Any) -> Iterator[Meta]:
    if get_origin(hint) is Annotated:
        inner, *notes = get_args(hint)
        yield from (note for note in notes if isinstance(note, Meta))
        yield from _metas(inner)
    elif get_origin(hint) not in {None, list, tuple, dict, set, frozenset, Literal}:
        for each in get_args(hint):
            yield from _metas(each)


def _reason(message: str, hint: Any) -> str:
    """A complaint of msgspec's in the words of a person: what the value is, were it right."""
    if message.startswith("Invalid UUID"):
        return "is a UUID"
    if message.startswith("Invalid RFC3339"):
        return "is a time such as 2026-03-01T12:00:00Z"
    if message.startswith("Invalid enum value"):
        known = tuple(_choices(hint))
        return f"is one of {listed(known, last='or')}" if known else "is none of its values"
    found = _EXPECTED.match(message)
    if found is None:
        return message[:1].lower() + message[1:]
    wanted, rest = found["wanted"], found["rest"].strip()
    if found["got"] is not None:
        return f"is {_shaped(wanted, hint)}, not {_named(found['got'])}"
    return _own_words(hint) or _bounded(wanted, rest)


def _choices(hint: Any) -> Iterator[str]:
    for each in _plain(hint):
        if get_origin(each) is Literal:
            yield from (str(value) for value in get_args(each))
        elif isinstance(each, type) and issubclass(each, Enum):
            yield from (str(member.value) for member in each)
        elif (item := _item(each)) is not None:
            yield from _choices(item)


def _own_words(hint: Any) -> str | None:
    """What the field itself says of a text that has to have a shape."""
    said = (meta.extra.get(WORDS) for meta in _metas(hint) if meta.extra)
    return next((str(words) for words in said if words), None)


def _shaped(wanted: str, hint: Any) -> str:
    struct = _struct(hint)
    if struct is None or not wanted.startswith("object"):
        return _named(wanted)
    info, _ = _known(struct)
    needed = tuple(each.encode_name for each in info.fields if each.required)
    parts = f" with {listed(needed, last='and')}" if needed else ""
    return _named(wanted).replace("an object", f"an object{parts}", 1)


def _bounded(wanted: str, rest: str) -> str:
    for sign, words in ((" <= ", "at most"), (" >= ", "at least")):
        if rest.startswith(f"of length{sign}"):
            count = rest.removeprefix(f"of length{sign}")
            return f"has {count} {_counted(wanted, one=count == '1')} {words}"
    if rest.startswith(">= "):
        return f"is {rest.removeprefix('>= ')} or more"
    if rest.startswith("<= "):
        return f"is {rest.removeprefix('<= ')} or less"
    return f"is {_named(wanted)} {rest}"


def _counted(wanted: str, *, one: bool) -> str:
    if wanted in {"array", "object"}:
        return "entry" if one else "entries"
    return "character" if one else "characters"


def _named(types: str) -> str:
    return " or ".join(_NAMED.get(each, each) for each in types.split(" | "))


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _within(path: str, field: str) -> str:
    """The field of a part, as seen from the whole."""
    if not path or field == BODY:
        return path or field
    return f"{path}{field}" if field.startswith("[") else f"{path}.{field}"
