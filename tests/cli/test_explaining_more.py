"""``explain order``: what came for goods that went back, and what banks were asked for."""

from __future__ import annotations

from attrs import evolve

from automate_store.application.orders import explain_order
from automate_store.domain.kernel.ids import OrderId
from automate_store.domain.payments import DisputeReport, DisputeState
from automate_store.entrypoints.cli.explaining import story_text
from tests.application.exchanging import exchange, pay_difference
from tests.application.giving_back import approve, delivered, receive, usd
from tests.application.telling import Desk
from tests.application.trading import STAFF, Trade
from tests.cli.test_explaining import named


async def told(trade: Trade, number: str) -> list[str]:
    """What the program prints, each line's spaces as one."""
    story = await explain_order(number, actor=STAFF, ports=trade.shop.ports)
    return [" ".join(line.split()) for line in story_text(story, width=100)]


async def test_an_even_exchange_names_what_comes_and_gives_nothing_back() -> None:
    trade = await Trade.open()
    tee, cap = await named(trade, "Tee", 1999), await named(trade, "Cap", 1999)
    bought = await delivered(trade, tee, 2)
    await receive(trade, await approve(trade, await exchange(trade, bought, 1, cap)), 1)
    said = await told(trade, bought.order.number)
    assert "Tee 1 changed_mind +19.99" in said
    assert "Cap 1 comes for Tee -19.99" in said
    assert "goes back 0.00" in said
    assert "of which 19.99 USD were given back, 19.99 USD as goods that came for" in " ".join(said)
    assert said[-1].endswith("They agree.")


async def test_a_dearer_exchange_says_what_is_due_and_that_it_was_paid() -> None:
    trade = await Trade.open()
    tee, coat = await named(trade, "Tee", 1999), await named(trade, "Coat", 5000)
    bought = await delivered(trade, tee, 1)
    await receive(trade, await approve(trade, await exchange(trade, bought, 1, coat)), 1)
    assert "is to be paid 30.01" in await told(trade, bought.order.number)
    await pay_difference(trade, bought)
    assert "was paid 30.01" in await told(trade, bought.order.number)


async def test_a_lost_dispute_is_told() -> None:
    desk = await Desk.in_memory()
    payment = await desk.paid()
    report = DisputeReport(
        dispute_id="dp_1", amount=usd(4500), reason="fraudulent", state=DisputeState.OPEN
    )
    for each in (report, evolve(report, state=DisputeState.LOST)):
        await desk.tell(desk.happened(payment, each))
    number = await _number(desk, payment.order_id)
    story = await explain_order(number, actor=STAFF, ports=desk.ports)
    said = "\n".join(story_text(story, width=200))
    assert "dispute opened: 45.00 USD, fraudulent; the bank holds it meanwhile" in said
    assert "dispute lost: 45.00 USD, fraudulent; the bank keeps books of its own" in said


async def _number(desk: Desk, order_id: OrderId) -> str:
    async with desk.ports.reading() as reads:
        return (await reads.orders.get(order_id)).number
