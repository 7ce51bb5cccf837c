"""The fake gateway, broken on purpose."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from attrs import evolve

from automate_store.adapters.fake import FakeGateway
from automate_store.adapters.fake.reading import Event
from automate_store.adapters.fake.signing import SIGNATURE, fault_of
from automate_store.application.errors import GatewayRefused, WebhookRefused
from automate_store.domain.kernel.ids import PaymentId, UserId
from automate_store.domain.payments import (
    GatewayEvent,
    GatewayReport,
    MethodReport,
    Payment,
    RefundNews,
    SetupReport,
)


class ListsTwice(FakeGateway):
    async def events(self, since: datetime) -> AsyncIterator[GatewayEvent]:
        async for each in super().events(since):
            yield each
            yield each


class ListsNothing(FakeGateway):
    async def events(self, since: datetime) -> AsyncIterator[GatewayEvent]:
        async for each in super().events(since + timedelta(days=9)):
            yield each


class ListsEverything(FakeGateway):
    async def events(self, since: datetime) -> AsyncIterator[GatewayEvent]:
        async for each in super().events(since - timedelta(days=9)):
            yield each


class ForgetsWhosePaymentItIs(FakeGateway):
    async def events(self, since: datetime) -> AsyncIterator[GatewayEvent]:
        async for each in super().events(since):
            yield evolve(each, payment_id=None)


class ForgetsWhoseRefundItIs(FakeGateway):
    async def events(self, since: datetime) -> AsyncIterator[GatewayEvent]:
        async for each in super().events(since):
            known = isinstance(each.news, RefundNews)
            yield evolve(each, news=_anonymous(each.news)) if known else each


def _anonymous(news: Any) -> Any:
    return evolve(news, refund_id=None)


class TellsOfNoCapture(FakeGateway):
    async def events(self, since: datetime) -> AsyncIterator[GatewayEvent]:
        async for each in super().events(since):
            if not each.kind.startswith("intent."):
                yield each


class MakesCustomersAnew(FakeGateway):
    made = 0

    async def create_customer(self, user_id: UserId, email: str) -> str:
        self.made += 1
        return await super().create_customer(UserId(UUID(int=user_id.int ^ self.made)), email)


class KnowsOneCustomer(FakeGateway):
    async def create_customer(self, user_id: UserId, email: str) -> str:
        return await super().create_customer(UserId(UUID(int=user_id.int >> 128)), email)


class BeginsAnew(FakeGateway):
    begun = 0

    async def begin_setup(self, setup_id: UUID, customer: str) -> SetupReport:
        self.begun += 1
        return await super().begin_setup(UUID(int=setup_id.int ^ self.begun), customer)


class HandsNothingToTheBrowser(FakeGateway):
    async def begin_setup(self, setup_id: UUID, customer: str) -> SetupReport:
        return evolve(await super().begin_setup(setup_id, customer), client={})


class KeepsNothing(FakeGateway):
    async def methods(self, customer: str) -> tuple[MethodReport, ...]:
        return (await super().methods(customer))[:0]


class FinishesOnce(FakeGateway):
    async def finish_setup(self, setup_id: UUID, customer: str, token: str) -> SetupReport:
        if await self.methods(customer):
            raise GatewayRefused(self.name, "it is saved already")
        return await super().finish_setup(setup_id, customer, token)


class KeepsItAgain(FakeGateway):
    finished = 0

    async def finish_setup(self, setup_id: UUID, customer: str, token: str) -> SetupReport:
        self.finished += 1
        return await super().finish_setup(setup_id, customer, token)

    async def methods(self, customer: str) -> tuple[MethodReport, ...]:
        return await super().methods(customer) * self.finished


class TakesAnyToken(FakeGateway):
    async def finish_setup(self, setup_id: UUID, customer: str, token: str) -> SetupReport:
        try:
            return await super().finish_setup(setup_id, customer, token)
        except GatewayRefused:
            return await self.begin_setup(setup_id, customer)


class ShowsEverybodys(FakeGateway):
    shown: tuple[MethodReport, ...] = ()

    async def methods(self, customer: str) -> tuple[MethodReport, ...]:
        self.shown += await super().methods(customer)
        return self.shown


class NeverForgets(FakeGateway):
    async def detach_method(self, method_id: str) -> None:
        pass


class ForgetsOnce(FakeGateway):
    async def detach_method(self, method_id: str) -> None:
        if method_id in vars(self):
            raise GatewayRefused(self.name, "it is forgotten already")
        vars(self)[method_id] = True
        await super().detach_method(method_id)


class ForgetsNobody(FakeGateway):
    async def delete_customer(self, customer: str) -> None:
        pass


class ForgetsThePersonOnce(FakeGateway):
    async def delete_customer(self, customer: str) -> None:
        await self.methods(customer)
        await super().delete_customer(customer)


class ForgetsWhatWasPaid(FakeGateway):
    gone: frozenset[str] = frozenset()

    async def delete_customer(self, customer: str) -> None:
        self.gone |= {customer}
        await super().delete_customer(customer)

    async def fetch(self, payment: Payment) -> GatewayReport:
        if payment.terms.customer in self.gone:
            raise GatewayRefused(self.name, "whose was it?")
        return await super().fetch(payment)


class WaitsForTheShopper(FakeGateway):
    async def confirm(self, payment: Payment) -> GatewayReport:
        return await self.fetch(payment)


class SavesNothing(FakeGateway):
    async def create_intent(self, payment: Payment) -> GatewayReport:
        terms = evolve(payment.terms, keep_method=False)
        return await super().create_intent(evolve(payment, terms=terms))


class SavesEverything(FakeGateway):
    async def create_intent(self, payment: Payment) -> GatewayReport:
        terms = evolve(payment.terms, keep_method=payment.terms.customer is not None)
        return await super().create_intent(evolve(payment, terms=terms))


class _Reads(FakeGateway):
    """Reads a webhook whose signature it does not look at."""

    async def read_webhook(
        self, headers: Mapping[str, str], body: bytes, *, at: datetime
    ) -> GatewayEvent:
        self._look(headers, body, at)
        try:
            return msgspec.json.decode(body, type=Event).event()
        except msgspec.MsgspecError as wrong:
            raise WebhookRefused(self.name, "no event") from wrong

    def _look(self, headers: Mapping[str, str], body: bytes, at: datetime) -> None:
        """At nothing."""

    def _refuse(self, fault: str | None) -> None:
        if fault is not None:
            raise WebhookRefused(self.name, fault)


class TrustsAnybody(_Reads): ...


class ChecksNoTime(_Reads):
    def _look(self, headers: Mapping[str, str], body: bytes, at: datetime) -> None:
        fault = fault_of(headers.get(SIGNATURE, ""), body, self._secret, at=at)
        self._refuse(None if fault and "300 s" in fault else fault)


class TakesAnythingUnsigned(_Reads):
    def _look(self, headers: Mapping[str, str], body: bytes, at: datetime) -> None:
        if SIGNATURE in headers:
            self._refuse(fault_of(headers[SIGNATURE], body, self._secret, at=at))


class BreaksOnNonsense(_Reads):
    def _look(self, headers: Mapping[str, str], body: bytes, at: datetime) -> None:
        given = headers.get(SIGNATURE, "t=0,v1=0")
        int(given.split(",")[0].removeprefix("t="))
        self._refuse(fault_of(given, body, self._secret, at=at))


class HearsNothingOld(_Reads):
    async def read_webhook(
        self, headers: Mapping[str, str], body: bytes, *, at: datetime
    ) -> GatewayEvent:
        event = await super().read_webhook(headers, body, at=at)
        self._refuse("too old" if at - event.at > timedelta(hours=1) else None)
        return event


class InventsIds(FakeGateway):
    heard = 0

    async def read_webhook(
        self, headers: Mapping[str, str], body: bytes, *, at: datetime
    ) -> GatewayEvent:
        self.heard += 1
        return evolve(await super().read_webhook(headers, body, at=at), id=f"{self.heard}")


class NamesAllAlike(FakeGateway):
    async def read_webhook(
        self, headers: Mapping[str, str], body: bytes, *, at: datetime
    ) -> GatewayEvent:
        return evolve(await super().read_webhook(headers, body, at=at), id="event")


class TellsOfAnother(FakeGateway):
    async def read_webhook(
        self, headers: Mapping[str, str], body: bytes, *, at: datetime
    ) -> GatewayEvent:
        told = await super().read_webhook(headers, body, at=at)
        return evolve(told, payment_id=PaymentId(UUID(int=1)))
