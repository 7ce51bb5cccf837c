"""
The document in OpenAPI 3.0, for the API page only.

The Swagger UI that comes as a wheel reads 3.0 and no more. What 3.1 says in JSON Schema's
words is said in 3.0's: no type is null, but may be nullable; a constant is a list of one.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec

_NULL = {"type": "null"}
_UNKNOWN = frozenset({"examples"})
"""What a schema of 3.0 does not have; elsewhere the word means something else."""


@lru_cache(maxsize=4)
def older(document: bytes) -> bytes:
    """The same document, one version down."""
    told = _walked(msgspec.json.decode(document))
    return msgspec.json.encode({**told, "openapi": "3.0.3"})


def _walked(node: Any) -> Any:
    if isinstance(node, Mapping):
        walked = {name: _walked(each) for name, each in node.items()}
        return _schema(walked) if _is_schema(node) else walked
    if isinstance(node, list):
        return [_walked(each) for each in node]
    return node


def _is_schema(node: Mapping[str, Any]) -> bool:
    return "anyOf" in node or "const" in node or isinstance(node.get("type"), str)


def _schema(node: dict[str, Any]) -> dict[str, Any]:
    schema = {name: each for name, each in node.items() if name not in _UNKNOWN}
    if "const" in schema:
        schema["enum"] = [schema.pop("const")]
    kinds = schema.get("anyOf", [])
    if _NULL not in kinds:
        return schema
    del schema["anyOf"]
    rest = [each for each in kinds if each != _NULL]
    return {**schema, "nullable": True, "allOf" if len(rest) == 1 else "anyOf": rest}
