"""Kinds: the names that conditions and actions are stored under, those from outside too."""

from __future__ import annotations

import pytest
from attrs import frozen

from automate_store.domain.promotions import (
    BUILT_IN,
    Condition,
    FreeShipping,
    Gift,
    Kinds,
    MinimumAmount,
    PercentOffOrder,
    SignedIn,
)
from automate_store.domain.promotions.kinds import ACTIONS


@frozen
class Birthday(SignedIn):
    kind = "birthday"


@frozen
class Twin(PercentOffOrder):
    kind = "percent_off_order"


@frozen
class HalfGift(Gift):
    kind = "half_gift"


def test_a_kind_stands_for_its_class() -> None:
    assert BUILT_IN.conditions["minimum_amount"] is MinimumAmount
    assert BUILT_IN.actions["free_shipping"] is FreeShipping
    assert "minimum_amount" not in BUILT_IN.actions
    assert BUILT_IN.actions == {each.kind: each for each in ACTIONS}


def test_kinds_from_outside_stand_beside_the_built_in_ones() -> None:
    more = BUILT_IN.and_these(HalfGift, Birthday)
    assert more.conditions == {**BUILT_IN.conditions, "birthday": Birthday}
    assert more.actions == {**BUILT_IN.actions, "half_gift": HalfGift}
    assert "birthday" not in BUILT_IN.conditions


def test_a_class_may_be_named_twice() -> None:
    assert BUILT_IN.and_these(MinimumAmount, FreeShipping) == BUILT_IN


def test_two_classes_of_one_kind_are_refused() -> None:
    with pytest.raises(ValueError, match="two parts of promotions have the kind 'perc"):
        BUILT_IN.and_these(Twin)


def test_a_condition_and_an_action_may_share_a_name() -> None:
    @frozen
    class Given(Condition):
        kind = "gift"

    kinds = Kinds([Given], [Gift])
    assert (kinds.conditions["gift"], kinds.actions["gift"]) == (Given, Gift)
