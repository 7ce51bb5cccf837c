"""What gateways told the store of themselves, kept until it has had its effect."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import evolve, frozen

from automate_store.domain.kernel.aggregate import Aggregate
from automate_store.domain.kernel.errors import NotFound, RuleBroken
from automate_store.domain.kernel.events import Event
from automate_store.domain.kernel.ids import ToldId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments.reports import (
    DisputeReport,
    GatewayEvent,
    GatewayReport,
    RefundNews,
    SetupReport,
)


@frozen
class EventNotFound(NotFound):
    """The store was told of no such event, or has forgotten it."""

    says = "There is no event {event!r}."
    event: str


@frozen
class NothingToDismiss(RuleBroken):
    """The event waits for nobody: it had its effect, is about to, or was dismissed before."""

    says = "The event is {state}: there is nothing to dismiss."
    state: ToldState


class ToldState(StrEnum):
    """
    received -> processed | parked | failed; what is parked or failed may be heard again.

    Or staff dismiss it: it is not ours, or was dealt with there.
    """

    RECEIVED = "received"
    PROCESSED = "processed"
    PARKED = "parked"
    FAILED = "failed"
    DISMISSED = "dismissed"


WAITING = frozenset({ToldState.PARKED, ToldState.FAILED})
"""What had no effect, and will have none by itself."""


@frozen(kw_only=True)
class GatewayTold(Event):
    """A gateway told of something that has to have its effect."""

    told_id: ToldId


@frozen(kw_only=True)
class StrangeMoneyTold(Event):
    """A gateway told of money that no payment of this store is about, for the first time."""

    told_id: ToldId


@frozen(kw_only=True)
class ToldEvent(Aggregate):
    """
    One event of a gateway, as often as it was told; ``why`` says what keeps it from its end.

    What is for the shopper's browser is not kept: it may open something.
    """

    id: ToldId
    gateway: str
    event: GatewayEvent
    received_at: datetime
    state: ToldState = ToldState.RECEIVED
    attempts: int = 0
    why: str | None = None
    processed_at: datetime | None = None

    @classmethod
    def of(cls, event: GatewayEvent, *, id: ToldId, gateway: str, at: datetime) -> ToldEvent:
        """The event as it is kept; one that changes nothing here has ended at once."""
        told = cls(id=id, gateway=gateway, event=_without_client(event), received_at=at)
        if event.news is None and event.ask is None:
            return evolve(told, state=ToldState.PROCESSED, processed_at=at)
        return told.after(GatewayTold(at=at, told_id=id))

    @property
    def ended(self) -> bool:
        """Whether it has had its effect, or is to have none."""
        return self.state in {ToldState.PROCESSED, ToldState.DISMISSED}

    @property
    def money(self) -> Money | None:
        """What it says was captured, went back or is contested; None where nothing moved."""
        news = self.event.news
        if isinstance(news, GatewayReport):
            return news.taken or None
        return news.amount if isinstance(news, RefundNews | DisputeReport) else None

    @property
    def strange(self) -> str:
        """What the money is known by that no payment here is about: events of one have one."""
        event = self.event
        return f"{self.gateway} {event.intent_id or event.payment_id or event.id}"

    def processed(self, *, at: datetime) -> ToldEvent:
        """The event that has had its effect."""
        return evolve(
            self,
            state=ToldState.PROCESSED,
            attempts=self.attempts + 1,
            why=None,
            processed_at=at,
        )

    def again(self) -> ToldEvent:
        """The event, to be heard once more however it ended."""
        return evolve(self, state=ToldState.RECEIVED, why=None, processed_at=None)

    def parked(self, why: str) -> ToldEvent:
        """The event whose effect staff must look at, or that something else has to come before."""
        return evolve(self, state=ToldState.PARKED, attempts=self.attempts + 1, why=why)

    def dismissed(self, why: str, *, at: datetime) -> ToldEvent:
        """The event that is to have no effect; raises NothingToDismiss."""
        if self.state not in WAITING:
            raise NothingToDismiss(self.state)
        return evolve(self, state=ToldState.DISMISSED, why=why, processed_at=at)

    def failed(self, why: str) -> ToldEvent:
        """The event that could not have its effect; it is tried again."""
        return evolve(self, state=ToldState.FAILED, attempts=self.attempts + 1, why=why)


def _without_client(event: GatewayEvent) -> GatewayEvent:
    if isinstance(event.news, GatewayReport | SetupReport) and event.news.client:
        return evolve(event, news=evolve(event.news, client={}))
    return event
