"""Leaves a provider alone that does not answer, and tries it again after a while."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

Stopwatch = Callable[[], float]
"""Seconds since some moment; it never goes back."""


class Resting(Exception):  # noqa: N818 - nothing went wrong: nobody was asked
    """The provider is left alone, for so many seconds more."""

    def __init__(self, left_s: float) -> None:
        super().__init__(left_s)
        self.left_s = left_s


@frozen
class Ticket:
    """Leave to ask once; ``trial`` is the one that finds out whether it answers again."""

    round: int
    trial: bool


class Breaker:
    """
    Closed, it lets everybody ask; after so many failures in a row it opens, and lets nobody.

    After its rest it lets one ask: that one's end closes it, or opens it for another rest.
    Who asked before it last opened or closed changes nothing by what they come to.
    """

    def __init__(self, stopwatch: Stopwatch, *, failures: int, rest_s: float) -> None:
        self._stopwatch, self._limit, self._rest_s = stopwatch, failures, rest_s
        self._round = 0
        self._failures = 0
        self._until: float | None = None
        """When its rest is over; None while it is closed."""
        self._trying = False

    @property
    def available(self) -> bool:
        """Whether somebody who asks now is let."""
        return self._until is None or (not self._trying and self._left_s == 0)

    def enter(self) -> Ticket:
        """Leave to ask; raises Resting. Whoever has it must ``leave``."""
        if not self.available:
            raise Resting(self._left_s)
        self._trying = self._until is not None
        return Ticket(self._round, trial=self._trying)

    def leave(self, ticket: Ticket, *, answered: bool | None) -> None:
        """What asking came to; None where it was called off before that was known."""
        if ticket.round != self._round:
            return
        self._trying = False
        if answered is None:
            return
        self._failures = 0 if answered else self._failures + 1
        if answered and ticket.trial:
            self._turn(until=None)
        elif not answered and (ticket.trial or self._failures >= self._limit):
            self._turn(until=self._stopwatch() + self._rest_s)

    @property
    def _left_s(self) -> float:
        return 0.0 if self._until is None else max(0.0, self._until - self._stopwatch())

    def _turn(self, *, until: float | None) -> None:
        self._round += 1
        self._failures, self._until = 0, until
