"""Looking only: a work that keeps nothing, and gateways that are asked to do nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import NoReturn

from attrs import evolve

from automate_store.application.errors import GatewayRefused
from automate_store.application.ports import Ports
from automate_store.application.ports.payments import PaymentGateway
from automate_store.application.ports.unit_of_work import UnitOfWork, Work
from automate_store.domain.payments import GatewayEvent, GatewayReport, Payment, RefundNews

NOTHING_ASKED = "it is only looked at"


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
        """Refused, as all that would move something."""
        raise GatewayRefused(self.name, NOTHING_ASKED)

    confirm = capture = cancel = refund = create_intent

    async def fetch(self, payment: Payment) -> GatewayReport:
        """What it knows of the intent; refused of one that asking may make."""
        if payment.intent_id is None:
            await self.create_intent()
        return await self._gateway.fetch(payment)

    async def refunds(self, payment: Payment) -> tuple[RefundNews, ...]:
        """Each refund that it has in its books of the payment."""
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
