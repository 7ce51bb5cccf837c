"""What customers are told of claims: nothing of goods that they never sent back."""

from __future__ import annotations

import pytest

from automate_store.application.returns import ReplaceReturn, reject_return, replace_return
from automate_store.domain.returns import ReturnKind
from tests.application.exchanging import exchange
from tests.application.giving_back import approve, ask, delivered
from tests.application.test_mails import mailed
from tests.application.trading import STAFF, Trade

LOST = "lost"


@pytest.fixture
async def trade() -> Trade:
    return await Trade.open()


async def test_a_claim_that_is_rejected_is_told_to_be_one(trade: Trade) -> None:
    bought, ports = await delivered(trade, await trade.stocked(10), 1), trade.shop.ports
    asked = await ask(trade, bought, 1, LOST, kind=ReturnKind.CLAIM)
    await mailed(trade)

    await reject_return(asked.returned.id, "It was signed for.", key="n", actor=STAFF, ports=ports)

    (mail,) = await mailed(trade)
    assert "your claim" in mail.subject
    assert "It was signed for." in mail.text
    assert "return" not in mail.subject + mail.text + (mail.html or "")


async def test_what_comes_for_a_claim_is_told_without_a_word_of_what_was_sent_back(
    trade: Trade,
) -> None:
    tee, coat, ports = (
        await trade.stocked(10),
        await trade.stocked(10, price=5000),
        trade.shop.ports,
    )
    bought = await delivered(trade, tee, 1)
    asked = await exchange(trade, bought, 1, coat, LOST, kind=ReturnKind.CLAIM)
    await approve(trade, asked)
    await mailed(trade)

    await replace_return(
        ReplaceReturn(return_id=asked.returned.id), key="replace", actor=STAFF, ports=ports
    )

    (mail,) = await mailed(trade)
    assert "30.01 USD more" in mail.text
    assert "what you claimed" in mail.text
    assert "sent back" not in mail.text + (mail.html or "")


async def test_a_claim_that_is_accepted_is_told_with_what_goes_back(trade: Trade) -> None:
    bought = await delivered(trade, await trade.stocked(10), 1)
    asked = await ask(trade, bought, 1, LOST, kind=ReturnKind.CLAIM)
    await mailed(trade)

    await approve(trade, asked)

    (mail,) = await mailed(trade)
    assert "your claim" in mail.subject
    assert "24.99 USD goes back to you" in mail.text
    assert "send this back" not in mail.text + (mail.html or "")
