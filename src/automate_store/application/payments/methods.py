"""
Saved ways to pay: a customer's own, kept by gateways for the next time.

Gateways are asked outside transactions. What they tell is kept however it comes: as the end
of a setup, by a webhook, or as a list after a payment that was to save what it is paid by.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from attrs import frozen

from automate_store.application.access import Actor
from automate_store.application.payments.offering import saving
from automate_store.application.ports import Ports
from automate_store.application.ports.payments import SavingGateway
from automate_store.application.ports.unit_of_work import Work
from automate_store.application.retries import retrying
from automate_store.domain.kernel.ids import MethodId, UserId
from automate_store.domain.payments import (
    MOST_METHODS,
    CustomerLeft,
    MethodRemoved,
    MethodReport,
    MethodsToKeep,
    SavedMethod,
    SetupRefused,
    SetupReport,
    SetupState,
    TooManyMethods,
)


@frozen(kw_only=True)
class FinishSetup:
    """What the browser handed over of a setup: the gateway's token for it."""

    gateway: str
    setup_id: UUID
    token: str


@frozen(kw_only=True)
class BegunSetup:
    """A setup that waits for the browser, and what that needs to go on with it."""

    setup_id: UUID
    gateway: str
    report: SetupReport


async def list_methods(*, actor: Actor, ports: Ports) -> tuple[SavedMethod, ...]:
    """The actor's own, the oldest first; raises SignInNeeded."""
    user_id = actor.account()
    async with ports.reading() as reads:
        return await reads.methods.of(user_id)


async def begin_setup(gateway: str, *, actor: Actor, ports: Ports) -> BegunSetup:
    """
    A way to pay is asked for, which the shopper's browser hands over to the gateway.

    Raises SignInNeeded, GatewayUnknown, MethodsNotKept, TooManyMethods, GatewayUnavailable.
    """
    user_id = actor.account()
    keeper = saving(gateway, ports)
    refuse_too_many(await list_methods(actor=actor, ports=ports))
    customer = await customer_at(keeper, user_id, ports)
    setup_id = ports.ids.uuid()
    report = await keeper.begin_setup(setup_id, customer)
    return BegunSetup(setup_id=setup_id, gateway=gateway, report=report)


async def finish_setup(command: FinishSetup, *, actor: Actor, ports: Ports) -> SavedMethod:
    """
    What was handed over, saved; however often it is asked for, once.

    Raises SignInNeeded, GatewayUnknown, MethodsNotKept, GatewayUnavailable, GatewayRefused, and
    SetupRefused for what is not saved, or is another customer's.
    """
    user_id = actor.account()
    keeper = saving(command.gateway, ports)
    customer = await customer_at(keeper, user_id, ports)
    report = await keeper.finish_setup(command.setup_id, customer, command.token)
    if report.customer != customer:
        raise SetupRefused(command.gateway, "it belongs to somebody else")
    if report.state is not SetupState.SUCCEEDED:
        raise SetupRefused(command.gateway, report.failure or "the browser has not finished it")
    kept = await keep_method(report, gateway=command.gateway, ports=ports)
    if kept is None:
        raise SetupRefused(command.gateway, "it was removed")
    return kept


async def keep_method(report: SetupReport, *, gateway: str, ports: Ports) -> SavedMethod | None:
    """
    What a gateway says that it saved, kept for its customer; however often it says so, once.

    None where it saved nothing, for nobody that is known, or what was removed since.
    """

    async def attempt() -> SavedMethod | None:
        async with ports.unit_of_work() as work:
            return await keep_told_method(report, gateway=gateway, work=work, ports=ports)

    return await retrying(attempt)


async def keep_told_method(
    report: SetupReport, *, gateway: str, work: Work, ports: Ports
) -> SavedMethod | None:
    """The same, as a step of a work that was begun."""
    if report.method is None or report.state is not SetupState.SUCCEEDED:
        return None
    owner = await work.methods.owner(gateway, report.customer)
    if owner is None:
        return None
    return await _added(_method(report.method, owner, gateway, ports), work=work, ports=ports)


async def remove_method(method_id: MethodId, *, actor: Actor, ports: Ports) -> SavedMethod:
    """
    The actor's own, gone; its gateway forgets it next.

    Raises SignInNeeded, or MethodNotFound for a foreign one as for none.
    """
    user_id = actor.account()

    async def attempt() -> SavedMethod:
        async with ports.unit_of_work() as work:
            at = ports.clock()
            method = await work.methods.get(method_id, user_id)
            await work.methods.remove(method_id, user_id, at)
            work.record(MethodRemoved(at=at, method_id=method_id))
            return method

    return await retrying(attempt)


async def detach_method(method_id: MethodId, *, ports: Ports) -> None:
    """Have the gateway of what was removed forget it, and forget it then."""
    async with ports.reading() as reads:
        method = await reads.methods.removed(method_id)
    if method is None:
        return
    await saving(method.gateway, ports, offered=False).detach_method(method.token)
    async with ports.unit_of_work() as work:
        await work.methods.forget(method_id)


async def forget_customer(event: CustomerLeft, *, ports: Ports) -> None:
    """Have the gateway forget who left, and all that it keeps for them."""
    await saving(event.gateway, ports, offered=False).delete_customer(event.customer)


async def keep_what_was_saved(event: MethodsToKeep, *, ports: Ports) -> None:
    """All that the gateway keeps for who paid, now that a payment was to save something."""
    async with ports.reading() as reads:
        owner = await reads.methods.owner(event.gateway, event.customer)
    if owner is None:
        return
    told = await saving(event.gateway, ports, offered=False).methods(event.customer)

    async def attempt() -> None:
        async with ports.unit_of_work() as work:
            for each in told:
                method = _method(each, owner, event.gateway, ports)
                await _added(method, work=work, ports=ports)

    await retrying(attempt)


def refuse_too_many(own: Sequence[SavedMethod]) -> None:
    """Nothing, where the account may save one more; raises TooManyMethods."""
    if len(own) >= MOST_METHODS:
        raise TooManyMethods(MOST_METHODS)


async def customer_at(gateway: SavingGateway, user_id: UserId, ports: Ports) -> str:
    """The gateway's name for the account, from now on if it has none yet."""
    async with ports.reading() as reads:
        known = await reads.methods.customer(user_id, gateway.name)
        if known is not None:
            return known
        account = await reads.accounts.get(user_id)
    named = await gateway.create_customer(user_id, account.email)
    async with ports.unit_of_work() as work:
        at, now = ports.clock(), await work.accounts.get(user_id)
        if now.deleted_at is None:
            await work.methods.keep_customer(user_id, gateway.name, named, at)
        else:
            work.record(CustomerLeft(at=at, gateway=gateway.name, customer=named))
    async with ports.reading() as reads:
        return await reads.methods.customer(user_id, gateway.name) or named


async def _added(method: SavedMethod, *, work: Work, ports: Ports) -> SavedMethod | None:
    """
    The method as it is kept; None where it was removed, or is another account's.

    One beyond what an account may have is removed at once, so that its gateway forgets it too.
    """
    own = await work.methods.of(method.user_id)
    kept = await work.methods.add(method)
    if kept is None or len(own) < MOST_METHODS or kept.id in {each.id for each in own}:
        return kept
    at = ports.clock()
    await work.methods.remove(kept.id, kept.user_id, at)
    work.record(MethodRemoved(at=at, method_id=kept.id))
    return None


def _method(told: MethodReport, user_id: UserId, gateway: str, ports: Ports) -> SavedMethod:
    return SavedMethod.of(
        told,
        id=MethodId(ports.ids.uuid()),
        user_id=user_id,
        gateway=gateway,
        at=ports.clock(),
    )
