"""What is wanted of a shop whose servers die: asked again under its key, and remembered."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

from attrs import Factory, define, frozen

from benchmarks.rig.gateway import FakeGateway
from benchmarks.rig.ledger import differences
from benchmarks.rig.paying import Held, pay
from benchmarks.rig.shop import STAFF, Shop
from benchmarks.rig.shoppers import API, Answer, Shoppers, fresh_key
from benchmarks.rig.telling import Happened, tell

PERSIST_S = 60.0
PAUSE_S = 0.1
KEPT = ("paid", "partially_refunded", "refunded")
GIVEN_BACK = {"amount": "5.00", "currency": "USD"}

LATER = """
    WITH begun AS (UPDATE payments SET created_at = created_at - interval '10 minutes')
    UPDATE refunds SET created_at = created_at - interval '10 minutes'
"""
_ORDERS = """
    SELECT o.id, o.guest_email, o.payment_state, o.state = 'cancelled',
        (SELECT count(*) FROM payments p WHERE p.order_id = o.id),
        (SELECT count(*) FROM refunds r WHERE r.order_id = o.id)
    FROM orders o
"""
_PAYMENTS = "SELECT id FROM payments"
_REFUNDS = "SELECT id, state FROM refunds"
_EVENTS = "SELECT event_id, state FROM webhook_events"


@define
class History:
    """Every answer, and what was acknowledged: all of that has to be true in the end."""

    asked: Counter[str] = Factory(Counter)
    orders: set[UUID] = Factory(set)
    payments: set[UUID] = Factory(set)
    paid: set[UUID] = Factory(set)
    """Orders whose payment was."""
    events: set[str] = Factory(set)
    refunds: set[UUID] = Factory(set)
    called_off: set[UUID] = Factory(set)
    given_up: list[str] = Factory(list)
    """What nobody would answer, however often it was asked."""
    unasked: int = 0
    """What nobody asked again."""


@frozen
class Wish:
    """One thing that somebody wants, under one key."""

    ask: Callable[[Shoppers], Awaitable[Answer]]
    note: Callable[[Answer], None]
    """What is remembered of its answer."""
    what: str


@define
class Wishes:
    """
    Makes the wishes of one shop's customers and staff, and of its gateway.

    ``calm`` reaches servers that are not killed, for what has to be there before.
    """

    calm: Shoppers
    gateway: FakeGateway
    variant: UUID
    domain: str
    """Of the customers' e-mails; each order has another one."""
    history: History = Factory(History)
    _made: int = 0
    _last: str | None = None
    _happened: dict[str, list[Happened]] = Factory(lambda: defaultdict(list))

    async def to_order(self) -> Wish:
        """An order of one piece."""
        cart, key, self._made = (
            await self.calm.fill([(self.variant, 1)]),
            fresh_key(),
            self._made + 1,
        )
        email = f"{self._made}@{self.domain}"

        def note(answer: Answer) -> None:
            self.history.orders.add(UUID(answer.body["id"]))

        return Wish(lambda asked: asked.order(cart, key=key, email=email), note, "order")

    async def to_intend(self, order: Mapping[str, Any] | None = None) -> Wish:
        """A payment of an order by the gateway."""
        placed = order or (await self.done(await self.to_order())).body
        token, key = placed["token"], fresh_key()

        def note(answer: Answer) -> None:
            self.history.payments.add(UUID(answer.body["id"]))

        return Wish(
            lambda asked: asked.intend(placed, token, key=key, gateway="fake"), note, "intent"
        )

    async def to_confirm(self, held: Held | None = None) -> Wish:
        """The confirmation of what was paid at the gateway."""
        one, key = held or await self.paid_there(), fresh_key()

        def note(answer: Answer) -> None:
            if answer.body["order"]["payment_status"] in KEPT:
                self.history.paid.add(one.id)

        return Wish(
            lambda asked: asked.confirm(one.order, one.payment, one.token, key=key), note, "confirm"
        )

    async def to_hear(self, held: Held | None = None) -> Wish:
        """The gateway's word of a payment."""
        one = held or await self.paid_there()
        event = await self.captured(one)

        def note(_: Answer) -> None:
            self.history.events.add(event["id"])

        return Wish(lambda asked: tell(asked, event), note, "webhook")

    async def to_give_back(self, held: Held | None = None) -> Wish:
        """A part of an order's money back."""
        one = held or await self.paid_there()
        if held is None:
            await self.done(await self.to_confirm(one))
        body = {"order_id": one.order["id"], "amount": GIVEN_BACK, "reason": "out of kindness"}
        headers = {**STAFF, "Idempotency-Key": fresh_key()}
        path = f"{API}/payments/refund"

        def note(answer: Answer) -> None:
            self.history.refunds |= {UUID(each["id"]) for each in answer.body["refunds"]}

        return Wish(lambda asked: asked.ask("POST", path, body, headers=headers), note, "refund")

    async def to_call_off(self, order: Mapping[str, Any]) -> Wish:
        """The end of an order that was not paid."""
        key = fresh_key()

        def note(_: Answer) -> None:
            self.history.called_off.add(UUID(order["id"]))

        return Wish(lambda asked: asked.cancel(order, order["token"], key=key), note, "cancel")

    async def paid_there(self) -> Held:
        """An order whose money the gateway has, and of which the shop does not know yet."""
        placed = (await self.done(await self.to_order())).body
        intent = (await self.done(await self.to_intend(placed))).body
        one = Held.of(placed, intent)
        await pay(self.gateway, one)
        return one

    async def captured(self, one: Held) -> Happened:
        """The gateway's event of it."""
        after = "" if self._last is None else f"&after={self._last}"
        page = await asyncio.to_thread(self.gateway.look, f"/events?limit=1000{after}")
        for event in page["items"]:
            self._last = event["id"]
            self._happened[event["intent_id"]].append(event)
        return self._happened[one.intent_id][-1]

    async def done(self, wish: Wish) -> Answer:
        """The wish fulfilled, by servers that are not killed."""
        answer = await self.persist(wish, self.calm)
        assert answer is not None, f"{wish.what} was not answered"
        return answer

    async def once(self, wish: Wish, asked: Shoppers) -> Answer:
        """The answer of one try."""
        answer = await wish.ask(asked)
        self.history.asked[f"{wish.what} {answer.label()}"] += 1
        if answer.ok:
            wish.note(answer)
        return answer

    async def persist(self, wish: Wish, asked: Shoppers) -> Answer | None:
        """The answer, asked for until it is a yes; None where that does not come."""
        answer, deadline = await self.once(wish, asked), time.monotonic() + PERSIST_S
        while not answer.ok and time.monotonic() < deadline:
            await asyncio.sleep(PAUSE_S)
            answer = await self.once(wish, asked)
        if answer.ok:
            return answer
        self.history.given_up.append(f"{wish.what}: {answer.label()}")
        return None


def untrue(shop: Shop, gateway: FakeGateway, history: History) -> Iterator[str]:
    """What was acknowledged and is not so, came twice, or is known to one of the two alone."""
    yield from _orders(shop, history)
    payments = {row[0] for row in shop.database.rows(_PAYMENTS)}
    yield from _missing("payment", history.payments, payments)
    refunds: Mapping[UUID, str] = dict(shop.database.rows(_REFUNDS))
    yield from _missing("refund", history.refunds, refunds)
    yield from (f"a refund that is {state}" for state in refunds.values() if state != "succeeded")
    events: Mapping[str, str] = dict(shop.database.rows(_EVENTS))
    yield from _missing("event", history.events, events)
    yield from (f"an event that is {state}" for state in events.values() if state != "processed")
    for intent in gateway.kept():
        if intent.payment_id is None or UUID(intent.payment_id) not in payments:
            yield "an intent at the gateway for a payment that the store does not have"
        if intent.captures > 1:
            yield "a payment that was captured twice"
    for fault, offenders in differences(shop, gateway).items():
        yield f"{fault}: {', '.join(offenders)}"


def _orders(shop: Shop, history: History) -> Iterator[str]:
    rows = shop.database.rows(_ORDERS)
    yield from _missing("order", history.orders, {row[0] for row in rows})
    for email, times in Counter(row[1] for row in rows).items():
        if times > 1:
            yield f"a wish to order that made {times} orders, of {email}"
    for order_id, _, state, over, payments, refunds in rows:
        if order_id in history.called_off and not over:
            yield "an order that was said to be called off, and is not"
        if order_id in history.paid and state not in KEPT:
            yield f"an order that was said to be paid, and is {state}"
        if state in KEPT and not payments:
            yield "a paid order without a payment"
        if payments > 1 or refunds > 1:
            yield f"one wish, {payments} payments and {refunds} refunds"


def _missing(what: str, acknowledged: set[Any], there: Any) -> Iterator[str]:
    yield from (f"an acknowledged {what} that is not there" for _ in acknowledged - set(there))
