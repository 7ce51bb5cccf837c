"""What callers send: strict structs whose texts are normal, bounded, and free of control codes."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Annotated, ClassVar

import msgspec
from iso3166 import countries_by_alpha2
from msgspec import Meta, Struct
from msgspec.inspect import Field, Metadata, StrType, StructType, Type, UnionType, type_info

COUNTRIES = frozenset(countries_by_alpha2)
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROL_BUT_LINES = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")

Count = Annotated[int, Meta(ge=1, le=1_000_000, description="Whole pieces.")]
Text20 = Annotated[str, Meta(max_length=20)]
Text100 = Annotated[str, Meta(max_length=100)]
Text255 = Annotated[str, Meta(max_length=255)]
Text500 = Annotated[str, Meta(max_length=500)]
Text1000 = Annotated[str, Meta(max_length=1000)]
Country = Annotated[
    str,
    Meta(
        pattern="^[A-Za-z]{2}$",
        max_length=2,
        description="ISO 3166-1 alpha-2.",
        examples=["US"],
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
        faults = [
            fault for name, limit in _texts(type(self)) if (fault := self._clean(name, limit))
        ]
        if faults:
            raise FaultyFields(*faults)

    def _clean(self, name: str, limit: int | None) -> tuple[str, str] | None:
        text = getattr(self, name)
        if not isinstance(text, str):
            return None
        refused = _CONTROL_BUT_LINES if name in self.several_lines else CONTROL
        if refused.search(text):
            return name, "has control characters"
        if name == "country" and text.upper() not in COUNTRIES:
            return name, "is not the code of a country in ISO 3166-1"
        if not text.isascii():
            text = unicodedata.normalize("NFC", text)
            msgspec.structs.force_setattr(self, name, text)
            # Composing may lengthen a text, and the store's columns count what comes out.
            if limit is not None and len(text) > limit:
                return name, f"has {limit} characters at most"
        return None


@lru_cache
def _texts(input: type[Input]) -> tuple[tuple[str, int | None], ...]:
    info = type_info(input)
    assert isinstance(info, StructType), "an input is a struct"
    return tuple((each.name, limit[0]) for each in info.fields if (limit := _text_limit(each)))


def plain_types(type_: Type) -> tuple[Type, ...]:
    """What a value of the type may be, without the words about it."""
    while isinstance(type_, Metadata):
        type_ = type_.type
    if not isinstance(type_, UnionType):
        return (type_,)
    return tuple(plain for each in type_.types for plain in plain_types(each))


def _text_limit(field: Field) -> tuple[int | None] | None:
    """The length of a field that may be text, else None."""
    types = plain_types(field.type)
    return next(((each.max_length,) for each in types if isinstance(each, StrType)), None)
