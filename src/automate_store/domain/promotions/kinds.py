"""Kinds: the conditions and actions that can be stored and sent, by name, yours included."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import field, frozen

from automate_store.domain.promotions.actions import Action, ShippingAction
from automate_store.domain.promotions.conditions import (
    Condition,
    CustomerGroup,
    During,
    FirstOrder,
    InCurrency,
    MinimumAmount,
    MinimumQuantity,
    ShipsTo,
    SignedIn,
)
from automate_store.domain.promotions.giving import FreeShipping, Gift, OffShipping
from automate_store.domain.promotions.pieces import (
    BundlePrice,
    BuyGet,
    CheapestOf,
    EveryNth,
    FirstThenOthers,
)
from automate_store.domain.promotions.reductions import (
    AmountOffItems,
    AmountOffOrder,
    AmountOffUnits,
    FixedPrice,
    PercentOffItems,
    PercentOffOrder,
    Tiered,
)

AnyActionType = type[Action] | type[ShippingAction] | type[Gift]
CONDITIONS: tuple[type[Condition], ...] = (
    MinimumAmount,
    MinimumQuantity,
    CustomerGroup,
    SignedIn,
    FirstOrder,
    InCurrency,
    During,
    ShipsTo,
)
ACTIONS: tuple[AnyActionType, ...] = (
    PercentOffItems,
    AmountOffUnits,
    AmountOffItems,
    FixedPrice,
    BuyGet,
    BundlePrice,
    EveryNth,
    CheapestOf,
    FirstThenOthers,
    PercentOffOrder,
    AmountOffOrder,
    Tiered,
    Gift,
    OffShipping,
    FreeShipping,
)


def _by_kind(types: Iterable[type]) -> dict[str, type]:
    found: dict[str, type] = {}
    for each in types:
        kind = each.kind  # type: ignore[attr-defined]  # every part has one
        if found.setdefault(kind, each) is not each:
            raise ValueError(f"two parts of promotions have the kind {kind!r}")
    return found


@frozen
class Kinds:
    """Which classes the kinds of conditions and actions stand for; raises ValueError for twins."""

    conditions: Mapping[str, type] = field(converter=_by_kind)
    actions: Mapping[str, type] = field(converter=_by_kind)

    def and_these(self, *types: type) -> Kinds:
        """The kinds with more conditions and actions."""
        mine = [each for each in types if issubclass(each, Condition)]
        others = [each for each in types if each not in mine]
        return Kinds(
            [*self.conditions.values(), *mine],
            [*self.actions.values(), *others],
        )


BUILT_IN = Kinds(CONDITIONS, ACTIONS)
