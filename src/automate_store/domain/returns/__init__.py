"""Returns: who may give back what, until when, and for how much."""

from automate_store.domain.returns.clawback import Terms
from automate_store.domain.returns.events import (
    ReturnApproved,
    ReturnEvent,
    ReturnExchanged,
    ReturnReceived,
    ReturnRefunded,
    ReturnRejected,
    ReturnRequested,
    ReturnWithdrawn,
)
from automate_store.domain.returns.exchanging import exchange_of, replacements, sum_of
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
from automate_store.domain.returns.replacement import Replacement
from automate_store.domain.returns.returned import (
    NOTHING_ACCEPTED,
    Condition,
    NothingToReplace,
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
    "NothingToReplace",
    "ReasonNotAccepted",
    "Receipt",
    "RefundLine",
    "RefundPart",
    "RefundSum",
    "Replacement",
    "Return",
    "ReturnApproved",
    "ReturnEvent",
    "ReturnExchanged",
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
    "exchange_of",
    "refund_sum",
    "replacements",
    "sum_of",
    "worth_of",
]
