"""
Conditions and actions between the wire and the domain, both ways by the names of their fields.

What is sent becomes the class that its struct makes, and a refusal names its place. What is
stored is shown field by field, a part of a plug-in under the name of its own kind.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import attrs
import msgspec
from msgspec import UNSET

from automate_store.domain.kernel.errors import FieldError, InvalidInput
from automate_store.domain.kernel.money import Money
from automate_store.domain.promotions import BUILT_IN
from automate_store.entrypoints.http.wire.money import Amount, amount
from automate_store.entrypoints.http.wire.promotions.values import Dated, Made, PlugIn
from automate_store.entrypoints.http.wire.shipping.rates import worth
from automate_store.entrypoints.http.wire.taxes import ZoneInput

MOST_NESTED = 5
"""How often a selection may exclude one that excludes another."""
CONTAINERS = frozenset({tuple, list, set, frozenset})
OWN = frozenset([*BUILT_IN.conditions.values(), *BUILT_IN.actions.values()])


def made(given: object, at: str, currency: str) -> Any:
    """
    What was sent, in the words of the trade; ``at`` is where it stood.

    Raises InvalidInput, for amounts that are not in the store's currency too.
    """
    match given:
        case Amount():
            return _money(given, at, currency)
        case Made():
            return _built(given, at, currency)
        case Dated():
            return given.period()
        case ZoneInput():
            return given.zone()
        case list():
            return tuple(made(each, f"{at}[{i}]", currency) for i, each in enumerate(given))
        case _:
            return given


def within(at: str, wrong: InvalidInput, *, own_name: str = "") -> InvalidInput:
    """The refusal of what stood there, with its place before the names of its fields."""
    return InvalidInput(
        tuple(
            FieldError(
                at + each.field.removeprefix(own_name) if own_name else f"{at}.{each.field}",
                each.reason,
            )
            for each in wrong.errors
        )
    )


def shown_parts(parts: Iterable[Any]) -> list[Any]:
    """The parts as their structs have them."""
    return [
        {"kind": part.kind, **_fields(part)}
        if type(part) in OWN
        else PlugIn(name=part.kind, fields=_fields(part))
        for part in parts
    ]


def _shown(value: object) -> object:
    """A value of a part; of what stands inside, only what says something."""
    match value:
        case Money():
            return amount(value)
        case Decimal():
            return f"{value:f}"
        case frozenset():
            return sorted((_shown(each) for each in value), key=str)
        case tuple() | list():
            return [_shown(each) for each in value]
    if attrs.has(type(value)):
        return {name: told for name, told in _fields(value).items() if told not in (None, [])}
    try:
        return msgspec.to_builtins(value)
    except TypeError:
        # A plug-in may hold anything, and is still to be seen.
        return str(value)


def _fields(part: Any) -> dict[str, object]:
    declared = [each for each in attrs.fields(type(part)) if each.init]
    return {each.alias: _shown(getattr(part, each.name)) for each in declared}


def _money(given: Amount, at: str, currency: str) -> Money:
    found = worth(given, at)
    if found.currency != currency:
        raise InvalidInput.of(f"{at}.currency", f"is {currency}, the store's currency")
    return found


def _built(given: Made, at: str, currency: str) -> object:
    if at.count(".excluding") > MOST_NESTED:
        raise InvalidInput.of(at, f"is nested {MOST_NESTED} times at most")
    hints = _hints(given.makes)
    fields = {
        name: _fitted(made(value, f"{at}.{name}", currency), hints[name])
        for name in given.__struct_fields__
        if (value := getattr(given, name)) is not UNSET
    }
    try:
        return given.makes(**fields)
    except InvalidInput as wrong:
        raise within(at, wrong, own_name=given.own_name) from wrong


def _fitted(value: Any, hint: Any) -> Any:
    """The value as the class wants it: text as an exact decimal, entries as a set."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        kinds = [each for each in arguments if each is not NoneType]
        return _fitted(value, kinds[0]) if value is not None and len(kinds) == 1 else value
    if hint is Decimal:
        return Decimal(value)
    if origin in CONTAINERS:
        return origin(_fitted(each, arguments[0]) for each in value)
    return value


@lru_cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    """The type of each field, by the name that the class is called with."""
    hints = get_type_hints(kind)
    return {each.alias: hints[each.name] for each in attrs.fields(kind)}
