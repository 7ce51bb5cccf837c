"""Whatever a request may hold is known, bounded and cleaned, and no new field can be forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
import pytest
from msgspec import Meta, Struct

from automate_store.entrypoints.http import ROUTES
from automate_store.entrypoints.http.routes import Route
from automate_store.entrypoints.http.wire.images import AddImage
from automate_store.entrypoints.http.wire.inputs import Input, Text100
from automate_store.entrypoints.http.wire.promotions.values import PlugIn
from tests.architecture.input_rules import faults

ALLOWED = {
    # The names and values are checked against the class that a package has brought.
    f"{PlugIn.__name__}.fields has texts of any length",
    # No longer than its form may be, and drawn anew: what is kept is not what was sent.
    f"{AddImage.__name__}.file holds what nobody looks into",
}


class Loose(Struct, frozen=True, forbid_unknown_fields=True):
    name: Text100


class Tolerant(Input, frozen=True, forbid_unknown_fields=False):
    quantity: int


class Endless(Input, frozen=True):
    name: str


class EndlessInside(Input, frozen=True):
    names: list[str]


class Unseen(Input, frozen=True):
    rest: msgspec.Raw


class Unclean(Input, frozen=True):
    name: Text100

    def __post_init__(self) -> None:
        assert self.name


class Holding(Input, frozen=True):
    loose: list[Loose] | None = None


class Sound(Input, frozen=True):
    name: Text100
    tags: Annotated[list[Text100], Meta(max_length=3)] | None = None
    words: dict[Text100, Text100] | None = None
    nested: list[tuple[int, Text100]] | None = None


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation_id)
def test_what_a_route_takes_is_known_bounded_and_cleaned(route: Route) -> None:
    taken = [kind for kind in (route.body, route.query) if kind is not None]
    assert [fault for kind in taken for fault in faults(kind) if fault not in ALLOWED] == []


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        (Loose, "Loose is no Input: nobody cleans its texts"),
        (Holding, "Loose is no Input: nobody cleans its texts"),
        (Tolerant, "Tolerant takes fields that it does not know"),
        (Endless, "Endless.name has texts of any length"),
        (EndlessInside, "EndlessInside.names has texts of any length"),
        (Unseen, "Unseen.rest holds what nobody looks into"),
        (Unclean, "Unclean.name is not cleaned"),
    ],
)
def test_a_request_that_is_not_is_found(kind: type[Struct], fault: str) -> None:
    assert faults(kind) == [fault]


def test_a_sound_request_has_no_faults() -> None:
    assert faults(Sound) == []


E_ACUTE, COMPOSED = "e\u0301", "\u00e9"


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"name": "%"}, "name"),
        ({"name": "a", "tags": ["a", "%"]}, "tags[1]"),
        ({"name": "a", "words": {"a": "%"}}, "words.a"),
        ({"name": "a", "words": {"%": "a"}}, "words"),
        ({"name": "a", "nested": [[1, "%"]]}, "nested[0][1]"),
    ],
)
@pytest.mark.parametrize(
    "bad", ["\x00", "\x1b[2J", "\r\nBcc: x", "\x7f", "\x85", "\u2028", "\u202e"]
)
def test_a_control_character_is_refused_wherever_it_stands(
    given: Mapping[str, Any], place: str, bad: str
) -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert(_with(given, f"a{bad}b"), Sound)
    assert getattr(refused.value.__cause__, "faults", ()) == ((place, "has control characters"),)


def test_every_text_comes_out_composed_wherever_it_stands() -> None:
    given = {
        "name": E_ACUTE,
        "tags": [E_ACUTE],
        "words": {E_ACUTE: E_ACUTE},
        "nested": [[1, E_ACUTE]],
    }
    assert msgspec.convert(given, Sound) == Sound(
        name=COMPOSED, tags=[COMPOSED], words={COMPOSED: COMPOSED}, nested=[(1, COMPOSED)]
    )


def test_composing_makes_no_text_longer_than_it_may_be() -> None:
    """U+0958 stands for two letters in form C."""
    for given, place in [
        ({"name": "\u0958" * 51}, "name"),
        ({"name": "a", "tags": ["\u0958" * 51]}, "tags[0]"),
    ]:
        with pytest.raises(msgspec.ValidationError) as refused:
            msgspec.convert(given, Sound)
        assert getattr(refused.value.__cause__, "faults", ()) == (
            (place, "has 100 characters at most"),
        )


def _with(given: Any, text: str) -> Any:
    if isinstance(given, str):
        return text if given == "%" else given
    if isinstance(given, list):
        return [_with(each, text) for each in given]
    if isinstance(given, dict):
        return {_with(name, text): _with(each, text) for name, each in given.items()}
    return given
