"""Editing an order: at once or once the rest is paid, and to the cent in either case."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest
from attrs import evolve

from automate_store.application.access import GUEST, SYSTEM, Actor
from automate_store.application.errors import KeyInProgress, KeyMissing, VersionConflict
from automate_store.application.orders import (
    Addition,
    CancelOrder,
    ChangeAddress,
    EditOutcome,
    EditView,
    ModifyItems,
    OrderView,
    ShipOrder,
    cancel_order,
    edit_order,
    expire_orders,
    preview_edit,
    ship_order,
)
from automate_store.application.payments import (
    PaymentView,
    RefundOrder,
    refund_order,
    settle_payment,
)
from automate_store.domain.catalog import Product, VariantNotFound
from automate_store.domain.identity import Address
from automate_store.domain.inventory import OutOfStock
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import LineId, PromotionId, TaxRateId
from automate_store.domain.kernel.periods import Period
from automate_store.domain.kernel.places import Zone
from automate_store.domain.orders import (
    EditBar,
    EditClosed,
    EditGone,
    EditOverdue,
    NothingChanges,
    NothingLeft,
    Order,
    OrderNotFound,
    OrderOverdue,
    OrderStatus,
    PaymentStatus,
)
from automate_store.domain.payments import GatewayReport, PaymentState
from automate_store.domain.promotions import PercentOffItems, Promotion
from automate_store.domain.taxes import TaxRate
from tests.application.test_cancelling import balanced, kept, usd
from tests.application.trading import HOME, STAFF, Trade

HALF_AN_HOUR, AN_HOUR = timedelta(minutes=30), timedelta(minutes=60)
AWAY = evolve(HOME, address_line_1="2 Sunset", city="Los Angeles", state="CA", postal_code="90001")


async def modify(
    trade: Trade,
    bought: OrderView,
    items: dict[LineId, int] | None = None,
    *added: tuple[Product, int],
    key: str = "edit",
    actor: Actor = GUEST,
    versions: set[int] | None = None,
    rerun: bool = False,
) -> EditView:
    """The order with these quantities and so many of other products, as its customer asks."""
    return await edit_order(
        _wish(bought, items, added, rerun=rerun),
        token=bought.token if actor is GUEST else None,
        versions=versions,
        key=key,
        actor=actor,
        ports=trade.shop.ports,
    )


async def preview(
    trade: Trade, bought: OrderView, items: dict[LineId, int] | None, *added: tuple[Product, int]
) -> EditView:
    """What that would come to."""
    wish = _wish(bought, items, added, rerun=False)
    ports = trade.shop.ports
    return await preview_edit(wish, token=bought.token, versions=None, actor=GUEST, ports=ports)


def _wish(
    bought: OrderView,
    items: dict[LineId, int] | None,
    added: tuple[tuple[Product, int], ...],
    *,
    rerun: bool,
) -> ModifyItems:
    more = tuple(Addition(product_id=product.id, quantity=many) for product, many in added)
    order_id = bought.order.id
    return ModifyItems(order_id=order_id, items=items or {}, added=more, rerun_promotions=rerun)


async def move(
    trade: Trade, bought: OrderView, to: Address, *, key: str = "move", actor: Actor = GUEST
) -> EditView:
    """The order, sent somewhere else."""
    return await edit_order(
        ChangeAddress(order_id=bought.order.id, shipping_address=to),
        token=bought.token if actor is GUEST else None,
        versions=None,
        key=key,
        actor=actor,
        ports=trade.shop.ports,
    )


async def now(trade: Trade, bought: OrderView) -> Order:
    """The order as it is stored."""
    async with trade.shop.ports.reading() as reads:
        return await reads.orders.get(bought.order.id)


async def told(trade: Trade, bought: OrderView) -> list[str]:
    """The kinds of what happened to the order."""
    async with trade.shop.ports.reading() as reads:
        return [each.kind for each in await reads.orders.timeline(bought.order.id)]


async def lands(trade: Trade, view: PaymentView) -> Order:
    """The order, after its gateway says that a payment was captured."""
    payment = view.payment
    report = GatewayReport(
        intent_id=payment.intent_id or "late", state=PaymentState.CAPTURED, amount=payment.amount
    )
    async with trade.shop.ports.unit_of_work() as work:
        settled = await settle_payment(
            payment, report, work=work, actor=SYSTEM, ports=trade.shop.ports
        )
    return settled.order


async def reserved(trade: Trade, *products: Product) -> list[int]:
    """How many of each are promised."""
    return [(await trade.stock(each)).reserved for each in products]


async def paid_for(trade: Trade, product: Product, quantity: int) -> OrderView:
    """An order of so many, paid."""
    bought = await trade.buy(product, quantity)
    await trade.pay(bought)
    return bought


async def tax(trade: Trade, state: str, rate: str) -> None:
    """A sales tax of that state, on goods and shipping."""
    async with trade.shop.ports.unit_of_work() as work:
        await work.rules.add_tax_rate(
            TaxRate(
                id=TaxRateId(trade.shop.ports.ids.uuid()),
                code=f"us-{state.lower()}",
                name=state,
                rate=Decimal(rate),
                tax_class="standard",
                zone=Zone("US", state),
                applies_to_shipping=True,
                period=Period(),
            )
        )


async def promote(trade: Trade, percent: int) -> None:
    """So much off everything, from now on."""
    ten = Promotion(
        id=PromotionId(trade.shop.ports.ids.uuid()),
        code=f"off-{percent}",
        name="Off",
        actions=(PercentOffItems(Decimal(percent)),),
    )
    async with trade.shop.ports.unit_of_work() as work:
        await work.rules.add_promotion(ten)


async def test_an_unpaid_order_is_changed_at_once_and_then_paid(trade: Trade) -> None:
    tee, mug = await trade.stocked(10), await trade.stocked(10, price=700)
    bought = await trade.buy(tee, 3)
    (item,) = bought.order.items
    view = await modify(trade, bought, {item.id: 1}, (mug, 2))
    assert view.outcome is EditOutcome.APPLIED
    assert view.difference == usd(2 * 700 - 2 * 1999)
    assert await reserved(trade, tee, mug) == [1, 2]
    assert view.order.total == usd(1999 + 1400 + 500)
    assert view.order.expires_at == bought.order.expires_at
    paid = await trade.pay(bought)
    assert (paid.payment.captured, paid.order.status) == (view.order.total, OrderStatus.PROCESSING)
    assert await balanced(trade)


async def test_of_money_for_what_an_unpaid_order_cost_before_the_rest_goes_back(
    trade: Trade,
) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 3)
    earlier = await trade.intend(bought, key="earlier")
    await modify(trade, bought, {bought.order.items[0].id: 1})
    order = await lands(trade, earlier)
    assert order.status is OrderStatus.PROCESSING
    assert await kept(trade, order) == order.total < earlier.payment.amount
    assert await balanced(trade)


async def test_what_a_paid_order_costs_less_goes_back(trade: Trade) -> None:
    tee, mug = await trade.stocked(10), await trade.stocked(10, price=700)
    bought = await paid_for(trade, tee, 3)
    (item,) = bought.order.items
    view = await modify(trade, bought, {item.id: 2}, (mug, 1))
    assert view.outcome is EditOutcome.APPLIED
    assert view.difference == usd(700 - 1999)
    assert view.order.payment_status is PaymentStatus.PARTIALLY_REFUNDED
    assert await kept(trade, view.order) == view.order.total == usd(2 * 1999 + 700 + 500)
    assert await reserved(trade, tee, mug) == [2, 1]
    assert await balanced(trade)
    ports = trade.shop.ports
    shipped = await ship_order(
        ShipOrder(order_id=view.order.id), versions=None, key="s", actor=STAFF, ports=ports
    )
    assert shipped.status is OrderStatus.SHIPPED
    assert await balanced(trade)


async def test_what_a_paid_order_costs_more_waits_to_be_paid(trade: Trade) -> None:
    tee, mug = await trade.stocked(10), await trade.stocked(10, price=700)
    bought = await paid_for(trade, tee, 2)
    (item,) = bought.order.items
    view = await modify(trade, bought, {item.id: 3}, (mug, 1))
    assert (view.outcome, view.difference) == (EditOutcome.STAGED, usd(1999 + 700))
    waiting = await now(trade, bought)
    assert (waiting.items, waiting.quote) == (bought.order.items, bought.order.quote)
    assert await reserved(trade, tee, mug) == [3, 1]
    assert await balanced(trade)

    intended = await trade.intend(bought, key="rest")
    assert intended.payment.amount == view.difference
    paid = await trade.confirm(bought, intended, key="pay-the-rest")

    assert paid.order.staged is None
    assert [each.quantity for each in paid.order.items] == [2, 1, 1]
    assert paid.order.quote == view.quote
    assert await kept(trade, paid.order) == paid.order.total == usd(3 * 1999 + 700 + 500)
    assert paid.order.payment_status is PaymentStatus.PAID
    assert await reserved(trade, tee, mug) == [3, 1]
    assert await balanced(trade)
    trade.shop.clock.advance(AN_HOUR)
    assert await expire_orders(ports=trade.shop.ports) == 0
    assert await told(trade, bought) == [
        "order_placed",
        "order_paid",
        "order_edit_staged",
        "order_edited",
    ]


async def test_what_an_edit_takes_out_is_held_until_the_rest_is_paid(trade: Trade) -> None:
    tee, coat = await trade.stocked(10), await trade.stocked(10, price=9000)
    bought = await paid_for(trade, tee, 3)
    view = await modify(trade, bought, {bought.order.items[0].id: 1}, (coat, 1))
    assert (view.outcome, view.difference) == (EditOutcome.STAGED, usd(9000 - 2 * 1999))
    assert await reserved(trade, tee, coat) == [3, 1]
    paid = await trade.confirm(bought, await trade.intend(bought, key="pay"), key="paid")
    assert [(each.quantity, each.cancelled) for each in paid.order.items] == [(1, 2), (1, 0)]
    assert await reserved(trade, tee, coat) == [1, 1]
    assert await kept(trade, paid.order) == paid.order.total
    assert await balanced(trade)


async def test_an_edit_that_nobody_pays_leaves_everything_as_it_was(trade: Trade) -> None:
    tee, mug = await trade.stocked(10), await trade.stocked(10, price=700)
    bought = await paid_for(trade, tee, 2)
    before = await now(trade, bought)
    await modify(trade, bought, {before.items[0].id: 1}, (mug, 5))
    intended = await trade.intend(bought, key="rest")
    trade.shop.clock.advance(HALF_AN_HOUR)
    with pytest.raises(EditOverdue):
        await trade.intend(bought, key="late")
    with pytest.raises(EditOverdue):
        await trade.confirm(bought, intended, key="late")
    assert await expire_orders(ports=trade.shop.ports) == 1
    after = await now(trade, bought)
    assert after == evolve(before, version=after.version, updated_at=after.updated_at)
    assert await reserved(trade, tee, mug) == [2, 0]
    with pytest.raises(EditGone):
        await trade.confirm(bought, intended, key="later")
    late = await lands(trade, intended)
    assert await kept(trade, late) == late.total
    assert await balanced(trade)
    assert "order_edit_abandoned" in await told(trade, bought)


async def test_an_edit_without_more_stock_is_given_up_by_the_clock_too(trade: Trade) -> None:
    await tax(trade, "CA", "0.1")
    bought = await paid_for(trade, await trade.stocked(10), 2)
    view = await move(trade, bought, AWAY)
    assert view.outcome is EditOutcome.STAGED
    assert (await now(trade, bought)).shipping_address == HOME
    trade.shop.clock.advance(HALF_AN_HOUR)
    assert await expire_orders(ports=trade.shop.ports) == 1
    assert (await now(trade, bought)).staged is None


async def test_stock_of_an_edit_that_is_overdue_is_there_for_others(trade: Trade) -> None:
    tee, mug = await trade.stocked(10), await trade.stocked(3, price=700)
    bought = await paid_for(trade, tee, 2)
    await modify(trade, bought, None, (mug, 3))
    trade.shop.clock.advance(HALF_AN_HOUR)
    other = await trade.buy(mug, 3)
    assert other.order.status is OrderStatus.PENDING
    assert (await now(trade, bought)).staged is None
    assert await balanced(trade)


async def test_a_new_edit_takes_the_place_of_the_one_that_waits(trade: Trade) -> None:
    tee, mug = await trade.stocked(10), await trade.stocked(3, price=700)
    bought = await paid_for(trade, tee, 2)
    await modify(trade, bought, None, (mug, 3), key="one")
    first = await trade.intend(bought, key="pay-one")
    second = await modify(trade, bought, None, (mug, 3), (tee, 1), key="two")
    assert second.difference == usd(3 * 700 + 1999)
    assert await reserved(trade, tee, mug) == [3, 3]
    order = await lands(trade, first)
    assert await kept(trade, order) == order.total == bought.order.total
    paid = await trade.confirm(bought, await trade.intend(bought, key="pay-two"), key="paid-two")
    assert paid.order.total == second.quote.total
    assert await balanced(trade)


async def test_an_attempt_for_an_edit_pays_no_other_edit_of_the_same_amount(trade: Trade) -> None:
    tee, mug = await trade.stocked(10), await trade.stocked(9, price=700)
    bought = await paid_for(trade, tee, 2)
    await modify(trade, bought, None, (mug, 3), key="one")
    first = await trade.intend(bought, key="pay-one")
    again = await modify(trade, bought, None, (mug, 3), key="two")
    order = await lands(trade, first)
    assert order.staged == again.order.staged
    assert await kept(trade, order) == bought.order.total
    assert await balanced(trade)


async def test_cancelling_and_shipping_give_an_edit_up(trade: Trade) -> None:
    tee, mug = await trade.stocked(10), await trade.stocked(9, price=700)
    one, other = await paid_for(trade, tee, 2), await paid_for(trade, tee, 2)
    for bought in (one, other):
        await modify(trade, bought, None, (mug, 3))
    ports = trade.shop.ports
    wish = CancelOrder(order_id=one.order.id)
    called_off = await cancel_order(
        wish, token=one.token, versions=None, key="c", actor=GUEST, ports=ports
    )
    assert called_off.staged is None
    assert await kept(trade, called_off) == usd(0)
    assert await reserved(trade, tee, mug) == [2, 3]
    sent = await ship_order(
        ShipOrder(order_id=other.order.id), versions=None, key="s", actor=STAFF, ports=ports
    )
    assert sent.staged is None
    assert await reserved(trade, tee, mug) == [0, 0]
    assert await balanced(trade)


async def test_no_edit_of_an_order_whose_money_all_went_back_is_paid(trade: Trade) -> None:
    tee, mug = await trade.stocked(10), await trade.stocked(9, price=700)
    bought = await paid_for(trade, tee, 2)
    await modify(trade, bought, None, (mug, 3))
    intended = await trade.intend(bought, key="pay")
    wish = RefundOrder(order_id=bought.order.id, reason="sorry")
    await refund_order(wish, key="r", actor=STAFF, ports=trade.shop.ports)
    order = await lands(trade, intended)
    assert order.payment_status is PaymentStatus.REFUNDED
    assert (await kept(trade, order), len(order.items)) == (usd(0), 1)
    assert await balanced(trade)


async def test_a_preview_tells_what_would_come_of_it_and_stores_nothing(trade: Trade) -> None:
    tee, mug = await trade.stocked(10), await trade.stocked(2, price=700)
    bought = await paid_for(trade, tee, 2)
    before = await now(trade, bought)
    view = await preview(trade, bought, None, (mug, 2))
    assert (view.outcome, view.difference) == (EditOutcome.PREVIEWED, usd(1400))
    assert view.quote.total == before.total + usd(1400)
    assert view.order == await now(trade, bought) == before
    assert await reserved(trade, tee, mug) == [2, 0]
    with pytest.raises(OutOfStock):
        await preview(trade, bought, None, (mug, 3))
    await modify(trade, bought, None, (mug, 2))
    assert (await preview(trade, bought, None, (mug, 2), (tee, 1))).difference == usd(1400 + 1999)


async def test_kept_lines_keep_their_price_and_new_ones_take_todays(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 2)
    await trade.reprice(tee, 2500)
    (item,) = bought.order.items
    view = await modify(trade, bought, {item.id: 4})
    assert [(each.unit_price, each.quantity) for each in view.order.items] == [
        (usd(1999), 2),
        (usd(2500), 2),
    ]
    assert await reserved(trade, tee) == [4]
    fewer = await modify(trade, bought, {item.id: 1}, key="fewer")
    assert fewer.order.total == usd(1999 + 2 * 2500 + 500)
    assert await balanced(trade)


async def test_promotions_are_frozen_unless_they_are_asked_for_again(trade: Trade) -> None:
    await promote(trade, 10)
    tee, mug = await trade.stocked(10, price=1000), await trade.stocked(10, price=1000)
    bought = await trade.buy(tee, 2)
    assert bought.order.total == usd(1800 + 500)
    frozen = await modify(trade, bought, None, (mug, 1), key="frozen")
    assert frozen.order.total == usd(1800 + 1000 + 500)
    again = await modify(trade, bought, None, (tee, 1), key="again", rerun=True)
    assert again.order.total == usd(1800 + 900 + 900 + 500)
    assert await balanced(trade)


async def test_another_place_has_other_taxes(trade: Trade) -> None:
    await tax(trade, "CA", "0.1")
    tee = await trade.stocked(10, price=1000)
    bought = await trade.buy(tee, 2)
    view = await move(trade, bought, AWAY)
    assert (view.outcome, view.order.shipping_address) == (EditOutcome.APPLIED, AWAY)
    assert view.order.total == usd(2500 + 250)
    await trade.pay(bought)
    home = await move(trade, bought, HOME, key="home")
    assert (home.difference, home.order.total) == (usd(-250), usd(2500))
    assert await kept(trade, home.order) == usd(2500)
    assert await balanced(trade)
    street = await move(trade, bought, evolve(HOME, address_line_1="3 Elm"), key="street")
    assert (street.difference, street.order.quote) == (usd(0), home.order.quote)
    assert "order_address_changed" in await told(trade, bought)


async def test_what_needs_no_parcel_is_handed_over_with_the_edit(trade: Trade) -> None:
    tee, song = await trade.stocked(10), await trade.stocked(10, price=500, digital=True)
    bought = await paid_for(trade, tee, 2)
    (item,) = bought.order.items
    view = await modify(trade, bought, {item.id: 1}, (song, 1))
    assert [each.shipped for each in view.order.items] == [0, 1]
    assert (await trade.stock(song)).on_hand == 9
    more = await modify(trade, bought, None, (song, 2), key="more")
    paid = await trade.confirm(bought, await trade.intend(bought, key="pay-more"), key="paid-more")
    assert (more.outcome, paid.order.status) == (EditOutcome.STAGED, OrderStatus.PROCESSING)
    assert (await trade.stock(song)).on_hand == 7
    assert await balanced(trade)


async def test_the_customer_has_an_hour_and_staff_until_something_shipped(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await paid_for(trade, tee, 3)
    (item,) = bought.order.items
    trade.shop.clock.advance(AN_HOUR)
    with pytest.raises(EditClosed) as refused:
        await modify(trade, bought, {item.id: 2})
    assert (refused.value.why, refused.value.allowed) == (EditBar.WINDOW_OVER, ("cancel",))
    assert refused.value.until == bought.order.placed_at + AN_HOUR
    by_staff = await modify(trade, bought, {item.id: 2}, actor=STAFF)
    assert by_staff.outcome is EditOutcome.APPLIED
    parcel = ShipOrder(order_id=bought.order.id, items={item.id: 1})
    await ship_order(parcel, versions=None, key="s", actor=STAFF, ports=trade.shop.ports)
    with pytest.raises(EditClosed) as refused:
        await modify(trade, bought, {item.id: 1}, actor=STAFF, key="late")
    assert refused.value.why is EditBar.SHIPPED
    async with trade.shop.ports.reading() as reads:
        (entry, *_) = await reads.trail.page(
            before=None, limit=9, subject=f"order:{bought.order.id}", account_id=None
        )
    assert entry.action == "ship_order"


async def test_what_is_over_stays_as_it_is(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 2)
    (item,) = bought.order.items
    trade.shop.clock.advance(HALF_AN_HOUR)
    with pytest.raises(OrderOverdue):
        await modify(trade, bought, {item.id: 1})
    await expire_orders(ports=trade.shop.ports)
    with pytest.raises(EditClosed) as refused:
        await modify(trade, bought, {item.id: 1})
    assert (refused.value.why, refused.value.allowed) == (EditBar.OVER, ())


async def test_a_refused_edit_changes_nothing(trade: Trade) -> None:
    tee, mug = await trade.stocked(10), await trade.stocked(1, price=700)
    bought = await paid_for(trade, tee, 2)
    other = await trade.buy(tee, 1)
    (item,) = bought.order.items
    before = await now(trade, bought)
    for wrong, wish in (
        (OutOfStock, modify(trade, bought, {item.id: 1}, (mug, 2), key="a")),
        (NothingChanges, modify(trade, bought, {item.id: 2}, key="b")),
        (NothingLeft, modify(trade, bought, {item.id: 0}, key="c")),
        (InvalidInput, modify(trade, bought, {other.order.items[0].id: 0}, key="d")),
        (VersionConflict, modify(trade, bought, {item.id: 1}, key="e", versions={99})),
        (OrderNotFound, modify(trade, evolve(bought, token=other.token), {item.id: 1}, key="f")),
    ):
        with pytest.raises(wrong):
            await wish
    with pytest.raises(KeyMissing):
        await edit_order(
            _wish(bought, {item.id: 1}, (), rerun=False),
            token=bought.token,
            versions=None,
            key=None,
            actor=GUEST,
            ports=trade.shop.ports,
        )
    assert await now(trade, bought) == before
    assert await reserved(trade, tee, mug) == [3, 0]


async def test_what_is_not_sold_any_more_is_not_added(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 2)
    async with trade.shop.ports.unit_of_work() as work:
        product = await work.products.get(tee.id)
        await work.products.save([product.archive(at=trade.shop.clock())])
    with pytest.raises(VariantNotFound):
        await modify(trade, bought, {bought.order.items[0].id: 3}, key="more")
    assert (await modify(trade, bought, {bought.order.items[0].id: 1})).order.total == usd(2499)


async def test_the_same_key_edits_once(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await paid_for(trade, tee, 3)
    (item,) = bought.order.items
    tries = (modify(trade, bought, {item.id: 2}) for _ in range(5))
    answers = await asyncio.gather(*tries, return_exceptions=True)
    views = [each for each in answers if not isinstance(each, KeyInProgress)]
    views.append(await modify(trade, bought, {item.id: 2}))
    assert {each.difference for each in views if isinstance(each, EditView)} == {usd(-1999)}
    assert await kept(trade, await now(trade, bought)) == usd(2 * 1999 + 500)
    assert await balanced(trade)


async def test_staff_leave_a_trace_of_what_they_changed(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await paid_for(trade, tee, 3)
    await modify(trade, bought, {bought.order.items[0].id: 2}, actor=STAFF)
    await move(trade, bought, evolve(HOME, address_line_1="3 Elm"), actor=STAFF)
    async with trade.shop.ports.reading() as reads:
        entries = await reads.trail.page(
            before=None, limit=9, subject=f"order:{bought.order.id}", account_id=None
        )
    assert [each.action for each in entries] == ["edit_order", "edit_order"]
    assert "Elm" not in str(entries)
