"""The life of a return, as a table of allowed moves."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from attrs import frozen

from automate_store.domain.kernel.errors import NotFound, RuleBroken


@frozen
class ReturnNotFound(NotFound):
    """There is no such return, or none that the caller may see."""

    says = "There is no return {return_id!r}."
    return_id: str


@frozen
class IllegalReturnMove(RuleBroken):
    """The return's life does not lead there from where it is."""

    says = "A {kind} that is {current} can't become {wanted}; it may become {allowed}."
    kind: str
    current: str
    wanted: str
    allowed: tuple[str, ...]


class ReturnKind(StrEnum):
    """What is wanted: goods go back for their money, or it is claimed without them."""

    RETURN = "return"
    CLAIM = "claim"
    """The goods are lost or damaged, and nothing is sent back."""


class ReturnState(StrEnum):
    """
    requested -> approved | rejected; approved -> received -> refunded; or withdrawn.

    It ends as exchanged, not refunded, where any of its goods was replaced.
    """

    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    RECEIVED = "received"
    REFUNDED = "refunded"
    EXCHANGED = "exchanged"
    WITHDRAWN = "withdrawn"


Moves = Mapping[ReturnState, frozenset[ReturnState]]
_DECIDED = {ReturnState.APPROVED, ReturnState.REJECTED, ReturnState.WITHDRAWN}
_PAID_BACK = {ReturnState.REFUNDED, ReturnState.EXCHANGED}
_OVER: Moves = {
    ReturnState.REJECTED: frozenset(),
    ReturnState.REFUNDED: frozenset(),
    ReturnState.EXCHANGED: frozenset(),
    ReturnState.WITHDRAWN: frozenset(),
}
MOVES: Mapping[ReturnKind, Moves] = {
    ReturnKind.RETURN: {
        ReturnState.REQUESTED: frozenset(_DECIDED),
        ReturnState.APPROVED: frozenset({ReturnState.RECEIVED, ReturnState.WITHDRAWN}),
        ReturnState.RECEIVED: frozenset(_PAID_BACK),
        **_OVER,
    },
    ReturnKind.CLAIM: {
        ReturnState.REQUESTED: frozenset(_DECIDED),
        ReturnState.APPROVED: frozenset({*_PAID_BACK, ReturnState.WITHDRAWN}),
        ReturnState.RECEIVED: frozenset(_PAID_BACK),
        **_OVER,
    },
}
"""
What is looked at as it comes is received, or rejected where none of it is accepted.

A claim counts as received while what comes for its goods waits to be paid for.
"""


def move(kind: ReturnKind, current: ReturnState, wanted: ReturnState) -> ReturnState:
    """The wanted state, where the table leads there; raises IllegalReturnMove."""
    allowed = MOVES[kind][current]
    if wanted not in allowed:
        raise IllegalReturnMove(kind, current, wanted, tuple(sorted(allowed)))
    return wanted
