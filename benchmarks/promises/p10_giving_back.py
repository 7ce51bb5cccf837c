"""
P10: an order's money and goods, asked back by 64 at once: no more of either comes back than went.

Orders are paid at a gateway with books of its own. Some have not shipped, and are called off
and refunded by hand at the same time; some have arrived, and are returned and refunded: all
of it in pieces that add up to more than there is, under keys of which some are used again and
again. Meanwhile the gateway's own desk gives parts back, and what happened there is told
again and again, to both servers. Then every return is approved, received and paid back by
several at once. In the end the gateway gave back what the store says, and no more.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from benchmarks.promises.run import Run
from benchmarks.rig.catalog import Line
from benchmarks.rig.gateway import FakeGateway
from benchmarks.rig.jobs import done
from benchmarks.rig.ledger import differences
from benchmarks.rig.paying import held, patiently, pay
from benchmarks.rig.races import Job, at_once, raced, storm
from benchmarks.rig.servers import run as command
from benchmarks.rig.shop import PATIENT, STAFF, Shop
from benchmarks.rig.shoppers import API, Answer, Shoppers, counts, fresh_key
from benchmarks.rig.telling import by_intent, tell

PIECES = 5
AGAIN = 4
"""How often a key that is used again comes."""

DESK_GIVES, DESKS_SHARE = 3, 5
"""How often the gateway's desk gives a part back, and how many percent of it each time."""

BUSY = "409 key_in_progress"
REFUNDED = {"200", BUSY, "409 refund_too_large", "409 illegal_move"}
CALLED_OFF = {"200", BUSY, "409 not_cancellable", "409 illegal_move"}
ASKED_BACK = {"201", BUSY, "409 not_returnable"}
DECIDED = {"200", BUSY, "409 illegal_return_move"}
HEARD = {"200", "202", "204"}
GIVEN_THERE = {"given", "refused"}
TOLD_TWICE = {"duplicate": 0.5, "reorder": 0.25}
EFFECT_S, RECONCILE_S = 120.0, 300
ALLOWED = {
    "told": HEARD,
    "given_back_there": GIVEN_THERE,
    "refunded": REFUNDED,
    "called_off": CALLED_OFF,
    "asked_back": ASKED_BACK,
    "approved": DECIDED,
    "received": DECIDED,
    "paid_back": DECIDED,
}
ORDER_ROW = "SELECT 1 FROM orders WHERE id = %s FOR UPDATE"
WAVES = ("approve", "receive", "refund")
BOOKS = """
    SELECT o.id,
        (SELECT sum(captured_amount) FROM payments p WHERE p.order_id = o.id),
        (SELECT sum(refunded_amount) FROM payments p WHERE p.order_id = o.id),
        (SELECT coalesce(sum(amount), 0) FROM refunds r
            WHERE r.order_id = o.id AND r.state <> 'failed'),
        (SELECT count(*) FROM refunds r WHERE r.order_id = o.id AND r.reason LIKE 'by hand %%'),
        (SELECT count(DISTINCT r.reason) FROM refunds r
            WHERE r.order_id = o.id AND r.reason LIKE 'by hand %%'),
        (SELECT sum(shipped_quantity) FROM order_items i WHERE i.order_id = o.id),
        (SELECT sum(returned_quantity) FROM order_items i WHERE i.order_id = o.id),
        (SELECT sum(returning_quantity) FROM order_items i WHERE i.order_id = o.id),
        (SELECT coalesce(sum(quantity_change), 0) FROM inventory_movements m
            JOIN returns b ON b.id = m.reference_id
            WHERE m.movement_type = 'return' AND b.order_id = o.id),
        (SELECT coalesce(sum(b.quantity), 0) FROM return_items b
            JOIN returns r ON r.id = b.return_id
            WHERE r.order_id = o.id AND r.status = 'refunded')
    FROM orders o WHERE o.id = ANY(%s)
"""
Order = dict[str, Any]
Asking = tuple[str, Job[Answer | str]]


async def check(run: Run) -> None:
    """Ask back what a gateway was paid."""
    with Shop(settings=PATIENT, gateway=True) as shop:
        assert shop.gateway is not None, "the shop was asked for one"
        await _ask_back(shop, shop.gateway, run)
        run.conclude(shop)


async def _ask_back(shop: Shop, gateway: FakeGateway, run: Run) -> None:
    """Ask every order's money and goods back, by as many at once as there are."""
    orders, clients = run.size(200, 6), run.size(64, 40)
    run.tries = orders * clients
    (variant,) = shop.stock([Line(handle=f"p10-{run.seed}", stock=2 * PIECES * orders)]).values()
    gateway.tell(shop.bases[0])
    gateway.go_wrong(seed=run.seed, events=TOLD_TWICE)
    async with Shoppers(shop.bases) as shoppers:
        jobs = [
            partial(_bought, shoppers, gateway, variant, arrived=bool(n % 2)) for n in range(orders)
        ]
        bought = await storm(jobs, clients=8)
        for nth, order in enumerate(bought):
            asked = _all_asked(run, shoppers, gateway, order, clients)
            await _storm(shop, run, order, asked, barrier=nth < len(WAVES))
        returns = [await _come_back(run, shoppers, order) for order in bought]
    run.measured["returns"] = sum(returns)
    run.require(sum(returns) > 0, "nothing was returned")
    await _agree(shop, gateway, run)
    _judge(shop, run, bought)


async def _agree(shop: Shop, gateway: FakeGateway, run: Run) -> None:
    """All that was told and asked has its effect, and what is left of it is made good."""
    told = await asyncio.to_thread(gateway.wait_until_told, EFFECT_S)
    run.require(told, "the gateway could not tell all that happened")
    left, failed = await done(shop, within_s=EFFECT_S)
    run.equal("reactions that nobody did", left, 0)
    run.equal("reactions that failed", failed, 0)
    # To be told is enough: what is reconciled below would hide that nobody listens.
    heard = shop.database.value("SELECT count(*) FROM refunds WHERE made_there")
    run.equal("what the desk gave back, heard of", heard, run.measured["given_back_there"]["given"])
    code, said = command(shop.settings, "reconcile", "--since", "2h", timeout_s=RECONCILE_S)
    run.measured["reconciled"] = code
    await done(shop, within_s=EFFECT_S)
    for fault, offenders in differences(shop, gateway).items():
        run.faults[f"{fault}: {', '.join(offenders)}"] += 1
    if run.faults:
        run.measured["left"] = said[-500:]


def _all_asked(
    run: Run, shoppers: Shoppers, gateway: FakeGateway, order: Order, clients: int
) -> list[Asking]:
    """Wishes of customers and staff, among words of the gateway and what its desk does."""
    captured = by_intent(gateway.events())[order["intent_id"]][-1]
    told: Asking = ("told", partial(tell, shoppers, captured))
    share = order["minor"] * DESKS_SHARE // 100
    there: Asking = ("given_back_there", partial(_give_there, gateway, order, share))
    asked = [*([told] * AGAIN), *([there] * DESK_GIVES)]
    asked += [asking for nth in range(clients) for asking in _asked(run, shoppers, order, nth)]
    return asked[:clients]


async def _give_there(gateway: FakeGateway, order: Order, amount: int) -> str:
    """The gateway's own desk gives a part back, as long as there is one."""
    path = f"/intents/{order['intent_id']}/refunds"
    given = await asyncio.to_thread(gateway.tried, path, amount=amount)
    return "given" if given else "refused"


async def _storm(shop: Shop, run: Run, order: Order, asked: list[Asking], *, barrier: bool) -> None:
    run.random.shuffle(asked)
    jobs = [partial(patiently, job) for _, job in asked]
    if barrier:
        row = [UUID(order["id"])]
        answers, met = await raced(
            shop.database, jobs, lock=ORDER_ROW, parameters=row, meet=len(jobs) // 4
        )
        run.measured["barrier_met"] = max(met, run.measured.get("barrier_met", 0))
        run.require(met > 1, "too few met at the barrier to race for an order's money")
    else:
        answers = await at_once(jobs)
    _tally(run, [what for what, _ in asked], answers)


def _asked(run: Run, shoppers: Shoppers, order: Order, nth: int) -> list[Asking]:
    """A wish, or the same one several times under its key."""
    key = fresh_key()
    some = partial(shoppers.ask, headers={**STAFF, "Idempotency-Key": key})
    if nth % 2:
        share = order["minor"] * run.random.choice((10, 25, 40)) // 100
        amount = {"amount": f"{share // 100}.{share % 100:02d}", "currency": "USD"}
        body = {"order_id": order["id"], "amount": amount, "reason": f"by hand {key}"}
        wish: Asking = ("refunded", partial(some, "POST", f"{API}/payments/refund", body))
    elif order["arrived"]:
        body = {"items": [{"item_id": order["item"], "quantity": 1, "reason": "defective"}]}
        headers = {"X-Order-Token": order["token"], "Idempotency-Key": key}
        path = f"{API}/orders/{order['id']}/return"
        wish = "asked_back", partial(shoppers.ask, "POST", path, body, headers=headers)
    else:
        one = {order["item"]: 1}
        wish = (
            "called_off",
            partial(shoppers.cancel, order, order["token"], key=key, items=one),
        )
    return [wish] * (AGAIN if nth % 3 else 1)


async def _come_back(run: Run, shoppers: Shoppers, order: Order) -> int:
    """Every return approved, received and paid back by several at once; how many there are."""
    listed = await shoppers.ask(
        "GET", f"{API}/orders/{order['id']}/returns", headers={"X-Order-Token": order["token"]}
    )
    assert listed.ok, f"returns could not be listed: {listed}"
    for what, wave in zip(("approved", "received", "paid_back"), WAVES, strict=True):
        jobs: list[Job[Answer | str]] = []
        for each in listed.body["items"]:
            items = [{"item_id": order["item"], "accepted": 1, "condition": "new"}]
            body = {"items": items} if wave == "receive" else None
            path = f"{API}/admin/returns/{each['id']}/{wave}"
            jobs += [
                partial(patiently, partial(_by_staff, shoppers, path, body, key=fresh_key()))
                for _ in range(AGAIN)
            ]
        _tally(run, [what] * len(jobs), await at_once(jobs))
    return len(listed.body["items"])


def _tally(run: Run, whats: Sequence[str], answers: Sequence[Answer | str]) -> None:
    for what, answer in zip(whats, answers, strict=True):
        label = answer if isinstance(answer, str) else answer.label()
        run.measured.setdefault(what, Counter())[label] += 1
        run.require(label in ALLOWED[what], f"{what}: answered {label}")


def _judge(shop: Shop, run: Run, orders: Sequence[Order]) -> None:
    ids = [UUID(order["id"]) for order in orders]
    rows = shop.database.rows(BOOKS, [ids])
    run.equal("orders that are judged", len(rows), len(orders))
    for row in rows:
        _, captured, refunded, given, by_hand, wishes, shipped, returned, open_, shelved, back = row
        run.require(refunded <= captured, "more went back than was captured")
        run.equal("refunds of a payment, and what it says it gave back", refunded, given)
        run.equal("refunds by hand for one key each", by_hand, wishes)
        run.require(returned + open_ <= shipped, "more came back than left")
        run.equal("pieces shelved again, and taken back", shelved, returned)
        run.equal("pieces of returns that were paid back, and taken back", back, returned)


async def _bought(
    shoppers: Shoppers, gateway: FakeGateway, variant: UUID, *, arrived: bool
) -> Order:
    """A paid order of PIECES pieces, sent and arrived perhaps."""
    one = await held(shoppers, variant, pieces=PIECES)
    await pay(gateway, one)
    key = fresh_key()
    paid = await patiently(partial(shoppers.confirm, one.order, one.payment, one.token, key=key))
    assert paid.ok, f"an order could not be paid: {paid}"
    order = one.order
    for step in ("shipments", "deliver") if arrived else ():
        body: object = {"items": counts({order["items"][0]["id"]: PIECES})}
        sent = await _by_staff(
            shoppers,
            f"{API}/admin/orders/{order['id']}/{step}",
            body if step != "deliver" else None,
        )
        assert sent.ok, f"an order could not be sent: {sent}"
    total = str(order["quote"]["total"]["amount"])
    return {
        "id": order["id"],
        "token": one.token,
        "intent_id": one.intent_id,
        "item": order["items"][0]["id"],
        "minor": int(total.replace(".", "")),
        "arrived": arrived,
    }


async def _by_staff(
    shoppers: Shoppers, path: str, body: object, *, key: str | None = None
) -> Answer:
    headers = {**STAFF, "Idempotency-Key": key or fresh_key()}
    return await shoppers.ask("POST", path, body, headers=headers)
