"""
Actions on single pieces: buy X get Y, N for a price, every Nth, the cheapest of N.

They see the pieces that no earlier promotion bought or gave, and use up their own. Pieces
stand in runs of one price, so that the work grows with the lines and not with the pieces.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from attrs import field, frozen

from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.money import Money, split_minor
from automate_store.domain.promotions.actions import (
    FREE,
    HUNDRED,
    Action,
    Off,
    Scope,
    Taking,
    checked_count,
    checked_decimals,
    percent_of,
)
from automate_store.domain.promotions.item import Item
from automate_store.domain.promotions.scene import Goods
from automate_store.domain.promotions.selection import EVERYTHING, Selection


class Choice(StrEnum):
    """Which of the eligible pieces are given."""

    CHEAPEST = "cheapest"
    DEAREST = "dearest"


class Run(NamedTuple):
    """So many pieces of one line that cost the same each; a tuple, since many are made."""

    price: int
    line: int
    pieces: int

    def holding(self, pieces: int) -> Run:
        """As many of the same."""
        return Run(self.price, self.line, pieces)


class PieceAction(Action):
    """An action on the items that uses up the pieces it counts."""

    __slots__ = ()

    @property
    def scope(self) -> Scope:
        """Items."""
        return Scope.ITEMS

    def counted(self, items: Sequence[Item]) -> tuple[int, int]:  # noqa: ARG002 - for those that say
        """How many pieces of these count for it, and how many it takes to do anything."""
        return 0, 0


def pieces_in(items: Sequence[Item], *of: Selection) -> int:
    """How many pieces any of the selections holds."""
    places = {place for each in of for place in each.among(items)}
    return sum(items[place].quantity for place in places)


def runs(goods: Goods, lines: Iterable[int]) -> list[Run]:
    """The spare pieces of the lines, dearest first, then in line order."""
    found = []
    for line in lines:
        pieces = goods.spare[line]
        if pieces:
            price, dearer = divmod(goods.spare_values[line], pieces)
            if dearer:
                found.append(Run(price + 1, line, dearer))
            found.append(Run(price, line, pieces - dearer))
    found.sort(key=lambda run: (-run.price, run.line))
    return found


def first(pieces: int, of: Iterable[Run]) -> tuple[list[Run], list[Run]]:
    """The first so many pieces of the runs, and those that are left."""
    taken, left = [], []
    for run in of:
        if run.pieces <= pieces:
            taken.append(run)
            pieces -= run.pieces
        else:
            left.append(run.holding(run.pieces - pieces))
            if pieces:
                taken.append(run.holding(pieces))
            pieces = 0
    return taken, left


def count(of: Iterable[Run]) -> int:
    """How many pieces the runs hold."""
    return sum([run.pieces for run in of])


def times(sets: int, at_most: int | None) -> int:
    """How often it applies: once for each set, as often as it may."""
    return sets if at_most is None else min(sets, at_most)


def taking(
    goods: Goods, reduced: Sequence[Run], off: Off, used: Iterable[Run] = ()
) -> Taking | None:
    """Off the reduced pieces, rounded once for each line; these and the others are used up."""
    if not reduced:
        return None
    worth, pieces = _by_line(reduced, len(goods.items))
    taken = [
        off.of(value, number, goods.rounding) if number else 0
        for value, number in zip(worth, pieces, strict=True)
    ]
    return _using(taken, [*reduced, *used], goods)


def _using(taken: Sequence[int], used: Iterable[Run], goods: Goods) -> Taking:
    values, pieces = _by_line(used, len(goods.items))
    return Taking(taken, pieces, values)


def _by_line(of: Iterable[Run], lines: int) -> tuple[list[int], list[int]]:
    """What the pieces of each line cost together, and how many they are."""
    values, pieces = [0] * lines, [0] * lines
    for run in of:
        values[run.line] += run.price * run.pieces
        pieces[run.line] += run.pieces
    return values, pieces


@frozen(kw_only=True)
class BuyGet(PieceAction):
    """
    Whoever buys X of one selection gets Y of another for less, for each full set of both.

    A piece is not both bought and given. Where both sides are the same the dear ones buy
    and the cheap ones are given; otherwise ``choice`` says which are given.
    """

    kind = "buy_get"
    buy: Selection = EVERYTHING
    buy_quantity: int
    get: Selection = EVERYTHING
    get_quantity: int
    off: Off = FREE
    choice: Choice = Choice.CHEAPEST
    at_most: int | None = None

    def __attrs_post_init__(self) -> None:
        checked_count("buy_quantity", self.buy_quantity)
        checked_count("get_quantity", self.get_quantity)
        checked_count("at_most", self.at_most)

    def counted(self, items: Sequence[Item]) -> tuple[int, int]:
        """Those that can be bought or given; as many more as either side lacks."""
        found = pieces_in(items, self.buy, self.get)
        lacking = max(
            self.buy_quantity - pieces_in(items, self.buy),
            self.get_quantity - pieces_in(items, self.get),
            self.buy_quantity + self.get_quantity - found,
        )
        return found, found + max(0, lacking)

    def take(self, goods: Goods) -> Taking | None:
        """Off the given pieces; the bought ones are used up too."""
        buys, gets = set(goods.eligible(self.buy)), set(goods.eligible(self.get))
        only_buy, only_get = runs(goods, buys - gets), runs(goods, gets - buys)
        either = runs(goods, buys & gets)
        sets = times(self._sets(count(only_buy), count(only_get), count(either)), self.at_most)
        if not sets:
            return None
        # What can only be bought is bought first, so that as much as can be is left to give.
        to_buy = max(0, sets * self.buy_quantity - count(only_buy))
        can_give = count(either) - to_buy
        given = self._given(sets * self.get_quantity, only_get, either, can_give)
        bought = self._bought(sets * self.buy_quantity, only_buy, either, given)
        return taking(goods, given, self.off, bought)

    def _sets(self, only_buy: int, only_get: int, either: int) -> int:
        """How many full sets there are, with no piece on both sides."""
        return min(
            (only_buy + either) // self.buy_quantity,
            (only_get + either) // self.get_quantity,
            (only_buy + only_get + either) // (self.buy_quantity + self.get_quantity),
        )

    def _given(
        self, pieces: int, only_get: list[Run], either: list[Run], can_give: int
    ) -> list[Run]:
        """The chosen pieces, of which at most ``can_give`` could be bought too."""
        same = self.buy == self.get
        dearest = self.choice is Choice.DEAREST and not same
        ordered = either if dearest else either[::-1]
        # The least wanted of these are kept for buying.
        free, _ = first(can_give, ordered)
        both = sorted(
            [*only_get, *free],
            key=lambda run: (-run.price, run.line) if dearest else (run.price, -run.line),
        )
        return first(pieces, both)[0]

    def _bought(
        self, pieces: int, only_buy: list[Run], either: list[Run], given: list[Run]
    ) -> list[Run]:
        bought, _ = first(pieces, only_buy)
        return bought + first(pieces - count(bought), _without(either, given))[0]


def _without(of: Iterable[Run], gone: Iterable[Run]) -> list[Run]:
    """The runs less the pieces that are gone."""
    missing = {(run.line, run.price): run.pieces for run in gone}
    left = []
    for run in of:
        pieces = run.pieces - missing.get((run.line, run.price), 0)
        if pieces:
            left.append(run.holding(pieces))
    return left


@frozen(kw_only=True)
class BundlePrice(PieceAction):
    """
    N pieces for one price, the dearest first; a bundle that would cost less is left alone.

    What a bundle saves is shared out over its pieces by their value.
    """

    kind = "bundle_price"
    quantity: int
    price: Money = field()
    of: Selection = EVERYTHING
    at_most: int | None = None

    def __attrs_post_init__(self) -> None:
        checked_count("quantity", self.quantity)
        checked_count("at_most", self.at_most)
        if self.price.minor < 0:
            raise InvalidInput.of("price", "must be zero or more")

    def counted(self, items: Sequence[Item]) -> tuple[int, int]:
        """Those of the selection, and the fewest that are reduced."""
        return pieces_in(items, self.of), self.quantity

    def take(self, goods: Goods) -> Taking | None:
        """What each bundle saves."""
        pieces = runs(goods, goods.eligible(self.of))
        sets = times(count(pieces) // self.quantity, self.at_most)
        off = [0] * len(goods.items)
        used: list[Run] = []
        for bundle, alike in _bundles(first(sets * self.quantity, pieces)[0], self.quantity):
            worth = [run.price * run.pieces for run in bundle]
            saved = sum(worth) - self.price.minor
            if saved <= 0:
                # Those that follow are cheaper still.
                break
            for run, part in zip(bundle, split_minor(saved, worth), strict=True):
                off[run.line] += part * alike
                used.append(run.holding(run.pieces * alike))
        return _using(off, used, goods) if used else None


def _bundles(of: Iterable[Run], size: int) -> Iterator[tuple[list[Run], int]]:
    """Bundles of that size in the order of the runs, and how many alike follow each other."""
    open_bundle: list[Run] = []
    for run in of:
        pieces = run.pieces
        if open_bundle:
            here = min(pieces, size - count(open_bundle))
            open_bundle.append(run.holding(here))
            pieces -= here
            if count(open_bundle) < size:
                continue
            yield open_bundle, 1
            open_bundle = []
        if alike := pieces // size:
            yield [run.holding(size)], alike
        if pieces % size:
            open_bundle = [run.holding(pieces % size)]


@frozen(kw_only=True)
class EveryNth(PieceAction):
    """Every Nth piece for less, counted from the dearest: the cheapest of each N."""

    kind = "every_nth"
    nth: int
    off: Off = FREE
    of: Selection = EVERYTHING
    at_most: int | None = None

    def __attrs_post_init__(self) -> None:
        checked_count("nth", self.nth)
        checked_count("at_most", self.at_most)

    def counted(self, items: Sequence[Item]) -> tuple[int, int]:
        """Those of the selection, and the fewest that are reduced."""
        return pieces_in(items, self.of), self.nth

    def take(self, goods: Goods) -> Taking | None:
        """Off each Nth piece; the ones counted before it are used up too."""
        pieces = runs(goods, goods.eligible(self.of))
        sets = times(count(pieces) // self.nth, self.at_most)
        counted, _ = first(sets * self.nth, pieces)
        reduced, others = [], []
        before = 0
        for run in counted:
            mine = (before + run.pieces) // self.nth - before // self.nth
            before += run.pieces
            reduced.append(run.holding(mine))
            others.append(run.holding(run.pieces - mine))
        return taking(goods, [run for run in reduced if run.pieces], self.off, others)


@frozen(kw_only=True)
class CheapestOf(PieceAction):
    """Of each N pieces one for less, and these are the cheapest of all."""

    kind = "cheapest_of"
    quantity: int
    off: Off = FREE
    of: Selection = EVERYTHING
    at_most: int | None = 1

    def __attrs_post_init__(self) -> None:
        checked_count("quantity", self.quantity)
        checked_count("at_most", self.at_most)

    def counted(self, items: Sequence[Item]) -> tuple[int, int]:
        """Those of the selection, and the fewest that are reduced."""
        return pieces_in(items, self.of), self.quantity

    def take(self, goods: Goods) -> Taking | None:
        """Off the cheapest; as many of the dearest as make the sets full are used up too."""
        pieces = runs(goods, goods.eligible(self.of))
        sets = times(count(pieces) // self.quantity, self.at_most)
        reduced, others = first(sets, pieces[::-1])
        counted, _ = first(sets * (self.quantity - 1), others[::-1])
        return taking(goods, reduced, self.off, counted)


def _share(name: str, percent: Decimal) -> None:
    if not percent.is_finite() or not 0 <= percent <= HUNDRED:
        raise InvalidInput.of(name, "must be from 0 to 100")
    checked_decimals(name, percent)


@frozen(kw_only=True)
class FirstThenOthers(PieceAction):
    """One percentage off the first piece, the dearest, and another off all further ones."""

    kind = "first_then_others"
    first_percent: Decimal
    others_percent: Decimal
    of: Selection = EVERYTHING

    def __attrs_post_init__(self) -> None:
        _share("first_percent", self.first_percent)
        _share("others_percent", self.others_percent)
        if not self.first_percent and not self.others_percent:
            raise InvalidInput.of("others_percent", "must be above 0 where first_percent is 0")

    def counted(self, items: Sequence[Item]) -> tuple[int, int]:
        """Those of the selection, and the fewest that are reduced."""
        return pieces_in(items, self.of), 1

    def take(self, goods: Goods) -> Taking | None:
        """Each rate rounded once for each line; every eligible piece is used up."""
        pieces = runs(goods, goods.eligible(self.of))
        if not pieces:
            return None
        one, others = first(1, pieces)
        off = [0] * len(goods.items)
        for some, percent in ((one, self.first_percent), (others, self.others_percent)):
            worth, _ = _by_line(some, len(goods.items))
            for i, value in enumerate(worth):
                off[i] += percent_of(value, percent, goods.rounding)
        return _using(off, pieces, goods)
