"""What comes of comparing the store with a gateway: what changed, and what is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from attrs import evolve, frozen

from automate_store.application.errors import GatewayRefused, GatewayUnavailable, KeyRefused
from automate_store.application.ports import Ports
from automate_store.domain.kernel.errors import StoreError
from automate_store.domain.kernel.ids import OrderId

AWAY, LOCKED = "it does not answer", "it refuses the store's key"
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
    order_id: OrderId | None = None
    """The order that it is about."""
    order: str | None = None
    """That order's number, once somebody is told of it."""


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


def why(failed: StoreError) -> str:
    """What staff are told of a gateway that did not do what it was asked, or said what is odd."""
    if isinstance(failed, GatewayRefused):
        return failed.reason
    if not isinstance(failed, GatewayUnavailable):
        return str(failed)
    return LOCKED if isinstance(failed.__cause__, KeyRefused) else AWAY


def gathered(left: Iterable[Discrepancy]) -> tuple[Discrepancy, ...]:
    """The same, with one row of all that a gateway did not answer, and how much that is."""
    silent: dict[tuple[str, str], Counter[str]] = {}
    others = list[Discrepancy]()
    for each in left:
        if each.theirs in {AWAY, LOCKED}:
            silent.setdefault((each.gateway, each.theirs), Counter())[each.what] += 1
        else:
            others.append(each)
    rows = (
        Discrepancy(
            gateway=gateway,
            what="not asked about",
            subject=", ".join(f"{what} ({many:,})" for what, many in sorted(counted.items())),
            ours="",
            theirs=theirs,
        )
        for (gateway, theirs), counted in silent.items()
    )
    return (*rows, *others)


async def numbered(done: Reconciled, ports: Ports) -> Reconciled:
    """The same, with the numbers of the orders that it is about."""
    numbers: dict[OrderId, str] = {}
    for each in (*done.mended, *done.left):
        if each.order_id is not None and each.order_id not in numbers:
            async with ports.reading() as reads:
                numbers[each.order_id] = (await reads.orders.get(each.order_id)).number

    def named(found: Iterable[Discrepancy]) -> tuple[Discrepancy, ...]:
        return tuple(
            evolve(each, order=None if each.order_id is None else numbers[each.order_id])
            for each in found
        )

    return evolve(done, mended=named(done.mended), left=named(done.left))
