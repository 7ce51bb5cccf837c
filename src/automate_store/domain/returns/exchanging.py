"""What comes for the goods of a return: the items, their price, and the sum of both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import evolve

from automate_store.domain.kernel.ids import LineId
from automate_store.domain.orders import Edit, Exchange, Incoming, Order, coming
from automate_store.domain.returns.clawback import Terms
from automate_store.domain.returns.policy import ReturnPolicy
from automate_store.domain.returns.returned import Return
from automate_store.domain.returns.sums import RefundLine, RefundPart, RefundSum
from automate_store.domain.returns.worth import worth_of


def sum_of(
    returned: Return,
    order: Order,
    *,
    among: Iterable[Return],
    terms: Terms | None,
    policy: ReturnPolicy,
) -> RefundSum:
    """
    What goes back for a return, less what comes for its goods; before its units are returned.

    What comes is kept, so that what goes back is judged by the order that there would be:
    its shipping stays, and so do discounts that the goods in it earn.
    """
    replaced = replacements(returned, order)
    if not replaced:
        return worth_of(returned, order, among=among, terms=terms, policy=policy)
    edit = coming(order, list(replaced.values()))
    there = evolve(order, items=edit.items, quote=edit.quote)
    back = worth_of(returned, there, among=among, terms=terms, policy=policy)
    return back.less(_costs(replaced)).at_most(order.worth)


def exchange_of(returned: Return, order: Order, edit: Edit) -> Exchange:
    """What comes for the return, and what its goods are credited with."""
    assert returned.order_id == order.id, "a return is of one order"
    assert returned.refund is not None, "what goes back was settled"
    reason = f"return {returned.number}"
    return Exchange(return_id=returned.id, edit=edit, credit=returned.refund.back, reason=reason)


def replacements(returned: Return, order: Order) -> Mapping[LineId, Incoming]:
    """What comes for each of its items, for units that are not returned yet."""
    many, lines = returned.taken, {line.id: line for line in order.quote.lines}
    before = {item.id: item.returned for item in order.items}
    return {
        item.item_id: item.replacement.incoming(
            lines[item.item_id], before[item.item_id], many[item.item_id], order.quote
        )
        for item in returned.items
        if item.replacement is not None and many[item.item_id]
    }


def _costs(replaced: Mapping[LineId, Incoming]) -> list[RefundLine]:
    return [
        RefundLine(
            part=RefundPart.REPLACEMENT,
            item_id=item_id,
            quantity=each.item.quantity,
            amount=-each.line.gross,
        )
        for item_id, each in replaced.items()
    ]
