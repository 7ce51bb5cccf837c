"""What a gateway promises that keeps a list of what happened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from automate_store.application.ports.payments import PaymentGateway
from automate_store.domain.payments import GatewayEvent, GatewayReport, Payment, RefundNews
from automate_store.entrypoints.properties.contracts.gateways.scene import (
    GatewaySuite,
    after,
    refund_of,
)

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


@pytest.mark.asyncio
class GatewayEventsContract(GatewaySuite):
    """Who was told nothing can ask what happened; ``gateway`` gives one that keeps a list."""

    def now(self) -> datetime:
        """The gateway's own time, near enough for a list that goes back a day."""
        return datetime.now(tz=UTC)  # noqa: TID251 - a provider lives by the world's clock

    async def told_of(
        self, gateway: PaymentGateway, payment: Payment, since: datetime | None = None
    ) -> Sequence[GatewayEvent]:
        """What its list says of the payment alone."""
        begin = self.now() - DAY if since is None else since
        found = [each async for each in gateway.events(begin)]
        return [each for each in found if each.intent_id == payment.intent_id]

    async def test_what_happened_is_told_oldest_first_and_once(
        self, gateway: PaymentGateway
    ) -> None:
        paid = await self.confirmed(gateway)
        events = await self.told_of(gateway, paid)
        assert events
        assert [each.at for each in events] == sorted(each.at for each in events)
        assert len({each.id for each in events}) == len(events)

    async def test_events_find_our_payment_by_our_own_id(self, gateway: PaymentGateway) -> None:
        paid = await self.confirmed(gateway)
        told = [each for each in await self.told_of(gateway, paid) if each.news is not None]
        assert {each.payment_id for each in told} == {paid.id}

    async def test_events_lead_where_the_answers_did(self, gateway: PaymentGateway) -> None:
        begun = await self.begun(gateway)
        await self.shopper_pays(gateway, begun)
        paid = after(begun, await gateway.confirm(begun))
        heard = begun
        for event in reversed(await self.told_of(gateway, paid)):
            if isinstance(event.news, GatewayReport):
                heard = after(heard, event.news)
        assert (heard.state, heard.captured) == (paid.state, paid.captured)

    async def test_a_refund_is_told_by_our_own_id(self, gateway: PaymentGateway) -> None:
        paid = await self.confirmed(gateway)
        refund = refund_of(paid, 700)
        report = await gateway.refund(paid, refund)
        news = [each.news for each in await self.told_of(gateway, paid)]
        told = [each for each in news if isinstance(each, RefundNews)]
        assert {each.refund_id for each in told} == {refund.id}
        assert {each.amount for each in told} == {refund.amount}
        assert told[-1].report.gateway_id == report.gateway_id

    async def test_nothing_is_told_of_before_that_moment(self, gateway: PaymentGateway) -> None:
        paid = await self.confirmed(gateway)
        latest = (await self.told_of(gateway, paid))[-1].at
        assert await self.told_of(gateway, paid, latest + SECOND) == []
