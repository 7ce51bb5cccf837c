"""
The return: goods of one order on their way back, or claimed as lost, and their money.

Units: quantities are whole pieces. A return moves stock and money once: its life leads
through ``received`` and ``refunded`` once, and never back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from attrs import evolve, field, frozen

from automate_store.domain.inventory import demand
from automate_store.domain.kernel.aggregate import Aggregate
from automate_store.domain.kernel.errors import RuleBroken
from automate_store.domain.kernel.ids import LineId, OrderId, ReturnId, VariantId
from automate_store.domain.returns.events import (
    ReturnApproved,
    ReturnExchanged,
    ReturnReceived,
    ReturnRefunded,
    ReturnRejected,
    ReturnRequested,
    ReturnWithdrawn,
)
from automate_store.domain.returns.lives import (
    MOVES,
    IllegalReturnMove,
    ReturnKind,
    ReturnState,
    move,
)
from automate_store.domain.returns.replacement import Replacement
from automate_store.domain.returns.sums import RefundSum

NOTHING_ACCEPTED = "nothing of it was accepted"
"""Why a return is rejected that was received in vain."""

_TO_COME = frozenset({ReturnState.REQUESTED, ReturnState.APPROVED})


@frozen
class TooManyAccepted(RuleBroken):
    """More of an item would be accepted than was to be sent back."""

    says = "{wanted} of item {item_id} can't be accepted; {left} were to be sent back."
    item_id: LineId
    wanted: int
    left: int


@frozen
class NothingToReplace(RuleBroken):
    """Nothing was asked for in place of the goods, or it does not come any more."""

    says = (
        "Nothing was asked for in place of the goods of return {number}; "
        "name in items which of them are sent again, or pay it back instead."
    )
    number: str


class Condition(StrEnum):
    """What goods are like that came back; only what is new can be sold again."""

    NEW = "new"
    USED = "used"
    DAMAGED = "damaged"


@frozen(kw_only=True)
class ReturnItem:
    """So many units of one item of the order, why, and what became of them."""

    item_id: LineId
    quantity: int
    reason: str
    accepted: int | None = None
    """None until it was received."""
    condition: Condition | None = None
    refused_reason: str | None = None
    replacement: Replacement | None = None
    """What comes for it, where its money is not wanted."""
    # No part of what is asked for, by which a key knows a request again.
    missing: int = field(default=0, repr=False)
    """How many of a claim's never arrived, by what was known when it was made."""


@frozen(kw_only=True)
class Receipt:
    """What is accepted of one item that came back, and why not all of it."""

    accepted: int
    condition: Condition
    reason: str | None = None


@frozen(kw_only=True)
class Return(Aggregate):
    """A wish to give goods back; its events are kept with its order's."""

    id: ReturnId
    number: str
    order_id: OrderId
    order_number: str
    kind: ReturnKind
    state: ReturnState = ReturnState.REQUESTED
    items: tuple[ReturnItem, ...]
    comments: str | None = None
    rejected_reason: str | None = None
    refund: RefundSum | None = None
    """What goes back for it; None until that is known for good."""
    in_money: RefundSum | None = None
    """What goes back where nothing comes for its goods after all; None where nothing is to."""
    requested_at: datetime
    updated_at: datetime
    ended_at: datetime | None = None

    @classmethod
    def request(
        cls,
        *,
        id: ReturnId,
        number: str,
        order_id: OrderId,
        order_number: str,
        kind: ReturnKind,
        items: Iterable[ReturnItem],
        comments: str | None,
        actor: str,
        at: datetime,
    ) -> Return:
        """The return as it is asked for."""
        asked = cls(
            id=id,
            number=number,
            order_id=order_id,
            order_number=order_number,
            kind=kind,
            items=tuple(items),
            comments=comments,
            requested_at=at,
            updated_at=at,
        )
        assert asked.items, "a return is of something"
        reasons = ", ".join(sorted({item.reason for item in asked.items}))
        event = ReturnRequested(
            kind=kind, items=asked.asked, reason=reasons, **asked._told(actor, at)
        )
        return asked.after(event)

    @property
    def asked(self) -> dict[LineId, int]:
        """How many of each item are to go back."""
        return {item.item_id: item.quantity for item in self.items}

    @property
    def missing(self) -> dict[LineId, int]:
        """How many of each never arrived."""
        return {item.item_id: item.missing for item in self.items if item.missing}

    @property
    def accepted(self) -> dict[LineId, int]:
        """How many of each were taken back, once that is known; all of them in a claim."""
        if self.kind is ReturnKind.CLAIM:
            return self.asked
        return {item.item_id: item.accepted or 0 for item in self.items}

    @property
    def reasons(self) -> dict[LineId, str]:
        """Why each item goes back."""
        return {item.item_id: item.reason for item in self.items}

    @property
    def replaced(self) -> dict[VariantId, int]:
        """How many of each variant come for it, in id order: for all of it until it came."""
        many = self.taken
        return demand(
            (item.replacement.variant_id, many[item.item_id])
            for item in self.items
            if item.replacement is not None and many[item.item_id]
        )

    @property
    def promises(self) -> bool:
        """Whether what comes for it is kept for its order."""
        return self.state is ReturnState.APPROVED and bool(self.replaced)

    @property
    def taken(self) -> dict[LineId, int]:
        """How many of each are taken back, or may be until they came."""
        return self.asked if self.state in _TO_COME else self.accepted

    @property
    def settled(self) -> bool:
        """Whether it is known for good what goes back for it."""
        return self.refund is not None or self.ended_at is not None

    @property
    def sellable(self) -> dict[LineId, int]:
        """How many of each go back on the shelf."""
        return {
            item.item_id: item.accepted
            for item in self.items
            if item.accepted and item.condition is Condition.NEW
        }

    def approve(self, *, actor: str, at: datetime) -> Return:
        """The return, which may be sent; raises IllegalReturnMove."""
        state = move(self.kind, self.state, ReturnState.APPROVED)
        event = ReturnApproved(**self._told(actor, at))
        return self.after(event, state=state, updated_at=at)

    def reject(self, reason: str, *, actor: str, at: datetime) -> Return:
        """The return, refused for that reason; raises IllegalReturnMove."""
        move(self.kind, self.state, ReturnState.REJECTED)
        return self._turned_down(reason, actor=actor, at=at)

    def withdraw(self, *, actor: str, at: datetime) -> Return:
        """The return that is not wanted any more; raises IllegalReturnMove."""
        state = move(self.kind, self.state, ReturnState.WITHDRAWN)
        event = ReturnWithdrawn(**self._told(actor, at))
        return self.after(event, state=state, updated_at=at, ended_at=at)

    def receive(self, receipts: Mapping[LineId, Receipt], *, actor: str, at: datetime) -> Return:
        """
        The return once its goods came, each item looked at; rejected where none is accepted.

        Raises IllegalReturnMove, TooManyAccepted.
        """
        state = move(self.kind, self.state, ReturnState.RECEIVED)
        assert receipts.keys() == self.asked.keys(), "each item is looked at"
        items = tuple(_received(item, receipts[item.item_id]) for item in self.items)
        received = evolve(self, items=items, state=state, updated_at=at)
        event = ReturnReceived(accepted=received.accepted, **self._told(actor, at))
        received = received.after(event)
        if any(received.accepted.values()):
            return received
        return received._turned_down(NOTHING_ACCEPTED, actor=actor, at=at)

    def check_open(self) -> None:
        """Refuse what is no claim that may be sent again now; raises IllegalReturnMove."""
        if self.kind is not ReturnKind.CLAIM or self.state is not ReturnState.APPROVED:
            allowed = tuple(sorted(MOVES[self.kind][self.state] - {ReturnState.EXCHANGED}))
            raise IllegalReturnMove(self.kind, self.state, ReturnState.EXCHANGED, allowed)

    def replaceable(self) -> Return:
        """
        The claim itself, where what comes for its goods may be sent.

        Raises IllegalReturnMove, NothingToReplace.
        """
        self.check_open()
        if not self.replaced:
            raise NothingToReplace(self.number)
        return self

    def settle(self, *, at: datetime) -> Return:
        """The claim whose goods count as gone, before what comes for them is paid for."""
        assert self.replaceable() is self, "what is sent back is received"
        return evolve(self, state=ReturnState.RECEIVED, updated_at=at)

    def worth(self, refund: RefundSum, *, in_money: RefundSum | None = None) -> Return:
        """The return, with what goes back for it."""
        return evolve(self, refund=refund, in_money=in_money)

    def pay_back(self, refund: RefundSum, *, actor: str, at: datetime) -> Return:
        """The return whose money is on its way back; raises IllegalReturnMove."""
        state = move(self.kind, self.state, ReturnState.REFUNDED)
        event = ReturnRefunded(amount=refund.total, **self._told(actor, at))
        return self.after(event, state=state, refund=refund, updated_at=at, ended_at=at)

    def exchange(self, refund: RefundSum, *, actor: str, at: datetime) -> Return:
        """The return once what comes for it is in its order; raises IllegalReturnMove."""
        state = move(self.kind, self.state, ReturnState.EXCHANGED)
        event = ReturnExchanged(amount=refund.total, **self._told(actor, at))
        return self.after(event, state=state, refund=refund, updated_at=at, ended_at=at)

    def without_replaced(self) -> Return:
        """The return of those of its items for which nothing comes."""
        return evolve(self, items=tuple(item for item in self.items if item.replacement is None))

    def for_money(self) -> Return:
        """The return, for which nothing comes any more but its money."""
        items = tuple(evolve(item, replacement=None) for item in self.items)
        return evolve(self, items=items, refund=self.in_money or self.refund, in_money=None)

    def _turned_down(self, reason: str, *, actor: str, at: datetime) -> Return:
        event = ReturnRejected(reason=reason, **self._told(actor, at))
        return self.after(
            event,
            state=ReturnState.REJECTED,
            rejected_reason=reason,
            updated_at=at,
            ended_at=at,
        )

    def _told(self, actor: str, at: datetime) -> dict[str, Any]:
        """What each of its events says."""
        return {
            "at": at,
            "actor": actor,
            "order_id": self.order_id,
            "number": self.order_number,
            "return_id": self.id,
            "return_number": self.number,
        }


def _received(item: ReturnItem, receipt: Receipt) -> ReturnItem:
    if not 0 <= receipt.accepted <= item.quantity:
        raise TooManyAccepted(item.item_id, receipt.accepted, item.quantity)
    return evolve(
        item,
        accepted=receipt.accepted,
        condition=receipt.condition,
        refused_reason=receipt.reason,
    )
