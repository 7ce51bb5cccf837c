"""
Promotions of every kind, as many as are asked for, of which it is known who applies.

The selections name what the lines of the scenes have; a refused promotion has a condition
that holds, so that it is looked at, and one more that does not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.periods import Period
from automate_store.domain.kernel.places import Zone
from automate_store.domain.promotions import (
    AmountOffItems,
    AmountOffOrder,
    AmountOffUnits,
    AnyAction,
    BundlePrice,
    BuyGet,
    CheapestOf,
    Condition,
    CustomerGroup,
    EveryNth,
    FirstOrder,
    FixedPrice,
    FreeShipping,
    MinimumAmount,
    MinimumQuantity,
    Off,
    OffShipping,
    PercentOffItems,
    PercentOffOrder,
    Promotion,
    Selection,
    ShipsTo,
    Tier,
    Tiered,
)

ALWAYS_OPEN = Period()
DATED = Period(datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
APPLYING = 12
"""How many of ``many`` apply: one of each kind."""


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def few() -> tuple[Promotion, ...]:
    """Five: 15 % off a section, dated, and 5 % off from 150.00, which apply; three more."""
    return (
        _promotion(1, PercentOffItems(Decimal(15), of=_section(1)), priority=20, period=DATED),
        _promotion(
            2,
            PercentOffOrder(Decimal(5), of=Selection(on_sale=False)),
            MinimumAmount(usd(150_00)),
        ),
        _promotion(
            3,
            PercentOffItems(Decimal(15), of=_brand(3)),
            MinimumQuantity(40, of=_brand(3)),
            priority=10,
        ),
        _promotion(4, FreeShipping(), MinimumAmount(usd(2_000_00)), ShipsTo((Zone("US"),))),
        _promotion(5, AmountOffOrder(usd(10_00)), MinimumAmount(usd(30_00)), FirstOrder()),
    )


def by_the_piece() -> tuple[Promotion, ...]:
    """The five, with three for two and a tenth off, at most 40.00, in the place of the two."""
    mugs = Selection(tags={"tag-1"})
    _, _, *refused = few()
    return (
        _promotion(
            1,
            BuyGet(buy=mugs, buy_quantity=2, get=mugs, get_quantity=1),
            priority=20,
            period=DATED,
        ),
        _promotion(
            2,
            PercentOffOrder(Decimal(10), of=Selection(on_sale=False)),
            MinimumAmount(usd(150_00)),
            maximum_discount=usd(40_00),
        ),
        *refused,
    )


def many(count: int) -> tuple[Promotion, ...]:
    """So many, of twelve kinds: the first of each applies, the others do not."""
    return tuple(
        _promotion(
            100 + number,
            _ACTIONS[number % len(_ACTIONS)](number),
            *(_HELD[number % len(_HELD)],),
            *(() if number < APPLYING else _refused(number)),
            priority=number * 7 % 30,
            period=DATED if number % 3 == 0 else ALWAYS_OPEN,
            maximum_discount=usd(80_00) if number % 4 == 0 else None,
            advertised=number % 2 == 0,
        )
        for number in range(count)
    )


def for_a_shop(count: int) -> tuple[Promotion, ...]:
    """So many for the catalogue of the benchmarks, of which two apply to whatever is bought."""
    two = (
        _promotion(
            1,
            PercentOffItems(Decimal(10), of=Selection(tags={"cotton"})),
            priority=20,
            period=DATED,
        ),
        _promotion(2, AmountOffOrder(usd(5_00)), MinimumAmount(usd(15_00))),
    )
    return (*two, *many(count + APPLYING - len(two))[APPLYING:])


def grouped(*, groups: int, members: int) -> tuple[Promotion, ...]:
    """So many groups, in each of which one acts: the one that leaves the lowest total."""
    return tuple(
        _promotion(
            1_000 + group * members + member,
            _ACTIONS[(group * members + member) % len(_ACTIONS)](group),
            _HELD[group % len(_HELD)],
            priority=group,
            group=f"group-{group}",
        )
        for group in range(groups)
        for member in range(members)
    )


def naming(count: int, *, products: int) -> tuple[Promotion, ...]:
    """So many, each on products by name: the lines' own, and others."""
    return tuple(
        _promotion(
            2_000 + number,
            PercentOffItems(Decimal(2), of=_named(number, products)),
            MinimumAmount(usd(10_00), of=_named(number, products)),
        )
        for number in range(count)
    )


def _named(number: int, products: int) -> Selection:
    first = number * 2 + 1
    names: list[Any] = [UUID(int=each) for each in range(first, first + products)]
    return Selection(products=names)


def _promotion(number: int, action: AnyAction, *conditions: Condition, **more: Any) -> Promotion:
    own: Any = UUID(int=number)
    return Promotion(
        id=own,
        code=f"offer-{number}",
        name=f"Offer {number}",
        actions=(action,),
        conditions=conditions,
        **more,
    )


def _brand(number: int) -> Selection:
    brand: Any = UUID(int=2_000 + number % 8)
    return Selection(brands={brand})


def _category(number: int) -> Selection:
    category: Any = UUID(int=1_000 + number % 12)
    return Selection(categories={category})


def _section(number: int) -> Selection:
    section: Any = UUID(int=1_100 + number % 4)
    return Selection(categories={section}, excluding=_brand(number))


def _tag(number: int) -> Selection:
    return Selection(tags={f"tag-{number % 8}"})


def _some(number: int) -> Selection:
    variants: list[Any] = [UUID(int=each) for each in range(number % 5 + 1, 400, 5)]
    return Selection(variants=variants)


def _buy_get(number: int) -> AnyAction:
    return BuyGet(buy=_section(number), buy_quantity=2, get=_tag(number), get_quantity=1)


def _tiered(number: int) -> AnyAction:
    tiers = ((2, 2), (6, 4), (20, 6))
    steps = [Tier(Off(percent=Decimal(percent)), quantity=start) for start, percent in tiers]
    return Tiered(tiers=tuple(steps), of=_category(number), of_order=False)


_ACTIONS: Sequence[Callable[[int], AnyAction]] = (
    lambda number: PercentOffItems(Decimal("7.5"), of=_section(number)),
    _buy_get,
    lambda number: BundlePrice(quantity=3, price=usd(20_00), of=_category(number)),
    lambda number: EveryNth(nth=4, off=Off(percent=Decimal(50)), of=_tag(number)),
    lambda number: CheapestOf(quantity=5, of=_brand(number)),
    lambda number: AmountOffUnits(usd(50), of=_brand(number)),
    lambda number: FixedPrice(usd(9_99), of=_some(number)),
    _tiered,
    lambda number: AmountOffItems(usd(12_00), of=_section(number)),
    lambda number: PercentOffOrder(Decimal(3), of=_tag(number)),
    lambda _: AmountOffOrder(usd(15_00)),
    lambda _: OffShipping(Off(percent=Decimal(50))),
)
_HELD: Sequence[Condition] = (
    MinimumAmount(usd(50_00)),
    MinimumQuantity(5, of=_section(1)),
    ShipsTo((Zone("CA"), Zone("US", "NY"))),
    MinimumAmount(usd(20_00), of=_section(2)),
)


def _refused(number: int) -> tuple[Condition, ...]:
    """Conditions that do not hold in any of the scenes."""
    beyond = MinimumAmount(usd(90_000_00))
    kinds: Sequence[tuple[Condition, ...]] = (
        (MinimumAmount(usd(90_000_00), of=_category(number)),),
        (MinimumQuantity(5_000, of=_tag(number)),),
        (CustomerGroup({"wholesale", "staff"}),),
        (FirstOrder(), beyond),
        (ShipsTo((Zone("DE"), Zone("US", "AZ"), Zone("US", "TX", "75"))),),
        (beyond,),
    )
    return kinds[number % len(kinds)]
