"""Whoever finds a code used up looks again where somebody else gave its uses back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from automate_store.adapters.memory import MemoryShop
from automate_store.application.coupons import CouponTerms, create_coupon
from automate_store.application.expiry import making_room
from automate_store.domain.coupons import CouponRefused, CouponType
from automate_store.domain.promotions import Reason
from tests.application.trading import OPENED, POLICY, PRICING, STAFF

REFUSED = CouponRefused("ONCE", Reason.USED_UP, "it has been used as often as it may be")
ONCE = CouponTerms(name="Once", type=CouponType.PERCENTAGE, value=Decimal(10), usage_limit=1)


async def test_a_use_that_somebody_else_gave_back_is_taken() -> None:
    ports = MemoryShop.open(POLICY, PRICING, at=OPENED).ports
    await create_coupon("ONCE", ONCE, actor=STAFF, ports=ports)
    tries = iter([REFUSED, None])

    async def attempt() -> str:
        # By the time that the refusal is looked into, the code has its use again.
        if (refused := next(tries)) is not None:
            raise refused
        return "placed"

    assert await making_room(attempt, ports=ports) == "placed"


async def test_a_code_that_stays_as_it_is_is_refused_at_once() -> None:
    ports = MemoryShop.open(POLICY, PRICING, at=OPENED).ports
    await create_coupon("ONCE", ONCE, actor=STAFF, ports=ports)
    tries = iter([CouponRefused("ONCE", Reason.USED_BY_YOU, "you have used it already")])

    async def attempt() -> str:
        raise next(tries)

    with pytest.raises(CouponRefused):
        await making_room(attempt, ports=ports)
