"""A store whose gateway tells of itself, on either kind of storage, and what is done there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

from attrs import evolve, field, frozen
from sqlalchemy import text

from automate_store.adapters.memory.telling import TellingGateway
from automate_store.adapters.postgres.audit import PostgresAuditor
from automate_store.adapters.postgres.engine import Pool
from automate_store.adapters.postgres.session import Session
from automate_store.application.access import SYSTEM, Actor, Role
from automate_store.application.payments import (
    ConfirmPayment,
    CreateIntent,
    PaymentView,
    confirm_payment,
    create_intent,
    hear_event,
    take_webhook,
)
from automate_store.application.ports import Ports
from automate_store.application.ports.audit import Auditor
from automate_store.domain.kernel.ids import ToldId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import Order
from automate_store.domain.payments import (
    GatewayEvent,
    GatewayTold,
    News,
    Payment,
    Refund,
    RefundNews,
    RefundReport,
    RefundState,
    StrangeMoneyTold,
    ToldEvent,
)
from tests.application.shopping import Street
from tests.contracts.shops import open_shop, ports_on

STAFF = Actor(Role.ADMIN, "sam")
_numbers = count(1)
_JOBS = text("""
    SELECT args -> 'payload' ->> 'told_id' AS told_id FROM procrastinate_jobs
    WHERE task_name = :task ORDER BY id
""")


@frozen
class Desk:
    """The store, its gateway, and what somebody has ordered."""

    street: Street
    gateway: TellingGateway
    auditor: Auditor
    jobs: Callable[[type[GatewayTold | StrangeMoneyTold]], Awaitable[list[ToldId]]]
    """The events that jobs of that kind were left behind for, the first first."""
    heard: list[ToldId] = field(factory=list)

    @property
    def ports(self) -> Ports:
        return self.street.ports

    @classmethod
    async def in_memory(cls) -> Desk:
        shop, gateway = open_shop(), TellingGateway()
        ports = evolve(shop.ports, gateways={gateway.name: gateway})

        async def jobs(kind: type[GatewayTold | StrangeMoneyTold]) -> list[ToldId]:
            events = (each.event for each in shop.store.events)
            return [event.told_id for event in events if isinstance(event, kind)]

        return cls(await Street.open(ports), gateway, shop.store.auditor(), jobs)

    @classmethod
    async def on_postgres(cls, pool: Pool) -> Desk:
        gateway = TellingGateway()
        ports = evolve(ports_on(pool), gateways={gateway.name: gateway})

        async def jobs(kind: type[GatewayTold | StrangeMoneyTold]) -> list[ToldId]:
            task = {GatewayTold: "gateway_told", StrangeMoneyTold: "strange_money_told"}[kind]
            async with Session(pool) as session:
                rows = await session.fetch_all(_JOBS, {"task": task})
            return [ToldId(UUID(row.told_id)) for row in rows]

        return cls(await Street.open(ports), gateway, PostgresAuditor(pool), jobs)

    async def intended(self) -> PaymentView:
        """An order of two mugs at 20.00, sent for 5.00, and a payment of it that waits."""
        placed = await self.street.place(await self.street.guest(), key=f"k{next(_numbers)}")
        command = CreateIntent(order_id=placed.order.id, gateway=self.gateway.name)
        return await create_intent(
            command, token=placed.token, key=f"k{next(_numbers)}", actor=SYSTEM, ports=self.ports
        )

    async def confirm(self, payment: Payment) -> PaymentView:
        command = ConfirmPayment(order_id=payment.order_id, payment_id=payment.id)
        key = f"k{next(_numbers)}"
        return await confirm_payment(command, token=None, key=key, actor=SYSTEM, ports=self.ports)

    async def paid(self) -> Payment:
        return (await self.confirm((await self.intended()).payment)).payment

    def happened(self, payment: Payment | None, news: News | None, **more: Any) -> GatewayEvent:
        """An event of the gateway's about the payment, told to nobody yet."""
        number = next(_numbers)
        named: dict[str, Any] = {
            "id": f"evt_{number}",
            "kind": "something.happened",
            "at": self.ports.clock() + timedelta(microseconds=number),
            "payment_id": None if payment is None else payment.id,
            "news": news,
            **more,
        }
        return GatewayEvent(**named)

    def captured(self, payment: Payment, **changes: Any) -> GatewayEvent:
        return self.happened(payment, self.gateway.captured(payment, **changes))

    async def deliver(self, event: GatewayEvent) -> ToldId | None:
        """Have the store told of it, as over HTTP."""
        headers, body = self.gateway.tell(event, at=self.ports.clock())
        return await take_webhook(self.gateway.name, headers, body, ports=self.ports)

    async def tell(self, event: GatewayEvent) -> ToldEvent:
        """Have the store told of it, and hear it, and whatever is heard again by that."""
        told_id = await self.deliver(event)
        assert told_id is not None, "it is news"
        await self.hear_what_waits()
        return await self.told(told_id)

    async def hear_what_waits(self) -> None:
        """As a worker would: each job that was left behind, and what those leave behind."""
        while jobs := (await self.jobs(GatewayTold))[len(self.heard) :]:
            for told_id in jobs:
                self.heard.append(told_id)
                await hear_event(told_id, ports=self.ports)

    async def told(self, told_id: ToldId) -> ToldEvent:
        async with self.ports.reading() as reads:
            return await reads.told.get(told_id)

    async def now(self, payment: Payment) -> tuple[Payment, Order, tuple[Refund, ...]]:
        async with self.ports.reading() as reads:
            return (
                await reads.payments.get(payment.id),
                await reads.orders.get(payment.order_id),
                await reads.refunds.of_order(payment.order_id),
            )

    async def timeline(self, payment: Payment) -> list[str]:
        async with self.ports.reading() as reads:
            return [each.kind for each in await reads.orders.timeline(payment.order_id)]

    async def balanced(self) -> bool:
        """Whether the books of the money agree; the street's stock came by no movement."""
        report = await self.auditor.audit(shown=9)
        money = [check for check in report.checks if check.check != "on hand"]
        assert [check.shown for check in money if check.differences] == []
        return True


def returned(
    amount: Money,
    state: RefundState = RefundState.SUCCEEDED,
    *,
    name: str = "re_1",
    of: Refund | None = None,
) -> RefundNews:
    """What a gateway tells of a refund; one that is not ours was made at its own desk."""
    failure = "card closed" if state is RefundState.FAILED else None
    report = RefundReport(state=state, gateway_id=name, failure=failure)
    return RefundNews(refund_id=None if of is None else of.id, amount=amount, report=report)
