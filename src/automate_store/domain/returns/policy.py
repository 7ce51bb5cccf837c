"""What may come back, until when and for which reasons: the merchant's word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from attrs import frozen

from automate_store.domain.kernel.errors import RuleBroken
from automate_store.domain.kernel.ids import LineId
from automate_store.domain.kernel.money import Money, Rounding
from automate_store.domain.orders import Arrival, Order, OrderItem, arrivals, missing, unclaimed
from automate_store.domain.returns.lives import ReturnKind


class WhyNot(StrEnum):
    """What keeps units from being returned."""

    NOT_DELIVERED = "not_delivered"
    TOO_LATE = "too_late"
    NOT_OFFERED = "not_offered"
    """Of what needs no parcel, such as a download."""
    ASKED_BEFORE = "asked_before"
    TOO_MANY = "too_many"
    """Of what all has arrived: no more was bought."""


@frozen
class NotReturnable(RuleBroken):
    """More of an item would be returned than may be; ``left`` may, until then if that is known."""

    says = "{wanted} of item {item_id} can't be returned, {left} can: {why}."
    item_id: LineId
    wanted: int
    left: int
    why: WhyNot
    until: datetime | None


@frozen
class ReasonNotAccepted(RuleBroken):
    """The store takes nothing back for that reason."""

    says = "{reason!r} is no reason for a {kind}; choose one of {allowed}."
    reason: str
    kind: str
    allowed: tuple[str, ...]


@frozen(kw_only=True)
class ReturnPolicy:
    """How this store takes goods back."""

    window: timedelta
    """How long after its parcel arrived an item may be returned."""
    reasons: frozenset[str]
    merchants_fault: frozenset[str]
    """Those of the reasons for which the customer bears no cost."""
    claims: frozenset[str]
    """The reasons of a claim; each is the merchant's to bear."""
    losses: frozenset[str]
    """Those of them that say that the goods never came."""
    digital: bool
    """Whether what needs no parcel may be returned."""
    original_shipping: bool
    """Whether it goes back with the last goods, where all came back by the merchant's fault."""
    restocking_rate: Decimal
    """The part of a unit's price that is kept where the customer does not want it."""
    return_shipping: Money
    """What is kept for the way back in that case."""
    rounding: Rounding
    clawback: bool
    """Whether a discount is taken back that the goods which stay do not earn any more."""
    refund_on_receipt: bool
    """Whether what is accepted is refunded at once, and not by a further word of the staff."""
    exchange_lifetime: timedelta
    """How long what comes for goods waits for what it costs more than they are worth."""

    def accepted(self, kind: ReturnKind) -> frozenset[str]:
        """The reasons for which there is one of that kind."""
        return self.claims if kind is ReturnKind.CLAIM else self.reasons

    def blames_the_shop(self, kind: ReturnKind, reason: str) -> bool:
        """Whether the customer bears none of its cost."""
        return kind is ReturnKind.CLAIM or reason in self.merchants_fault

    def check(self, reasons: Iterable[str], kind: ReturnKind) -> None:
        """Nothing, where goods are taken back for these reasons; raises ReasonNotAccepted."""
        allowed = self.accepted(kind)
        for reason in reasons:
            if reason not in allowed:
                raise ReasonNotAccepted(reason, kind, tuple(sorted(allowed)))

    def check_units(
        self, order: Order, wanted: Mapping[LineId, int], kind: ReturnKind, at: datetime
    ) -> None:
        """Nothing, where so many units of each item may be returned; raises NotReturnable."""
        for item in order.items:
            many = wanted.get(item.id, 0)
            if many > (left := self.left(order, item, kind, at)):
                why, until = self._why_not(order, item, kind, at)
                raise NotReturnable(item.id, many, left, why, until)

    def left(self, order: Order, item: OrderItem, kind: ReturnKind, at: datetime) -> int:
        """How many units of the item may be returned now: those that came, less those asked."""
        if not (self.digital or item.requires_shipping):
            return 0
        came = [each for each in arrivals(order, item) if self._there(each, kind)]
        fresh = sum(each.quantity for each in came if self._in_time(each, at))
        asked = item.returning + item.returned
        if kind is not ReturnKind.CLAIM:
            # What was claimed because it never came is none of those that did.
            asked -= missing(item, order.shipments)
        return max(0, min(fresh, sum(each.quantity for each in came) - asked))

    def missing(
        self, order: Order, wanted: Mapping[LineId, int], reasons: Mapping[LineId, str]
    ) -> dict[LineId, int]:
        """How many of the units that are claimed for these reasons have not arrived."""
        return {
            item.id: min(wanted[item.id], unclaimed(item, order.shipments))
            for item in order.items
            if wanted.get(item.id) and reasons[item.id] in self.losses
        }

    def until(self, order: Order, item: OrderItem) -> datetime | None:
        """When the last of the item that came may be returned no more."""
        came = [each.at for each in arrivals(order, item) if each.at is not None]
        return max(came) + self.window if came else None

    def _why_not(
        self, order: Order, item: OrderItem, kind: ReturnKind, at: datetime
    ) -> tuple[WhyNot, datetime | None]:
        until = self.until(order, item)
        if not (self.digital or item.requires_shipping):
            return WhyNot.NOT_OFFERED, None
        if not any(self._there(each, kind) for each in arrivals(order, item)):
            return WhyNot.NOT_DELIVERED, None
        if until is not None and until <= at:
            return WhyNot.TOO_LATE, until
        asked = item.returning + item.returned > 0
        if asked:
            return WhyNot.ASKED_BEFORE, until
        came = sum(each.quantity for each in arrivals(order, item) if self._there(each, kind))
        return (WhyNot.TOO_MANY if came == item.quantity else WhyNot.NOT_DELIVERED), until

    def _there(self, arrival: Arrival, kind: ReturnKind) -> bool:
        # What never arrived can be claimed, and nothing else.
        return arrival.at is not None or kind is ReturnKind.CLAIM

    def _in_time(self, arrival: Arrival, at: datetime) -> bool:
        return arrival.at is None or at < arrival.at + self.window
