"""What came back, through the store's own use cases: asked, approved, received, paid back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal

from attrs import frozen

from automate_store.application.access import GUEST, Actor
from automate_store.application.orders import OrderView
from automate_store.application.ports import Ports
from automate_store.application.returns import (
    ReceiveReturn,
    RequestReturn,
    ReturnView,
    approve_return,
    receive_return,
    refund_return,
    request_return,
)
from automate_store.domain.kernel.ids import LineId, OrderId, VariantId
from automate_store.domain.kernel.money import Money, Rounding
from automate_store.domain.returns import (
    Condition,
    Receipt,
    RefundPart,
    ReturnItem,
    ReturnKind,
    ReturnPolicy,
    ReturnState,
)
from benchmarks.replay.books import CURRENCY, Article
from benchmarks.replay.matching import Parcel

CREDITED = "credited"
"""The one reason, for the file gives none."""

POLICY = ReturnPolicy(
    window=timedelta(days=3650),
    reasons=frozenset({CREDITED}),
    merchants_fault=frozenset({CREDITED}),
    losses=frozenset(),
    claims=frozenset(),
    digital=False,
    original_shipping=False,
    restocking_rate=Decimal(0),
    return_shipping=Money.zero(CURRENCY),
    rounding=Rounding.HALF_UP,
    clawback=False,
    refund_on_receipt=False,
    exchange_lifetime=timedelta(hours=168),
)
"""
A retailer's who takes everything back, at its price: the file credits what was bought long
ago, so that the window is ten years. The refund is a step of its own, as the credit note is.
"""


@frozen(kw_only=True)
class Sold:
    """What its buyer has in hand of an order: whatever a return names."""

    order_id: OrderId
    token: str | None
    items: Mapping[VariantId, LineId]

    @classmethod
    def of(cls, placed: OrderView) -> Sold:
        """The same, of the order as it was placed."""
        items = {item.variant_id: item.id for item in placed.order.items}
        return cls(order_id=placed.order.id, token=placed.token, items=items)


@frozen(kw_only=True)
class Desk:
    """Where parcels are taken in: whose they are, and which variant each article is."""

    ports: Ports
    staff: Actor
    variants: Mapping[Article, VariantId]

    async def take_back(self, parcel: Parcel, sold: Sold) -> ReturnView:
        """The return, paid back: asked for by the buyer, and handled by the staff."""
        name, staff, ports = f"{parcel.credit}-{parcel.sale}", self.staff, self.ports
        view = await request_return(
            self._wish(parcel, sold), token=sold.token, key=name, actor=GUEST, ports=ports
        )
        return_id = view.returned.id
        await approve_return(return_id, key=f"approve-{name}", actor=staff, ports=ports)
        receipts = {
            item.item_id: Receipt(accepted=item.quantity, condition=Condition.NEW)
            for item in view.returned.items
        }
        looked_at = ReceiveReturn(return_id=return_id, items=receipts)
        await receive_return(looked_at, key=f"receive-{name}", actor=staff, ports=ports)
        return await refund_return(return_id, key=f"refund-{name}", actor=staff, ports=ports)

    def faults(self, parcel: Parcel, sold: Sold, view: ReturnView) -> Iterator[str]:
        """What the return has otherwise than the file: its end, its time, and each amount."""
        returned, refund = view.returned, view.refund
        if returned.state is not ReturnState.REFUNDED:
            yield f"is {returned.state}, not refunded"
        if {returned.requested_at, returned.ended_at} != {parcel.at}:
            yield f"{returned.requested_at} to {returned.ended_at}, not {parcel.at}"
        expected = {
            self._item(article, sold): (many, Money(article.price * many, CURRENCY))
            for article, many in parcel.pieces.items()
        }
        back = {line.item_id: (line.quantity, line.amount) for line in refund.lines}
        if back != expected or any(line.part is not RefundPart.GOODS for line in refund.lines):
            yield f"{refund.total} for {refund.lines}, not {parcel.total}"
        if refund.total != parcel.total:
            yield f"{refund.total} went back, not {parcel.total}"

    def _wish(self, parcel: Parcel, sold: Sold) -> RequestReturn:
        items = tuple(
            ReturnItem(item_id=self._item(article, sold), quantity=many, reason=CREDITED)
            for article, many in parcel.pieces.items()
        )
        return RequestReturn(
            order_id=sold.order_id, kind=ReturnKind.RETURN, items=items, comments=parcel.credit
        )

    def _item(self, article: Article, sold: Sold) -> LineId:
        return sold.items[self.variants[article]]
