"""The store composed in this very process, for what no request can reach, or not as often."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

from automate_store.application.access import SYSTEM
from automate_store.application.expiry import expire_order, expire_orders
from automate_store.application.idempotency import purge_keys
from automate_store.application.payments import settle_payment
from automate_store.application.ports import Ports
from automate_store.application.redeeming import give_codes_back
from automate_store.application.retries import retrying
from automate_store.domain.kernel.ids import OrderId, PaymentId
from automate_store.domain.orders import OrderState
from automate_store.entrypoints.bootstrap import Store, open_store
from automate_store.entrypoints.settings import Settings
from benchmarks.rig.servers import environment
from benchmarks.rig.shop import Shop


def opened(settings: Mapping[str, str]) -> AbstractAsyncContextManager[Store]:
    """The store with these settings, open until the block is left."""
    chosen = Settings.from_environment(environment(settings))
    return open_store(chosen, settings["database_url"], patient=True)


async def audited(shop: Shop) -> list[str]:
    """The names of the audit's checks that find something."""
    async with opened(shop.settings) as store:
        report = await store.auditor().audit(shown=1)
    return [check.check for check in report.checks if check.differences]


async def forget_old_keys(shop: Shop, later: timedelta) -> int:
    """What the periodic purge would forget that much later; how many keys."""
    async with ahead(shop.settings, later) as ports:
        return await purge_keys(ports=ports)


def expire(settings: Mapping[str, str], later: timedelta) -> int:
    """Expire every order that is unpaid that much later, in a process of its own; how many."""

    async def expired() -> int:
        async with ahead(settings, later) as ports:
            total = 0
            while batch := await expire_orders(ports=ports):
                total += batch
            return total

    return asyncio.run(expired())


def give_back_again(settings: Mapping[str, str], orders: Sequence[UUID]) -> list[str]:
    """
    The end of each order delivered once more, as a queue may; what went wrong.

    Those that were not cancelled are left alone, as their end never came.
    """

    async def given() -> list[str]:
        async with ahead(settings, timedelta()) as ports:
            return [fault for each in orders if (fault := await _given_back(each, ports))]

    return asyncio.run(given())


async def end_time(order_id: UUID, ports: Ports) -> bool:
    """Whether the order's time to pay was ended now, by the ports' own clock."""
    return await expire_order(OrderId(order_id), ports=ports)


async def capture(payment_id: UUID, ports: Ports) -> bool:
    """A gateway's word that the payment was captured, however late; whether its order is paid."""
    async with ports.reading() as reads:
        payment = await reads.payments.get(PaymentId(payment_id))
    report = await ports.gateway(payment.gateway).confirm(payment)

    async def attempt() -> bool:
        async with ports.unit_of_work() as work:
            view = await settle_payment(payment, report, work=work, actor=SYSTEM, ports=ports)
            return view.order.state is OrderState.CONFIRMED

    return await retrying(attempt)


async def _given_back(order_id: UUID, ports: Ports) -> str:
    try:
        async with ports.unit_of_work() as work:
            order = await work.orders.get(OrderId(order_id), lock=True)
            if order.state is OrderState.CANCELLED:
                await give_codes_back(order, work=work, at=ports.clock())
    except Exception as broken:  # noqa: BLE001 - whatever it is, the check is to tell it
        return f"{type(broken).__name__} when an order's end was delivered again"
    return ""


@asynccontextmanager
async def ahead(settings: Mapping[str, str], later: timedelta) -> AsyncIterator[Ports]:
    """The ports of the shop with these settings, its clock that much ahead."""

    def clock() -> datetime:
        return datetime.now(UTC) + later

    chosen = Settings.from_environment(environment(settings))
    async with open_store(chosen, settings["database_url"], clock=clock) as store:
        yield store.ports
