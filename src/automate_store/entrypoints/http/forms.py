"""Forms in: files and texts of one request, strict, and each refusal names its field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import msgspec
from msgspec import Struct
from msgspec.inspect import BytesType, StructType, type_info
from multipart import (  # type: ignore[import-untyped]  # it has no stubs
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
    parse_options_header,
)

from automate_store.domain.kernel.errors import InvalidInput
from automate_store.entrypoints.http.errors import NotAForm
from automate_store.entrypoints.http.faults import BODY, every_fault
from automate_store.entrypoints.http.wire.inputs import plain_types

FORM = "multipart/form-data"
PARTS = 16
"""More than any form of ours has, so that what is too much can be named."""
OVERHEAD_BYTES = 16_384
"""What a form may have beside its file."""
T = TypeVar("T", bound=Struct)


def form_decoder(kind: type[T]) -> Callable[[str, bytes], T]:
    """Turns a form of that content type into the struct; raises NotAForm, InvalidInput."""
    files = _files(kind)

    def decode(content_type: str, body: bytes) -> T:
        values: dict[str, str | bytes] = {}
        for name, content in _parts(content_type, body):
            if name in values:
                raise InvalidInput.of(name, "is given more than once")
            values[name] = content if name in files else _text(name, content)
        try:
            return msgspec.convert(values, kind)
        except msgspec.ValidationError as wrong:
            raise InvalidInput(every_fault(wrong, values, kind)) from wrong

    return decode


def _parts(content_type: str, body: bytes) -> list[tuple[str, bytes]]:
    declared, options = parse_options_header(content_type)
    if declared.lower() != FORM or not options.get("boundary"):
        raise NotAForm
    found: list[tuple[str, bytearray]] = []
    try:
        with PushMultipartParser(
            options["boundary"], max_segment_count=PARTS, strict=True
        ) as parser:
            for event in (*parser.parse(body), *parser.parse(b"")):
                if isinstance(event, MultipartSegment):
                    found.append((event.name, bytearray()))
                elif event:
                    found[-1][1].extend(event)
    except (MultipartError, ValueError) as wrong:
        raise InvalidInput.of(BODY, "is not a form: a part is missing or malformed") from wrong
    return [(name, bytes(content)) for name, content in found]


def _text(name: str, content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as wrong:
        raise InvalidInput.of(name, "is not text in UTF-8") from wrong


def _files(kind: type[Struct]) -> frozenset[str]:
    info = type_info(kind)
    assert isinstance(info, StructType), "a form is a struct"
    return frozenset(
        each.name
        for each in info.fields
        if any(isinstance(type_, BytesType) for type_ in plain_types(each.type))
    )


def file_schema(schema: Mapping[str, object]) -> dict[str, object]:
    """The schema of a field of a form: bytes go as they are, and not as base64."""
    told = dict(schema)
    if told.pop("contentEncoding", None) is not None:
        told["format"] = "binary"
    return told
