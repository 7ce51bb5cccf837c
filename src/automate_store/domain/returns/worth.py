"""What a return comes to, seen beside the others of its order."""

from __future__ import annotations

from collections.abc import Iterable

from automate_store.domain.orders import Order
from automate_store.domain.returns.lives import ReturnState
from automate_store.domain.returns.policy import ReturnPolicy
from automate_store.domain.returns.returned import Return
from automate_store.domain.returns.sums import RefundSum, refund_sum


def worth_of(
    returned: Return, order: Order, *, among: Iterable[Return], policy: ReturnPolicy
) -> RefundSum:
    """What goes back for what is accepted of it, or for all of it until it came."""
    looked_at = returned.state is ReturnState.RECEIVED
    return refund_sum(
        order,
        returned.accepted if looked_at else returned.asked,
        returned.reasons,
        kind=returned.kind,
        blameless=all(_blameless(each, policy) for each in among if each.id != returned.id),
        policy=policy,
    )


def _blameless(earlier: Return, policy: ReturnPolicy) -> bool:
    """Whether what came back with it did so by the merchant's fault."""
    if earlier.refund is None:
        return True
    kind, reasons = earlier.kind, earlier.reasons
    return all(
        policy.blames_the_shop(kind, reasons[item_id])
        for item_id, many in earlier.accepted.items()
        if many
    )
