"""Every case of a route: its right request with one thing spoilt."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import uuid4

from attrs import evolve, field, frozen

from benchmarks.promises.p08_bounds.values import BODIES, LITERAL, STRANGERS
from benchmarks.rig.shoppers import API

NO_IDS = ("1", "x", str(uuid4()), "%00", "00000000-0000-0000-0000-000000000000")
UP = "%2e%2e"


@frozen(kw_only=True)
class Route:
    """A writing route: a request that would do something, and what its fields may not be."""

    method: str
    path: str
    template: str
    """As the API's description names it."""
    body: Mapping[str, Any] | None = None
    form: bytes | None = None
    """The body of a route that takes a form."""
    bad_forms: Sequence[bytes] = ()
    """Forms that it must refuse."""
    headers: Mapping[str, str]
    fields: Mapping[str, Sequence[Any]] = field(factory=dict)
    """Values that a field, named by its dotted path, must be refused for."""
    keyed: bool = False
    body_optional: bool = False
    """Whether nothing at all is a request as well."""
    refusal: str | None = None
    """What its right request is refused for, where the shop lacks what would do it."""
    authenticator: str | None = None
    """The secret that the body's code is made from, for it is over in a minute."""


@frozen(kw_only=True)
class Case:
    """One request that must be refused."""

    name: str
    route: Route
    raw: bytes | None


def cases(route: Route) -> Iterator[Case]:
    """Everything that is wrong with one thing of the route's request."""
    name = f"{route.method} {route.template}"
    if route.body is not None:
        for path, values in route.fields.items():
            for value in values:
                body = _with(route.body, path.split("."), value)
                raw = json.dumps(body)
                case = f"{name} {path}={json.dumps(value)[:60]}"
                yield Case(name=case, route=route, raw=_unmarked(raw))
        for stranger in STRANGERS:
            raw = json.dumps({**route.body, stranger: "0.01"})
            yield Case(name=f"{name} with {stranger}", route=route, raw=raw.encode())
        for raw_body in filter(None, BODIES) if route.body_optional else BODIES:
            yield Case(name=f"{name} body {raw_body[:20]!r}", route=route, raw=raw_body)
    for form in route.bad_forms:
        yield Case(name=f"{name} form {form[:20]!r}", route=route, raw=form)
    for path in _bad_paths(route):
        body = route.form if route.body is None else json.dumps(route.body).encode()
        yield Case(name=f"{name} at {path}", route=evolve(route, path=path), raw=body)


def _bad_paths(route: Route) -> Iterator[str]:
    filled = route.path.split("/")
    places = [at for at, part in enumerate((API + route.template).split("/")) if part == "{id}"]
    for place in places:
        for wrong in NO_IDS:
            yield "/".join([*filled[:place], wrong, *filled[place + 1 :]])
    # Behind another id it would be that one's own address.
    for place in places[:1]:
        yield "/".join([*filled[:place], UP, *filled[place + 1 :]])


def _with(body: Any, path: Sequence[str], value: Any) -> Any:
    """A copy of the body in which one field is another."""
    spoilt = copy.deepcopy(body)
    place = spoilt
    for step in path[:-1]:
        place = place[int(step)] if isinstance(place, list) else place[step]
    place[path[-1]] = value
    return spoilt


def _unmarked(raw: str) -> bytes:
    """The body with its marked texts as literals."""
    while (start := raw.find(f'"{LITERAL}')) >= 0:
        end = raw.index('"', start + 1)
        raw = raw[:start] + raw[start + 1 + len(LITERAL) : end] + raw[end + 1 :]
    return raw.encode()
