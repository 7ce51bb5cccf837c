"""What goes wrong on purpose, and how often: drawn from a seed, so that a run can be repeated."""

from __future__ import annotations

from random import Random  # noqa: TID251 - faults are drawn from the seed that is asked for
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

Odds = Annotated[float, Meta(ge=0, le=1)]
Call = Literal[
    "create_intent",
    "confirm",
    "capture",
    "cancel",
    "fetch",
    "refund",
    "refunds",
    "events",
    "create_customer",
    "begin_setup",
    "finish_setup",
    "methods",
    "detach_method",
    "delete_customer",
]
"""What the shop asks; what shoppers and banks do never fails."""


class CallFaults(Struct, frozen=True, forbid_unknown_fields=True):
    """Odds of one call; what is left out is as for all calls."""

    fail_before: Odds | UnsetType = UNSET
    drop_answer: Odds | UnsetType = UNSET
    hang: Odds | UnsetType = UNSET


class EventFaults(Struct, frozen=True, forbid_unknown_fields=True):
    """Odds of one webhook; the list has every event once and in order, but those forgotten."""

    lose: Odds = 0.0
    forget_refund: Odds = 0.0
    """What happens to a refund is neither told nor listed: the refunds of the intent have it."""
    duplicate: Odds = 0.0
    reorder: Odds = 0.0
    delay: Odds = 0.0
    delay_s: Annotated[float, Meta(ge=0, le=300)] = 1.0


class Faults(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that can go wrong; nothing does until it is asked for."""

    seed: int = 0
    fail_before: Odds = 0.0
    """Answer 500, and do nothing."""
    drop_answer: Odds = 0.0
    """Do it, and hang up without an answer."""
    hang: Odds = 0.0
    """Do it, answer nothing for a while, then hang up."""
    hang_s: Annotated[float, Meta(ge=0, le=300)] = 10.0
    calls: dict[Call, CallFaults] = field(default_factory=dict)
    """Odds of single calls, by their names."""
    events: EventFaults = EventFaults()


class Chance:
    """Draws by the odds that are set."""

    def __init__(self) -> None:
        self.set(Faults())

    def set(self, faults: Faults) -> None:
        """These faults from now on, from the beginning of their seed."""
        self.faults = faults
        self._random = Random(faults.seed)  # noqa: S311 - faults are no secret

    def strikes(self, odds: float) -> bool:
        """Whether it goes wrong this time."""
        return self._random.random() < odds

    def forgets(self, type: str) -> bool:
        """Whether an event of that type is kept from everybody."""
        odds = self.faults.events.forget_refund
        return odds > 0 and type.startswith("refund.") and self.strikes(odds)

    def call(self, name: Call, fault: Literal["fail_before", "drop_answer", "hang"]) -> bool:
        """Whether this call of that name goes wrong in that way."""
        own = getattr(self.faults.calls.get(name, CallFaults()), fault)
        return self.strikes(getattr(self.faults, fault) if own is UNSET else own)
