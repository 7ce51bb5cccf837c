"""What customers are told of their orders: each move once, its money with it, and nobody gone."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from attrs import evolve

from automate_store.application.access import GUEST, Actor
from automate_store.application.orders import (
    CancelOrder,
    DeliverOrder,
    OrderView,
    ShipOrder,
    cancel_order,
    deliver_order,
    expire_orders,
    ship_order,
)
from automate_store.application.payments import RefundOrder, refund_order, settle_payment
from automate_store.application.ports.messages import Mail
from automate_store.application.reactions import REACTIONS
from automate_store.application.returns import (
    RequestReturn,
    approve_return,
    reject_return,
    request_return,
    withdraw_return,
)
from automate_store.domain.identity import deleted_email
from automate_store.domain.kernel.ids import LineId, ReturnId, UserId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import GatewayReport, PaymentState
from automate_store.domain.returns import ReturnItem, ReturnKind
from tests.application.edits import lands
from tests.application.trading import STAFF, Trade

TRACKING = "https://post.example/1Z"


@pytest.fixture
async def trade() -> Trade:
    return await Trade.open()


async def mailed(trade: Trade) -> list[Mail]:
    """What was mailed since it was last asked; every reaction runs as often as it may."""
    known = len(trade.shop.mailer.sent)
    heard = list(trade.shop.store._unheard)
    await trade.shop.store.react(REACTIONS, trade.shop.ports)
    for recorded in heard:
        reaction = REACTIONS.get(type(recorded.event))
        if reaction is not None:
            await reaction(recorded.event, recorded.id, trade.shop.ports)
    return list(trade.shop.mailer.sent[known:])


async def paid(trade: Trade, quantity: int, *, digital: bool = False) -> OrderView:
    """An order that is paid, its confirmation out of the way."""
    bought = await trade.buy(await trade.stocked(10, digital=digital), quantity)
    await trade.pay(bought)
    await mailed(trade)
    return bought


async def ship(trade: Trade, bought: OrderView, items: dict[LineId, int] | None = None) -> None:
    command = ShipOrder(
        order_id=bought.order.id,
        items=items,
        carrier="Parcel Post",
        tracking_number="1Z",
        tracking_url=TRACKING,
    )
    await ship_order(
        command, versions=None, key="some" if items else "all", actor=STAFF, ports=trade.shop.ports
    )


async def cancel(
    trade: Trade,
    bought: OrderView,
    items: dict[LineId, int] | None = None,
    *,
    reason: str | None = None,
    actor: Actor = GUEST,
) -> None:
    await cancel_order(
        CancelOrder(order_id=bought.order.id, items=items, reason=reason),
        token=bought.token if actor is GUEST else None,
        versions=None,
        key="some" if items else "all",
        actor=actor,
        ports=trade.shop.ports,
    )


async def refund(trade: Trade, bought: OrderView, cents: int, reason: str) -> None:
    command = RefundOrder(order_id=bought.order.id, amount=Money(cents, "USD"), reason=reason)
    await refund_order(command, key=reason, actor=STAFF, ports=trade.shop.ports)


async def test_a_parcel_is_announced_with_what_is_in_it_and_how_to_follow_it(trade: Trade) -> None:
    bought = await paid(trade, 3)
    (item,) = bought.order.items
    await ship(trade, bought, {item.id: 2})
    (first,) = await mailed(trade)
    await ship(trade, bought)
    (second,) = await mailed(trade)
    assert first.to == "ann@example.com"
    assert "on its way" in first.subject
    assert "2 x Tee" in first.text
    assert "The rest follows" in first.text
    assert "1 x Tee" in second.text
    assert "The rest follows" not in second.text
    for mail in (first, second):
        assert TRACKING in mail.text
        assert mail.html is not None
        assert f'href="{TRACKING}"' in mail.html


async def test_an_order_that_arrived_is_told_once_for_all_its_parcels(trade: Trade) -> None:
    bought = await paid(trade, 3)
    (item,) = bought.order.items
    await ship(trade, bought, {item.id: 2})
    await ship(trade, bought)
    await mailed(trade)
    command = DeliverOrder(order_id=bought.order.id)
    await deliver_order(command, versions=None, key="deliver", actor=STAFF, ports=trade.shop.ports)
    (mail,) = await mailed(trade)
    assert "has arrived" in mail.subject
    assert "3 x Tee" in mail.text


async def test_what_never_travelled_is_not_said_to_have_arrived(trade: Trade) -> None:
    bought = await trade.buy(await trade.stocked(10, digital=True), 1)
    await trade.pay(bought)
    (mail,) = await mailed(trade)
    assert "is confirmed" in mail.subject


async def test_an_unpaid_order_is_called_off_without_a_word_of_money(trade: Trade) -> None:
    bought = await trade.buy(await trade.stocked(10), 3)
    await cancel(trade, bought, reason="too slow")
    (mail,) = await mailed(trade)
    assert f"order {bought.order.number} is cancelled" in mail.subject
    assert "3 x Tee" in mail.text
    assert "too slow" in mail.text
    assert "goes back" not in mail.text


async def test_one_mail_tells_of_a_cancellation_and_of_its_money(trade: Trade) -> None:
    bought = await paid(trade, 3)
    (item,) = bought.order.items
    await cancel(trade, bought, {item.id: 1})
    (part,) = await mailed(trade)
    trade.shop.clock.advance(timedelta(hours=1))
    await cancel(trade, bought)
    (rest,) = await mailed(trade)
    assert "part of order" in part.subject
    assert "1 x Tee" in part.text
    assert "19.99 USD goes back" in part.text
    assert "2 x Tee" in rest.text
    assert "44.98 USD goes back" in rest.text, "with the shipping"


async def test_money_given_back_by_itself_has_a_mail_of_its_own(trade: Trade) -> None:
    bought = await paid(trade, 3)
    (item,) = bought.order.items
    await cancel(trade, bought, {item.id: 1}, reason="late", actor=STAFF)
    await mailed(trade)
    trade.shop.clock.advance(timedelta(minutes=5))
    await refund(trade, bought, 250, "late")
    (mail,) = await mailed(trade)
    assert "2.50 USD goes back to you" in mail.subject
    assert "late" in mail.text


async def test_an_order_that_nobody_paid_for_is_told_to_have_ended(trade: Trade) -> None:
    bought = await trade.buy(await trade.stocked(10), 1)
    trade.shop.clock.advance(timedelta(hours=1))
    await expire_orders(ports=trade.shop.ports)
    (mail,) = await mailed(trade)
    assert "is cancelled" in mail.subject
    assert "was not paid in time" in mail.text
    assert bought.order.number in mail.text


async def test_an_order_that_was_revived_is_not_told_to_be_cancelled(trade: Trade) -> None:
    bought = await trade.buy(await trade.stocked(10), 1)
    late = await trade.intend(bought)
    trade.shop.clock.advance(timedelta(minutes=30))
    await expire_orders(ports=trade.shop.ports)
    await lands(trade, late)

    (mail,) = await mailed(trade)

    assert "cancelled" not in mail.subject + mail.text
    assert "24.99 USD" in mail.text


async def test_money_that_came_too_late_is_told_to_go_back(trade: Trade) -> None:
    tee = await trade.stocked(1)
    bought = await trade.buy(tee, 1)
    intended = await trade.intend(bought)
    trade.shop.clock.advance(timedelta(hours=1))
    await expire_orders(ports=trade.shop.ports)
    await trade.buy(tee, 1)
    await mailed(trade)
    assert intended.payment.intent_id is not None
    captured = GatewayReport(
        intent_id=intended.payment.intent_id,
        state=PaymentState.CAPTURED,
        amount=intended.payment.amount,
    )
    async with trade.shop.ports.unit_of_work() as work:
        await settle_payment(
            intended.payment, captured, work=work, actor=GUEST, ports=trade.shop.ports
        )
    (mail,) = await mailed(trade)
    assert f"{bought.order.total} goes back to you" in mail.subject
    assert "Reason: the payment came too late, or was more than was to be paid" in mail.text


async def test_a_return_that_is_approved_is_told_with_what_goes_back(trade: Trade) -> None:
    bought = await paid(trade, 2)
    asked = await returned(trade, bought)
    await approve_return(asked, key="yes", actor=STAFF, ports=trade.shop.ports)

    (mail,) = await mailed(trade)

    assert bought.order.number in mail.subject + mail.text
    assert "19.99 USD" in mail.text


async def test_of_a_return_that_was_withdrawn_nothing_is_told_to_be_sent(trade: Trade) -> None:
    bought, ports = await paid(trade, 1), trade.shop.ports
    return_id = await returned(trade, bought)
    await mailed(trade)
    await approve_return(return_id, key="approve", actor=STAFF, ports=ports)
    token, order_id = bought.token, bought.order.id
    await withdraw_return(order_id, return_id, token=token, key="w", actor=GUEST, ports=ports)
    assert await mailed(trade) == []


async def test_a_return_that_is_rejected_is_told_with_the_reason(trade: Trade) -> None:
    bought = await paid(trade, 2)
    asked = await returned(trade, bought)
    await reject_return(asked, "It was worn.", key="no", actor=STAFF, ports=trade.shop.ports)

    (mail,) = await mailed(trade)

    assert "It was worn." in mail.text


async def returned(trade: Trade, bought: OrderView) -> ReturnId:
    """A return of one piece of the order, asked for; what was mailed before is out of the way."""
    ports = trade.shop.ports
    await ship(trade, bought)
    arrived = DeliverOrder(order_id=bought.order.id)
    await deliver_order(arrived, versions=None, key="deliver", actor=STAFF, ports=ports)
    item = ReturnItem(item_id=bought.order.items[0].id, quantity=1, reason="changed_mind")
    wish = RequestReturn(order_id=bought.order.id, kind=ReturnKind.RETURN, items=(item,))
    view = await request_return(wish, token=bought.token, key="ask", actor=GUEST, ports=ports)
    await mailed(trade)
    return view.returned.id


async def test_whoever_deleted_their_account_is_told_nothing_more(trade: Trade) -> None:
    bought = await paid(trade, 1)
    await ship(trade, bought)
    async with trade.shop.ports.unit_of_work() as work:
        order = await work.orders.get(bought.order.id)
        await work.orders.save(evolve(order, email=deleted_email(UserId(UUID(int=1)))))
    await refund(trade, bought, 100, "sorry")
    assert await mailed(trade) == []
