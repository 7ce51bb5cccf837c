"""What customers are told of changes of their orders: once they are made, and paid."""

from __future__ import annotations

import pytest

from tests.application.edits import AWAY, modify, move
from tests.application.test_mails import mailed
from tests.application.trading import Trade


@pytest.fixture
async def trade() -> Trade:
    return await Trade.open()


async def test_one_mail_tells_of_a_change_and_of_the_money_that_goes_back(trade: Trade) -> None:
    bought = await trade.buy(await trade.stocked(10), 2)
    await trade.pay(bought)
    await mailed(trade)
    (item,) = bought.order.items

    await modify(trade, bought, {item.id: 1})

    (mail,) = await mailed(trade)
    assert mail.subject == f"Corner Shop: order {bought.order.number} is changed"
    assert "1 x Tee" in mail.text
    assert "it comes to 24.99 USD" in mail.text
    assert "19.99 USD goes back to you" in mail.text


async def test_what_is_to_be_paid_for_is_told_once_it_is_paid(trade: Trade) -> None:
    bought = await trade.buy(await trade.stocked(10), 1)
    await trade.pay(bought)
    (item,) = bought.order.items
    await mailed(trade)

    await modify(trade, bought, {item.id: 2})
    assert await mailed(trade) == []
    await trade.confirm(bought, await trade.intend(bought, key="more"), key="paid")

    (mail,) = await mailed(trade)
    assert mail.text.count("1 x Tee") == 2, "what is added has a line and a price of its own"
    assert "The change cost 19.99 USD, which you have paid." in mail.text


async def test_another_address_is_told(trade: Trade) -> None:
    bought = await trade.buy(await trade.stocked(10), 1)
    await trade.pay(bought)
    await mailed(trade)

    await move(trade, bought, AWAY)

    (mail,) = await mailed(trade)
    assert "goes to another address" in mail.text
    assert AWAY.address_line_1 in mail.text


async def test_of_a_change_before_it_is_paid_the_confirmation_tells(trade: Trade) -> None:
    bought = await trade.buy(await trade.stocked(10), 1)
    (item,) = bought.order.items

    await modify(trade, bought, {item.id: 2})
    assert await mailed(trade) == []
    await trade.pay(bought)

    (mail,) = await mailed(trade)
    assert "is confirmed" in mail.subject
    assert mail.text.count("1 x Tee") == 2, "what is added has a line and a price of its own"
