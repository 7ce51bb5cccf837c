"""Explaining an order: every cent of it, from the placing to what the shop keeps now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, repeat

from attrs import frozen

from automate_store.application.access import Actor, Permission
from automate_store.application.ports import Ports
from automate_store.application.ports.orders import TimelineEntry
from automate_store.domain.kernel.ids import LineId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import (
    Order,
    OrderAddressChanged,
    OrderEdited,
    OrderItemsCancelled,
    OrderItemsReplaced,
    OrderPlaced,
)
from automate_store.domain.payments import Payment, Refund
from automate_store.domain.pricing import Quote, QuotedLine, QuotedShipping
from automate_store.domain.returns import Return

_RESTATING = (
    *(OrderPlaced, OrderEdited, OrderAddressChanged),
    *(OrderItemsCancelled, OrderItemsReplaced),
)
_MADE_BY = frozenset(event.code() for event in _RESTATING)
"""What an order tells where its total becomes another one, once each time."""


@frozen(kw_only=True)
class Part:
    """What one line or the shipping adds to a total; ``paid`` is what the others come to."""

    item_id: LineId | None
    """None for the shipping."""
    units: int
    goods: Money
    """At their prices, before discounts."""
    discount: Money
    """Zero or below where goods come, above where they go."""
    tax: Money
    paid: Money


@frozen(kw_only=True)
class Chapter:
    """A moment at which the order's total became another one, and by which parts."""

    at: datetime
    parts: tuple[Part, ...]
    total: Money
    """What the order cost from then on."""
    told: TimelineEntry | None
    """Who changed it and why; None where the timeline says nothing of it."""


@frozen(kw_only=True)
class OrderStory:
    """An order with all that its money went through; amounts of chapters sum to the total."""

    order: Order
    names: Mapping[LineId, str]
    chapters: tuple[Chapter, ...]
    timeline: tuple[TimelineEntry, ...]
    payments: tuple[Payment, ...]
    refunds: tuple[Refund, ...]
    returns: tuple[Return, ...]

    @property
    def kept(self) -> Money:
        """What was captured and has not gone back."""
        nothing = Money.zero(self.order.quote.currency)
        return Money.total((each.refundable for each in self.payments), nothing.currency)


async def explain_order(number: str, *, actor: Actor, ports: Ports) -> OrderStory:
    """The story of the order of that number; raises OrderNotFound."""
    actor.may(Permission.READ_ORDERS)
    async with ports.reading() as reads:
        order_id = await reads.history.find(number)
        order = await reads.orders.get(order_id)
        past = await reads.history.quotes(order_id)
        timeline = await reads.orders.timeline(order_id)
        return OrderStory(
            order=order,
            names={item.id: item.name for item in order.items},
            chapters=tuple(
                _chapters(
                    [*(each.quote for each in past), order.quote],
                    [order.placed_at, *(each.until for each in past)],
                    [entry for entry in timeline if entry.kind in _MADE_BY],
                )
            ),
            timeline=timeline,
            payments=await reads.payments.of_order(order_id),
            refunds=await reads.refunds.of_order(order_id),
            returns=await reads.returns.of_order(order_id),
        )


def parts_between(before: Quote | None, after: Quote) -> tuple[Part, ...]:
    """What made the one total the other; the parts' ``paid`` sum to the difference."""
    earlier = _parts(before) if before else {}
    later = _parts(after)
    nothing = Money.zero(after.currency)
    found = []
    for item_id in dict.fromkeys([*earlier, *later]):
        was, now = earlier.get(item_id), later.get(item_id)
        part = Part(
            item_id=item_id,
            units=_units(now) - _units(was),
            goods=_goods(now, nothing) - _goods(was, nothing),
            discount=(was.discount if was else nothing) - (now.discount if now else nothing),
            tax=(now.tax if now else nothing) - (was.tax if was else nothing),
            paid=(now.gross if now else nothing) - (was.gross if was else nothing),
        )
        if part.units or part.goods or part.discount or part.tax or part.paid:
            found.append(part)
    return tuple(found)


def _chapters(
    quotes: Sequence[Quote], times: Sequence[datetime], told: Sequence[TimelineEntry]
) -> Iterator[Chapter]:
    # By order and not by time: what a change sends back is told, and saved, a moment later.
    befores, causes = chain([None], quotes), chain(told, repeat(None))
    for at, before, after, entry in zip(times, befores, quotes, causes, strict=False):
        yield Chapter(at=at, parts=parts_between(before, after), total=after.total, told=entry)


def _parts(quote: Quote) -> dict[LineId | None, QuotedLine | QuotedShipping]:
    found: dict[LineId | None, QuotedLine | QuotedShipping] = {
        line.id: line for line in quote.lines
    }
    if quote.shipping is not None:
        found[None] = quote.shipping
    return found


def _units(part: QuotedLine | QuotedShipping | None) -> int:
    return part.quantity if isinstance(part, QuotedLine) else 0


def _goods(part: QuotedLine | QuotedShipping | None, nothing: Money) -> Money:
    if part is None:
        return nothing
    return part.subtotal if isinstance(part, QuotedLine) else part.amount
