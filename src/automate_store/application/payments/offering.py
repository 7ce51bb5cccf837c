"""The ways to pay as shoppers choose among them: which there are, and which work now."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeGuard

from attrs import frozen

from automate_store.application.access import Actor, Permission, open_order
from automate_store.application.errors import GatewayUnavailable
from automate_store.application.ports import Ports
from automate_store.application.ports.payments import (
    ChoosyGateway,
    PaymentGateway,
    PublishedGateway,
    RestingGateway,
    SavingGateway,
)
from automate_store.domain.kernel.ids import OrderId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import due
from automate_store.domain.payments import Funds, MethodsNotKept


@frozen(kw_only=True)
class WayToPay:
    """A gateway as a shopper meets it."""

    name: str
    works: bool
    """Whether it answers, as far as is known."""
    takes: bool
    """Whether it takes the amount in question, in its currency."""
    keeps_methods: bool
    publishable_key: str | None
    """What the shopper's browser opens it with; anybody may know it."""


def ways_to_pay(amount: Money | None, *, ports: Ports) -> tuple[WayToPay, ...]:
    """Every gateway that is offered, for that amount where one is known, in order of name."""
    return tuple(_way(ports.gateway(name), amount) for name in ports.ways_to_pay)


async def amount_of_order(
    order_id: OrderId, token: str | None, *, actor: Actor, ports: Ports
) -> Money:
    """What is still to be paid of the order; raises what ``create_intent`` would."""
    async with ports.reading() as reads:
        order = await open_order(
            order_id, token, actor=actor, staff=Permission.READ_ORDERS, reads=reads
        )
        wanted = due(order, ports.clock())
        payments = await reads.payments.of_order(order.id)
    alike = (each for each in payments if each.edit_id == wanted.edit_id)
    return Funds.of(alike, wanted.amount.currency).missing(wanted.amount)


def saving(name: str, ports: Ports, *, offered: bool = True) -> SavingGateway:
    """The gateway that keeps ways to pay; raises GatewayUnknown or MethodsNotKept."""
    gateway = ports.offered_gateway(name) if offered else ports.gateway(name)
    if _saves(gateway):
        return gateway
    keepers = (each for each in ports.ways_to_pay if _saves(ports.gateway(each)))
    raise MethodsNotKept(name, tuple(keepers))


@asynccontextmanager
async def naming_the_others(name: str, ports: Ports) -> AsyncIterator[None]:
    """Where the gateway of that name does not answer, the refusal says which others do."""
    try:
        yield
    except GatewayUnavailable as away:
        others = tuple(
            each for each in ports.ways_to_pay if each != name and works(ports.gateway(each))
        )
        raise GatewayUnavailable(away.gateway, away.retry_after_s, others) from away


def works(gateway: PaymentGateway) -> bool:
    """Whether the gateway answers, as far as is known."""
    return not _rests(gateway) or gateway.available


def _way(gateway: PaymentGateway, amount: Money | None) -> WayToPay:
    return WayToPay(
        name=gateway.name,
        works=works(gateway),
        takes=_takes(gateway, amount),
        keeps_methods=_saves(gateway),
        publishable_key=gateway.publishable_key if _publishes(gateway) else None,
    )


def _takes(gateway: PaymentGateway, amount: Money | None) -> bool:
    return amount is None or not _chooses(gateway) or bool(gateway.supports(amount))


# One that is guarded has what its gateway has by asking for it, which isinstance does not see.
def _rests(gateway: PaymentGateway) -> TypeGuard[RestingGateway]:
    return hasattr(gateway, "available")


def _publishes(gateway: PaymentGateway) -> TypeGuard[PublishedGateway]:
    return hasattr(gateway, "publishable_key")


def _chooses(gateway: PaymentGateway) -> TypeGuard[ChoosyGateway]:
    return hasattr(gateway, "supports")


def _saves(gateway: PaymentGateway) -> TypeGuard[SavingGateway]:
    return hasattr(gateway, "begin_setup")
