"""What is kept on somebody, and its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automate_store.application.access import Actor
from automate_store.application.identity.acting import own_account, still_proven
from automate_store.application.identity.changing import prove
from automate_store.application.identity.opening import end_sessions
from automate_store.application.identity.registering import claim_orders
from automate_store.application.ports import Ports
from automate_store.domain.identity import AccountRole, LastAdmin, OrdersOpen
from automate_store.domain.payments import CustomerLeft, MethodRemoved, SavedMethod


async def export_account(*, actor: Actor, ports: Ports) -> Mapping[str, Any]:
    """
    All that is kept on the account that acts, by the name of its kind.

    What a guest ordered with its proven e-mail is kept on it as well, and its own from now on.
    """
    async with ports.unit_of_work() as work:
        account = await own_account(actor, work, at=ports.clock())
        await claim_orders(account, work)
        kept = await work.accounts.kept_on(account.id)
        methods = await work.methods.of(account.id)
        return {**kept, "payment_methods": [_told_of(each) for each in methods]}


async def delete_account(password: str | None, *, actor: Actor, ports: Ports) -> None:
    """
    Orders and ledgers stay, the person goes, and every session is over; gateways hear of it.

    Raises OrdersOpen while an order is on its way, LastAdmin, PasswordWrong, ProofNeeded.
    """
    proven = await prove(password, actor=actor, ports=ports)
    async with ports.unit_of_work() as work:
        at = ports.clock()
        account = await still_proven(proven, actor=actor, work=work, at=at)
        await claim_orders(account, work)
        if numbers := await work.accounts.open_orders(account.id):
            raise OrdersOpen(numbers)
        if account.role is AccountRole.ADMIN and await work.accounts.admins() == 1:
            raise LastAdmin
        change = await end_sessions(account, work=work, ports=ports, at=at)
        for gateway, customer in (await work.methods.customers(account.id)).items():
            work.record(CustomerLeft(at=at, gateway=gateway, customer=customer))
        for method_id in await work.methods.remove_all(account.id, at):
            work.record(MethodRemoved(at=at, method_id=method_id))
        await work.accounts.erase(account)
        await work.accounts.save(account.anonymised(at=at))
    await ports.gate.forget(change)


def _told_of(method: SavedMethod) -> Mapping[str, Any]:
    """A saved way to pay without the gateway's token, which pays."""
    return {
        "id": str(method.id),
        "gateway": method.gateway,
        "brand": method.brand,
        "last_four": method.last_four,
        "expires": method.expires,
        "created_at": method.created_at.isoformat(),
    }
