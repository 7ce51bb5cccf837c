"""What a return reports; each fact is one of its order's life too."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from automate_store.domain.kernel.ids import LineId, ReturnId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import OrderEvent
from automate_store.domain.returns.lives import ReturnKind


@frozen(kw_only=True)
class ReturnEvent(OrderEvent):
    """A move in a return's life."""

    return_id: ReturnId
    return_number: str


@frozen(kw_only=True)
class ReturnRequested(ReturnEvent):
    """Somebody wants to send goods back, or claims their money without."""

    kind: ReturnKind
    items: Mapping[LineId, int]


@frozen(kw_only=True)
class ReturnApproved(ReturnEvent):
    """The goods may be sent back, or the claim is right."""


@frozen(kw_only=True)
class ReturnRejected(ReturnEvent):
    """Nothing is taken back."""


@frozen(kw_only=True)
class ReturnWithdrawn(ReturnEvent):
    """The customer keeps the goods after all."""


@frozen(kw_only=True)
class ReturnReceived(ReturnEvent):
    """The goods came, and so many of each were accepted."""

    accepted: Mapping[LineId, int]


@frozen(kw_only=True)
class ReturnRefunded(ReturnEvent):
    """What the return came to is on its way back."""

    amount: Money


@frozen(kw_only=True)
class ReturnExchanged(ReturnEvent):
    """What comes for it is in the order; what it was worth beyond that is on its way back."""

    amount: Money
