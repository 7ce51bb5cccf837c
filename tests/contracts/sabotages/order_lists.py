"""The ways to break lists of orders: each forgets one thing that was asked for."""

from __future__ import annotations

from typing import Any

from attrs import evolve, fields

from automate_store.application.ports.order_lists import OrderFilter
from tests.contracts.sabotages.making import Broken


def _forgets(what: str) -> Broken:
    async def broken(_lists: Any, original: Any, wanted: Any, **kwargs: Any) -> Any:
        return await original(evolve(wanted, **{what: None}), **kwargs)

    broken.__qualname__ = f"forgets_{what}"
    return broken


async def shows_what_was_called_off(_lists: Any, original: Any, wanted: Any, **kwargs: Any) -> Any:
    found = await original(wanted, **kwargs)
    return tuple(evolve(each, units=each.units + 1) for each in found)


FORGETFUL = [
    *(_forgets(field.name) for field in fields(OrderFilter)),
    shows_what_was_called_off,
]
