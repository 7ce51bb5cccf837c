"""Routes of inventory: for staff."""

from __future__ import annotations

from automate_store.application import inventory as use_cases
from automate_store.application.access import Permission
from automate_store.application.errors import BadCursor
from automate_store.domain.inventory import ImpossibleStock, StockNotFound
from automate_store.domain.kernel.ids import MovementId, VariantId
from automate_store.entrypoints.http.calls import Call
from automate_store.entrypoints.http.routes import Routes
from automate_store.entrypoints.http.wire.inventory import (
    AdjustedAnswer,
    AdjustStockInput,
    LowStockList,
    LowStockQuery,
    MovementList,
    MovementQuery,
    adjusted_answer,
    low_stock_list,
    movement_list,
)
from automate_store.entrypoints.http.wire.paging import id_before, one_page

staff_routes = Routes("Staff: inventory")


@staff_routes.post(
    "/admin/inventory/adjust",
    summary="Change what is on hand",
    raises=(StockNotFound, ImpossibleStock),
    keyed=True,
    needs=Permission.ADJUST_STOCK,
)
async def adjust_stock(call: Call, body: AdjustStockInput) -> AdjustedAnswer:
    """
    The stock after the change, with its entry in the ledger.

    A count below what is reserved is taken, and the orders that can't be met are listed.
    """
    adjusted = await use_cases.adjust_stock(
        body.command(), key=call.key, actor=call.actor, ports=call.ports
    )
    return adjusted_answer(adjusted)


@staff_routes.get(
    "/admin/inventory/low-stock",
    summary="List what runs low",
    raises=(BadCursor,),
    needs=Permission.READ_STOCK,
)
async def list_low_stock(call: Call, query: LowStockQuery) -> LowStockList:
    """Tracked variants at or below their threshold."""
    after = id_before(query)
    found = await use_cases.low_stock(
        after=VariantId(after) if after else None,
        limit=query.limit + 1,
        actor=call.actor,
        ports=call.ports,
    )
    page, cursor = one_page(found, query, lambda each: each.item.variant_id)
    return low_stock_list(page, cursor)


@staff_routes.get(
    "/admin/inventory/movements",
    summary="Read the ledger",
    raises=(BadCursor,),
    needs=Permission.READ_STOCK,
)
async def list_movements(call: Call, query: MovementQuery) -> MovementList:
    """Every change of what was on hand, newest first, of one variant or of all."""
    before = id_before(query)
    found = await use_cases.list_movements(
        VariantId(query.variant_id) if query.variant_id else None,
        before=MovementId(before) if before else None,
        limit=query.limit + 1,
        actor=call.actor,
        ports=call.ports,
    )
    page, cursor = one_page(found, query, lambda each: each.id)
    return movement_list(page, cursor)
