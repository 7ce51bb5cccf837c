"""The operations of the API as it describes itself, and every place in them for an id."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any
from urllib.parse import quote, urlencode

from attrs import field, frozen

from benchmarks.rig.shoppers import Shoppers

METHODS = ("get", "post", "put", "patch", "delete")
JSON = "application/json"
TOKEN_HEADERS: Mapping[str, str] = {"cartToken": "X-Cart-Token", "orderToken": "X-Order-Token"}
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class Where(StrEnum):
    """The parts of a request."""

    PATH = "path"
    QUERY = "query"
    BODY = "body"
    HEADER = "header"


@frozen
class Place:
    """One place for an id."""

    where: Where
    steps: tuple[str | int, ...]
    """The name, or the way through the body to it."""

    @property
    def name(self) -> str:
        """What it is called, with what it stands in."""
        return ".".join(str(step) for step in self.steps)


Values = Mapping[Place, str]


@frozen(kw_only=True)
class Operation:
    """One operation; ``example`` is a body that is right but for its ids."""

    id: str
    method: str
    path: str
    example: Any = field(repr=False)
    places: tuple[Place, ...]
    keyed: bool

    def target(self, values: Values) -> str:
        """Where the request goes with these ids."""
        path = self.path
        for place, value in values.items():
            if place.where is Where.PATH:
                path = path.replace("{" + place.name + "}", quote(value, safe=""))
        asked = {p.name: value for p, value in values.items() if p.where is Where.QUERY}
        return f"{path}?{urlencode(asked)}" if asked else path

    def body(self, values: Values) -> Any:
        """What it sends with these ids."""
        body = copy.deepcopy(self.example)
        for place, value in values.items():
            if place.where is Where.BODY:
                inside = body
                for step in place.steps[:-1]:
                    inside = inside[step]
                inside[place.steps[-1]] = value
        return body

    def about(self, place: Place) -> str:
        """What a place is called, by which an id that belongs there is known."""
        if place.where is not Where.PATH:
            return place.name.lower()
        before = self.path.partition("/{" + place.name + "}")[0]
        return f"{before.rpartition('/')[2]} {place.name}"


async def described(shoppers: Shoppers) -> list[Operation]:
    """Every operation in the document that the server hands out."""
    document = (await shoppers.ask("GET", "/openapi.json")).body
    return [
        _operation(path, method, told)
        for path, operations in document["paths"].items()
        for method, told in operations.items()
        if method in METHODS
    ]


def _operation(path: str, method: str, told: Mapping[str, Any]) -> Operation:
    content = told.get("requestBody", {}).get("content", {})
    example = content.get(JSON, {}).get("example")
    return Operation(
        id=told["operationId"],
        method=method.upper(),
        path=path,
        example=example,
        places=tuple(_places(told, example)),
        keyed=any(each["name"] == "Idempotency-Key" for each in told.get("parameters", ())),
    )


def _places(told: Mapping[str, Any], example: Any) -> Iterator[Place]:
    for parameter in told.get("parameters", ()):
        where = parameter["in"]
        if where == Where.PATH or (where == Where.QUERY and _is_text(parameter["schema"])):
            yield Place(Where(where), (parameter["name"],))
    for name in {name for ways in told.get("security", ()) for name in ways} & TOKEN_HEADERS.keys():
        yield Place(Where.HEADER, (TOKEN_HEADERS[name],))
    for steps in _ids(example, ()):
        yield Place(Where.BODY, steps)


def _is_text(schema: Mapping[str, Any]) -> bool:
    kinds = schema.get("type") or [each.get("type") for each in schema.get("anyOf", ())]
    return "string" in kinds


def _ids(value: Any, at: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    """The ways to all that looks like an id, or is called one, or a token."""
    if isinstance(value, dict):
        for name, inside in value.items():
            yield from _ids(inside, (*at, name))
    elif isinstance(value, list):
        for number, inside in enumerate(value):
            yield from _ids(inside, (*at, number))
    elif isinstance(value, str) and at:
        name = next((str(step) for step in reversed(at) if isinstance(step, str)), "")
        if _UUID.fullmatch(value) or name == "id" or name.endswith("_id") or "token" in name:
            yield at
