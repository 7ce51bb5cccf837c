"""Coupons as they are stored: by code, in pages and batches, all of a lot or none."""

from __future__ import annotations

from asyncio import gather
from datetime import timedelta
from decimal import Decimal

import pytest
from attrs import evolve

from automate_store.application.ports import Ports
from automate_store.application.ports.coupons import CouponBatch, CouponFigures
from automate_store.domain.coupons import Coupon, CouponCodeTaken, CouponNotFound, CouponType
from automate_store.domain.kernel.ids import BatchId, CouponId, PromotionId
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.periods import Period
from automate_store.domain.promotions import FreeShipping, Promotion
from automate_store.entrypoints.properties.contracts.accounts import Accounts
from automate_store.entrypoints.properties.contracts.coupons.scene import (
    ANN,
    BOB,
    figures,
    give_back,
    new_coupon,
    new_use,
    presented,
    put_coupon,
    put_coupons,
    redeem,
)
from automate_store.entrypoints.properties.contracts.scene import (
    outcomes,
    price,
    put_order,
    put_stocked,
)

UNSORTED = ("b", "A1", "a_1", "a-1", "ab", "A.2")
SORTED = ["a-1", "A.2", "A1", "a_1", "ab", "b"]


@pytest.mark.asyncio
class KeptCoupons(Accounts):
    """A code is one coupon in whatever spelling, and keeps its terms."""

    async def test_a_coupon_of_every_type_comes_back_as_it_was_added(self, store: Ports) -> None:
        promotion = await _hidden_promotion(store)
        for coupon in _of_every_type(store, promotion):
            await put_coupons(store, coupon)
            nothing = Money.zero(coupon.currency)
            assert await figures(store, coupon) == CouponFigures(
                coupon=coupon, uses=0, discount=nothing, last_used_at=None
            )

    async def test_changes_to_a_locked_coupon_come_one_after_another(self, store: Ports) -> None:
        coupon = new_coupon(store, "WELCOME", name="n")
        await put_coupons(store, coupon)

        async def lengthen() -> None:
            async with store.unit_of_work() as work:
                known = (await work.coupons.get("welcome", lock=True)).coupon
                await work.coupons.change(evolve(known, name=known.name + "o"))

        await gather(*(lengthen() for _ in range(8)))
        assert (await figures(store, coupon)).coupon.name == "n" + "o" * 8

    async def test_coupons_that_are_added_together_keep_their_own_terms(self, store: Ports) -> None:
        promotion = await _hidden_promotion(store)
        coupons = _of_every_type(store, promotion)
        await put_coupons(store, *coupons)
        assert [(await figures(store, each)).coupon for each in coupons] == list(coupons)

    async def test_a_new_coupon_was_never_used(self, store: Ports) -> None:
        coupon = await put_coupon(store, used_count=7)
        assert (await figures(store, coupon)).coupon == evolve(coupon, used_count=0)

    async def test_a_code_is_found_in_every_spelling(self, store: Ports) -> None:
        coupon = await put_coupon(store, "Spring-1")
        for spelt in ("Spring-1", "spring-1", "SPRING-1", "  sPRING-1\n"):
            async with store.reading() as reads:
                assert (await reads.coupons.get(spelt)).coupon == coupon
            (known,) = await presented(store, spelt)
            assert (known.code, known.coupon) == (spelt, coupon)

    async def test_what_is_spelt_otherwise_is_no_coupon(self, store: Ports) -> None:
        await put_coupon(store, "Spring-1")
        for other in ("Spring-", "Spring-11", "Spring_1", "Spring%1", ""):
            with pytest.raises(CouponNotFound):
                async with store.reading() as reads:
                    await reads.coupons.get(other)
            (unknown,) = await presented(store, other)
            assert (unknown.code, unknown.coupon, unknown.used_by_you) == (other, None, 0)

    async def test_codes_are_told_in_the_order_they_were_given(self, store: Ports) -> None:
        coupons = {code: await put_coupon(store, code) for code in ("A", "B", "C")}
        told = await presented(store, "c", "none", "A", "b", " C ")
        assert [each.code for each in told] == ["c", "none", "A", "b", " C "]
        expected = [coupons["C"], None, coupons["A"], coupons["B"], coupons["C"]]
        assert [each.coupon for each in told] == expected
        assert await presented(store) == ()

    async def test_what_you_used_is_counted_by_your_email(self, store: Ports) -> None:
        coupon, stocked = await put_coupon(store), await put_stocked(store)
        for email in (ANN, BOB, ANN):
            await redeem(
                store, new_use(store, coupon, await put_order(store, stocked), email=email)
            )
        for asked, often in ((ANN, 2), (BOB, 1), ("eve@example.com", 0), (None, 0)):
            (known,) = await presented(store, "spring", email=asked)
            assert known.used_by_you == often

    async def test_what_you_used_is_counted_by_your_account_too_and_once(
        self, store: Ports
    ) -> None:
        coupon, stocked = await put_coupon(store), await put_stocked(store)
        mine, other = await self.account(store), await self.account(store)
        for email, user_id in ((ANN, mine), (BOB, mine), (ANN, None), (BOB, other)):
            order = await put_order(store, stocked)
            await redeem(store, new_use(store, coupon, order, email=email, user_id=user_id))
        for asked, whose, often in ((ANN, mine, 3), (None, mine, 2), (None, other, 1)):
            (known,) = await presented(store, "spring", email=asked, user_id=whose)
            assert known.used_by_you == often

    async def test_what_was_given_back_is_not_counted(self, store: Ports) -> None:
        coupon = await put_coupon(store)
        order = await put_order(store, await put_stocked(store))
        await redeem(store, new_use(store, coupon, order))
        await give_back(store, order)
        (known,) = await presented(store, "spring", email=ANN)
        assert (known.used_by_you, known.coupon) == (0, coupon)

    async def test_pages_go_by_code_letter_by_letter(self, store: Ports) -> None:
        await put_coupons(store, *(new_coupon(store, code) for code in UNSORTED))
        found: list[str] = []
        after: str | None = None
        while page := await _page(store, after=after, limit=4):
            found += page
            after = page[-1].swapcase()
        assert found == SORTED

    async def test_a_page_may_be_of_one_beginning(self, store: Ports) -> None:
        await put_coupons(store, *(new_coupon(store, code) for code in UNSORTED))
        found = {prefix: await _page(store, prefix=prefix) for prefix in ("A", " a_", "a%", "b")}
        assert found == {"A": SORTED[:5], " a_": ["a_1"], "a%": [], "b": ["b"]}

    async def test_a_page_shows_what_became_of_its_coupons(self, store: Ports) -> None:
        used, idle = await put_coupon(store, "A"), await put_coupon(store, "B")
        await redeem(store, new_use(store, used, await put_order(store, await put_stocked(store))))
        async with store.reading() as reads:
            page = await reads.coupons.page(prefix="", batch_id=None, after=None, limit=2)
        assert page == (await figures(store, used), await figures(store, idle))

    async def test_a_page_may_be_of_one_batch(self, store: Ports) -> None:
        one, other = await _put_batch(store, "one"), await _put_batch(store, "other")
        await put_coupons(
            store,
            new_coupon(store, "A"),
            new_coupon(store, "B", batch_id=one.id),
            new_coupon(store, "C", batch_id=other.id),
            new_coupon(store, "D", batch_id=one.id),
        )
        assert await _page(store, batch_id=one.id) == ["B", "D"]
        assert await _page(store, batch_id=BatchId(store.ids.uuid())) == []

    async def test_batches_come_newest_first(self, store: Ports) -> None:
        made = [await _put_batch(store, name) for name in ("one", "two", "three")]
        async with store.reading() as reads:
            first = await reads.coupons.batches(before=None, limit=2)
            last = await reads.coupons.batches(before=first[-1].id, limit=2)
        assert (*first, *last) == tuple(made[::-1])

    async def test_a_code_is_taken_in_whatever_case_and_none_of_the_lot_is_added(
        self, store: Ports
    ) -> None:
        kept = await put_coupon(store, "Spring")
        for again in ("Spring", "SPRING", "sPRING"):
            with pytest.raises(CouponCodeTaken) as taken:
                await put_coupons(store, *(new_coupon(store, code) for code in ("A", again, "Z")))
            assert taken.value.coupon == again
        assert await _page(store) == ["Spring"]
        assert (await figures(store, kept)).coupon == kept

    async def test_a_code_that_is_twice_among_the_new_ones_is_taken(self, store: Ports) -> None:
        with pytest.raises(CouponCodeTaken):
            await put_coupons(store, new_coupon(store, "Twin"), new_coupon(store, "TWIN"))
        assert await _page(store) == []

    async def test_of_two_who_add_a_code_at_once_one_is_refused(self, store: Ports) -> None:
        came_to = await outcomes(put_coupon(store, "Spring"), put_coupon(store, "SPRING"))
        added = [each for each in came_to if isinstance(each, Coupon)]
        refused = [each for each in came_to if isinstance(each, CouponCodeTaken)]
        assert (len(added), len(refused)) == (1, 1)
        assert (await figures(store, added[0])).coupon == added[0]

    async def test_what_was_rolled_back_is_not_kept(self, store: Ports) -> None:
        kept = await put_coupon(store, "KEPT")
        with pytest.raises(ZeroDivisionError):
            async with store.unit_of_work() as work:
                await work.coupons.add_batch(_batch(store, "lost"))
                await work.coupons.add([new_coupon(store, "LOST")])
                await work.coupons.change(evolve(kept, active=False))
                raise ZeroDivisionError
        async with store.reading() as reads:
            assert await reads.coupons.batches(before=None, limit=1) == ()
        assert await _page(store) == ["KEPT"]
        assert (await figures(store, kept)).coupon == kept

    async def test_terms_change_and_code_batch_and_count_stay(self, store: Ports) -> None:
        batch, promotion = await _put_batch(store, "one"), await _hidden_promotion(store)
        coupon = await put_coupon(store, "Spring", batch_id=batch.id)
        await redeem(
            store, new_use(store, coupon, await put_order(store, await put_stocked(store)))
        )
        for other in _of_every_type(store, promotion):
            wanted = evolve(other, id=coupon.id, used_count=9)
            async with store.unit_of_work() as work:
                await work.coupons.change(wanted)
            kept = evolve(wanted, code="Spring", batch_id=batch.id, used_count=1)
            assert (await figures(store, coupon)).coupon == kept
            assert await _page(store) == ["Spring"]

    async def test_a_coupon_that_is_not_there_can_not_be_changed(self, store: Ports) -> None:
        kept = await put_coupon(store)
        with pytest.raises(CouponNotFound) as missing:
            async with store.unit_of_work() as work:
                await work.coupons.change(evolve(kept, id=CouponId(store.ids.uuid()), name="No"))
        assert missing.value.coupon == "SPRING"
        assert (await figures(store, kept)).coupon == kept


async def _page(
    store: Ports,
    *,
    prefix: str = "",
    batch_id: BatchId | None = None,
    after: str | None = None,
    limit: int = 100,
) -> list[str]:
    async with store.reading() as reads:
        page = await reads.coupons.page(prefix=prefix, batch_id=batch_id, after=after, limit=limit)
    return [each.coupon.code for each in page]


def _batch(store: Ports, name: str) -> CouponBatch:
    return CouponBatch(
        id=BatchId(store.ids.uuid()),
        name=name,
        prefix=name.upper(),
        amount=3,
        created_at=store.clock(),
    )


async def _put_batch(store: Ports, name: str) -> CouponBatch:
    batch = _batch(store, name)
    async with store.unit_of_work() as work:
        await work.coupons.add_batch(batch)
    return batch


async def _hidden_promotion(store: Ports) -> Promotion:
    promotion = Promotion(
        id=PromotionId(store.ids.uuid()),
        code="hidden",
        name="Hidden",
        actions=(FreeShipping(),),
        needs_code=True,
    )
    async with store.unit_of_work() as work:
        await work.rules.add_promotion(promotion)
    return promotion


def _of_every_type(store: Ports, promotion: Promotion) -> tuple[Coupon, ...]:
    """Coupons that use every term between them."""
    at = store.clock()
    return (
        new_coupon(
            store,
            "Per-Cent",
            value=Decimal("33.3333"),
            description="A third, for whoever signs in.",
            minimum_order_amount=price(store, 20),
            maximum_discount_amount=price(store, 7),
            usage_limit=1_000,
            usage_limit_per_customer=2,
            period=Period(at - timedelta(days=1), at + timedelta(days=1)),
            stackable=True,
            sign_in_needed=True,
        ),
        new_coupon(store, "amount", type=CouponType.FIXED_AMOUNT, value=Decimal(2)),
        new_coupon(store, "SHIP", type=CouponType.FREE_SHIPPING, value=Decimal(0), active=False),
        new_coupon(
            store,
            "promo.1",
            type=CouponType.PROMOTION,
            value=Decimal(0),
            promotion_id=promotion.id,
            period=Period(None, at + timedelta(days=1)),
        ),
    )
