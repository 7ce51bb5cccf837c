"""Stock for property tests: items in every mood that the rules allow, and what holds them."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from automate_store.domain.inventory import (
    DEFAULT_LOCATION,
    Reservation,
    ReservationState,
    StockItem,
)
from automate_store.domain.kernel.ids import OrderId, ReservationId, VariantId
from automate_store.entrypoints.properties.moments import moments

MOST = 10_000
"""No quantity drawn here passes this."""


@st.composite
def stock_items(draw: st.DrawFn, *, tracked: bool | None = None) -> StockItem:
    """Stock with something on hand, some of it promised; more is promised only on backorder."""
    is_tracked = draw(st.booleans()) if tracked is None else tracked
    allow_backorder = draw(st.booleans())
    limit = draw(st.none() | st.integers(0, MOST)) if allow_backorder else None
    on_hand = draw(st.integers(0, MOST))
    below_zero = MOST if limit is None else limit
    most = on_hand + (below_zero if allow_backorder or not is_tracked else 0)
    return StockItem(
        variant_id=draw(st.uuids().map(VariantId)),
        location_id=DEFAULT_LOCATION,
        on_hand=on_hand,
        reserved=draw(st.integers(0, most)),
        tracked=is_tracked,
        allow_backorder=allow_backorder,
        backorder_limit=limit,
        low_stock_threshold=draw(st.integers(0, 20)),
    )


def reservations(
    order_id: OrderId | None = None, max_quantity: int = MOST
) -> SearchStrategy[Reservation]:
    """Live reservations, of one order or of any."""
    return st.builds(
        Reservation,
        id=st.uuids().map(ReservationId),
        order_id=st.uuids().map(OrderId) if order_id is None else st.just(order_id),
        variant_id=st.uuids().map(VariantId),
        location_id=st.just(DEFAULT_LOCATION),
        quantity=st.integers(1, max_quantity),
        state=st.just(ReservationState.HELD),
        expires_at=st.none() | moments(),
    )
