"""What comes of comparing the store with a gateway: what changed, and what is left."""

from __future__ import annotations

from attrs import frozen

MOST_TOLD = 1_000
"""Changes that are told of one by one; of more, their number is."""


@frozen(kw_only=True)
class Discrepancy:
    """Something on which the store and a gateway do not agree, or that waits for staff."""

    gateway: str
    what: str
    subject: str
    ours: str
    theirs: str


@frozen(kw_only=True)
class Reconciled:
    """What was looked at, how much of it changed, and what is left."""

    payments: int = 0
    refunds: int = 0
    compared: int = 0
    """Payments whose refunds were looked through, here and there."""
    events: int = 0
    changed: int = 0
    mended: tuple[Discrepancy, ...] = ()
    """What changed, from what it was here to what it is now: the first thousand."""
    left: tuple[Discrepancy, ...] = ()

    @classmethod
    def mending(cls, change: Discrepancy | None) -> Reconciled:
        """That change, or nothing."""
        return cls() if change is None else cls(changed=1, mended=(change,))

    @property
    def agreed(self) -> bool:
        """Whether nothing is left."""
        return not self.left

    def and_then(self, other: Reconciled) -> Reconciled:
        """
        Both together.

        A change that both tell of is one: where nothing is kept, two parts come upon the same.
        """
        fresh = tuple(each for each in other.mended if each not in self.mended)
        twice = len(other.mended) - len(fresh)
        return Reconciled(
            payments=self.payments + other.payments,
            refunds=self.refunds + other.refunds,
            compared=self.compared + other.compared,
            events=self.events + other.events,
            changed=self.changed + other.changed - twice,
            mended=(*self.mended, *fresh)[:MOST_TOLD],
            left=(*self.left, *other.left),
        )
