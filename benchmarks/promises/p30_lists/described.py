"""What the running shop says of itself: its operations, as far as their bounds matter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from benchmarks.rig.shoppers import Shoppers

NOBODYS_ID = "0195510c-0000-7000-8000-ffffffffffff"
METHODS = ("get", "post", "put", "delete")
Schema = Mapping[str, Any]


@frozen
class Operation:
    """One operation: its method, its path with ids that nothing has, and what it takes."""

    name: str
    method: str
    path: str
    answer: Schema
    body: Schema | None
    example: Any
    content_type: str

    @property
    def writes(self) -> bool:
        """Whether it may change something."""
        return self.method != "GET"

    @property
    def lists(self) -> bool:
        """Whether what it answers is a list."""
        return not self.writes and "items" in self.answer.get("properties", {})

    @property
    def paged(self) -> bool:
        """Whether that list says where it goes on."""
        return self.lists and "next_cursor" in self.answer["properties"]


@frozen
class Described:
    """The document."""

    operations: tuple[Operation, ...]
    schemas: Mapping[str, Schema]

    def resolved(self, schema: Schema) -> Schema:
        """The schema itself, where it stands elsewhere."""
        while "$ref" in schema:
            schema = self.schemas[schema["$ref"].rpartition("/")[2]]
        return schema

    def arrays(self, schema: Schema, at: str) -> Iterator[tuple[str, Schema]]:
        """Every array that stands anywhere in it, with its place."""
        return self._arrays(schema, at, frozenset())

    def _arrays(
        self, schema: Schema, at: str, seen: frozenset[str]
    ) -> Iterator[tuple[str, Schema]]:
        if (ref := schema.get("$ref")) in seen:
            return
        seen |= {ref} if ref else set()
        schema = self.resolved(schema)
        if "items" in schema:
            yield at, schema
            yield from self._arrays(schema["items"], f"{at}[]", seen)
        for way in ("anyOf", "oneOf", "allOf"):
            for each in schema.get(way, ()):
                yield from self._arrays(each, at, seen)
        for name, each in schema.get("properties", {}).items():
            yield from self._arrays(each, f"{at}.{name}", seen)


async def described(shoppers: Shoppers) -> Described:
    """What the shop serves as its description."""
    answer = await shoppers.ask("GET", "/openapi.json")
    assert answer.ok, f"the shop does not describe itself: {answer}"
    document = answer.body
    bare = Described((), document["components"]["schemas"])
    operations = (
        _operation(bare, method.upper(), path, said)
        for path, item in document["paths"].items()
        for method, said in item.items()
        if method in METHODS
    )
    return Described(tuple(operations), bare.schemas)


def _operation(bare: Described, method: str, path: str, said: Mapping[str, Any]) -> Operation:
    good = next(one for status, one in said["responses"].items() if status.startswith("2"))
    answer = good.get("content", {}).get("application/json", {}).get("schema", {})
    content = said.get("requestBody", {}).get("content", {})
    content_type: str = next(iter(content), "application/json")
    taken = content.get(content_type, {})
    parts = [NOBODYS_ID if part.startswith("{") else part for part in path.split("/")]
    return Operation(
        name=said["operationId"],
        method=method,
        path="/".join(parts),
        answer=bare.resolved(answer),
        body=taken.get("schema"),
        example=taken.get("example"),
        content_type=content_type,
    )
