"""
P19: money that comes once the hold is over, and the stock with somebody else.

Shoppers pay at a gateway that can't be heard, and their orders expire; meanwhile others buy
half of what was held for them. Then the gateway is heard again: half of the payments were
through before the end, and half come to their own end only now. Of those whose stock is there
the order is revived and paid; all the others have their money back, at the gateway too,
within one sweep. Nothing that was paid is called off, and nothing is sold twice.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

from benchmarks.promises.run import Run
from benchmarks.rig.catalog import Line
from benchmarks.rig.gateway import FakeGateway
from benchmarks.rig.insides import expire
from benchmarks.rig.jobs import done
from benchmarks.rig.ledger import differences
from benchmarks.rig.paying import Held, held, ordered, patiently, pay
from benchmarks.rig.races import storm
from benchmarks.rig.shop import PATIENT, Shop
from benchmarks.rig.shoppers import Shoppers

CLIENTS = 16
LATER = timedelta(days=1)
CARDS = ("card_ok", "card_slow")
MUTE = {"fail_before": 1.0}
TOLD_S = 120.0
SWEEP_S = 180.0
ENDS = """
    SELECT o.id::text, o.state, o.payment_state, p.captured_amount, p.refunded_amount,
        (SELECT count(*) FROM order_events e
            WHERE e.order_id = o.id AND e.kind = 'order_cancelled')
    FROM orders o JOIN payments p ON p.order_id = o.id WHERE o.id = ANY(%s)
"""


async def check(run: Run) -> None:
    """Pay for what expired, half of which is gone."""
    with Shop(settings=PATIENT, gateway=True) as shop:
        assert shop.gateway is not None, "the shop was asked for one"
        await _pay_late(shop, shop.gateway, run)
        run.conclude(shop)


async def _pay_late(shop: Shop, gateway: FakeGateway, run: Run) -> None:
    run.tries = run.size(500, 20)
    (variant,) = shop.stock([Line(handle=f"p19-{run.seed}", stock=run.tries)]).values()
    gateway.tell(None)
    async with Shoppers(shop.bases) as shoppers:
        late = await storm([partial(held, shoppers, variant)] * run.tries, clients=CLIENTS)
        for nth, one in enumerate(late):
            await pay(gateway, one, CARDS[nth % len(CARDS)])
        gateway.go_wrong(calls=dict.fromkeys(("cancel", "fetch"), MUTE))
        expired = await asyncio.to_thread(expire, shop.settings, LATER)
        run.equal("orders that expired", expired, run.tries)
        gone = run.tries // 2
        await storm([partial(_bought, shoppers, variant)] * gone, clients=CLIENTS)
    gateway.go_wrong()
    await _heard_again(shop, gateway, late)
    told = await asyncio.to_thread(gateway.wait_until_told, TOLD_S)
    run.require(told, "the gateway could not tell all that happened")
    left, failed = await done(shop, within_s=SWEEP_S)
    run.equal("reactions that nobody did", left, 0)
    run.equal("reactions that failed", failed, 0)
    _judge(shop, gateway, run, late, there=run.tries - gone)


async def _heard_again(shop: Shop, gateway: FakeGateway, late: Sequence[Held]) -> None:
    """Slow payments succeed, and the shop is told of all of them."""
    gateway.tell(shop.bases[0])
    for event in gateway.events():
        if event["type"] == "intent.captured":
            await asyncio.to_thread(gateway.tried, f"/events/{event['id']}/tell")
    for one in late:
        path = f"/intents/{one.intent_id}/settle"
        await asyncio.to_thread(gateway.tried, path, succeeded=True)


def _judge(shop: Shop, gateway: FakeGateway, run: Run, late: Sequence[Held], *, there: int) -> None:
    ends: Counter[str] = Counter()
    rows = shop.database.rows(ENDS, [[one.id for one in late]])
    for _, state, payment, captured, refunded, called_off in rows:
        ends[f"{state}, {payment}"] += 1
        run.require(captured > 0, "the money of a late payment is not known")
        kept = captured if state == "confirmed" else 0
        run.equal(f"money kept of an order that is {state}", captured - refunded, kept)
        run.equal("orders called off after they were paid", called_off, 0)
    run.measured["ends"] = dict(sorted(ends.items()))
    run.equal("orders that are paid after all", ends["confirmed, paid"], there)
    for fault, offenders in differences(shop, gateway).items():
        run.faults[f"{fault}: {', '.join(offenders)}"] += 1


async def _bought(shoppers: Shoppers, variant: UUID) -> None:
    order = await ordered(shoppers, variant)
    paid = await patiently(partial(shoppers.pay, order, order["token"]))
    assert paid.ok, f"an order could not be paid: {paid}"
