"""Promotions on an order that is edited: what was agreed stays, and a re-run asks for today's."""

from __future__ import annotations

from decimal import Decimal

import pytest

from automate_store.application.access import CartOwner
from automate_store.application.carts import add_code
from automate_store.application.coupons import CouponTerms, create_coupon
from automate_store.application.orders import EditOutcome, OrderView
from automate_store.domain.catalog import Product
from automate_store.domain.coupons import CouponRefused, CouponType
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import PromotionId
from automate_store.domain.orders import NothingLeft
from automate_store.domain.promotions import (
    AnyAction,
    Condition,
    FirstOrder,
    FreeShipping,
    Gift,
    MinimumAmount,
    PercentOffItems,
    Promotion,
    Reason,
)
from tests.application.edits import modify, paid_for, reserved
from tests.application.test_cancelling import balanced, usd
from tests.application.trading import STAFF, Trade


async def put(trade: Trade, action: AnyAction, *conditions: Condition) -> None:
    """A promotion that acts from now on."""
    promotion = Promotion(
        id=PromotionId(trade.shop.ports.ids.uuid()),
        code="promotion",
        name="Promotion",
        actions=(action,),
        conditions=conditions,
    )
    async with trade.shop.ports.unit_of_work() as work:
        await work.rules.add_promotion(promotion)


async def coded(trade: Trade, product: Product, quantity: int) -> OrderView:
    """An order with a code of ten per cent from 20.00 on, which can be used once."""
    terms = CouponTerms(
        name="Ten",
        type=CouponType.PERCENTAGE,
        value=Decimal(10),
        minimum_order_amount=usd(2000),
        usage_limit=1,
        usage_limit_per_customer=1,
    )
    await create_coupon("TEN", terms, actor=STAFF, ports=trade.shop.ports)
    token = (await trade.cart(product, quantity)).token
    assert token is not None
    await add_code(CartOwner.guest(token), "TEN", ports=trade.shop.ports)
    return await trade.place(token)


async def test_shipping_that_was_free_costs_what_it_costs_more(trade: Trade) -> None:
    tee = await trade.stocked(10, price=1000)
    await put(trade, FreeShipping())
    bought = await trade.buy(tee, 2)
    assert bought.order.total == usd(2000)
    view = await modify(trade, bought, {bought.order.items[0].id: 1})
    assert (view.order.total, view.quote.discount) == (usd(1000), usd(500))


async def test_a_gift_stays_and_can_be_declined_and_there_is_no_more_of_it(trade: Trade) -> None:
    tee, cap = await trade.stocked(10, price=1000), await trade.stocked(5, price=300)
    await put(trade, Gift(cap.variants[0].id, 1))
    bought = await trade.buy(tee, 2)
    tees, gift = bought.order.items
    with pytest.raises(InvalidInput):
        await modify(trade, bought, {gift.id: 2}, key="more")
    with pytest.raises(NothingLeft):
        await modify(trade, bought, {tees.id: 0}, key="alone")
    fewer = await modify(trade, bought, {tees.id: 1}, key="fewer")
    assert [line.gift for line in fewer.quote.lines] == [False, True]
    assert await reserved(trade, tee, cap) == [1, 1]
    declined = await modify(trade, bought, {gift.id: 0}, key="declined")
    assert (declined.order.total, await reserved(trade, cap)) == (usd(1500), [0])
    assert await balanced(trade)


async def test_a_re_run_gives_gifts_anew(trade: Trade) -> None:
    tee, cap = await trade.stocked(10, price=1000), await trade.stocked(1, price=300)
    await put(trade, Gift(cap.variants[0].id, 1), MinimumAmount(usd(2000)))
    bought = await paid_for(trade, tee, 2)
    tees, gift = bought.order.items
    kept = await modify(trade, bought, {tees.id: 3}, key="kept", rerun=True)
    assert kept.outcome is EditOutcome.STAGED
    assert [line.id for line in kept.quote.lines if line.gift] == [gift.id]
    assert {item.id: item.quantity for item in kept.order.items} == {tees.id: 2, gift.id: 1}
    lost = await modify(trade, bought, {tees.id: 1}, key="lost", rerun=True)
    assert (lost.order.total, await reserved(trade, tee, cap)) == (usd(1500), [1, 0])
    assert await balanced(trade)


async def test_a_re_run_counts_the_orders_own_use_of_a_code_as_none(trade: Trade) -> None:
    tee = await trade.stocked(10, price=1000)
    bought = await coded(trade, tee, 3)
    (item,) = bought.order.items
    assert bought.order.total == usd(2700 + 500)
    again = await modify(trade, bought, {item.id: 2}, key="again", rerun=True)
    assert again.order.total == usd(1800 + 500)
    with pytest.raises(CouponRefused) as refused:
        await modify(trade, bought, {item.id: 1}, key="refused", rerun=True)
    assert refused.value.reason is Reason.BELOW_MINIMUM
    frozen = await modify(trade, bought, {item.id: 1}, key="frozen")
    assert (frozen.order.total, frozen.quote.codes) == (usd(900 + 500), again.quote.codes)
    assert await balanced(trade)


async def test_a_first_order_is_still_the_first_when_it_is_edited(trade: Trade) -> None:
    tee = await trade.stocked(10, price=1000)
    await put(trade, PercentOffItems(Decimal(10)), FirstOrder())
    bought = await trade.buy(tee, 2)
    view = await modify(trade, bought, None, (tee, 1), rerun=True)
    assert view.order.total == usd(1800 + 900 + 500)
    await trade.buy(tee, 1)
    later = await modify(trade, bought, None, (tee, 1), key="later", rerun=True)
    assert later.order.total == usd(4000 + 500)
