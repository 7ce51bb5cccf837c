"""
Conditions: what must be so for a promotion to act.

Each measures one fact of the scene and accepts it or not. What it requires is a fact of
the same kind that it accepts, so that a refusal says what would satisfy it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from attrs import field, frozen

from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.periods import Period
from automate_store.domain.kernel.places import Destination, Zone
from automate_store.domain.promotions.facts import Fact, Reason, Unmet
from automate_store.domain.promotions.scene import Scene
from automate_store.domain.promotions.selection import EVERYTHING, Selection


class Condition(ABC):
    """
    A condition; one of your own is a frozen attrs class with these four and a ``kind``.

    Law: ``accepts(required_for(fact))`` for every fact that is not accepted.
    """

    __slots__ = ()
    kind: ClassVar[str]
    """The name that it is stored under."""
    asks_first_order: ClassVar[bool] = False
    """Whether it looks at ``Shopper.first_order``, which is then found out."""
    of_circumstances: ClassVar[bool] = False
    """Whether it looks at the destination, the shopper and the currency, and at nothing else."""
    fails_for_good: ClassVar[bool] = False
    """Whether it can't hold on lower prices where it does not on the full ones."""

    @abstractmethod
    def actual(self, scene: Scene) -> Any:
        """What the scene has of it."""

    @abstractmethod
    def accepts(self, actual: Any) -> bool:
        """Whether that will do."""

    @abstractmethod
    def required_for(self, actual: Any) -> Any:
        """The nearest fact that would do instead."""

    @abstractmethod
    def refusal(self, actual: Any) -> tuple[str, str]:
        """The reason's code, and a sentence for people that says what would satisfy it."""

    def missing(self, actual: Any) -> Money | int | None:  # noqa: ARG002 - for those that count
        """How much more would do; None where it can't be counted."""
        return None

    def unmet(self, scene: Scene) -> Unmet | None:
        """The refusal of the scene, None where the condition holds."""
        actual = self.actual(scene)
        return None if self.accepts(actual) else self.refused(actual)

    def refused(self, actual: Any) -> Unmet:
        """The refusal of a fact that is not accepted."""
        reason, detail = self.refusal(actual)
        return Unmet(
            condition=self.kind,
            reason=reason,
            actual=actual,
            required=self.required_for(actual),
            missing=self.missing(actual),
            detail=detail,
        )


class Basis(StrEnum):
    """Which value a minimum amount sees."""

    NOW = "now"
    """As earlier promotions left it."""
    BEFORE_ORDER = "before_order"
    """As it was before anything was taken off the order as a whole."""


@frozen
class MinimumAmount(Condition):
    """Goods of the selection for at least so much, without shipping and added tax."""

    kind = "minimum_amount"
    fails_for_good = True
    amount: Money = field()
    of: Selection = EVERYTHING
    basis: Basis = Basis.NOW

    @amount.validator
    def _not_negative(self, _: object, amount: Money) -> None:
        if amount.minor < 0:
            raise InvalidInput.of("amount", "must be zero or more")

    def actual(self, scene: Scene) -> Money:
        """What the selected goods cost."""
        goods = scene.goods
        values = goods.values if self.basis is Basis.NOW else scene.before_order
        if not self.of.narrows:
            return Money(sum(values), goods.currency)
        return Money(sum([values[i] for i in goods.eligible(self.of)]), goods.currency)

    def accepts(self, actual: Money) -> bool:
        """Whether it is as much, in the same currency."""
        return actual.currency == self.amount.currency and actual.minor >= self.amount.minor

    def required_for(self, actual: Money) -> Money:  # noqa: ARG002 - always the same
        """The minimum."""
        return self.amount

    def refusal(self, actual: Money) -> tuple[str, str]:
        """How much more to spend."""
        if actual.currency != self.amount.currency:
            return _other_currency(self.amount.currency, actual.currency)
        what = " on what counts for it" if self.of.narrows else ""
        return Reason.BELOW_MINIMUM, f"{self.missing(actual)} more to spend{what}"

    def missing(self, actual: Money) -> Money | None:
        """What is still to be spent."""
        return self.amount - actual if actual.currency == self.amount.currency else None


@frozen
class MinimumQuantity(Condition):
    """At least so many pieces of the selection; with one, that the cart holds any of it."""

    kind = "minimum_quantity"
    fails_for_good = True
    quantity: int = field()
    of: Selection = EVERYTHING

    @quantity.validator
    def _some(self, _: object, quantity: int) -> None:
        if quantity < 1:
            raise InvalidInput.of("quantity", "must be 1 or more")

    def actual(self, scene: Scene) -> int:
        """How many there are."""
        items = scene.goods.items
        return sum([items[i].quantity for i in scene.goods.eligible(self.of)])

    def accepts(self, actual: int) -> bool:
        """Whether they are as many."""
        return actual >= self.quantity

    def required_for(self, actual: int) -> int:  # noqa: ARG002 - always the same
        """The minimum."""
        return self.quantity

    def refusal(self, actual: int) -> tuple[str, str]:
        """How many more to add."""
        what = " of what counts for it" if self.of.narrows else ""
        return Reason.TOO_FEW, f"{self.missing(actual)} more{what} to add"

    def missing(self, actual: int) -> int:
        """How many are still to be added."""
        return self.quantity - actual


def _groups(groups: Iterable[str]) -> frozenset[str]:
    return frozenset(groups)


@frozen
class CustomerGroup(Condition):
    """A customer of one of these groups."""

    kind = "customer_group"
    of_circumstances = True
    fails_for_good = True
    groups: frozenset[str] = field(converter=_groups)

    @groups.validator
    def _named(self, _: object, groups: frozenset[str]) -> None:
        if not groups:
            raise InvalidInput.of("groups", "must name at least one group")

    def actual(self, scene: Scene) -> tuple[str, ...]:
        """The customer's groups."""
        return tuple(sorted(scene.shopper.groups))

    def accepts(self, actual: tuple[str, ...]) -> bool:
        """Whether one of them will do."""
        return not self.groups.isdisjoint(actual)

    def required_for(self, actual: tuple[str, ...]) -> tuple[str, ...]:  # noqa: ARG002 - always the same
        """The groups."""
        return tuple(sorted(self.groups))

    def refusal(self, actual: tuple[str, ...]) -> tuple[str, str]:  # noqa: ARG002 - the group is not told
        """That it is for others."""
        return Reason.OTHER_GROUP, "it is for another group of customers"


@frozen
class SignedIn(Condition):
    """A customer with an account, signed in."""

    kind = "signed_in"
    of_circumstances = True
    fails_for_good = True

    def actual(self, scene: Scene) -> bool:
        """Whether somebody is signed in."""
        return scene.shopper.signed_in

    def accepts(self, actual: bool) -> bool:  # noqa: FBT001 - the fact itself
        """Only if so."""
        return actual

    def required_for(self, actual: bool) -> bool:  # noqa: ARG002, FBT001 - the fact itself
        """Signed in."""
        return True

    def refusal(self, actual: bool) -> tuple[str, str]:  # noqa: ARG002, FBT001 - the fact itself
        """To sign in."""
        return Reason.SIGN_IN_NEEDED, "sign in to use it"


@frozen
class FirstOrder(Condition):
    """A customer's first order, by account or by e-mail."""

    kind = "first_order"
    of_circumstances = True
    fails_for_good = True
    asks_first_order = True

    def actual(self, scene: Scene) -> bool | None:
        """Whether it is; None while nobody knows who buys."""
        return scene.shopper.first_order

    def accepts(self, actual: bool | None) -> bool:  # noqa: FBT001 - the fact itself
        """Only where it is known to be the first."""
        return actual is True

    def required_for(self, actual: bool | None) -> bool:  # noqa: ARG002, FBT001 - the fact itself
        """The first."""
        return True

    def refusal(self, actual: bool | None) -> tuple[str, str]:  # noqa: FBT001 - the fact itself
        """That there were others, or that nobody knows yet."""
        if actual is None:
            return Reason.NOT_FIRST_ORDER, "it is for a first order; give your e-mail or sign in"
        return Reason.NOT_FIRST_ORDER, "it is for a first order"


@frozen
class InCurrency(Condition):
    """A cart in that currency."""

    kind = "in_currency"
    of_circumstances = True
    fails_for_good = True
    currency: str

    def actual(self, scene: Scene) -> str:
        """The cart's."""
        return scene.currency

    def accepts(self, actual: str) -> bool:
        """Whether it is that one."""
        return actual == self.currency

    def required_for(self, actual: str) -> str:  # noqa: ARG002 - always the same
        """That one."""
        return self.currency

    def refusal(self, actual: str) -> tuple[str, str]:
        """Both currencies."""
        return _other_currency(self.currency, actual)


@frozen
class During(Condition):
    """A time of the period: from its start (in) until its end (out)."""

    kind = "during"
    fails_for_good = True
    period: Period

    def actual(self, scene: Scene) -> datetime:
        """The time of the quote."""
        return scene.at

    def accepts(self, actual: datetime) -> bool:
        """Whether it is in the period."""
        return actual in self.period

    def required_for(self, actual: datetime) -> Fact:
        """The first moment where it is too early, the last where it is too late."""
        period = self.period
        if period.starts_at is not None and actual < period.starts_at:
            return period.starts_at
        assert period.ends_at is not None, "what is not too early is too late"
        return period.ends_at - datetime.resolution

    def refusal(self, actual: datetime) -> tuple[str, str]:
        """Since when it will, or until when it did."""
        period = self.period
        if period.starts_at is not None and actual < period.starts_at:
            return Reason.NOT_STARTED, f"it starts at {period.starts_at:%Y-%m-%d %H:%M} UTC"
        return Reason.EXPIRED, f"it ended at {period.ends_at:%Y-%m-%d %H:%M} UTC"


def _zones(zones: Iterable[Zone]) -> tuple[Zone, ...]:
    return tuple(zones)


@frozen
class ShipsTo(Condition):
    """A destination in one of the zones."""

    kind = "ships_to"
    of_circumstances = True
    fails_for_good = True
    zones: tuple[Zone, ...] = field(converter=_zones)

    @zones.validator
    def _named(self, _: object, zones: tuple[Zone, ...]) -> None:
        if not zones or any(zone.country is None for zone in zones):
            raise InvalidInput.of("zones", "must name at least one zone, each with a country")

    def actual(self, scene: Scene) -> tuple[Destination, ...]:
        """Where it goes; nothing while that is not chosen."""
        return () if scene.destination is None else (scene.destination,)

    def accepts(self, actual: tuple[Destination, ...]) -> bool:
        """Whether one of the places is in a zone."""
        return any(place in zone for place in actual for zone in self.zones)

    def required_for(self, actual: tuple[Destination, ...]) -> tuple[Destination, ...]:  # noqa: ARG002 - always the same
        """A place in each zone."""
        return tuple(
            Destination(zone.country or "", zone.state, zone.postal_prefix) for zone in self.zones
        )

    def refusal(self, actual: tuple[Destination, ...]) -> tuple[str, str]:
        """Which places would do."""
        places = ", ".join(_named(zone) for zone in self.zones)
        asked = "" if actual else "; say where it goes"
        return Reason.OTHER_DESTINATION, f"it is for deliveries to {places}{asked}"


def _named(zone: Zone) -> str:
    parts = (zone.country, zone.state, zone.postal_prefix and f"{zone.postal_prefix}...")
    return " ".join(part for part in parts if part)


def _other_currency(required: str, actual: str) -> tuple[str, str]:
    return Reason.WRONG_CURRENCY, f"it is for carts in {required}, and this one is in {actual}"
