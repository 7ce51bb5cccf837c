"""
The draft: a quote in the making, as the steps hand it on.

Units: amounts are whole minor units of the basket's currency. A step reads what stands
in the draft and returns the next one; it never takes away what another step wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import sub
from typing import Any, Generic, TypeVar

from attrs import field, frozen

from automate_store.domain.kernel.errors import StoreError
from automate_store.domain.kernel.ids import PromotionId
from automate_store.domain.pricing.basket import Basket, BasketLine, Entrant, PricingRules
from automate_store.domain.promotions import Found, Scope, Unmet
from automate_store.domain.shipping import Parcel, ShippingOffer
from automate_store.domain.taxes import Levy

T = TypeVar("T")


class kept(Generic[T]):  # noqa: N801 - reads as a property does
    """A sum that is made once; ``functools.cached_property`` takes a lock each time on 3.11."""

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make = make

    def __get__(self, draft: Any, _: object) -> T:
        found = draft.__dict__[self._make.__name__] = self._make(draft)
        return found


_SUMS = ("taken_off", "shipping_taken_off", "values", "room")
_SUMMED = frozenset({"basket", "subtotals", "discounts", "gift_lines"})


@frozen(slots=False)
class Discount:
    """What a rule took off: so much from each line, in line order, and from the shipping."""

    step: str
    rule: str
    label: str
    lines: tuple[int, ...]
    shipping: int
    promotion_id: PromotionId | None = None
    """Where a promotion took it off."""
    internal: bool = False
    """Whether the rule is the merchant's word for it; customers know it by its label."""


@frozen
class Turn:
    """How a promotion's conditions fared when its turn came."""

    step: str
    promotion_id: PromotionId
    holds: bool
    unmet: tuple[Unmet, ...] = ()
    """Why they do not, where anybody asks: for codes, and in an appraisal."""


@frozen
class Spare:
    """The pieces that no promotion has bought or given, when the step had ended."""

    step: str
    pieces: tuple[int, ...]
    values: tuple[int, ...]
    of_values: tuple[int, ...]
    """What the lines were worth in all just then."""


@frozen(kw_only=True, slots=False)
class Draft:
    """
    What the steps have written so far; the basket's lines stand in the order of their ids.

    It keeps its sums, and ``changed`` is quicker than ``evolve``: a quote goes through a
    dozen drafts.
    """

    basket: Basket
    step: str = ""
    """The step that writes now, and that its discounts are kept under."""
    written: tuple[str, ...] = ()
    """The steps that have had their turn."""
    entrants: tuple[Entrant, ...] = ()
    """The promotions that take part, in the order of their turns."""
    thorough: bool = False
    """Whether every promotion has to say what is unmet, or only those with a code."""
    turns: tuple[Turn, ...] = ()
    spares: tuple[Spare, ...] = ()
    gift_lines: tuple[BasketLine, ...] = ()
    before_order: tuple[int, ...] | None = None
    """What each line was worth before anything came off the order as a whole."""
    found: Found = field(factory=dict, eq=False, repr=False)
    """Which lines each selection holds; kept, since that does not change in a quote."""
    subtotals: tuple[int, ...] = ()
    discounts: tuple[Discount, ...] = ()
    parcel: Parcel | None = None
    """What has to be carried, once the goods have their price; None where nothing has."""
    offer: ShippingOffer | None = None
    shipping_pending: bool = False
    shipping_problem: StoreError | None = None
    levies: tuple[Levy, ...] | None = None
    """What each line bears, then the shipping where there is any; None before tax."""
    taxes: tuple[tuple[int, ...], ...] = ()
    """The tax under each rate of each levy."""
    tax_pending: bool = False

    def changed(self, **changes: object) -> Draft:
        """
        The draft with these attributes instead; what was summed up is summed anew.

        A step that knows the new sums gives them with the changes. Who takes part stays.
        """
        assert "entrants" not in changes, "who takes part is settled before the first step"
        if _SUMMED.isdisjoint(changes):
            return _draft({**self.__dict__, **changes})
        kept = self.__dict__.copy()
        for name in _SUMS:
            kept.pop(name, None)
        return _draft({**kept, **changes})

    def at_step(self, step: str) -> Draft:
        """The draft as the step finds it, free of what it wrote when it ran before."""
        if step not in self.written:
            return _draft({**self.__dict__, "step": step, "written": (*self.written, step)})
        return self.changed(
            step=step,
            discounts=tuple(each for each in self.discounts if each.step != step),
            turns=tuple(each for each in self.turns if each.step != step),
            spares=tuple(each for each in self.spares if each.step != step),
        )

    @property
    def lines(self) -> tuple[BasketLine, ...]:
        """The basket's lines, then those that are given away."""
        return self.basket.lines + self.gift_lines if self.gift_lines else self.basket.lines

    def acting(self, scope: Scope) -> Sequence[Entrant]:
        """The entrants with actions of that scope, in their turns."""
        return self._by_scope[scope]

    @kept
    def _by_scope(self) -> Mapping[Scope, Sequence[Entrant]]:
        found: dict[Scope, list[Entrant]] = {scope: [] for scope in Scope}
        for entrant in self.entrants:
            for scope in entrant.promotion.scopes:
                found[scope].append(entrant)
        return found

    @kept
    def taken_off(self) -> tuple[int, ...]:
        """The discount on each line so far."""
        if not self.discounts:
            return (0,) * len(self.subtotals)
        return tuple(map(sum, zip(*(each.lines for each in self.discounts), strict=True)))

    @kept
    def values(self) -> tuple[int, ...]:
        """The value of each line after the discounts so far, none below zero."""
        return tuple(map(sub, self.subtotals, self.taken_off)) if self.discounts else self.subtotals

    @kept
    def room(self) -> tuple[int, ...]:
        """How much can still be taken off each line before it meets its floor price."""
        return tuple(
            [
                value
                if line.minimum_price is None
                else max(0, value - line.minimum_price.minor * line.quantity)
                for value, line in zip(self.values, self.lines, strict=True)
            ]
        )

    @kept
    def shipping_taken_off(self) -> int:
        """The discount on the shipping so far."""
        return sum([each.shipping for each in self.discounts])

    @property
    def shipping_value(self) -> int:
        """What shipping costs after the discounts so far; 0 where there is none."""
        return self.offer.amount.minor - self.shipping_taken_off if self.offer else 0

    def take_off(self, rule: str, label: str, off: Sequence[int]) -> Draft:
        """
        The draft with a discount of ``off`` (none negative) on each line, in line order.

        What a line has no room for is lost; share it out beforehand by
        ``split_minor`` with ``room`` as ceilings where others should bear it.
        """
        assert all(each >= 0 for each in off), "a discount is never negative"
        lines = tuple(map(min, off, self.room))
        assert len(lines) == len(off) == len(self.subtotals), "each line has its discount"
        return self._with(Discount(self.step, rule, label, lines, 0)) if any(lines) else self

    def take_off_shipping(self, rule: str, label: str, off: int) -> Draft:
        """The draft with a discount (not negative) on shipping; beyond its price it is lost."""
        assert off >= 0, "a discount is never negative"
        least = min(off, self.shipping_value)
        nothing = (0,) * len(self.subtotals)
        return self._with(Discount(self.step, rule, label, nothing, least)) if least else self

    def _with(self, discount: Discount) -> Draft:
        assert self.levies is None, "discounts come before tax"
        return self.changed(discounts=(*self.discounts, discount))


def _draft(attributes: dict[str, object]) -> Draft:
    draft = object.__new__(Draft)
    object.__setattr__(draft, "__dict__", attributes)
    return draft


@frozen
class Step:
    """A named part of pricing; it writes under its name, and again what it wrote before."""

    name: str
    write: Callable[[Draft, PricingRules], Draft]
