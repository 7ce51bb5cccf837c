"""What every adapter of ``ports.pricing.Rules`` promises of promotions."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from automate_store.application.ports import Ports
from automate_store.domain.coupons import CouponType
from automate_store.domain.kernel.ids import (
    BrandId,
    CategoryId,
    ProductId,
    PromotionId,
    VariantId,
)
from automate_store.domain.kernel.periods import Period
from automate_store.domain.kernel.places import Zone
from automate_store.domain.promotions import (
    BUILT_IN,
    AmountOffItems,
    AmountOffOrder,
    AmountOffUnits,
    AnyAction,
    Basis,
    BundlePrice,
    BuyGet,
    CheapestOf,
    Choice,
    Condition,
    CustomerGroup,
    During,
    EveryNth,
    FirstOrder,
    FirstThenOthers,
    FixedPrice,
    FreeShipping,
    Gift,
    InCurrency,
    MinimumAmount,
    MinimumQuantity,
    Off,
    OffShipping,
    PercentOffItems,
    PercentOffOrder,
    Promotion,
    PromotionCodeTaken,
    PromotionHasCoupons,
    PromotionNotFound,
    Selection,
    ShipsTo,
    SignedIn,
    Tier,
    Tiered,
)
from automate_store.entrypoints.properties.contracts.coupons.scene import put_coupon
from automate_store.entrypoints.properties.contracts.scene import outcomes, price
from automate_store.entrypoints.properties.moments import NOON


def every_condition(store: Ports) -> tuple[Condition, ...]:
    """One of each built-in kind at least, with all that it can say."""
    return (
        MinimumAmount(price(store, 20)),
        MinimumAmount(price(store, 0), _chosen(store), Basis.BEFORE_ORDER),
        MinimumQuantity(3, _chosen(store)),
        CustomerGroup({"trade", "vip"}),
        SignedIn(),
        FirstOrder(),
        InCurrency(store.policy.currency),
        During(Period(NOON, NOON + timedelta(microseconds=1))),
        During(Period(None, NOON)),
        ShipsTo((Zone("US", "IL", "627"), Zone("DE"))),
    )


def every_action(store: Ports) -> tuple[AnyAction, ...]:
    """One of each built-in kind at least, with all that it can say."""
    of, one, two = _chosen(store), price(store, 1), price(store, 2)
    third, half = Off(percent=Decimal("33.3333")), Off(percent=Decimal(50))
    return (
        PercentOffItems(Decimal("12.5"), of),
        AmountOffUnits(one, of, at_most=3),
        AmountOffItems(one, of),
        FixedPrice(price(store, 0), of),
        BuyGet(
            buy=of,
            buy_quantity=2,
            get=Selection(tags={"mug"}),
            get_quantity=1,
            off=Off(amount=one),
            choice=Choice.DEAREST,
            at_most=4,
        ),
        BundlePrice(quantity=3, price=two, of=of, at_most=None),
        EveryNth(nth=3, off=half, of=of, at_most=2),
        CheapestOf(quantity=4, off=third, of=of, at_most=None),
        FirstThenOthers(first_percent=Decimal(50), others_percent=Decimal("0.0001"), of=of),
        PercentOffOrder(Decimal("99.99"), of),
        AmountOffOrder(two, of),
        Tiered((Tier(third, amount=one), Tier(half, amount=two)), of, of_order=False),
        Tiered((Tier(Off(amount=one), quantity=2), Tier(half, quantity=5))),
        Gift(VariantId(store.ids.uuid()), 2),
        OffShipping(Off(amount=one), {"flat", "pickup"}),
        FreeShipping({"flat"}),
        FreeShipping(),
    )


@pytest.mark.asyncio
class PromotionsContract:
    """Promotions are kept whole, whatever they are made of, and seen by the next quote."""

    async def test_an_empty_store_has_no_promotions(self, store: Ports) -> None:
        assert await _stored(store) == set()

    async def test_every_condition_comes_back_as_it_was_put(self, store: Ports) -> None:
        conditions = every_condition(store)
        assert {each.kind for each in conditions} == set(BUILT_IN.conditions)
        made = [
            _promotion(store, f"condition-{number}", conditions=(each,))
            for number, each in enumerate(conditions)
        ]
        await _add(store, *made)
        assert await _stored(store) == set(made)

    async def test_every_action_comes_back_as_it_was_put(self, store: Ports) -> None:
        actions = every_action(store)
        assert {each.kind for each in actions} == set(BUILT_IN.actions)
        made = [
            _promotion(store, f"action-{number}", actions=(each,))
            for number, each in enumerate(actions)
        ]
        await _add(store, *made)
        assert await _stored(store) == set(made)

    async def test_a_promotion_keeps_its_parts_in_order_and_all_its_terms(
        self, store: Ports
    ) -> None:
        plain, rich = _promotion(store, "plain"), _rich(store, "rich")
        await _add(store, plain, rich)
        assert await _stored(store) == {plain, rich}

    async def test_a_promotion_is_added_changed_and_removed(self, store: Ports) -> None:
        promotion = _promotion(store, "spring")
        await _add(store, promotion)
        assert await _stored(store) == {promotion}
        changed = evolve(_rich(store, "spring"), id=promotion.id)
        await _change(store, changed)
        assert await _stored(store) == {changed}
        again = evolve(promotion, name="Plain again", active=False)
        await _change(store, again)
        assert await _stored(store) == {again}
        await _remove(store, again)
        assert await _stored(store) == set()

    async def test_a_promotion_is_not_added_over_another(self, store: Ports) -> None:
        kept = _promotion(store, "spring")
        await _add(store, kept)
        with pytest.raises(PromotionCodeTaken) as refused:
            await _add(store, _rich(store, "spring"))
        assert refused.value.promotion == "spring"
        assert await _stored(store) == {kept}

    async def test_of_two_who_add_a_code_at_once_one_is_refused(self, store: Ports) -> None:
        made = [_promotion(store, "spring"), _rich(store, "spring")]
        came_to = await outcomes(*(_add(store, each) for each in made))
        assert [type(each) for each in came_to if each is not None] == [PromotionCodeTaken]
        assert await _stored(store) == {made[came_to.index(None)]}

    async def test_a_promotion_goes_by_its_id_and_takes_no_code_of_another(
        self, store: Ports
    ) -> None:
        one, other = _promotion(store, "one"), _promotion(store, "other")
        await _add(store, one, other)
        renamed = evolve(one, code="first")
        await _change(store, renamed)
        with pytest.raises(PromotionCodeTaken) as refused:
            await _change(store, evolve(renamed, code="other"))
        assert refused.value.promotion == "other"
        assert await _stored(store) == {renamed, other}

    async def test_a_promotion_that_is_not_there_is_neither_changed_nor_removed(
        self, store: Ports
    ) -> None:
        kept = _promotion(store, "spring")
        await _add(store, kept)
        namesake = _promotion(store, "spring", active=False)
        for change in (_change, _remove):
            with pytest.raises(PromotionNotFound) as missing:
                await change(store, namesake)
            assert missing.value.promotion == "spring"
        assert await _stored(store) == {kept}

    async def test_a_promotion_that_coupons_open_is_not_removed(self, store: Ports) -> None:
        opened, free = _promotion(store, "opened", needs_code=True), _promotion(store, "free")
        await _add(store, opened, free)
        terms: dict[str, Any] = {"type": CouponType.PROMOTION, "value": Decimal(0)}
        await put_coupon(store, promotion_id=opened.id, **terms)
        with pytest.raises(PromotionHasCoupons) as refused:
            await _remove(store, opened)
        assert refused.value.promotion == "opened"
        await _remove(store, free)
        assert await _stored(store) == {opened}

    async def test_a_change_of_a_promotion_is_seen_by_the_next_quote(self, store: Ports) -> None:
        promotion = _promotion(store, "spring")
        await _add(store, promotion)
        for percent in (1, 2, 3):
            changed = evolve(promotion, actions=(PercentOffOrder(Decimal(percent)),))
            await _change(store, changed)
            assert await _stored(store) == {changed}

    async def test_a_work_sees_its_own_promotions_and_none_that_is_rolled_back_is_kept(
        self, store: Ports
    ) -> None:
        kept, lost = _promotion(store, "kept"), _promotion(store, "lost")
        await _add(store, kept)
        with pytest.raises(ZeroDivisionError):
            async with store.unit_of_work() as work:
                await work.rules.add_promotion(lost)
                await work.rules.change_promotion(evolve(kept, active=False))
                inside = set((await work.rules.current()).promotions)
                raise ZeroDivisionError
        assert inside == {evolve(kept, active=False), lost}
        assert await _stored(store) == {kept}


def _chosen(store: Ports) -> Selection:
    """Some of everything that a selection can name."""
    new = store.ids.uuid
    return Selection(
        products=[ProductId(new()), ProductId(new())],
        variants=[VariantId(new())],
        categories=[CategoryId(new())],
        brands=[BrandId(new())],
        tags={"Mug", "plate"},
        on_sale=False,
        excluding=Selection(tags={"clearance"}, excluding=Selection(on_sale=True)),
    )


def _promotion(store: Ports, code: str, **terms: Any) -> Promotion:
    plain = {"name": f"By {code}", "actions": (PercentOffOrder(Decimal(10)),)}
    return Promotion(id=PromotionId(store.ids.uuid()), code=code, **{**plain, **terms})


def _rich(store: Ports, code: str) -> Promotion:
    return _promotion(
        store,
        code,
        conditions=every_condition(store)[::2],
        actions=every_action(store)[::-1],
        priority=-7,
        exclusive=True,
        group="season",
        period=Period(NOON, NOON + timedelta(days=9)),
        maximum_discount=price(store, 30),
        active=False,
        needs_code=True,
        advertised=True,
    )


async def _stored(store: Ports) -> set[Promotion]:
    async with store.reading() as reads:
        promotions = (await reads.rules.current()).promotions
    assert len({each.id for each in promotions}) == len(promotions)
    return set(promotions)


async def _add(store: Ports, *promotions: Promotion) -> None:
    async with store.unit_of_work() as work:
        for each in promotions:
            await work.rules.add_promotion(each)


async def _change(store: Ports, promotion: Promotion) -> None:
    async with store.unit_of_work() as work:
        await work.rules.change_promotion(promotion)


async def _remove(store: Ports, promotion: Promotion) -> None:
    async with store.unit_of_work() as work:
        await work.rules.remove_promotion(promotion)
