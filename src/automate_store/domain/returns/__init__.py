"""Returns: who may give back what, until when, and for how much."""

from automate_store.domain.returns.clawback import Terms
from automate_store.domain.returns.events import (
    ReturnApproved,
    ReturnEvent,
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
    ReturnNotFound,
    ReturnState,
)
from automate_store.domain.returns.policy import (
    NotReturnable,
    ReasonNotAccepted,
    ReturnPolicy,
    WhyNot,
)
from automate_store.domain.returns.returned import (
    NOTHING_ACCEPTED,
    Condition,
    Receipt,
    Return,
    ReturnItem,
    TooManyAccepted,
)
from automate_store.domain.returns.sums import RefundLine, RefundPart, RefundSum, refund_sum
from automate_store.domain.returns.worth import worth_of

__all__ = [
    "MOVES",
    "NOTHING_ACCEPTED",
    "Condition",
    "IllegalReturnMove",
    "NotReturnable",
    "ReasonNotAccepted",
    "Receipt",
    "RefundLine",
    "RefundPart",
    "RefundSum",
    "Return",
    "ReturnApproved",
    "ReturnEvent",
    "ReturnItem",
    "ReturnKind",
    "ReturnNotFound",
    "ReturnPolicy",
    "ReturnReceived",
    "ReturnRefunded",
    "ReturnRejected",
    "ReturnRequested",
    "ReturnState",
    "ReturnWithdrawn",
    "Terms",
    "TooManyAccepted",
    "WhyNot",
    "refund_sum",
    "worth_of",
]
