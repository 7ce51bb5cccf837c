"""Coupons as they are stored, and their uses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from attrs import frozen

from automate_store.domain.coupons import Coupon
from automate_store.domain.kernel.ids import BatchId, CouponId, OrderId, UserId
from automate_store.domain.kernel.money import Money
from automate_store.domain.pricing import PresentedCode


@frozen(kw_only=True)
class CouponUse:
    """A use of a coupon by an order; ``email`` is normalised."""

    id: UUID
    coupon_id: CouponId
    order_id: OrderId
    user_id: UserId | None
    email: str
    discount: Money


@frozen(kw_only=True)
class CouponFigures:
    """A coupon, and what its uses that were not given back came to."""

    coupon: Coupon
    uses: int
    discount: Money
    last_used_at: datetime | None


@frozen(kw_only=True)
class CouponBatch:
    """Codes that were made together."""

    id: BatchId
    name: str
    prefix: str
    amount: int
    created_at: datetime


class Coupons(Protocol):
    """Coupons by their codes, compared trimmed and without case."""

    async def presented(
        self, codes: Sequence[str], *, user_id: UserId | None, email: str | None
    ) -> tuple[PresentedCode, ...]:
        """What each code is, in their order, and how often this customer used it."""

    async def get(self, code: str, *, lock: bool = False) -> CouponFigures:
        """The coupon with its figures, locked against other works; raises CouponNotFound."""

    async def page(
        self, *, prefix: str, batch_id: BatchId | None, after: str | None, limit: int
    ) -> tuple[CouponFigures, ...]:
        """
        Coupons whose code begins so, those of the batch where one is named, from after one.

        They come in the order of their codes in lower case, letter by letter.
        """

    async def batches(self, *, before: BatchId | None, limit: int) -> tuple[CouponBatch, ...]:
        """Batches, newest first."""

    async def add(self, coupons: Sequence[Coupon]) -> None:
        """Store new coupons, all or none; raises CouponCodeTaken with the code that is."""

    async def add_batch(self, batch: CouponBatch) -> None:
        """Store a batch; its coupons are added by themselves."""

    async def change(self, coupon: Coupon) -> None:
        """
        Store its terms as they are now: not its code, its batch, nor its count.

        Raises CouponNotFound, by the commit at the latest.
        """

    async def redeem(self, uses: Sequence[CouponUse], *, at: datetime) -> None:
        """
        Take every use or none, by one conditional write each.

        A use is taken where the coupon is active and in its period, both of its limits
        leave one over at that moment, and the order never took one of it; raises
        Contended for another look where not, by the commit at the latest. Whoever redeems
        at the same time waits.
        """

    async def give_back(self, order_id: OrderId, *, at: datetime) -> int:
        """Give back the uses that the order took, those that it still has; how many."""
