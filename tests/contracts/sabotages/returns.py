"""The ways to break a repository of returns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import evolve

from tests.contracts.sabotages.making import Broken, answers, backwards, does_nothing
from tests.contracts.sabotages.ways import ignores_the_version


async def lists_every_state(_returns: Any, original: Any, **asked: Any) -> Any:
    return await original(**{**asked, "state": None})


async def begins_again(_returns: Any, original: Any, **asked: Any) -> Any:
    return await original(**{**asked, "before": None})


async def takes_any_number(returns: Any, _original: Any, returned: Any) -> None:
    returns._tables.returns.put(returned.id, returned.saved())


async def forgets_what_never_came(_returns: Any, original: Any, returned: Any) -> None:
    await original(evolve(returned, items=tuple(evolve(i, missing=0) for i in returned.items)))


OF_RETURNS: Mapping[str, list[Broken]] = {
    "get": [answers(None)],
    "of_order": [backwards, answers(())],
    "page": [backwards, lists_every_state, begins_again],
    "add": [does_nothing, takes_any_number, forgets_what_never_came],
    "save": [ignores_the_version("returns"), does_nothing],
}
