"""What callers send: strict structs whose texts are normal, bounded, and free of control codes."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Annotated, Any, ClassVar

import msgspec
from iso3166 import countries_by_alpha2
from msgspec import Meta, Struct
from msgspec.inspect import (
    AnyType,
    CollectionType,
    DictType,
    Metadata,
    StrType,
    StructType,
    TupleType,
    Type,
    UnionType,
    type_info,
)

from automate_store.entrypoints.regions import postal_fault, state_code, state_fault

COUNTRIES = frozenset(countries_by_alpha2)
_TURNING = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""They turn the direction of what follows, so that it reads as something else."""
CONTROL = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029{_TURNING}]")
_CONTROL_BUT_LINES = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{_TURNING}]")

WORDS = "words"
"""What a field says, under this name, of a text that has not the shape it asks for."""

Count = Annotated[int, Meta(ge=1, le=1_000_000, description="Whole pieces.")]
Text20 = Annotated[str, Meta(max_length=20)]
Text100 = Annotated[str, Meta(max_length=100)]
Text255 = Annotated[str, Meta(max_length=255)]
Text500 = Annotated[str, Meta(max_length=500)]
Text1000 = Annotated[str, Meta(max_length=1000)]
Reason = Annotated[
    str,
    Meta(
        pattern=r"\S",
        min_length=1,
        max_length=500,
        extra={WORDS: "says something, in 500 characters at most"},
    ),
]
Phone = Annotated[
    str,
    Meta(
        pattern=r"^(\+?\(?[0-9][0-9 ()./-]*( ?(x|ext\.?) ?[0-9]+)?)?$",
        max_length=20,
        examples=["+1 212 555 0100"],
        extra={WORDS: "is a phone number of at most 20 characters, such as +1 212 555 0100"},
    ),
]
Country = Annotated[
    str,
    Meta(
        pattern="^[A-Za-z]{2}$",
        max_length=2,
        description="ISO 3166-1 alpha-2.",
        examples=["US"],
        extra={WORDS: "is two letters, such as US"},
    ),
]


class FaultyFields(ValueError):  # noqa: N818 - named for the fact
    """Fields of one struct that can't be accepted, each with its reason."""

    def __init__(self, *faults: tuple[str, str]) -> None:
        super().__init__("has faults")
        self.faults = faults


class Input(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is sent: unknown fields are refused, and texts come out in Unicode's form C."""

    several_lines: ClassVar[frozenset[str]] = frozenset()
    """The texts that may have line breaks and tabs."""

    def __post_init__(self) -> None:
        faults: list[tuple[str, str]] = []
        for name, limit in texts_of(type(self)):
            try:
                self._clean(name, limit)
            except FaultyFields as faulty:
                faults += faulty.faults
        if not faults:
            faults += self._settle_place()
        if faults:
            raise FaultyFields(*faults)

    def _settle_place(self) -> list[tuple[str, str]]:
        """Have a state be its code, wherever one stands beside a country; what is wrong with it."""
        country, faults = getattr(self, "country", None), list[tuple[str, str]]()
        if country is None:
            return faults
        if (state := getattr(self, "state", None)) is not None:
            code = state_code(country, state)
            if code is None:
                faults.append(("state", state_fault(country)))
            elif code != state:
                msgspec.structs.force_setattr(self, "state", code)
        if (postal_code := getattr(self, "postal_code", None)) is not None:
            fault = postal_fault(country, postal_code)
            faults += [] if fault is None else [("postal_code", fault)]
        return faults

    def _clean(self, name: str, limit: int | None) -> None:
        given = getattr(self, name)
        if given is None:
            return
        refused = _CONTROL_BUT_LINES if name in self.several_lines else CONTROL
        cleaned = _cleaned(given, name, limit, refused)
        if name == "country" and isinstance(cleaned, str) and cleaned.upper() not in COUNTRIES:
            raise FaultyFields((name, "is not the code of a country in ISO 3166-1, such as US"))
        if cleaned is not given:
            msgspec.structs.force_setattr(self, name, cleaned)


def _cleaned(given: Any, place: str, limit: int | None, refused: re.Pattern[str]) -> Any:
    """What was given, every text in it in form C; raises FaultyFields, naming the place."""
    if isinstance(given, str):
        return _normal(given, place, limit, refused)
    if isinstance(given, list | tuple | set | frozenset):
        each = (_cleaned(one, f"{place}[{i}]", limit, refused) for i, one in enumerate(given))
        return type(given)(each)
    if isinstance(given, dict):
        return {
            _cleaned(name, place, None, refused): _cleaned(one, f"{place}.{name}", limit, refused)
            for name, one in given.items()
        }
    return given


def _normal(text: str, place: str, limit: int | None, refused: re.Pattern[str]) -> str:
    if refused.search(text):
        raise FaultyFields((place, "has control characters"))
    if text.isascii():
        return text
    text = unicodedata.normalize("NFC", text)
    # Composing may lengthen a text, and the store's columns count what comes out.
    if limit is not None and len(text) > limit:
        raise FaultyFields((place, f"has {limit} characters at most"))
    return text


@lru_cache(maxsize=512)
def texts_of(input: type[Input]) -> tuple[tuple[str, int | None], ...]:
    """The fields that are texts, or hold some, each with the length of its texts."""
    info = type_info(input)
    assert isinstance(info, StructType), "an input is a struct"
    found = ((each.name, text_within(each.type)) for each in info.fields)
    return tuple((name, text.max_length) for name, text in found if text is not None)


def text_within(type_: Type) -> StrType | None:
    """The text that a value of the type may be or hold, structs apart: they see to their own."""
    for each in plain_types(type_):
        if isinstance(each, StrType):
            return each
        if isinstance(each, AnyType):
            return StrType()
        for part in _parts(each):
            if (text := text_within(part)) is not None:
                return text
    return None


def _parts(type_: Type) -> tuple[Type, ...]:
    if isinstance(type_, DictType):
        # A name's length is bounded where it is read; what it says has a length of its own.
        return type_.value_type, type_.key_type
    if isinstance(type_, TupleType):
        return type_.item_types
    return (type_.item_type,) if isinstance(type_, CollectionType) else ()


def plain_types(type_: Type) -> tuple[Type, ...]:
    """What a value of the type may be, without the words about it."""
    while isinstance(type_, Metadata):
        type_ = type_.type
    if not isinstance(type_, UnionType):
        return (type_,)
    return tuple(plain for each in type_.types for plain in plain_types(each))
