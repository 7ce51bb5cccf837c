"""What is wrong with the shape of a request: texts that nobody cleans, fields nobody refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct
from msgspec.inspect import (
    AnyType,
    ByteArrayType,
    BytesType,
    CollectionType,
    DictType,
    Metadata,
    RawType,
    StrType,
    StructType,
    TupleType,
    Type,
    UnionType,
    type_info,
)

from automate_store.entrypoints.http.wire.inputs import Input, texts_of
from automate_store.entrypoints.http.wire.money import Amount

PATTERNED: frozenset[type[Any]] = frozenset({Amount})
"""Answers too, and so no inputs: each of their texts has a pattern."""
UNSEEN = (RawType, BytesType, ByteArrayType)


def faults(kind: type[Struct]) -> list[str]:
    """Every fault of the struct and of all that are in it."""
    found: dict[str, None] = {}
    seen: set[type[Any]] = set()
    waiting = [kind]
    while waiting:
        struct = waiting.pop()
        if struct in seen:
            continue
        seen.add(struct)
        info = type_info(struct)
        assert isinstance(info, StructType)
        found |= dict.fromkeys(_of_struct(info))
        for field in info.fields:
            waiting += [each.cls for each in _within(field.type) if isinstance(each, StructType)]
    return list(found)


def _of_struct(info: StructType) -> Iterator[str]:
    name = info.cls.__name__
    if not info.forbid_unknown_fields:
        yield f"{name} takes fields that it does not know"
    if info.cls not in PATTERNED and not issubclass(info.cls, Input):
        yield f"{name} is no Input: nobody cleans its texts"
    for field in info.fields:
        held = list(_within(field.type))
        texts = [each for each in held if isinstance(each, StrType)]
        if any(isinstance(each, UNSEEN) for each in held):
            yield f"{name}.{field.name} holds what nobody looks into"
        if any(each.max_length is None and each.pattern is None for each in texts):
            yield f"{name}.{field.name} has texts of any length"
        if info.cls in PATTERNED and any(each.pattern is None for each in texts):
            yield f"{name}.{field.name} has no pattern"
        may_hold_text = texts or any(isinstance(each, AnyType) for each in held)
        if issubclass(info.cls, Input) and may_hold_text and field.name not in cleaned(info.cls):
            yield f"{name}.{field.name} is not cleaned"


def cleaned(kind: type[Input]) -> set[str]:
    """The fields whose texts the struct itself looks after, all the way down."""
    own = vars(kind).get("__post_init__", Input.__post_init__)
    calls_on = own is Input.__post_init__ or "super" in own.__code__.co_names
    return {name for name, _ in texts_of(kind)} if calls_on else set()


def _within(type_: Type) -> Iterator[Type]:
    """All that a value may be or hold, down to the structs in it."""
    if isinstance(type_, Metadata):
        yield from _within(type_.type)
    elif isinstance(type_, UnionType):
        for each in type_.types:
            yield from _within(each)
    elif isinstance(type_, CollectionType):
        yield from _within(type_.item_type)
    elif isinstance(type_, TupleType):
        for each in type_.item_types:
            yield from _within(each)
    elif isinstance(type_, DictType):
        yield from _within(type_.key_type)
        yield from _within(type_.value_type)
    else:
        yield type_
