"""
Hearing: what gateways tell of themselves is kept at once, and has its effect in a job.

Whatever order events come in, however late and however often, they end in the same state:
each is kept once, every report ends in ``settle_payment`` or says what it says under the
lock of its order, and what comes before its time waits, parked, for what it needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import cast
from uuid import UUID

from attrs import evolve

from automate_store.application.access import Actor, Role
from automate_store.application.errors import VersionConflict, WebhooksNotHeard
from automate_store.application.payments.alerting import log_of_nobodys
from automate_store.application.payments.disputes import hear_of_dispute
from automate_store.application.payments.methods import keep_told_method
from automate_store.application.payments.returned import hear_of_refund
from automate_store.application.payments.settling import settle_payment
from automate_store.application.ports import Ports
from automate_store.application.ports.payments import ToldGateway
from automate_store.application.ports.unit_of_work import Reads, Work
from automate_store.application.refunding import hear_parked_again
from automate_store.application.retries import retrying
from automate_store.domain.kernel.errors import RuleBroken
from automate_store.domain.kernel.ids import ToldId
from automate_store.domain.payments import (
    OPEN,
    Ask,
    DisputeReport,
    GatewayEvent,
    GatewayReport,
    GatewayTold,
    Payment,
    PaymentNotFound,
    PaymentState,
    RefundNews,
    RefundNotFound,
    SetupReport,
    StrangeMoneyTold,
    ToldEvent,
    ToldState,
)

PURGE_BATCH = 1_000
NOBODYS = "no payment of this store is meant"
WHY_LENGTH = 500


async def take_webhook(
    name: str, headers: Mapping[str, str], body: bytes, *, ports: Ports
) -> ToldId | None:
    """
    Keep what the gateway of that name tells; None where it told so before.

    Raises WebhooksNotHeard for a gateway that tells nothing here, WebhookRefused for what is
    not signed by it, GatewayUnavailable where that can't be known now.
    """
    gateway = told_gateway(name, ports)
    event = await gateway.read_webhook(headers, body, at=ports.clock())
    return await keep_event(name, event, ports=ports)


async def keep_event(gateway: str, event: GatewayEvent, *, ports: Ports) -> ToldId | None:
    """Keep the event, however it was heard of, and what is to be done for it; None if known."""
    told_id = ToldId(ports.ids.uuid())
    told = ToldEvent.of(event, id=told_id, gateway=gateway, at=ports.clock())
    async with ports.unit_of_work() as work:
        return told_id if await work.told.add(told) else None


def told_gateway(name: str, ports: Ports) -> ToldGateway:
    """The gateway of that name, where it tells of itself; raises WebhooksNotHeard."""
    gateway = ports.gateways.get(name)
    if gateway is None or not hasattr(gateway, "read_webhook"):
        raise WebhooksNotHeard(name)
    return cast("ToldGateway", gateway)


async def hear(event: GatewayTold, event_id: UUID, ports: Ports) -> None:  # noqa: ARG001 - the event's own id keeps it from being heard twice
    """The reaction to what a gateway told."""
    await hear_event(event.told_id, ports=ports)


async def hear_event(told_id: ToldId, *, ports: Ports) -> ToldEvent:
    """
    The event, once it has had its effect, or is parked with the reason why it can't.

    Raises what kept it from that, where trying again may help; it says so in the list then.
    """
    try:
        return await retrying(partial(_heard, told_id, ports))
    except RuleBroken as refused:
        return await _note_down(told_id, str(refused), ports, parked=True)
    except Exception as failed:
        await _note_down(told_id, str(failed) or type(failed).__name__, ports, parked=False)
        raise


async def purge_told_events(*, ports: Ports) -> int:
    """Forget events that had their effect longer ago than the store keeps them; how many."""
    before = ports.clock() - ports.policy.told_lifetime
    purged = 0
    while True:
        async with ports.unit_of_work() as work:
            batch = await work.told.purge(before=before, limit=PURGE_BATCH)
        purged += batch
        if batch < PURGE_BATCH:
            return purged


def actor_of(gateway: str) -> Actor:
    """Who acts where a gateway says what happened there."""
    return Actor(Role.SYSTEM, gateway)


async def _heard(told_id: ToldId, ports: Ports) -> ToldEvent:
    async with ports.reading() as reads:
        told = await reads.told.get(told_id)
        if told.ended:
            return told
        payment = await payment_meant(told, reads)
    answer = await _ask(told, payment, ports)

    async def attempt() -> ToldEvent:
        async with ports.unit_of_work() as work:
            now = await work.told.get(told_id, lock=True)
            if now.ended:
                return now
            why = await _take_effect(now, payment, answer, work, ports)
            ended = now.processed(at=ports.clock()) if why is None else now.parked(why)
            if why == NOBODYS:
                ended = await _of_nobody(now, ended, work, ports)
            if (now.state, now.why) == (ended.state, ended.why):
                return now
            await work.told.save(ended)
            if payment is not None and ended.ended:
                await _hear_others_again(payment, now, work, ports)
            return ended.saved()

    # Where something else was recorded meanwhile, the gateway is asked anew as well.
    return await attempt()


async def payment_meant(told: ToldEvent, reads: Reads) -> Payment | None:
    """The payment that the event is about, by our id for it or the gateway's; None of nobody's."""
    event = told.event
    found: Payment | None = None
    try:
        if event.payment_id is not None:
            found = await reads.payments.get(event.payment_id)
        elif isinstance(event.news, RefundNews) and event.news.refund_id is not None:
            refund = await reads.refunds.get(event.news.refund_id)
            found = await reads.payments.get(refund.payment_id)
    except (PaymentNotFound, RefundNotFound):
        found = None
    if found is None and event.intent_id is not None:
        found = await reads.payments.by_intent(told.gateway, event.intent_id)
    return found if found is not None and found.gateway == told.gateway else None


async def _ask(told: ToldEvent, payment: Payment | None, ports: Ports) -> GatewayReport | None:
    """
    What the gateway says, where it is to be asked: the event is to have it, or is doubted.

    No transaction is open.
    """
    if payment is None:
        return None
    gateway, news = ports.gateway(told.gateway), told.event.news
    if told.event.ask is Ask.CONFIRM:
        # What ended meanwhile is carried out no more: the shopper agreed too late, or it was.
        if payment.state not in OPEN:
            return None
        return evolve(await gateway.confirm(payment), since=payment.version)
    doubted = isinstance(news, GatewayReport) and payment.doubts(news)
    if told.event.ask is Ask.FETCH or doubted:
        return evolve(await gateway.fetch(payment), since=payment.version)
    return None


async def _take_effect(
    told: ToldEvent,
    payment: Payment | None,
    answer: GatewayReport | None,
    work: Work,
    ports: Ports,
) -> str | None:
    """Nothing, once what was told is true here as well; else what keeps it from that."""
    news, actor = told.event.news, actor_of(told.gateway)
    if isinstance(news, SetupReport):
        await keep_told_method(news, gateway=told.gateway, work=work, ports=ports)
        return None
    if payment is None:
        return NOBODYS
    report = news if answer is None else answer
    if isinstance(report, GatewayReport):
        view = await settle_payment(payment, report, work=work, actor=actor, ports=ports)
        if view.payment.state is PaymentState.PARKED:
            return f"{report.amount} is told of a payment of {view.payment.amount}"
        if view.payment.doubts(report):
            raise VersionConflict("payment", str(payment.id))
    if isinstance(news, RefundNews):
        return await hear_of_refund(payment, news, work=work, actor=actor, ports=ports)
    if isinstance(news, DisputeReport):
        return await hear_of_dispute(payment, news, work=work, actor=actor, ports=ports)
    return None


async def _of_nobody(before: ToldEvent, parked: ToldEvent, work: Work, ports: Ports) -> ToldEvent:
    """
    The parked event, of which staff are told, once for all of its intent.

    Dismissed where they have said that the intent is not this store's.
    """
    alike = await strangers_like(before, work)
    if any(each.state is ToldState.DISMISSED for each in alike):
        return parked.dismissed(NOBODYS, at=ports.clock())
    if before.state is ToldState.PARKED:
        return parked
    log_of_nobodys(before)
    first = next((each for each in alike if each.money is not None), before)
    fresh = before.attempts == 0 or before.state is ToldState.FAILED
    if before.money is not None and first.id == before.id and fresh:
        work.record(StrangeMoneyTold(at=ports.clock(), told_id=before.id))
    return parked


async def strangers_like(told: ToldEvent, work: Work) -> tuple[ToldEvent, ...]:
    """Events about the same intent that had no effect, itself among them."""
    intent_id = told.event.intent_id
    return (told,) if intent_id is None else await work.told.strangers(told.gateway, intent_id)


async def _hear_others_again(payment: Payment, told: ToldEvent, work: Work, ports: Ports) -> None:
    """No dispute is what anything else of the payment waits for."""
    if isinstance(told.event.news, DisputeReport):
        return
    intent_id = payment.intent_id or told.event.intent_id
    await hear_parked_again(payment, intent_id, work=work, ports=ports)


async def _note_down(told_id: ToldId, why: str, ports: Ports, *, parked: bool) -> ToldEvent:
    async def attempt() -> ToldEvent:
        async with ports.unit_of_work() as work:
            now = await work.told.get(told_id, lock=True)
            if now.ended:
                return now
            reason = why[:WHY_LENGTH]
            noted = now.parked(reason) if parked else now.failed(reason)
            await work.told.save(noted)
            return noted.saved()

    return await retrying(attempt)
