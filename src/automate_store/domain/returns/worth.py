"""What a return comes to, seen beside the others of its order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from automate_store.domain.kernel.ids import LineId
from automate_store.domain.orders import Order
from automate_store.domain.returns.clawback import Terms, clawed_back, owed, taken_before
from automate_store.domain.returns.lives import ReturnState
from automate_store.domain.returns.policy import ReturnPolicy
from automate_store.domain.returns.returned import Return
from automate_store.domain.returns.sums import RefundSum, refund_sum


def worth_of(
    returned: Return,
    order: Order,
    *,
    among: Iterable[Return],
    terms: Terms | None,
    policy: ReturnPolicy,
) -> RefundSum:
    """
    What goes back for what is accepted of it, or for all of it until it came.

    Without ``terms`` no discount is taken back, and what was before is given again.
    """
    earlier = [each for each in among if each.refund is not None and each.id != returned.id]
    refund = refund_sum(
        order,
        _taken(returned),
        returned.reasons,
        kind=returned.kind,
        blameless=not _unwanted(earlier, policy),
        policy=policy,
    )
    before = taken_before((each.refund for each in earlier if each.refund), order.quote.currency)
    if terms is None and not before:
        return refund
    gone = Counter({item.id: item.returned for item in order.items}) + Counter(_taken(returned))
    # Whoever has another for it keeps as much as they had.
    for_money = [each.without_replaced() for each in (*earlier, returned)]
    unwanted = _unwanted(for_money, policy)
    now = owed(order, gone=gone, unwanted=unwanted, terms=terms, rounding=policy.rounding)
    return clawed_back(refund, now, before=before, worth=order.worth)


def _taken(returned: Return) -> dict[LineId, int]:
    """How many of each are taken back, or may be until it came."""
    waits = returned.refund is None and returned.state is not ReturnState.RECEIVED
    return returned.asked if waits else returned.accepted


def _unwanted(returns: Iterable[Return], policy: ReturnPolicy) -> Counter[LineId]:
    """How many of each came back with them by no fault of the merchant."""
    found: Counter[LineId] = Counter()
    for each in returns:
        for item_id, many in _taken(each).items():
            if many and not policy.blames_the_shop(each.kind, each.reasons[item_id]):
                found[item_id] += many
    return found
