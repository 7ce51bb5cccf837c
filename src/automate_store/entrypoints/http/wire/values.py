"""
Whatever an error carries, on the wire: types to structs, values to their fields.

One walk over the type gives the schema, one over the value the document, by the same
rules, so that what is documented is what is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import GenericAlias, NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import attrs
from msgspec import Struct, defstruct

from automate_store.domain.carts import CartProblem
from automate_store.domain.kernel.money import Money
from automate_store.domain.pricing import Quote
from automate_store.entrypoints.http.wire.carts import ProblemOfCart, problem_of_cart
from automate_store.entrypoints.http.wire.money import Amount, amount
from automate_store.entrypoints.http.wire.pricing import QuoteAnswer, quote_answer

_NAMED: Mapping[Any, tuple[type[Struct], Callable[[Any], Struct]]] = {
    Money: (Amount, amount),
    Quote: (QuoteAnswer, quote_answer),
    CartProblem: (ProblemOfCart, problem_of_cart),
}
"""What has a struct of its own already, and how it is made."""


@lru_cache(maxsize=512)
def wire_type(hint: Any) -> Any:
    """The type that values of the hinted type have on the wire."""
    if hint in _NAMED:
        return _NAMED[hint][0]
    if hasattr(hint, "__supertype__"):
        return wire_type(hint.__supertype__)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        return Union[tuple(wire_type(each) for each in arguments)]  # noqa: UP007 - built at run time
    if origin is tuple:
        return GenericAlias(tuple, (wire_type(arguments[0]), ...))
    if origin is Mapping:
        return GenericAlias(dict, tuple(wire_type(each) for each in arguments))
    if isinstance(hint, type) and attrs.has(hint):
        return _struct(hint)
    return hint


def wire_value(value: object) -> object:
    """The value as its wire type has it."""
    kind = type(value)
    if kind in _NAMED:
        return _NAMED[kind][1](value)
    if isinstance(value, tuple | list):
        return tuple(wire_value(each) for each in value)
    if isinstance(value, Mapping):
        return {wire_value(key): wire_value(each) for key, each in value.items()}
    if attrs.has(kind):
        fields = {each.name: getattr(value, each.name) for each in attrs.fields(kind)}
        return _struct(kind)(**{name: wire_value(each) for name, each in fields.items()})
    return value


@lru_cache(maxsize=128)
def _struct(kind: type[Any]) -> type[Struct]:
    hints = get_type_hints(kind)
    fields = [_field(each, wire_type(hints[each.name])) for each in attrs.fields(kind)]
    return defstruct(kind.__name__, fields, frozen=True, kw_only=True)


def _field(attribute: attrs.Attribute[Any], type_: Any) -> tuple[str, Any] | tuple[str, Any, None]:
    optional = NoneType in get_args(type_) and attribute.default is None
    return (attribute.name, type_, None) if optional else (attribute.name, type_)
