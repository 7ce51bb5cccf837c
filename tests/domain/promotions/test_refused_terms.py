"""Terms that a promotion can't have, each refused by its name and with what it must be."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.places import Zone
from automate_store.domain.promotions import (
    EVERYTHING,
    AmountOffItems,
    AmountOffOrder,
    AmountOffUnits,
    BundlePrice,
    BuyGet,
    CheapestOf,
    CustomerGroup,
    EveryNth,
    FirstThenOthers,
    FixedPrice,
    Gift,
    InCurrency,
    MinimumAmount,
    MinimumQuantity,
    Off,
    PercentOffItems,
    PercentOffOrder,
    Selection,
    ShipsTo,
    SignedIn,
    Tier,
    Tiered,
)
from automate_store.domain.promotions.promotion import MOST_PARTS
from automate_store.domain.promotions.selection import MOST_NAMED
from tests.domain.promotions.counter import a_promotion, eur, own_id

CENT, NOTHING, DEBT = eur("0.01"), eur("0"), eur("-0.01")
HALF = Off(percent=Decimal(50))
TENTH = PercentOffOrder(Decimal(10))


def faults(make: Callable[[], object]) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as refused:
        make()
    return [(error.field, error.reason) for error in refused.value.errors]


def first_percent(percent: Decimal) -> FirstThenOthers:
    return FirstThenOthers(first_percent=percent, others_percent=Decimal(1))


def others_percent(percent: Decimal) -> FirstThenOthers:
    return FirstThenOthers(first_percent=Decimal(1), others_percent=percent)


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (PercentOffItems, "percent"),
        (PercentOffOrder, "percent"),
        (lambda percent: Off(percent=percent), "off.percent"),
    ],
)
@pytest.mark.parametrize("percent", ["0", "-1", "100.0001", "NaN", "Infinity"])
def test_a_percentage_is_above_0_and_at_most_100(
    make: Callable[[Decimal], object], name: str, percent: str
) -> None:
    assert faults(lambda: make(Decimal(percent))) == [(name, "must be above 0 and at most 100")]
    assert make(Decimal("0.0001"))
    assert make(Decimal(100))


@pytest.mark.parametrize(
    ("make", "name"), [(first_percent, "first_percent"), (others_percent, "others_percent")]
)
@pytest.mark.parametrize("percent", ["-0.0001", "100.0001", "NaN", "-Infinity"])
def test_a_rate_of_the_first_or_the_others_is_from_0_to_100(
    make: Callable[[Decimal], object], name: str, percent: str
) -> None:
    assert faults(lambda: make(Decimal(percent))) == [(name, "must be from 0 to 100")]
    assert make(Decimal(0))
    assert make(Decimal(100))


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (PercentOffItems, "percent"),
        (first_percent, "first_percent"),
        (others_percent, "others_percent"),
    ],
)
def test_a_percentage_has_at_most_four_decimals(
    make: Callable[[Decimal], object], name: str
) -> None:
    told = "must have at most four decimals"
    assert faults(lambda: make(Decimal("33.33333"))) == [(name, told)]
    assert make(Decimal("33.33330"))


def test_one_of_the_rates_is_above_zero() -> None:
    def nothing() -> object:
        return FirstThenOthers(first_percent=Decimal(0), others_percent=Decimal(0))

    told = "must be above 0 where first_percent is 0"
    assert faults(nothing) == [("others_percent", told)]


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (AmountOffUnits, "amount"),
        (AmountOffItems, "amount"),
        (AmountOffOrder, "amount"),
        (lambda amount: Off(amount=amount), "off.amount"),
    ],
)
def test_an_amount_off_is_above_zero(make: Callable[[Money], object], name: str) -> None:
    for amount in (NOTHING, DEBT):
        assert faults(partial(make, amount)) == [(name, "must be above zero")]
    assert make(CENT)


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (FixedPrice, "price"),
        (lambda price: BundlePrice(quantity=2, price=price), "price"),
        (MinimumAmount, "amount"),
    ],
)
def test_a_price_and_a_minimum_are_zero_or_more(make: Callable[[Money], object], name: str) -> None:
    assert faults(lambda: make(DEBT)) == [(name, "must be zero or more")]
    assert make(NOTHING)


PAIR = {"buy_quantity": 1, "get_quantity": 1}
COUNTS: list[tuple[Callable[..., object], dict[str, Any], str]] = [
    (BuyGet, PAIR, "buy_quantity"),
    (BuyGet, PAIR, "get_quantity"),
    (BuyGet, PAIR, "at_most"),
    (BundlePrice, {"price": CENT}, "quantity"),
    (BundlePrice, {"price": CENT, "quantity": 1}, "at_most"),
    (EveryNth, {}, "nth"),
    (EveryNth, {"nth": 1}, "at_most"),
    (CheapestOf, {}, "quantity"),
    (CheapestOf, {"quantity": 1}, "at_most"),
    (AmountOffUnits, {"amount": CENT}, "at_most"),
    (Gift, {"variant_id": own_id(1)}, "quantity"),
    (MinimumQuantity, {}, "quantity"),
]


@pytest.mark.parametrize(("kind", "others", "name"), COUNTS)
def test_a_number_of_pieces_or_times_is_one_or_more(
    kind: Callable[..., object], others: dict[str, Any], name: str
) -> None:
    for count in (0, -1):
        terms = {**others, name: count}
        assert faults(partial(kind, **terms)) == [(name, "must be 1 or more")]
    assert kind(**{**others, name: 1})


@pytest.mark.parametrize("both", [{}, {"percent": Decimal(1), "amount": CENT}])
def test_what_is_off_is_either_a_percentage_or_an_amount(both: dict[str, Any]) -> None:
    assert faults(lambda: Off(**both)) == [("off", "must have either a percent or an amount")]


@pytest.mark.parametrize("both", [{}, {"amount": CENT, "quantity": 1}])
def test_a_tier_starts_at_either_an_amount_or_a_quantity(both: dict[str, Any]) -> None:
    told = "must each start at either an amount or a quantity"
    assert faults(lambda: Tier(HALF, **both)) == [("tiers", told)]


@pytest.mark.parametrize("start", [{"amount": DEBT}, {"quantity": -1}])
def test_a_tier_starts_at_zero_or_more(start: dict[str, Any]) -> None:
    assert faults(lambda: Tier(HALF, **start)) == [("tiers", "must start at zero or more")]
    assert (Tier(HALF, amount=NOTHING).start, Tier(HALF, quantity=0).start) == (0, 0)


@pytest.mark.parametrize("starts", [[], [5, 5], [5, 4]])
def test_tiers_climb(starts: list[int]) -> None:
    told = "must be at least one, each starting above the last"
    tiers = [Tier(HALF, quantity=start) for start in starts]
    assert faults(lambda: Tiered(tiers)) == [("tiers", told)]


def test_tiers_start_all_at_amounts_or_all_at_quantities() -> None:
    mixed = [Tier(HALF, amount=CENT), Tier(HALF, quantity=2)]
    told = "must all start at amounts or all at quantities"
    assert faults(lambda: Tiered(mixed)) == [("tiers", told)]


@pytest.mark.parametrize("name", ["products", "variants", "categories", "brands", "tags"])
def test_a_selection_names_no_more_than_so_many_of_a_kind(name: str) -> None:
    def naming(most: int) -> Selection:
        named = [str(each) if name == "tags" else own_id(each) for each in range(most)]
        return Selection(**{name: named})  # type: ignore[arg-type]

    assert naming(MOST_NAMED).narrows
    assert faults(lambda: naming(MOST_NAMED + 1)) == [("of", "names at most 1000 of each kind")]


def test_a_selection_leaves_something_over() -> None:
    told = "names something, else nothing is left"
    assert faults(lambda: Selection(excluding=EVERYTHING)) == [("of.excluding", told)]
    assert Selection(excluding=Selection(tags={"mug"})).narrows
    assert [EVERYTHING.narrows, Selection(on_sale=False).narrows] == [False, True]


def test_a_group_and_a_zone_are_named() -> None:
    group, zone = "must name at least one group", "must name at least one zone, each with a country"
    assert faults(lambda: CustomerGroup([])) == [("groups", group)]
    assert faults(lambda: ShipsTo([])) == [("zones", zone)]
    assert faults(lambda: ShipsTo([Zone("DE"), Zone()])) == [("zones", zone)]


def test_a_promotion_does_something() -> None:
    assert faults(a_promotion) == [("actions", "must be at least one")]


def test_a_promotion_has_no_more_than_so_many_parts() -> None:
    told = f"must be at most {MOST_PARTS}"
    full = a_promotion(*[TENTH] * MOST_PARTS, conditions=(SignedIn(),) * MOST_PARTS)
    assert len(full.actions) == len(full.conditions) == MOST_PARTS
    many = (SignedIn(),) * (MOST_PARTS + 1)
    assert faults(lambda: a_promotion(TENTH, conditions=many)) == [("conditions", told)]
    assert faults(lambda: a_promotion(*[TENTH] * (MOST_PARTS + 1))) == [("actions", told)]


def test_a_cap_is_above_zero() -> None:
    told = ("maximum_discount", "must be above zero")
    for cap in (NOTHING, DEBT):
        assert faults(partial(a_promotion, TENTH, maximum_discount=cap)) == [told]
    assert a_promotion(TENTH, maximum_discount=CENT).maximum_discount == CENT


DOLLAR = Money(100, "USD")


@pytest.mark.parametrize(
    ("actions", "facts"),
    [
        ([AmountOffOrder(CENT), AmountOffOrder(DOLLAR)], {}),
        ([AmountOffOrder(CENT)], {"conditions": (MinimumAmount(DOLLAR),)}),
        ([AmountOffOrder(CENT)], {"maximum_discount": DOLLAR}),
        ([TENTH], {"conditions": (MinimumAmount(CENT), MinimumAmount(DOLLAR))}),
        # one deep in a tier
        ([Tiered([Tier(Off(amount=CENT), quantity=1)])], {"maximum_discount": DOLLAR}),
    ],
)
def test_all_amounts_of_a_promotion_are_in_one_currency(
    actions: list[Any], facts: dict[str, Any]
) -> None:
    told = "must all be in one currency, as the conditions must"
    assert faults(lambda: a_promotion(*actions, **facts)) == [("actions", told)]


def test_a_currency_that_is_asked_for_is_no_amount() -> None:
    dollars = InCurrency("USD")
    assert a_promotion(AmountOffOrder(CENT), conditions=(dollars,)).conditions == (dollars,)


def test_all_faults_of_a_promotion_are_told() -> None:
    many = (SignedIn(),) * (MOST_PARTS + 1)
    found = faults(lambda: a_promotion(conditions=many, maximum_discount=NOTHING))
    assert [field for field, _ in found] == ["actions", "conditions", "maximum_discount"]
