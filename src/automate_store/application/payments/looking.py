"""
Looking only: a work that keeps nothing, and gateways that are asked to do nothing.

What would have been asked is no refusal of the gateway's: it was not asked, and nothing is known
of what it would say.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import NoReturn

from attrs import evolve, frozen

from automate_store.application.ports import Ports
from automate_store.application.ports.payments import PaymentGateway
from automate_store.application.ports.unit_of_work import UnitOfWork, Work
from automate_store.domain.kernel.errors import RuleBroken
from automate_store.domain.payments import (
    GatewayEvent,
    GatewayReport,
    Payment,
    Refund,
    RefundNews,
    RefundReport,
)


@frozen
class OnlyLookedAt(RuleBroken):
    """The gateway would have been asked to do something, and is only looked at."""

    says = "{gateway} would be asked; it is only looked at."
    gateway: str


class _KeepsNothing(Exception):  # noqa: N818 - it is no error: the work was to end so
    pass


def only_looking(ports: Ports) -> Ports:
    """
    The ports, by which nothing is written, and no gateway moves anything.

    Whatever is done in a work is seen in it, and undone at its end.
    """
    gateways = {name: LookedAt(gateway) for name, gateway in ports.gateways.items()}
    return evolve(ports, unit_of_work=_undone(ports.unit_of_work), gateways=gateways)


class LookedAt:
    """Implements ``PaymentGateway`` by another one, of which it reads, and asks nothing else."""

    def __init__(self, gateway: PaymentGateway) -> None:
        self._gateway = gateway
        self.name, self.offline = gateway.name, gateway.offline

    async def create_intent(self, *_: object, **__: object) -> NoReturn:
        """Not asked, as for all that would move something: raises OnlyLookedAt."""
        raise OnlyLookedAt(self.name)

    confirm = capture = cancel = create_intent

    async def fetch(self, payment: Payment) -> GatewayReport:
        """What it knows of the intent; raises OnlyLookedAt of one that asking may make."""
        if payment.intent_id is None:
            await self.create_intent()
        return await self._gateway.fetch(payment)

    async def refund(self, payment: Payment, refund: Refund) -> RefundReport:
        """What became of it by its books; raises OnlyLookedAt of one that is in none."""
        for news in await self.refunds(payment):
            if news.refund_id == refund.id:
                return news.report
        raise OnlyLookedAt(self.name)

    async def refunds(self, payment: Payment) -> tuple[RefundNews, ...]:
        """Each refund in its books; raises OnlyLookedAt of an intent that asking may make."""
        if payment.intent_id is None:
            await self.create_intent()
        return await self._gateway.refunds(payment)

    def events(self, since: datetime) -> AsyncIterator[GatewayEvent]:
        """All that happened there since then."""
        return self._gateway.events(since)


def _undone(unit_of_work: UnitOfWork) -> UnitOfWork:
    @asynccontextmanager
    async def opened() -> AsyncIterator[Work]:
        try:
            async with unit_of_work() as work:
                yield work
                raise _KeepsNothing  # noqa: TRY301 - it is how a work ends that keeps nothing
        except _KeepsNothing:
            pass

    return opened
