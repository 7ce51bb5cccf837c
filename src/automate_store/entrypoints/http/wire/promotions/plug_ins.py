"""
Parts whose kinds installed packages have brought.

Their structs are made from their classes, with those of ours for what they share: amounts,
selections, zones. So they are read as strictly, and refused by place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from types import GenericAlias, UnionType
from typing import Annotated, Any, Union, cast, get_args, get_origin, get_type_hints

import attrs
import msgspec
from msgspec import UNSET, Meta, UnsetType, defstruct

from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.periods import Period
from automate_store.domain.kernel.places import Zone
from automate_store.domain.promotions import Off, Selection, Tier
from automate_store.entrypoints.http.faults import faults_of
from automate_store.entrypoints.http.wire.money import Amount
from automate_store.entrypoints.http.wire.promotions.parts import CONTAINERS, OWN, made, within
from automate_store.entrypoints.http.wire.promotions.values import (
    Dated,
    DiscountTier,
    ItemSelection,
    Made,
    PercentOrAmount,
    PlugIn,
)
from automate_store.entrypoints.http.wire.taxes import Moment, ZoneInput

REASON_LENGTH = 200
_Number = Annotated[str, Meta(pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,15})?$", max_length=32)]
_OURS: Mapping[Any, Any] = {
    Money: Amount,
    Decimal: _Number,
    datetime: Moment,
    Selection: ItemSelection,
    Off: PercentOrAmount,
    Tier: DiscountTier,
    Zone: ZoneInput,
    Period: Dated,
}


def parts_of(
    given: Sequence[Made | PlugIn], at: str, currency: str, kinds: Mapping[str, type]
) -> tuple[Any, ...]:
    """The conditions or actions that were sent, of ours or of those kinds; InvalidInput."""
    return tuple(
        _plugged(each, f"{at}[{i}]", currency, kinds)
        if isinstance(each, PlugIn)
        else made(each, f"{at}[{i}]", currency)
        for i, each in enumerate(given)
    )


def _plugged(given: PlugIn, at: str, currency: str, kinds: Mapping[str, type]) -> Any:
    kind = kinds.get(given.name)
    if kind is None or kind in OWN:
        raise InvalidInput.of(f"{at}.name", "is not a kind that an installed package has brought")
    place = f"{at}.fields"
    try:
        fields = msgspec.convert(given.fields, _struct_of(kind))
    except msgspec.ValidationError as wrong:
        raise within(place, InvalidInput(faults_of(wrong))) from wrong
    try:
        return made(fields, place, currency)
    except (TypeError, ValueError) as wrong:
        # What the validators of attrs raise; ours raise InvalidInput.
        raise InvalidInput.of(place, f"is refused: {wrong}"[:REASON_LENGTH]) from wrong


@lru_cache
def _struct_of(kind: type[Any]) -> type[Made]:
    """What is sent for the class; a field that has a default may be left out."""
    hints = get_type_hints(kind)
    fields = [
        _field(each, _wire_type(hints[each.name])) for each in attrs.fields(kind) if each.init
    ]
    own = {"makes": kind}
    struct = defstruct(
        kind.__name__, fields, bases=(Made,), namespace=own, frozen=True, kw_only=True
    )
    return cast("type[Made]", struct)


def _field(declared: attrs.Attribute[Any], type_: Any) -> Any:
    if declared.default is attrs.NOTHING:
        return declared.alias, type_
    return declared.alias, type_ | UnsetType, UNSET


def _wire_type(hint: Any) -> Any:
    if hint in _OURS:
        return _OURS[hint]
    if hasattr(hint, "__supertype__"):
        return _wire_type(hint.__supertype__)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        return Union[tuple(_wire_type(each) for each in arguments)]  # noqa: UP007 - built at run time
    if origin in CONTAINERS:
        return GenericAlias(list, (_wire_type(arguments[0]),))
    return _struct_of(hint) if attrs.has(hint) else hint
