"""Actions on whole lines and on the order: percentages, amounts, prices, tiers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from attrs import field, frozen

from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.money import Money, divided
from automate_store.domain.promotions.actions import (
    MILLION,
    Action,
    Off,
    Scope,
    Taking,
    checked_amount,
    checked_count,
    checked_percent,
    millionths,
    percent_of,
    shared_out,
)
from automate_store.domain.promotions.scene import Goods
from automate_store.domain.promotions.selection import EVERYTHING, Selection


@frozen
class PercentOffItems(Action):
    """
    A percentage off each eligible line, rounded for each.

    Several of one promotion add up on the price that the promotion found.
    """

    kind = "percent_off_items"
    percent: Decimal = field()
    of: Selection = EVERYTHING

    def __attrs_post_init__(self) -> None:
        checked_percent("percent", self.percent)

    @property
    def scope(self) -> Scope:
        """Items, each by itself."""
        return Scope.ITEMS

    def take(self, goods: Goods) -> Taking | None:
        """The percentage of each line."""
        return percents_off((self,), goods)


def percents_off(actions: Sequence[PercentOffItems], goods: Goods) -> Taking | None:
    """What the item percentages of one promotion take together, rounded once for each line."""
    parts = [0] * len(goods.items)
    for action in actions:
        mine = millionths(action.percent)
        for i in goods.eligible(action.of):
            parts[i] += mine
    if not any(parts):
        return None
    return Taking(
        [
            min(value, divided(value * part, MILLION, goods.rounding)) if part else 0
            for value, part in zip(goods.values, parts, strict=True)
        ]
    )


@frozen
class AmountOffUnits(Action):
    """An amount off each eligible piece, or off the dearest ``at_most``."""

    kind = "amount_off_units"
    amount: Money = field()
    of: Selection = EVERYTHING
    at_most: int | None = None

    def __attrs_post_init__(self) -> None:
        checked_amount("amount", self.amount)
        checked_count("at_most", self.at_most)

    @property
    def scope(self) -> Scope:
        """Items, each by itself."""
        return Scope.ITEMS

    def take(self, goods: Goods) -> Taking | None:
        """The amount for each piece, never more than the piece costs by then."""
        eligible = goods.eligible(self.of)
        if not eligible:
            return None
        off, left = [0] * len(goods.items), self.at_most
        priced = [(*divmod(goods.values[i], goods.items[i].quantity), i) for i in eligible]
        for price, dearer, i in sorted(priced, key=lambda each: (-each[0], each[2])):
            pieces = goods.items[i].quantity if left is None else min(left, goods.items[i].quantity)
            left = None if left is None else left - pieces
            # Where a line's value does not go up in its pieces, the dearer ones come first.
            most = min(pieces, dearer)
            off[i] = most * min(self.amount.minor, price + 1)
            off[i] += (pieces - most) * min(self.amount.minor, price)
        return Taking(off)


@frozen
class FixedPrice(Action):
    """A price for each eligible piece; nothing where it is cheaper already."""

    kind = "fixed_price"
    price: Money = field()
    of: Selection = EVERYTHING

    @price.validator
    def _not_negative(self, _: object, price: Money) -> None:
        if price.minor < 0:
            raise InvalidInput.of("price", "must be zero or more")

    @property
    def scope(self) -> Scope:
        """Items, each by itself."""
        return Scope.ITEMS

    def take(self, goods: Goods) -> Taking | None:
        """What the line costs above the price."""
        eligible = goods.eligible(self.of)
        if not eligible:
            return None
        off = [0] * len(goods.items)
        for i in eligible:
            off[i] = max(0, goods.values[i] - self.price.minor * goods.items[i].quantity)
        return Taking(off)


@frozen
class AmountOffItems(Action):
    """An amount off the eligible lines together, in proportion to their value."""

    kind = "amount_off_items"
    amount: Money = field()
    of: Selection = EVERYTHING

    def __attrs_post_init__(self) -> None:
        checked_amount("amount", self.amount)

    @property
    def scope(self) -> Scope:
        """Items: before anything comes off the order."""
        return Scope.ITEMS

    def take(self, goods: Goods) -> Taking | None:
        """The amount, shared out by value."""
        return shared_out(self.amount.minor, goods, self.of)


@frozen
class PercentOffOrder(Action):
    """A percentage of the eligible sum, rounded once, in proportion to the lines' value."""

    kind = "percent_off_order"
    percent: Decimal = field()
    of: Selection = EVERYTHING

    def __attrs_post_init__(self) -> None:
        checked_percent("percent", self.percent)

    @property
    def scope(self) -> Scope:
        """The order as a whole."""
        return Scope.ORDER

    def take(self, goods: Goods) -> Taking | None:
        """The percentage of the sum, shared out by value."""
        worth = sum([goods.values[i] for i in goods.eligible(self.of)])
        return shared_out(percent_of(worth, self.percent, goods.rounding), goods, self.of)


@frozen
class AmountOffOrder(Action):
    """An amount off the order, at most the eligible sum, in proportion to the lines' value."""

    kind = "amount_off_order"
    amount: Money = field()
    of: Selection = EVERYTHING

    def __attrs_post_init__(self) -> None:
        checked_amount("amount", self.amount)

    @property
    def scope(self) -> Scope:
        """The order as a whole."""
        return Scope.ORDER

    def take(self, goods: Goods) -> Taking | None:
        """The amount, shared out by value."""
        return shared_out(self.amount.minor, goods, self.of)


@frozen
class Tier:
    """From so much (minor units are those of ``amount``) or so many on, this is off."""

    off: Off
    amount: Money | None = None
    quantity: int | None = None

    def __attrs_post_init__(self) -> None:
        if (self.amount is None) == (self.quantity is None):
            raise InvalidInput.of("tiers", "must each start at either an amount or a quantity")
        if self.start < 0:
            raise InvalidInput.of("tiers", "must start at zero or more")

    @property
    def start(self) -> int:
        """Where it starts, in minor units or pieces."""
        if self.amount is not None:
            return self.amount.minor
        assert self.quantity is not None, "a tier has one of the two"
        return self.quantity


def _climbing(tiers: Iterable[Tier]) -> tuple[Tier, ...]:
    return tuple(tiers)


@frozen
class Tiered(Action):
    """
    More off for more: the highest tier that the eligible goods reach counts, alone.

    By what they cost now or by how many they are; off each line (``of_order`` False: a
    percentage is rounded for each line, an amount is for each piece) or off the order.
    """

    kind = "tiered"
    tiers: tuple[Tier, ...] = field(converter=_climbing)
    of: Selection = EVERYTHING
    of_order: bool = True

    @tiers.validator
    def _climb(self, _: object, tiers: tuple[Tier, ...]) -> None:
        starts = [tier.start for tier in tiers]
        if not tiers or sorted(set(starts)) != starts:
            raise InvalidInput.of("tiers", "must be at least one, each starting above the last")
        if len({tier.amount is None for tier in tiers}) > 1:
            raise InvalidInput.of("tiers", "must all start at amounts or all at quantities")

    @property
    def scope(self) -> Scope:
        """The order, or each line."""
        return Scope.ORDER if self.of_order else Scope.ITEMS

    def take(self, goods: Goods) -> Taking | None:
        """What the tier that was reached takes; nothing below the first."""
        eligible = goods.eligible(self.of)
        tier = self._reached(goods, eligible)
        if not eligible or tier is None:
            return None
        if self.of_order:
            worth = sum([goods.values[i] for i in eligible])
            return shared_out(tier.off.of(worth, 1, goods.rounding), goods, self.of)
        off = [0] * len(goods.items)
        for i in eligible:
            off[i] = tier.off.of(goods.values[i], goods.items[i].quantity, goods.rounding)
        return Taking(off)

    def _reached(self, goods: Goods, eligible: Sequence[int]) -> Tier | None:
        if self.tiers[0].amount is not None:
            measured = sum([goods.values[i] for i in eligible])
        else:
            measured = sum([goods.items[i].quantity for i in eligible])
        reached = [tier for tier in self.tiers if tier.start <= measured]
        return reached[-1] if reached else None
