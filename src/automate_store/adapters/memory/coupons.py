"""Coupons in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attrs import evolve

from automate_store.adapters.memory.rows import StoredUse
from automate_store.adapters.memory.session import Session
from automate_store.application.errors import Contended
from automate_store.application.ports.coupons import CouponBatch, CouponFigures, CouponUse
from automate_store.domain.coupons import (
    Coupon,
    CouponCodeTaken,
    CouponNotFound,
    normalise_code,
)
from automate_store.domain.kernel.ids import BatchId, CouponId, OrderId, UserId
from automate_store.domain.kernel.money import Money
from automate_store.domain.pricing import PresentedCode


class MemoryCoupons:
    """Implements ``ports.coupons.Coupons``."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tables = session.tables

    async def presented(
        self, codes: Sequence[str], *, user_id: UserId | None, email: str | None
    ) -> tuple[PresentedCode, ...]:
        """What each code is, and how often this customer used it."""
        await self._session.turn()
        return tuple(self._presented(code, user_id, email) for code in codes)

    async def get(self, code: str, *, lock: bool = False) -> CouponFigures:
        """The coupon with its figures; raises CouponNotFound."""
        await self._session.turn()
        if lock:
            await self._session.take("coupon", normalise_code(code))
        coupon = self._tables.coupons.get(normalise_code(code))
        if coupon is None:
            raise CouponNotFound(code)
        return self._figures(coupon)

    async def page(
        self, *, prefix: str, batch_id: BatchId | None, after: str | None, limit: int
    ) -> tuple[CouponFigures, ...]:
        """Coupons in the order of their codes."""
        await self._session.turn()
        wanted = sorted(
            (key, coupon)
            for key, coupon in self._tables.coupons.items()
            if key.startswith(normalise_code(prefix))
            and batch_id in {None, coupon.batch_id}
            and (after is None or key > normalise_code(after))
        )
        return tuple(self._figures(coupon) for _, coupon in wanted[:limit])

    async def batches(self, *, before: BatchId | None, limit: int) -> tuple[CouponBatch, ...]:
        """Batches, newest first."""
        await self._session.turn()
        newest = sorted(self._tables.coupon_batches.values(), key=lambda each: each.id)[::-1]
        return tuple(each for each in newest if before is None or each.id < before)[:limit]

    async def add(self, coupons: Sequence[Coupon]) -> None:
        """Store new coupons, all or none; raises CouponCodeTaken."""
        await self._session.turn()
        added: dict[str, Coupon] = {}
        for coupon in sorted(coupons, key=lambda each: normalise_code(each.code)):
            key = normalise_code(coupon.code)
            await self._session.take("coupon", key)
            if key in added or key in self._tables.coupons:
                raise CouponCodeTaken(coupon.code)
            added[key] = coupon
        for coupon in added.values():
            self._put(evolve(coupon, used_count=0))

    async def add_batch(self, batch: CouponBatch) -> None:
        """Store a batch."""
        await self._session.turn()
        self._tables.coupon_batches.put(batch.id, batch)

    async def change(self, coupon: Coupon) -> None:
        """Store its terms as they are now; raises CouponNotFound."""
        await self._session.turn()
        known = await self._locked(coupon.id)
        if known is None:
            raise CouponNotFound(coupon.code)
        changed = evolve(coupon, code=known.code, batch_id=known.batch_id)
        self._put(evolve(changed, used_count=known.used_count))

    async def redeem(self, uses: Sequence[CouponUse], *, at: datetime) -> None:
        """Take every use or none; raises Contended."""
        await self._session.turn()
        for use in sorted(uses, key=lambda each: each.coupon_id.int):
            coupon = await self._locked(use.coupon_id)
            if coupon is None or not self._may_use(coupon, use, at):
                raise Contended
            self._put(evolve(coupon, used_count=coupon.used_count + 1))
            stored = StoredUse(use=use, used_at=at)
            self._tables.coupon_uses.put((use.coupon_id, use.order_id), stored)

    async def give_back(self, order_id: OrderId, *, at: datetime) -> int:
        """Give back the uses that the order still has; how many."""
        await self._session.turn()
        mine = [
            key
            for key, stored in self._tables.coupon_uses.items()
            if key[1] == order_id and stored.given_back_at is None
        ]
        given = 0
        for key in sorted(mine):
            coupon = await self._locked(key[0])
            stored = self._tables.coupon_uses.get(key)
            assert coupon is not None, "a used coupon is there"
            assert stored is not None, "and so is its use"
            if stored.given_back_at is None:
                self._tables.coupon_uses.put(key, evolve(stored, given_back_at=at))
                self._put(evolve(coupon, used_count=coupon.used_count - 1))
                given += 1
        return given

    def _presented(self, code: str, user_id: UserId | None, email: str | None) -> PresentedCode:
        coupon = self._tables.coupons.get(normalise_code(code))
        if coupon is None:
            return PresentedCode(code=code, coupon=None)
        used = self._used_by(coupon.id, user_id, email)
        return PresentedCode(code=code, coupon=coupon, used_by_you=used)

    def _figures(self, coupon: Coupon) -> CouponFigures:
        uses = self._live(coupon.id)
        return CouponFigures(
            coupon=coupon,
            uses=len(uses),
            discount=Money.total([each.use.discount for each in uses], coupon.currency),
            last_used_at=max((each.used_at for each in uses), default=None),
        )

    async def _locked(self, coupon_id: CouponId) -> Coupon | None:
        for key, coupon in self._tables.coupons.items():
            if coupon.id == coupon_id:
                await self._session.take("coupon", key)
                return self._tables.coupons.get(key)
        return None

    def _may_use(self, coupon: Coupon, use: CouponUse, at: datetime) -> bool:
        mine = coupon.usage_limit_per_customer
        used = self._used_by(coupon.id, use.user_id, use.email)
        return (
            coupon.active
            and at in coupon.period
            and not coupon.used_up
            and (mine is None or used < mine)
            and (use.coupon_id, use.order_id) not in self._tables.coupon_uses
        )

    def _used_by(self, coupon_id: CouponId, user_id: UserId | None, email: str | None) -> int:
        return sum(
            each.use.email == email or (user_id is not None and each.use.user_id == user_id)
            for each in self._live(coupon_id)
        )

    def _live(self, coupon_id: CouponId) -> list[StoredUse]:
        return [
            stored
            for key, stored in self._tables.coupon_uses.items()
            if key[0] == coupon_id and stored.given_back_at is None
        ]

    def _put(self, coupon: Coupon) -> None:
        self._tables.coupons.put(normalise_code(coupon.code), coupon)
